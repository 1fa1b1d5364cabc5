"""What happens next on an account fits the account."""

from datetime import UTC, datetime, time
from random import Random

import pytest

from tests.unit.simulator_households.truth import DIRECT, NOW, a_bank, account
from tomada.simulator.households import BANK_KINDS, CARD_KINDS, next_movement

SOON = datetime(2026, 11, 23, 16, 4, 5, 678901, tzinfo=UTC)


@pytest.mark.parametrize("kind", sorted(BANK_KINDS))
@pytest.mark.parametrize("connector_id", [DIRECT, 613])
def test_every_kind_happens_on_a_bank_account(kind: str, connector_id: int) -> None:
    checking = account(a_bank(connector_id=connector_id), "CHECKING_ACCOUNT")
    rows_before, balance_before = len(checking.transactions), checking.balance

    row = next_movement(checking, rng=Random(1), now=SOON, kind=kind)

    assert row.status == "POSTED"
    assert (row.type == "DEBIT") == (row.amount < 0)
    assert row.category_id
    assert (len(checking.transactions), checking.balance) == (rows_before, balance_before)


@pytest.mark.parametrize("kind", sorted(CARD_KINDS))
@pytest.mark.parametrize("connector_id", [DIRECT, 613])
def test_every_kind_happens_on_a_card(kind: str, connector_id: int) -> None:
    card = account(a_bank(connector_id=connector_id), "CREDIT_CARD")

    row = next_movement(card, rng=Random(1), now=SOON, kind=kind)

    assert (row.type == "DEBIT") == (row.amount > 0)
    assert (row.credit_card_metadata or {})["cardNumber"] == card.number
    assert row.status == ("POSTED" if kind == "bill_payment" else "PENDING")


def test_a_kind_the_account_cannot_have_is_refused() -> None:
    savings = account(a_bank(), "SAVINGS_ACCOUNT")

    with pytest.raises(ValueError, match="foreign_purchase"):
        next_movement(savings, rng=Random(1), now=NOW, kind="foreign_purchase")


def test_money_in_is_positive_and_money_out_negative() -> None:
    checking = account(a_bank(), "CHECKING_ACCOUNT")

    amounts = {
        kind: next_movement(checking, rng=Random(1), now=NOW, kind=kind).amount
        for kind in ("salary", "pix_in", "pix_out", "boleto", "purchase")
    }

    assert amounts["salary"] > 0
    assert amounts["pix_in"] > 0
    assert max(amounts["pix_out"], amounts["boleto"], amounts["purchase"]) < 0


def test_the_date_is_written_as_the_connector_does() -> None:
    direct = account(a_bank(connector_id=DIRECT), "CHECKING_ACCOUNT")
    regulated = account(a_bank(), "CHECKING_ACCOUNT")

    by_day = next_movement(direct, rng=Random(1), now=SOON, kind="pix_in")
    to_the_second = next_movement(regulated, rng=Random(1), now=SOON, kind="pix_in")

    assert by_day.date == datetime.combine(SOON.date(), time(0), tzinfo=UTC)
    assert by_day.balance == direct.balance + by_day.amount
    assert to_the_second.date == SOON.replace(microsecond=678000)
    assert to_the_second.provider_id


def test_the_same_draw_gives_the_same_movement() -> None:
    card = account(a_bank(), "CREDIT_CARD")

    one, other = (next_movement(card, rng=Random(5), now=NOW) for _ in range(2))

    assert one == other
    assert one != next_movement(card, rng=Random(6), now=NOW)
