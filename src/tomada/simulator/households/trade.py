"""What a small company moves through its account in one month."""

from collections.abc import Iterator
from datetime import date, timedelta

from tomada.simulator.households import categories as of
from tomada.simulator.households import rows
from tomada.simulator.households.bank_days import Dating, next_bank_day, nth_bank_day
from tomada.simulator.households.people import a_company, a_person
from tomada.simulator.households.profile import Relationship
from tomada.simulator.households.purchases import a_day, an_hour
from tomada.simulator.records import TransactionRecord

_CLIENTS, _EMPLOYEES, _SUPPLIERS = 9, 4, 5
_TAXES = (
    ("Simples Nacional DAS", 20, 0.06),
    ("Guia FGTS Digital", 7, 0.02),
)


def month_of_trade(bank: Relationship, month: date, dating: Dating) -> Iterator[TransactionRecord]:
    """Yield what the company earns, pays its people, suppliers and the state, in one month."""
    yield from _receipts(bank, month, dating)
    yield from _payroll(bank, month, dating)
    yield from _suppliers(bank, month, dating)
    for what, due, share in _TAXES:
        day = next_bank_day(month.replace(day=due))
        yield rows.movement(
            what, raw=f"PAG TRIBUTO {what.upper()}", cents=-int(bank.income * share),
            at=dating.instant(day), category=of.TAXES, operation="CONVENIO_ARRECADACAO",
        )  # fmt: skip


def _receipts(bank: Relationship, month: date, dating: Dating) -> Iterator[TransactionRecord]:
    rng = bank.rng("receipts", month)
    for number in range(rng.randint(10, 14)):
        client = a_company(bank.rng("client", rng.randrange(_CLIENTS)))
        day = next_bank_day(a_day(rng, month, weekends=False))
        cents = int(bank.income * rng.uniform(0.05, 0.11))
        if number % 3 == 0:
            yield rows.received_slip(
                bank.holder, client, cents=cents, at=dating.instant(day), what="Cobrança recebida"
            )
        else:
            at = dating.instant(day, an_hour(rng, (8, 19)))
            yield rows.pix(
                bank.holder, client, cents=cents, at=at, day=day, rng=rng,
                category=of.FREELANCE, reason=f"NF {rng.randrange(1000, 9999)}",
            )  # fmt: skip


def _payroll(bank: Relationship, month: date, dating: Dating) -> Iterator[TransactionRecord]:
    day = nth_bank_day(month.year, month.month, 5)
    people = [a_person(bank.rng("employee", number)) for number in range(_EMPLOYEES)]
    for number, person in enumerate((*people, bank.household.holder)):
        rng = bank.rng("payroll", month, number)
        share = bank.rng("wage", number).uniform(0.035, 0.06)
        owner = number == _EMPLOYEES
        cents = int(bank.income * (0.12 if owner else share)) // 100 * 100
        yield rows.pix(
            bank.holder, person, cents=-cents, at=dating.instant(day, an_hour(rng, (8, 12))),
            day=day, rng=rng, reason="Pró-labore" if owner else "Salário",
        )  # fmt: skip


def _suppliers(bank: Relationship, month: date, dating: Dating) -> Iterator[TransactionRecord]:
    for number in range(_SUPPLIERS):
        rng = bank.rng("supplier", month, number)
        supplier = a_company(bank.rng("supplier", number))
        day = next_bank_day(month + timedelta(days=3 + 5 * number))
        yield rows.boleto(
            bank.holder, supplier, cents=-int(bank.income * rng.uniform(0.03, 0.055)),
            at=dating.instant(day), category=of.BOLETO, rng=rng, what="Fornecedor",
        )  # fmt: skip
