"""Credit contracts: what is owed each month, what a payment clears, and the whole cost of it.

A household that has paid one contract off takes the next, so that a day of the calendar alone
decides which contract runs on it. Amounts are cents.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from tomada.simulator.households.bank_days import add_months, months_between, next_bank_day
from tomada.simulator.households.profile import Relationship

_BEGINNING = date(2021, 3, 1)
_IOF_FIXED, _IOF_DAILY, _IOF_DAYS = Decimal("0.0038"), Decimal("0.000082"), 365
_NEWTON_STEPS = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """A kind of credit; *months_of_income* sizes it, *rate* is the interest of a month."""

    kind: Literal["LOAN", "FINANCING", "INVOICE_FINANCING"]
    name: str
    type: str
    modality: str
    months: int
    rate: Decimal
    percent_of_income: int
    system: Literal["PRICE", "SAC"] = "PRICE"
    fee: int = 0
    taxed: bool = True
    warranty: tuple[str, str] | None = None
    # The instalment after which people usually pay something extra.
    extra_at: int | None = None


PERSONAL = Product(
    kind="LOAN", name="Crédito Pessoal", type="CREDITO_PESSOAL_SEM_CONSIGNACAO", modality="0203",
    months=24, rate=Decimal("0.0289"), percent_of_income=110, fee=12_000,
)  # fmt: skip
PAYROLL = Product(
    kind="LOAN", name="Crédito Consignado", type="CREDITO_PESSOAL_COM_CONSIGNACAO",
    modality="0202", months=36, rate=Decimal("0.0174"), percent_of_income=190,
)  # fmt: skip
VEHICLE = Product(
    kind="FINANCING", name="Financiamento de Veículo", type="AQUISICAO_BENS_VEICULOS_AUTOMOTORES",
    modality="0401", months=48, rate=Decimal("0.0159"), percent_of_income=330, fee=89_000,
    warranty=("ALIENACAO_FIDUCIARIA", "VEICULOS_AUTOMOTORES"), extra_at=12,
)  # fmt: skip
MORTGAGE = Product(
    kind="FINANCING", name="Crédito Imobiliário SFH", type="FINANCIAMENTO_HABITACIONAL_SFH",
    modality="0902", months=360, rate=Decimal("0.0079"), percent_of_income=2300, system="SAC",
    fee=310_000, taxed=False, warranty=("ALIENACAO_FIDUCIARIA_IMOVEIS", "IMOVEIS_RESIDENCIAIS"),
)  # fmt: skip
WORKING_CAPITAL = Product(
    kind="LOAN", name="Capital de Giro", type="CAPITAL_GIRO_PRAZO_VENCIMENTO_SUPERIOR_365_DIAS",
    modality="0216", months=30, rate=Decimal("0.0196"), percent_of_income=150, fee=45_000,
    warranty=("GARANTIA_FIDEJUSSORIA", "PESSOA_FISICA"),
)  # fmt: skip
INVOICES = Product(
    kind="INVOICE_FINANCING", name="Desconto de Duplicatas", type="DESCONTO_DUPLICATAS",
    modality="0301", months=4, rate=Decimal("0.0205"), percent_of_income=25,
    warranty=("CESSAO_DIREITOS_CREDITORIOS", "DUPLICATAS"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Instalment:
    """One payment of a plan; *clears* is the principal in it, *left* what is owed afterwards."""

    number: int
    due: date
    cents: int
    clears: int
    left: int
    extra: bool = False


@dataclass(frozen=True, slots=True)
class Contract:
    """One credit of one customer."""

    product: Product
    number: str
    start: date
    principal: int
    due_day: int

    @property
    def taxes(self) -> int:
        """Give the IOF withheld at the start."""
        if not self.product.taxed:
            return 0
        days = min(_IOF_DAYS, self.product.months * 30)
        return int(self.principal * (_IOF_FIXED + _IOF_DAILY * days))

    def plan(self) -> list[Instalment]:
        """List every payment until nothing is owed; an extra one shortens the plan."""
        product, left, found = self.product, self.principal, list[Instalment]()
        level = _level_payment(left, product.rate, product.months)
        number = 0
        while left > 0:
            number += 1
            interest = int(left * product.rate)
            clears = (
                level - interest
                if product.system == "PRICE"
                else -(-self.principal // product.months)
            )
            if clears >= left or number == product.months:
                clears = left
            left -= clears
            due = self._due(number)
            found.append(Instalment(number, due, clears + interest, clears, left))
            if number == product.extra_at and left > 2 * level:
                left -= 2 * level
                found.append(Instalment(number, due, 2 * level, 2 * level, left, extra=True))
        return found

    def yearly_cost(self) -> Decimal:
        """Give the total effective cost as a fraction a year: interest, fees and taxes."""
        received = self.principal - self.product.fee - self.taxes
        payments = [(one.number, one.cents) for one in self.plan() if not one.extra]
        monthly = _internal_rate(received, payments, guess=self.product.rate)
        return ((1 + monthly) ** 12 - 1).quantize(Decimal("0.0001"))

    def _due(self, number: int) -> date:
        return next_bank_day(add_months(self.start, number).replace(day=self.due_day))


def contracts_of(bank: Relationship, *, today: date) -> list[Contract]:
    """List the contracts that run on *today*, or would begin with its month."""
    found = []
    for product in _products(bank):
        rng = bank.rng("credit", product.name)
        start = add_months(_BEGINNING, -rng.randrange(product.months))
        round_number = 0
        while add_months(start, product.months + 1) <= today:
            start = add_months(start, product.months)
            round_number += 1
        income = bank.income // (2 if bank.business else 1)
        size = product.percent_of_income * rng.randint(80, 120)
        contract = Contract(
            product=product,
            number=f"{bank.rng('contract', product.name, round_number).randrange(10**11):012d}",
            start=start.replace(day=rng.randint(2, 26)),
            principal=income * size // 10_000 // 50_000 * 50_000,
            due_day=rng.choice((5, 10, 15, 20)),
        )
        if contract.start <= today:
            found.append(contract)
    return found


def debits_between(
    bank: Relationship, first: date, last: date
) -> Iterator[tuple[Contract, Instalment]]:
    """Yield the payments that fall due from *first* to *last*, whichever contract they are of."""
    for contract in _running_between(bank, first, last):
        for one in contract.plan():
            if first <= one.due <= last:
                yield contract, one


def withheld_from_pay(contract: Contract) -> bool:
    """Say whether the employer pays the instalments, so that no account shows them."""
    return contract.product is PAYROLL


def paid_out_between(bank: Relationship, first: date, last: date) -> Iterator[Contract]:
    """Yield the loans whose money reached the customer's account from *first* to *last*."""
    for contract in _running_between(bank, first, last):
        if contract.product.kind == "LOAN" and first <= contract.start <= last:
            yield contract


