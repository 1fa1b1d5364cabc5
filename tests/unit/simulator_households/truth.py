"""Recompute from single rows what a bank claims in its totals."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal

from tomada.simulator.households import bank_for
from tomada.simulator.records import AccountRecord, BankRecord, BillRecord, TransactionRecord

TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 15, 30, tzinfo=UTC)
DIRECT, OPEN_FINANCE = 0, 613


def a_bank(
    *,
    seed: int = 1,
    connector_id: int = OPEN_FINANCE,
    user: str = "user-ok",
    today: date = TODAY,
    now: datetime = NOW,
) -> BankRecord:
    return bank_for(seed=seed, connector_id=connector_id, user=user, today=today, now=now)


def account(bank: BankRecord, subtype: str) -> AccountRecord:
    return next(one for one in bank.accounts if one.subtype == subtype)


def cards(bank: BankRecord) -> Iterator[AccountRecord]:
    return (one for one in bank.accounts if one.type == "CREDIT")


def value(row: TransactionRecord) -> Decimal:
    if row.amount_in_account_currency is not None:
        return row.amount_in_account_currency
    return row.amount


def lines(card: AccountRecord, bill: BillRecord) -> list[TransactionRecord]:
    return [
        row
        for row in card.transactions
        if (row.credit_card_metadata or {}).get("billId") == bill.id
    ]


def charges(bill: BillRecord) -> Decimal:
    return sum((charge["amount"] for charge in bill.finance_charges), Decimal(0))


def posted_sum(one: AccountRecord) -> Decimal:
    return sum((value(row) for row in one.transactions if row.status == "POSTED"), Decimal(0))


def owed(card: AccountRecord) -> Decimal:
    """Add up a card from its beginning: every row, and what the bills charged on top."""
    rows = sum((value(row) for row in card.transactions), Decimal(0))
    return card.opening_balance + rows + sum(map(charges, card.bills), Decimal(0))
