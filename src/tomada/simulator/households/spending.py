"""What a household moves through its bank account in one month, before balances are known."""

import random
from collections.abc import Iterator
from datetime import date, time, timedelta

from tomada.simulator.households import categories as of
from tomada.simulator.households import rows
from tomada.simulator.households.bank_days import (
    Dating,
    next_bank_day,
    nth_bank_day,
)
from tomada.simulator.households.categories import Category
from tomada.simulator.households.merchants import price
from tomada.simulator.households.people import Party, a_company
from tomada.simulator.households.profile import Relationship
from tomada.simulator.households.purchases import a_day, an_hour, concerns, favourite, visits
from tomada.simulator.households.trade import month_of_trade
from tomada.simulator.records import TransactionRecord

ACCOUNT_FEE = 3290
"""The monthly package, in cents."""

_SALARY_DAY = 5
"""The bank day by which the law wants salaries paid."""
_THIRTEENTH = {11: (30, 0.5), 12: (18, 0.4)}
"""Day and share of the two halves of the thirteenth salary; the second half is taxed."""
_WIRES = 0.3
_REASONS = (
    "Almoço",
    "Churrasco",
    "Presente",
    "Vaquinha",
    "Racha do jantar",
    "Feira",
    "Gasolina",
    None,
)
_UTILITIES: tuple[tuple[str, str, Category, tuple[int, int], int], ...] = (
    ("Luz", "Companhia Luz da Serra", of.ELECTRICITY, (11000, 32000), 12),
    ("Água", "Águas do Planalto", of.WATER, (6000, 14500), 14),
    ("Internet", "Fibra Rápida Telecom", of.INTERNET, (9990, 12990), 18),
    ("Gás", "Gás Natural Vale", of.GAS, (3800, 9500), 21),
)


def month_of_spending(bank: Relationship, month: date) -> Iterator[TransactionRecord]:
    """Yield the month's movements of the checking account; the month alone decides them."""
    dating = Dating(direct=bank.direct)
    if bank.business:
        yield from month_of_trade(bank, month, dating)
    else:
        yield from _income(bank, month, dating)
        yield from _between_people(bank, month, dating)
    yield from _slips(bank, month, dating)
    yield from _utilities(bank, month, dating)
    yield from _debit_card(bank, month, dating)
    yield from _fees(bank, month, dating)


def _income(bank: Relationship, month: date, dating: Dating) -> Iterator[TransactionRecord]:
    rng = bank.rng("income", month)
    if bank.freelance:
        for number in range(rng.randint(3, 5)):
            client = a_company(bank.rng("client", rng.randrange(6)))
            day = next_bank_day(month + timedelta(days=3 + number * 6))
            cents = int(bank.income * rng.uniform(0.2, 0.36)) // 1000 * 1000
            at = dating.instant(day, an_hour(rng, (9, 18)))
            reason = f"Serviços {month:%m/%Y}"
            yield rows.pix(
                bank.holder, client, cents=cents, at=at, day=day, rng=rng,
                category=of.FREELANCE, reason=reason,
            )  # fmt: skip
        return
    day = nth_bank_day(month.year, month.month, _SALARY_DAY)
    yield rows.salary(bank.holder, bank.employer, cents=bank.income, at=dating.instant(day))
    if month.month in _THIRTEENTH:
        due, share = _THIRTEENTH[month.month]
        day = next_bank_day(month.replace(day=due))
        yield rows.salary(
            bank.holder, bank.employer, cents=int(bank.income * share), at=dating.instant(day),
            what="13º salário",
        )  # fmt: skip


def _slips(bank: Relationship, month: date, dating: Dating) -> Iterator[TransactionRecord]:
    for what, category, share, due in slips_of(bank):
        rng = bank.rng("slip", what, month)
        day = next_bank_day(month.replace(day=due))
        yield rows.boleto(
            bank.holder, payee_of(bank, what), cents=-int(bank.income * share) // 10 * 10,
            at=dating.instant(day), category=category, rng=rng, what=what,
        )  # fmt: skip


def slips_of(bank: Relationship) -> Iterator[tuple[str, Category, float, int]]:
    """Yield the boletos of every month: what, category, share of the income, due day."""
    if bank.business:
        yield "Aluguel do escritório", of.RENT, 0.04, 10
        return
    yield "Condomínio", of.CONDOMINIUM, 0.06, 10
    if bank.household.rents:
        yield "Aluguel", of.RENT, 0.17, 8
    if bank.household.has_child:
        yield "Escola", of.SCHOOL, 0.1, 7


