"""Numbers, dates and fields arrive as they were sent."""

import json
import pickle
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.pluggy.scripted import a_row
from tomada.pluggy import wire
from tomada.pluggy.dates import BankDate, PlainDate, instant_text
from tomada.pluggy.errors import ContractError
from tomada.pluggy.models.accounts import Account
from tomada.pluggy.models.items import Item
from tomada.pluggy.models.transactions import Transaction


def read(**fields: Any) -> Transaction:
    return wire.decode(json.dumps(a_row(1, **fields)).encode(), Transaction)


@settings(deadline=None)
@given(st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**15), max_value=10**15))  # fmt: skip
def test_every_decimal_arrives_digit_by_digit(amount: Decimal) -> None:
    text = json.dumps(a_row(1)).replace("-12.5", format(amount, "f")).encode()

    found = wire.decode(text, Transaction)

    assert str(found.amount) == format(amount, "f")
    assert found.json["amount"] == amount


@pytest.mark.parametrize("number", ["1e400", "-1E+999999", "1e-400", "NaN", "Infinity", '"NaN"'])
def test_numbers_no_bank_means_are_refused(number: str) -> None:
    text = json.dumps(a_row(1)).replace("-12.5", number).encode()

    with pytest.raises(ContractError):
        wire.decode(text, Transaction)


def test_a_huge_number_is_found_inside_too() -> None:
    text = json.dumps(a_row(1, creditCardMetadata={"totalAmount": 7})).replace(" 7", " 1e400")

    with pytest.raises(ContractError, match="out of range"):
        wire.decode(text.encode(), Transaction)


@settings(deadline=None)
@given(
    st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2100, 1, 1)),  # noqa: DTZ001 - the strategy adds the zone
    st.integers(min_value=-12, max_value=14),
)
def test_an_instant_is_the_same_instant_whatever_its_offset(moment: datetime, hours: int) -> None:
    shown = moment.replace(tzinfo=timezone(timedelta(hours=hours)))

    found = BankDate(shown.isoformat())

    assert found.instant == shown
    assert found.text == shown.isoformat()


@settings(deadline=None)
@given(st.dates(min_value=date(1990, 1, 1), max_value=date(2100, 1, 1)))
def test_a_day_is_the_same_day_in_all_its_shapes(day: date) -> None:
    shapes = [f"{day}", f"{day}T00:00:00.000Z", f"{day}T00:00:00", f"{day}T12:00:00.000Z"]

    assert {BankDate(shape).day for shape in shapes} == {day}
    assert {PlainDate(shape).day for shape in shapes} == {day}


@pytest.mark.parametrize(
    ("text", "shape", "day"),
    [
        ("2026-11-19T03:00:00.000Z", "instant", "2026-11-19"),
        ("2026-11-19T02:59:59.999Z", "instant", "2026-11-18"),
        ("2026-11-19T00:00:00.000Z", "midnight", "2026-11-19"),
        ("2026-11-19T00:00:00Z", "midnight", "2026-11-19"),
        ("2026-11-19T00:00:00.001Z", "instant", "2026-11-18"),
        ("2018-01-15T02:00:00.000Z", "instant", "2018-01-15"),
        ("2026-11-19T23:30:00-03:00", "instant", "2026-11-19"),
        ("2026-11-19T23:30:00.000Z[GMT]", "instant", "2026-11-19"),
        ("2026-11-19", "date", "2026-11-19"),
        ("2026-11-19T23:59:00", "local", "2026-11-19"),
    ],
)
def test_the_three_shapes_of_a_movements_date(text: str, shape: str, day: str) -> None:
    found = BankDate(text)

    assert found.shape == shape
    assert found.day == date.fromisoformat(day)


@pytest.mark.parametrize("text", ["", "soon", "2026-13-01", "20261119", "2026-W01-1", "26-1-1"])
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        BankDate(text)


def test_dates_are_values() -> None:
    early, late = BankDate("2026-11-18T03:00:00Z"), BankDate("2026-11-19T03:00:00Z")

    assert early < late
    assert {early, BankDate(early.text)} == {early}
    assert early != PlainDate(early.text)
    assert pickle.loads(pickle.dumps(late)) == late  # noqa: S301 - made one line up
    with pytest.raises(AttributeError):
        early.text = "x"


