"""Put one household's accounts at one bank together, as an item of that connector collects them."""

from datetime import date, datetime

from tomada.simulator.households import rows
from tomada.simulator.households.accounts import bank_account, card_account
from tomada.simulator.households.bank_days import Dating, add_months, next_bank_day
from tomada.simulator.households.card import card_year
from tomada.simulator.households.ledger import bank_year
from tomada.simulator.households.profile import Relationship, relationship
from tomada.simulator.households.spending import payee_of, slips_of
from tomada.simulator.records import AccountRecord, BankRecord, TransactionRecord

HISTORY_MONTHS = 12


def bank_for(*, seed: int, connector_id: int, user: str, today: date, now: datetime) -> BankRecord:
    """Invent everything one login at one bank shows: twelve months up to *today*.

    The same arguments give the same bank, and a later day keeps the days before it. *today* is the
    day in São Paulo; nothing dated after *now* is there, save one scheduled payment. Ids are left
    empty, except that bills, their charges and payments carry one: rows name a bill by it, so
    whoever gives a bill a new id gives it to `credit_card_metadata["billId"]` of its rows too.
    """
    bank = relationship(seed=seed, connector_id=connector_id, user=user)
    accounts = usual_accounts(bank, today=today, now=now)
    return BankRecord(
        connector_id=connector_id,
        owner=bank.holder.name,
        tax_number=bank.holder.document,
        accounts=accounts,
    )


def usual_accounts(bank: Relationship, *, today: date, now: datetime) -> list[AccountRecord]:
    """Build checking, savings and card of one relationship over twelve months."""
    first = add_months(today, -HISTORY_MONTHS)
    card = card_year(bank, first=first, now=now, today=today)
    year = bank_year(bank, card, first=first, now=now, today=today)
    year.checking.append(_scheduled(bank, today=today))
    return [
        bank_account(
            bank, "CHECKING_ACCOUNT", year.checking, opening=year.opening, balance=year.balance,
            overdraft=bank.salary // 2,
        ),
        bank_account(
            bank, "SAVINGS_ACCOUNT", year.savings, opening=year.savings_opening,
            balance=year.savings_balance,
        ),
        card_account(bank, card, today=today),
    ]  # fmt: skip


def _scheduled(bank: Relationship, *, today: date) -> TransactionRecord:
    """Schedule the next condominium slip, which is in no balance until it is paid."""
    what, category, share, due = next(slips_of(bank))
    day = next_bank_day(today.replace(day=due))
    if day <= today:
        day = next_bank_day(add_months(today.replace(day=due), 1))
    row = rows.boleto(
        bank.holder, payee_of(bank, what), cents=-int(bank.salary * share) // 10 * 10,
        at=Dating(direct=bank.direct).instant(day), category=category,
        rng=bank.rng("slip", what, day.replace(day=1)), what=what,
    )  # fmt: skip
    row.status = "PENDING"
    row.description = f"Agendamento - {what}"
    return row
