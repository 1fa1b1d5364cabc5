"""How fresh a product is comes from what Pluggy says of it, never from an answer of 200."""

import itertools
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from tomada.domain.products import PRODUCTS, Product
from tomada.pluggy.models.items import Item
from tomada.pluggy.wire import decode
from tomada.services.outlook import Outlook, advanced, outlooks

BEFORE = datetime(2026, 11, 22, 9, tzinfo=UTC)
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
KEYS: dict[Product, str] = {
    "ACCOUNTS": "accounts",
    "CREDIT_CARDS": "creditCards",
    "TRANSACTIONS": "transactions",
    "PAYMENT_DATA": "paymentData",
    "INVESTMENTS": "investments",
    "INVESTMENTS_TRANSACTIONS": "investmentsTransactions",
    "IDENTITY": "identity",
    "LOANS": "loans",
}
ALL = tuple(KEYS)


def an_item(**fields: Any) -> Item:
    known = {
        "id": "11111111-1111-4111-8111-111111111111",
        "status": "UPDATED",
        "executionStatus": "SUCCESS",
        "lastUpdatedAt": NOW.isoformat(),
        "products": list(ALL),
    }
    return decode(json.dumps({**known, **fields}).encode(), Item)


def an_entry(*, updated: bool, warned: bool = False, at: datetime | None = None) -> dict[str, Any]:
    warning = {"code": "001", "message": "left out", "providerMessage": "Fora do ar"}
    when = at or (NOW if updated else BEFORE)
    return {
        "isUpdated": updated,
        "lastUpdatedAt": when.isoformat(),
        "warnings": [warning] if warned else [],
    }


def combinations() -> Iterator[dict[Product, bool]]:
    for updated in itertools.product((True, False), repeat=len(ALL)):
        yield dict(zip(ALL, updated, strict=True))


def test_after_a_partial_success_only_what_was_updated_moves_on_in_all_256_combinations() -> None:
    count = 0
    for updated in combinations():
        detail = {KEYS[one]: an_entry(updated=was) for one, was in updated.items()}
        item = an_item(executionStatus="PARTIAL_SUCCESS", statusDetail=detail)

        views = outlooks(item, ALL)

        assert {one: advanced(BEFORE, views[one]) for one in ALL} == {
            one: NOW if was else BEFORE for one, was in updated.items()
        }
        assert {one for one in ALL if views[one].sound} == {one for one in ALL if updated[one]}
        assert {one for one in ALL if views[one].code} == {one for one in ALL if not updated[one]}
        count += 1
    assert count == 2**8


def test_a_product_that_was_not_updated_does_not_move_whatever_time_it_bears() -> None:
    detail = {"loans": an_entry(updated=False, at=NOW)}

    view = outlooks(an_item(executionStatus="PARTIAL_SUCCESS", statusDetail=detail), ALL)["LOANS"]

    assert advanced(BEFORE, view) == BEFORE
    assert (view.updated, view.sound, view.code) == (False, False, "not_updated")


def test_a_product_with_a_warning_is_fresh_but_not_complete_and_says_what_the_bank_said() -> None:
    detail = {"creditCards": an_entry(updated=True, warned=True)}

    view = outlooks(an_item(statusDetail=detail), ALL)["CREDIT_CARDS"]

    assert advanced(BEFORE, view) == NOW
    assert (view.sound, view.code, view.said.by_bank) == (False, "incomplete", "Fora do ar")


def test_a_success_without_detail_is_fresh_throughout_and_a_partial_one_is_not() -> None:
    well = outlooks(an_item(), ALL)
    unclear = outlooks(an_item(executionStatus="PARTIAL_SUCCESS"), ALL)

    assert all(one.sound and advanced(BEFORE, one) == NOW for one in well.values())
    assert all(
        one.code == "not_told" and advanced(BEFORE, one) == BEFORE
        for product, one in unclear.items()
        if product != "CONSENTS"
    )


@pytest.mark.parametrize(
    ("status", "code"),
    [("LOGIN_ERROR", "INVALID_CREDENTIALS"), ("OUTDATED", "SITE_NOT_AVAILABLE")],
)
def test_after_a_failed_run_nothing_is_fresh_and_the_reason_is_the_runs(
    status: str, code: str
) -> None:
    error = {"code": code, "message": "no", "providerMessage": "Tente mais tarde"}

    views = outlooks(an_item(status=status, executionStatus=code, error=error), ALL)

    for view in views.values():
        assert (view.updated, view.sound, view.code) == (False, False, code)
        assert view.said.by_bank == "Tente mais tarde"
        assert advanced(BEFORE, view) == BEFORE


def test_only_what_the_item_has_and_the_person_agreed_to_is_looked_at() -> None:
    few = outlooks(an_item(products=["ACCOUNTS", "LOANS"]), ALL)
    agreed = outlooks(an_item(), ("ACCOUNTS", "TRANSACTIONS"))
    unknown = outlooks(an_item(products=None), ALL)

    assert set(few) == {"ACCOUNTS", "LOANS", "CONSENTS"}
    assert set(agreed) == {"ACCOUNTS", "TRANSACTIONS", "CONSENTS"}
    assert set(unknown) == set(PRODUCTS)


def test_both_spellings_of_investment_movements_are_read() -> None:
    for name in ("investmentsTransactions", "investmentTransactions"):
        item = an_item(statusDetail={name: an_entry(updated=True)})

        assert outlooks(item, ALL)["INVESTMENTS_TRANSACTIONS"].sound


def test_what_was_never_here_is_as_old_as_pluggy_says_even_if_it_was_not_updated() -> None:
    assert advanced(None, Outlook(BEFORE, updated=False, sound=False, code="x")) == BEFORE
    assert advanced(NOW, Outlook(BEFORE, updated=True, sound=True)) == NOW
