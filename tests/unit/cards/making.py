"""Card rows, bills and payments made from what a test cares about."""

from datetime import UTC, date, datetime
from itertools import count
from typing import Any
from uuid import UUID

from tomada.domain.bill_payments import Side
from tomada.domain.bills import Bill, BillDetail, BillPayment, FinanceCharge
from tomada.domain.card_lines import CardLine, LineKind
from tomada.domain.ids import AccountId, BillId, ItemId, TransactionId
from tomada.domain.instalments import PartLine
from tomada.domain.statements import Entry

CARD = AccountId("card")
AT = datetime(2026, 11, 1, tzinfo=UTC)
_numbers = count(1)


def an_id() -> TransactionId:
    return TransactionId(UUID(int=next(_numbers)))


def a_charge(kind: str, minor: int) -> FinanceCharge:
    return FinanceCharge(None, kind, minor, "BRL", None)


def a_bill(
    total: int,
    *,
    due: date = date(2026, 11, 5),
    closing: date | None = date(2026, 10, 28),
    charges: tuple[FinanceCharge, ...] = (),
    paid: tuple[tuple[date, int], ...] = (),
    account: AccountId = CARD,
    name: str = "bill",
) -> Bill:
    payments = tuple(
        BillPayment(None, "FULL_PAYMENT", day, "PIX", minor, "BRL") for day, minor in paid
    )
    return Bill(
        id=BillId(name), item_id=ItemId("item"), account_id=account, due_day=due,
        closing_day=closing, currency="BRL", total_minor=total, minimum_minor=None,
        detail=BillDetail(charges, payments, allows_installments=None), first_seen_at=AT,
        changed_at=AT,
    )  # fmt: skip


def an_entry(
    minor: int,
    kind: LineKind = "purchase",
    *,
    bill: str | None = "bill",
    month: date | None = None,
    day: date = date(2026, 10, 10),
    status: str = "POSTED",
    currency: str = "BRL",
) -> Entry:
    line = CardLine(an_id(), CARD, kind, "operation", bill_id=bill, bill_month=month)
    return Entry(line, day, minor, currency, status)


def a_part(number: int, of: int | None = 3, minor: int = 1_000, **more: Any) -> PartLine:
    fields: dict[str, Any] = {
        "id": an_id(), "account_id": CARD, "series": b"shop", "number": number, "of": of,
        "day": date(2026 + (7 + number) // 12, 1 + (7 + number) % 12, 10), "amount_minor": minor, "billed": f"bill-{number}",
        "closed": True, "whole_minor": None, "evidence": "metadata",
    }  # fmt: skip
    return PartLine(**{**fields, **more})


def a_side(minor: int, day: date, account: str = "checking") -> Side:
    return Side(an_id(), AccountId(account), day, minor, "BRL")