def _running_between(bank: Relationship, first: date, last: date) -> Iterable[Contract]:
    days = [*months_between(add_months(first, -1), last), last]
    return {one.number: one for day in days for one in contracts_of(bank, today=day)}.values()


def _products(bank: Relationship) -> Sequence[Product]:
    if bank.business:
        return WORKING_CAPITAL, INVOICES
    rng = bank.rng("credit")
    home = bank.household
    chosen = []
    if not home.rents and rng.random() < 1 / 3:
        chosen.append(MORTGAGE)
    if home.has_car and rng.random() < 1 / 2:
        chosen.append(VEHICLE)
    if not chosen or rng.random() < 1 / 3:
        chosen.append(PERSONAL if bank.freelance else PAYROLL)
    return chosen


def _level_payment(principal: int, rate: Decimal, months: int) -> int:
    """Give the equal payment that clears *principal* in *months*."""
    return int(principal * rate / (1 - (1 + rate) ** -months)) + 1


def _internal_rate(
    received: int, payments: Sequence[tuple[int, int]], *, guess: Decimal
) -> Decimal:
    """Find the monthly rate at which *payments* are worth what was *received*."""
    rate = guess
    for _ in range(_NEWTON_STEPS):
        value, slope = Decimal(-received), Decimal(0)
        growth = 1 + rate
        for month, cents in payments:
            worth = cents / growth**month
            value += worth
            slope -= month * worth / growth
        step = value / slope
        rate -= step
        if abs(step) < Decimal("1e-9"):
            break
    return rate