def test_a_from_filter_is_rounded_down_to_milliseconds() -> None:
    moment = datetime(2026, 11, 20, 9, 0, 0, 999_999, tzinfo=timezone(timedelta(hours=-3)))

    assert instant_text(moment) == "2026-11-20T12:00:00.999Z"
    with pytest.raises(ValueError, match="zone"):
        instant_text(datetime(2026, 11, 20))  # noqa: DTZ001 - the point of the test


def test_unknown_fields_and_words_are_kept() -> None:
    found = read(status="REVERSED", novelty={"rate": 0.1}, creditCardMetadata={"cashbackRate": 1})

    assert found.status == "REVERSED"
    assert found.extra == {"novelty": {"rate": Decimal("0.1")}}
    assert found.json["creditCardMetadata"] == {"cashbackRate": 1}


@pytest.mark.parametrize("fields", [{}, {"balance": None, "merchant": None, "paymentData": None}])
def test_absent_and_null_are_the_same(fields: dict[str, Any]) -> None:
    found = read(**fields)

    assert (found.balance, found.merchant, found.payment_data) == (None, None, None)


def test_the_raw_text_is_kept_to_the_byte() -> None:
    text = b' { "id" : "a", "itemId":"i","type":"BANK",   "balance": 1.10, "x": [1.0] } '

    account = wire.decode(text, Account)
    rows = wire.decode_rows(b'{"results":[' + text + b"]}", Account).items

    assert account.raw == text
    assert rows[0].raw == text.strip()
    assert str(account.balance) == "1.10"


@pytest.mark.parametrize("code", [5411, "5411"])
def test_a_merchant_code_may_be_number_or_text(code: object) -> None:
    found = read(creditCardMetadata={"payeeMCC": code})

    assert found.credit_card_metadata is not None
    assert found.credit_card_metadata.payee_mcc == code


def test_one_product_has_two_spellings() -> None:
    def item(name: str) -> Item:
        body = {"id": "i", "status": "UPDATED", "executionStatus": "PARTIAL_SUCCESS"}
        text = json.dumps(body | {"statusDetail": {name: {"isUpdated": False}}})
        return wire.decode(text.encode(), Item)

    for name in ("investmentsTransactions", "investmentTransactions"):
        detail = item(name).status_detail
        assert detail is not None
        assert detail.investment_movements is not None
        assert detail.investment_movements.is_updated is False


@pytest.mark.parametrize(
    ("fields", "amount"),
    [
        ({"type": "DEBIT", "amount": -10}, "-10"),
        ({"type": "DEBIT", "amount": 10}, "-10"),
        ({"type": "CREDIT", "amount": -10}, "10"),
        ({"type": "CREDIT", "amount": 10}, "10"),
        ({"type": None, "amount": -10}, "-10"),
        ({"type": "DEBIT", "amount": -58, "amountInAccountCurrency": -298.19}, "-298.19"),
    ],
)
def test_the_holders_sign_follows_the_direction(fields: dict[str, Any], amount: str) -> None:
    assert read(**fields).holder_amount == Decimal(amount)


def test_nothing_personal_is_in_a_repr() -> None:
    found = read(description="JOANA", paymentData={"payer": {"name": "JOANA"}})

    assert "JOANA" not in repr(found) + repr(found.payment_data) + repr([found.payment_data])


@pytest.mark.parametrize(
    "text", [b"", b"<html>", b"[" * 5000 + b"]" * 5000, b'"\xff"', b'{"id":"\\ud800"}', b"\xef\xbb\xbf{}"]
)  # fmt: skip
def test_what_is_no_json_is_a_contract_error(text: bytes) -> None:
    with pytest.raises(ContractError):
        wire.decode(text, Transaction)


def test_a_body_is_written_with_exact_numbers_and_instants() -> None:
    value = {
        "amount": Decimal("1.10"),
        "when": datetime(2026, 11, 20, 12, tzinfo=UTC),
        "day": date(2026, 11, 20),
        "due": PlainDate("2026-11-28"),
        "rows": [read()],
    }

    written = json.loads(wire.encode(value), parse_float=str)

    assert written["amount"] == "1.10"
    assert written["when"] == "2026-11-20T12:00:00.000Z"
    assert (written["day"], written["due"]) == ("2026-11-20", "2026-11-28")
    assert written["rows"][0]["date"] == "2026-11-19T03:00:00.000Z"
    assert "<raw>" not in written["rows"][0]
