"""An installation that does not say who answers for the data does not start."""

import pytest
from pydantic import ValidationError

from tests.unit.web.test_webhook_settings import KEYS
from tomada.domain.documents import clean_cnpj, masked, without_documents
from tomada.settings import Settings

TOLD = ("controller_name", "controller_cnpj", "controller_contact", "dpo_name", "dpo_contact",
        "transfers")  # fmt: skip


@pytest.mark.parametrize("missing", TOLD)
def test_production_refuses_to_start_without_it(missing: str) -> None:
    settings = Settings(env="production", **KEYS)
    assert settings.controller.cnpj == "12ABC34501DE35"

    with pytest.raises(ValidationError, match=f"TOMADA_{missing.upper()}"):
        Settings(env="production", **{**KEYS, missing: ""})
    assert Settings(env="development", **{**KEYS, missing: ""}).controller.name


def test_production_refuses_a_cnpj_that_is_none() -> None:
    with pytest.raises(ValidationError, match="is no CNPJ"):
        Settings(env="production", **{**KEYS, "controller_cnpj": "12.ABC.345/01DE-36"})


def test_recipients_are_parted_by_semicolons() -> None:
    settings = Settings(**{**KEYS, "env": "production", "transfers": "Pluggy (Brasil) ; Nuvem;"})

    assert settings.transfers == ("Pluggy (Brasil)", "Nuvem")


@pytest.mark.parametrize(
    ("written", "clean"),
    [
        ("12.ABC.345/01DE-35", "12ABC34501DE35"),
        ("12abc34501de35", "12ABC34501DE35"),
        ("11.222.333/0001-81", "11222333000181"),
        ("11.222.333/0001-82", None),
        ("00.000.000/0000-00", None),
        ("", None),
        ("12.ABC.345/01DE-3A", None),
    ],
)
def test_a_cnpj_is_known_by_its_digits(written: str, clean: str | None) -> None:
    assert clean_cnpj(written) == clean


def test_documents_are_shown_without_what_identifies() -> None:
    assert masked("123.456.789-09") == masked("12345678909") == "***.456.789-**"
    assert masked("12.ABC.345/01DE-35") == "**.ABC.345/****-**"
    assert masked("12345") == "*****"
    written = "PIX 123.456.789-09 para 12.ABC.345/01DE-35, tel 11987654321"
    assert without_documents(written) == (
        "PIX ***.456.789-** para **.ABC.345/****-**, tel 11987654321"
    )
    bare = "PIX 52998224725 12ABC34501DE35 11222333000181 pedido 12345678901234"
    assert without_documents(bare) == (
        "PIX ***.982.247-** **.ABC.345/****-** **.222.333/****-** pedido 12345678901234"
    )
