"""A checking account with a great many movements, made quickly, for tests of size."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from tomada.simulator.households import rows
from tomada.simulator.households.accounts import bank_account
from tomada.simulator.households.bank_days import BRASILIA
from tomada.simulator.households.profile import Relationship
from tomada.simulator.households.spending import month_of_spending
from tomada.simulator.records import AccountRecord, TransactionRecord

_OPENING = 500_000
_DAY = timedelta(days=1)


def bulk_account(bank: Relationship, *, size: int, first: date, now: datetime) -> AccountRecord:
    """Build a checking account of *size* rows spread evenly from *first* to *now*.

    The rows repeat one month's movements and end each round with a transfer that brings the balance
    back. Equal rows share their texts, parties and merchants, so memory grows with the rows alone.
    """
    patterns = _round(bank, first)
    start = datetime.combine(first, time(0), tzinfo=BRASILIA).astimezone(UTC)
    step = (now - start) / size
    prefix = bank.id_of("bulk")[:8]
    made: list[TransactionRecord] = []
    balance, order = Decimal(_OPENING).scaleb(-2), 0
    day, midnight = datetime.combine(first, time(0), tzinfo=UTC), start + _DAY
    for number in range(size):
        pattern = patterns[number % len(patterns)]
        at = start + step * number
        while at >= midnight:
            day, midnight, order = day + _DAY, midnight + _DAY, 0
        balance += pattern.amount
        made.append(
            TransactionRecord(
                description=pattern.description,
                description_raw=pattern.description_raw,
                amount=pattern.amount,
                date=day if bank.direct else at,
                type=pattern.type,
                category=pattern.category,
                category_id=pattern.category_id,
                operation_type=None if bank.direct else pattern.operation_type,
                provider_id=None if bank.direct else f"{prefix}{number:024x}",
                provider_code=str(number) if bank.direct else None,
                balance=balance if bank.direct else None,
                order=order,
                payment_data=pattern.payment_data,
                merchant=pattern.merchant,
            )
        )
        order += 1
    account = bank_account(
        bank, "CHECKING_ACCOUNT", (), opening=_OPENING, balance=int(balance.scaleb(2))
    )
    account.transactions = made
    return account


def _round(bank: Relationship, first: date) -> list[TransactionRecord]:
    """Take one month's movements and the transfer that makes them add up to nothing."""
    patterns = list(month_of_spending(bank, first.replace(day=1)))
    rest = int(sum((pattern.amount for pattern in patterns), Decimal(0)).scaleb(2))
    if rest:
        at = patterns[-1].date
        patterns.append(rows.own_transfer("Aplicação automática", cents=-rest, at=at))
    return patterns
