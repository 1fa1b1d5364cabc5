"""A bank small enough to be read a hundred thousand times: three accounts, a page or two each."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random

from tomada.simulator.records import AccountRecord, BankRecord, BillRecord, TransactionRecord

ROWS = 11
_WORDS = ("Padaria", "Mercado", "Farmácia", "Posto", "Café", "Livraria", "Aluguel", "Ônibus")


def small_bank(
    *, seed: int, connector_id: int, user: str, today: date, now: datetime
) -> BankRecord:
    """Tell what *user* has; the user's name stands in each description."""
    rng = Random(f"{seed}-{connector_id}-{user}-{today}")
    return BankRecord(
        connector_id=connector_id,
        owner=user,
        tax_number="000.000.000-00",
        accounts=[
            _account("BANK", "CHECKING_ACCOUNT", user, rng, now),
            _account("BANK", "SAVINGS_ACCOUNT", user, rng, now),
            _account("CREDIT", "CREDIT_CARD", user, rng, now),
        ],
    )


def _account(kind: str, subtype: str, user: str, rng: Random, now: datetime) -> AccountRecord:
    rows = [_row(kind, user, rng, now) for _ in range(ROWS if subtype != "SAVINGS_ACCOUNT" else 2)]
    posted = sum((row.amount for row in rows if row.status == "POSTED"), Decimal(0))
    opening = Decimal("1000.00")
    return AccountRecord(
        type=kind,  # type: ignore[arg-type]  # one of the two
        subtype=subtype,  # type: ignore[arg-type]  # one of the three
        name=subtype.title(),
        number="1-0",
        balance=opening + posted,
        opening_balance=opening,
        credit_data={"creditLimit": Decimal(5000), "availableCreditLimit": Decimal(3000)}
        if kind == "CREDIT"
        else None,
        transactions=rows,
        bills=[_bill(n, rng, now) for n in (1, 2)] if kind == "CREDIT" else [],
    )


def _bill(months: int, rng: Random, now: datetime) -> BillRecord:
    due = (now - timedelta(days=30 * months)).date()
    total = Decimal(rng.randint(100, 99_999)) / 100
    return BillRecord(
        due_date=due, closing_date=due - timedelta(days=8), total_amount=total,
        minimum_payment_amount=total / 10,
    )  # fmt: skip


def _row(kind: str, user: str, rng: Random, now: datetime) -> TransactionRecord:
    amount = Decimal(rng.randint(1, 99_999)) / 100
    out = rng.random() < 0.7
    rises = out == (kind == "CREDIT")
    return TransactionRecord(
        description=f"{rng.choice(_WORDS)} {user}",
        amount=amount if rises else -amount,
        date=now - timedelta(minutes=rng.randint(1, 60 * 24 * 200)),
        type="DEBIT" if out else "CREDIT",
        status="PENDING" if rng.random() < 0.1 else "POSTED",
        category=rng.choice(("Groceries", "Transport", None)),
    )
