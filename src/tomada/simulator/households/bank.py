"""Put one login's accounts at one bank together, as an item of that connector collects them."""

import re
from dataclasses import replace
from datetime import date, datetime

from tomada.simulator.households import rows
from tomada.simulator.households.accounts import bank_account, card_account
from tomada.simulator.households.bank_days import Dating, add_months, next_bank_day
from tomada.simulator.households.bulk import bulk_account
from tomada.simulator.households.card import CardYear, card_year
from tomada.simulator.households.ledger import bank_year
from tomada.simulator.households.profile import (
    Relationship,
    company_relationship,
    relationship,
)
from tomada.simulator.households.spending import payee_of, slips_of
from tomada.simulator.records import AccountRecord, BankRecord, TransactionRecord

HISTORY_MONTHS = 12
BUSINESS_CONNECTORS = frozenset({1, 620})
JOINT_CONNECTOR = 6

_PERF_ROWS = 1000
_PERF_DEFAULT, _PERF_MOST = 5, 5000


def bank_for(*, seed: int, connector_id: int, user: str, today: date, now: datetime) -> BankRecord:
    """Invent everything one login at one bank shows: twelve months up to *today*.

    The same arguments give the same bank, and a later day keeps the days before it. *today* is the
    day in São Paulo; nothing dated after *now* is there, save one scheduled payment. The same
    *user* is the same household at every bank. Ids are left empty, except that bills, their charges
    and payments carry one: rows name a bill by it, so whoever gives a bill a new id gives it to
    `credit_card_metadata["billId"]` of its rows too.
    """
    bank = relationship(seed=seed, connector_id=connector_id, user=user)
    size = perf_size(user)
    if size is not None:
        account = bulk_account(bank, size=size, first=_first(today), now=now)
        accounts = [account, *usual_accounts(bank, today=today, now=now)[1:]]
    elif user == "user-ok-multi-company" or connector_id in BUSINESS_CONNECTORS:
        companies = range(3 if user == "user-ok-multi-company" else 1)
        accounts = [
            account
            for number in companies
            for account in company_accounts(
                company_relationship(
                    seed=seed, connector_id=connector_id, user=user, number=number
                ),
                today=today,
                now=now,
                owes=number == 0,
            )
        ]
    else:
        accounts = usual_accounts(bank, today=today, now=now)
        if user == "user-ok-two-checking-accounts":
            second = relationship(
                seed=seed, connector_id=connector_id, user=user, account=":second"
            )
            accounts.insert(1, second_checking(second, today=today, now=now))
    if connector_id == JOINT_CONNECTOR:
        _make_joint(bank, accounts)
    return BankRecord(
        connector_id=connector_id,
        owner=bank.holder.name,
        tax_number=bank.holder.document,
        accounts=accounts,
    )


def perf_size(user: str) -> int | None:
    """Read how many rows a performance login asks for; None for the others."""
    asked = re.fullmatch(r"user-ok-perf(?:-(\d{1,5})x)?", user)
    if asked is None:
        return None
    times = int(asked[1]) if asked[1] else _PERF_DEFAULT
    return max(1, min(times, _PERF_MOST)) * _PERF_ROWS


def usual_accounts(bank: Relationship, *, today: date, now: datetime) -> list[AccountRecord]:
    """Build checking, savings and card of one relationship."""
    first = _first(today)
    card = card_year(bank, first=first, now=now, today=today)
    year = bank_year(bank, card, first=first, now=now, today=today)
    year.checking.append(_scheduled(bank, today=today))
    return [
        bank_account(
            bank, "CHECKING_ACCOUNT", year.checking, opening=year.opening, balance=year.balance,
            overdraft=bank.income // 2,
        ),
        bank_account(
            bank, "SAVINGS_ACCOUNT", year.savings, opening=year.savings_opening,
            balance=year.savings_balance,
        ),
        card_account(bank, card, today=today),
    ]  # fmt: skip


def company_accounts(
    bank: Relationship, *, today: date, now: datetime, owes: bool
) -> list[AccountRecord]:
    """Build checking account and card of one company; the first of several has the loans."""
    first = _first(today)
    card = card_year(bank, first=first, now=now, today=today)
    year = bank_year(bank, card, first=first, now=now, today=today, saves=False, owes=owes)
    year.checking.append(_scheduled(bank, today=today))
    checking = bank_account(
        bank, "CHECKING_ACCOUNT", year.checking, opening=year.opening, balance=year.balance,
        overdraft=bank.income,
    )  # fmt: skip
    return [checking, card_account(bank, card, today=today)]


def second_checking(bank: Relationship, *, today: date, now: datetime) -> AccountRecord:
    """Build a further checking account without card and savings, and with less income."""
    bank = replace(bank, income=bank.income * 6 // 10)
    year = bank_year(
        bank, CardYear(), first=_first(today), now=now, today=today, saves=False, owes=False
    )
    return bank_account(
        bank, "CHECKING_ACCOUNT", year.checking, opening=year.opening, balance=year.balance
    )


def _first(today: date) -> date:
    return add_months(today, -HISTORY_MONTHS)


def _make_joint(bank: Relationship, accounts: list[AccountRecord]) -> None:
    """Put a second name on every account."""
    other = bank.household.partner or bank.household.friends[0]
    for account in accounts:
        if account.tax_number == bank.holder.document:
            account.owner = f"{bank.holder.name} / {other.name}"


def _scheduled(bank: Relationship, *, today: date) -> TransactionRecord:
    """Schedule the next monthly slip, which is in no balance until it is paid."""
    what, category, share, due = next(slips_of(bank))
    day = next_bank_day(today.replace(day=due))
    if day <= today:
        day = next_bank_day(add_months(today.replace(day=due), 1))
    row = rows.boleto(
        bank.holder, payee_of(bank, what), cents=-int(bank.income * share) // 10 * 10,
        at=Dating(direct=bank.direct).instant(day), category=category,
        rng=bank.rng("slip", what, day.replace(day=1)), what=what,
    )  # fmt: skip
    row.status = "PENDING"
    row.description = f"Agendamento - {what}"
    return row