def payee_of(bank: Relationship, what: str) -> Party:
    """Name the company that collects a monthly slip; it stays the same."""
    names = {
        "Condomínio": "Condomínio Edifício Jacarandá",
        "Aluguel do escritório": "Administradora Sala e Loja",
        "Aluguel": "Imobiliária Chave Certa",
        "Escola": "Colégio Pequeno Sabiá",
    }
    return a_company(bank.rng("payee", what), names[what])


def _utilities(bank: Relationship, month: date, dating: Dating) -> Iterator[TransactionRecord]:
    for what, company, category, (low, high), due in _UTILITIES:
        usual = bank.rng("utility", what).randint(low, high)
        swing = 1.0 if what == "Internet" else bank.rng("utility", what, month).uniform(0.85, 1.2)
        day = next_bank_day(month.replace(day=due))
        yield rows.utility(
            company, cents=-int(usual * swing), at=dating.instant(day), category=category, what=what
        )


def _debit_card(bank: Relationship, month: date, dating: Dating) -> Iterator[TransactionRecord]:
    for habit in bank.habits:
        if not concerns(bank, habit):
            continue
        rng = bank.rng("debit", month, habit.names[0])
        for _ in range(visits(rng, mean=habit.debit_visits)):
            day = a_day(rng, month)
            yield rows.debit_card(
                favourite(bank, habit, rng),
                cents=-int(price(rng, habit.cents) * bank.household.level),
                at=dating.instant(day, an_hour(rng, habit.hours)), day=day, category=habit.category,
            )  # fmt: skip


def _between_people(bank: Relationship, month: date, dating: Dating) -> Iterator[TransactionRecord]:
    rng, home = bank.rng("people", month), bank.household
    for _ in range(visits(rng, mean=5.5)):
        yield _pix_with(
            bank, rng.choice(home.friends), -price(rng, (1500, 26000)), month, rng, dating
        )
    for _ in range(visits(rng, mean=3.0)):
        yield _pix_with(
            bank, rng.choice(home.friends), price(rng, (1500, 19000)), month, rng, dating
        )
    cleaner = home.friends[-1]
    for week in range(4):
        day = month + timedelta(days=4 + 7 * week)
        yield rows.pix(
            bank.holder, cleaner, cents=-18000, at=dating.instant(day, time(17, rng.randrange(60))),
            day=day, rng=rng, reason="Diária", category=of.SERVICES,
        )  # fmt: skip
    if home.partner is not None:
        share = int(bank.income * rng.uniform(0.08, 0.14)) // 5000 * 5000
        yield _pix_with(bank, home.partner, share, month, rng, dating, reason="Contas da casa")
    if rng.random() < _WIRES:
        day = next_bank_day(a_day(rng, month, weekends=False))
        yield rows.ted(
            bank.holder, rng.choice(home.friends), cents=-price(rng, (20000, 90000)),
            at=dating.instant(day), rng=rng,
        )  # fmt: skip


def _pix_with(
    bank: Relationship,
    other: Party,
    cents: int,
    month: date,
    rng: random.Random,
    dating: Dating,
    *,
    reason: str | None = None,
) -> TransactionRecord:
    day = a_day(rng, month)
    return rows.pix(
        bank.holder, other, cents=cents, at=dating.instant(day, an_hour(rng, (8, 23))), day=day,
        rng=rng, reason=reason or rng.choice(_REASONS),
    )  # fmt: skip


def _fees(bank: Relationship, month: date, dating: Dating) -> Iterator[TransactionRecord]:
    rng = bank.rng("fees", month)
    yield rows.movement(
        "Tarifa pacote de serviços", cents=-ACCOUNT_FEE, category=of.ACCOUNT_FEES,
        at=dating.instant(next_bank_day(month)), operation="PACOTE_TARIFA_SERVICOS",
    )  # fmt: skip
    for _ in range(visits(rng, mean=0.7)):
        day = a_day(rng, month)
        yield rows.movement(
            "Saque 24 horas", raw=f"SAQUE 24H {rng.randrange(10**5):05d}", category=of.CASH,
            cents=-rng.randint(2, 10) * 5000, operation="SAQUE",
            at=dating.instant(day, an_hour(rng, (8, 21))),
        )  # fmt: skip
