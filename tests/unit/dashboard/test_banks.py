"""A bank shows its state, one next step, and accounts under names that mean one thing."""

from datetime import timedelta
from typing import Any

import pytest

from tests.unit.dashboard.ledger import NOW, a_card, an_account, an_item
from tomada.domain.ids import ItemId
from tomada.domain.items import Item
from tomada.web.dashboard.banks import Bank, account_names, show_banks
from tomada.web.dashboard.catalogue import load_texts
from tomada.web.dashboard.figures import sum_up

TEXTS = load_texts()["pt-BR"]


def shown(item: Item, *accounts: Any) -> Bank:
    return show_banks([item], accounts, now=NOW, texts=TEXTS, origins=("https://cdn.pluggy.ai",))[0]


@pytest.mark.parametrize(
    ("changes", "chip", "text", "step", "label"),
    [
        ({}, "good", "Atualizado agora", None, None),
        ({"syncing": True}, "busy", "Sincronizando", None, None),
        ({"status": "UPDATING"}, "busy", "Sincronizando", None, None),
        ({"status": "LOGIN_ERROR"}, "bad", "Erro", "não aceitou o acesso", "Reconectar"),
        (
            {"status": "LOGIN_ERROR", "error_code": "ACCOUNT_LOCKED"},
            "bad",
            "Erro",
            "bloqueou",
            "Reconectar",
        ),
        (
            {"status": "WAITING_USER_INPUT"},
            "bad",
            "Ação necessária",
            "nova autenticação",
            "Responder ao banco",
        ),
        (
            {"status": "WAITING_USER_ACTION"},
            "bad",
            "Ação necessária",
            "autorização",
            "Autorizar no banco",
        ),
        (
            {"status": "OUTDATED", "execution_status": "SITE_NOT_AVAILABLE"},
            "stale",
            "Última leitura agora",
            "fora do ar",
            None,
        ),
        (
            {"status": "OUTDATED", "last_updated_at": None, "synced_at": None},
            "bad",
            "Erro",
            "primeira leitura",
            "Reconectar",
        ),
        ({"status": "SOMETHING_NEW"}, "good", "Atualizado agora", None, None),
    ],
)
def test_each_state_has_its_words_and_at_most_one_step(
    changes: dict[str, Any], chip: str, text: str, step: str | None, label: str | None
) -> None:
    bank = shown(an_item(**changes))

    assert (bank.chip.kind, bank.chip.text) == (chip, text)
    if step is None:
        assert bank.step is None
    else:
        assert bank.step is not None
        assert step in bank.step.reason
        assert bank.step.label == label


def test_old_data_are_never_called_current() -> None:
    old = an_item(status="OUTDATED", last_updated_at=NOW - timedelta(days=3))

    bank = shown(old)

    assert bank.chip.kind == "stale"
    assert bank.chip.text == "Última leitura há 3 dias"


def test_what_the_bank_said_is_passed_on() -> None:
    item = an_item(status="LOGIN_ERROR", detail={"provider_message": "Ligue para a agência"})

    bank = shown(item)

    assert bank.step is not None
    assert bank.step.said_by_bank == "Ligue para a agência"


def test_only_the_last_digits_of_a_number_reach_the_page() -> None:
    line = shown(an_item(), an_account()).accounts[0]

    assert line.tail == "7890"
    assert "56789" not in repr(line)


def test_a_card_shows_its_used_limit_from_limit_and_rest_alone() -> None:
    line = shown(an_item(), a_card(balance_minor=-50_310)).accounts[0]

    assert line.share == 20
    assert line.limit is not None
    assert "1.000,00 usados de" in line.limit
    assert line.caption == "em aberto"
    assert not line.negative


@pytest.mark.parametrize(
    "changes",
    [
        {"available_limit_minor": None},
        {"credit_limit_minor": None},
        {"credit_limit_minor": 0},
    ],
)
def test_a_limit_that_is_not_known_is_not_drawn(changes: dict[str, Any]) -> None:
    line = shown(an_item(), a_card(**changes)).accounts[0]

    assert (line.limit, line.share) == (None, None)


def test_a_limit_overdrawn_is_full_and_not_more() -> None:
    line = shown(an_item(), a_card(available_limit_minor=-20_000)).accounts[0]

    assert line.share == 100


def test_banks_are_named_in_a_row_only_where_there_are_several() -> None:
    other = an_item(id=ItemId("other"), detail={"institution": "Lume"})

    alone = account_names([an_item()], [an_account()], TEXTS)
    several = account_names([an_item(), other], [an_account()], TEXTS)

    assert alone == {"checking": "Conta corrente ••7890"}
    assert several == {"checking": "Banco Aurora · Conta corrente ••7890"}


def test_figures_add_up_per_currency_and_keep_cards_apart() -> None:
    accounts = [
        an_account(balance_minor=10),
        an_account("savings", balance_minor=-35),
        an_account("abroad", balance_minor=200, currency="USD"),
        a_card(balance_minor=90_000),
    ]

    funds, owed = sum_up(accounts, [], TEXTS)

    assert funds.text.replace("\N{NO-BREAK SPACE}", " ") == "\N{MINUS SIGN}R$ 0,25 + US$ 2,00"
    assert owed.text.replace("\N{NO-BREAK SPACE}", " ") == "R$ 900,00"
