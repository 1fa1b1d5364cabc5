from datetime import date
from uuid import UUID

import pytest

from tomada.domain.errors import InvalidInputError, NotFoundError
from tomada.web.paths import day, own_id, pluggy_id


@pytest.mark.parametrize("text", ["", "a b", "a/b", "é", "x" * 65, "a\n", "a\x00"])
def test_what_cannot_be_an_id_of_pluggys_is_not_there(text: str) -> None:
    with pytest.raises(NotFoundError):
        pluggy_id(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1",
        "0193a000000070008000000000000000",
        "{0193a000-0000-7000-8000-000000000000}",
        "urn:uuid:0193a000-0000-7000-8000-000000000000",
        "0193a000-0000-7000-8000-00000000000g",
    ],
)
def test_what_cannot_be_an_id_of_ours_is_not_there(text: str) -> None:
    with pytest.raises(NotFoundError):
        own_id(text)


def test_ids_are_read() -> None:
    text = "0193a000-0000-7000-8000-000000000000"

    assert own_id(text) == UUID(text)
    assert pluggy_id(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "20261130",
        "2026-11-31",
        "2026-W48-1",
        "30/11/2026",
        "2026-11-30T00:00",
        "\u0662\u0660\u0662\u0666-11-30",
    ],
)
def test_what_is_no_day_is_refused_by_its_field(text: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        day(text, field="from")

    assert refused.value.field == "from"


def test_a_day_is_read_and_may_be_left_out() -> None:
    assert day("2026-11-30", field="from") == date(2026, 11, 30)
    assert day(None, field="from") is None
