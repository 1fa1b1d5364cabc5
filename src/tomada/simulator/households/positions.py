"""Carry one position through its life: lots bought, sold, taxed and paid out, to the cent.

Lots leave in the order in which they came. Brazilian income tax falls with a lot's age, IOF
disappears after thirty days, and funds hand over a part of their gain every May and November.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_DOWN, Decimal
from typing import Literal

from tomada.simulator.households.assets import Asset, Taxing
from tomada.simulator.products.records import HoldingMovementRecord, InvestmentRecord

CENT = Decimal("0.01")

_IOF_DAYS = 30
# Age in days up to which a rate holds.
_REGRESSIVE = (
    (180, Decimal("0.225")),
    (360, Decimal("0.20")),
    (720, Decimal("0.175")),
)
_LOWEST, _COME_COTAS = Decimal("0.15"), Decimal("0.15")
_PENSION_FIRST, _PENSION_STEP, _PENSION_LOWEST = Decimal("0.35"), Decimal("0.05"), Decimal("0.10")
_TWO_YEARS = 730
_SETTLEMENT, _EXCHANGE = Decimal("0.00025"), Decimal("0.00005")


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happens to a position; *cents* is what a purchase or sale is to move.

    A sale without *cents* sells *share* percent of what is held.
    """

    day: date
    kind: Literal["buy", "sell", "mature", "come_cotas", "pay"]
    cents: int = 0
    share: int = 0
    label: str = ""


@dataclass(slots=True)
class _Lot:
    day: date
    quantity: Decimal
    cost: Decimal
    # What gains are counted from; a tax paid meanwhile raises it.
    basis: Decimal


@dataclass(slots=True)
class Position:
    """What is held of one asset, and how it came about."""

    asset: Asset
    lots: list[_Lot] = field(default_factory=list)
    movements: list[HoldingMovementRecord] = field(default_factory=list)

    @property
    def quantity(self) -> Decimal:
        """Count the units held."""
        return sum((lot.quantity for lot in self.lots), Decimal(0))

    def live(self, events: Iterable[Event]) -> None:
        """Let *events* happen in the order of their days."""
        for event in sorted(events, key=lambda one: one.day):
            match event.kind:
                case "buy":
                    self._buy(event)
                case "sell":
                    self._sell(event)
                case "mature":
                    self._sell(Event(event.day, "sell", share=100, label="Resgate no vencimento"))
                case "come_cotas":
                    self._come_cotas(event.day)
                case "pay":
                    self._pay(event)

    def record(self, today: date) -> InvestmentRecord:
        """Value what is held as of *today*."""
        price = self.asset.price_on(today)
        quantity = self.quantity
        amount = (quantity * price).quantize(CENT)
        dues = [_dues(self.asset.taxing, lot, price, today) for lot in self.lots]
        iof = sum((one for one, _ in dues), Decimal(0))
        income_tax = sum((one for _, one in dues), Decimal(0))
        return InvestmentRecord(
            type=self.asset.type,
            subtype=self.asset.subtype,
            name=self.asset.name,
            code=self.asset.code,
            quantity=quantity,
            value=price,
            amount=amount,
            balance=amount - income_tax - iof,
            taxes=income_tax,
            taxes2=iof,
            original=sum((lot.cost for lot in self.lots), Decimal(0)),
            day=today,
            status="ACTIVE" if quantity else "TOTAL_WITHDRAWAL",
            tax_exempt=self.asset.taxing == "exempt",
            movements=self.movements,
        )

    def _buy(self, event: Event) -> None:
        price = self.asset.price_on(event.day)
        wanted = Decimal(event.cents).scaleb(-2) / price
        quantity = wanted.quantize(self.asset.unit, rounding=ROUND_DOWN)
        if quantity <= 0:
            return
        amount = (quantity * price).quantize(CENT)
        self.lots.append(_Lot(event.day, quantity, amount, amount))
        costs = self._exchange_costs(amount)
        self.movements.append(
            HoldingMovementRecord(
                type="BUY",
                movement_type="CREDIT",
                day=event.day,
                quantity=quantity,
                value=price,
                amount=amount,
                net_amount=amount + sum(costs.values(), Decimal(0)),
                description=event.label or f"Aplicação {self.asset.name}",
                expenses=costs,
                agreed_rate=self._agreed_rate(),
                brokerage_number=self._note(event.day),
            )
        )

    def _sell(self, event: Event) -> None:
        price = self.asset.price_on(event.day)
        held = self.quantity
        wanted = (
            held * event.share / 100 if event.share else Decimal(event.cents).scaleb(-2) / price
        )
        quantity = min(held, wanted).quantize(self.asset.unit, rounding=ROUND_DOWN)
        if quantity <= 0:
            return
        income_tax = iof = Decimal(0)
        left = quantity
        for lot in list(self.lots):
            sold = self._cut(lot, min(left, lot.quantity))
            due_iof, due_tax = _dues(self.asset.taxing, sold, price, event.day)
            iof, income_tax, left = iof + due_iof, income_tax + due_tax, left - sold.quantity
            if not left:
                break
        amount = (quantity * price).quantize(CENT)
        costs = self._exchange_costs(amount)
        costs |= {
            name: one for name, one in (("incomeTax", income_tax), ("iof", iof)) if one
        }  # fmt: skip
        self.movements.append(
            HoldingMovementRecord(
                type="SELL",
                movement_type="DEBIT",
                day=event.day,
                quantity=quantity,
                value=price,
                amount=amount,
                net_amount=amount - sum(costs.values(), Decimal(0)),
                description=event.label or f"Resgate {self.asset.name}",
                expenses=costs,
                brokerage_number=self._note(event.day),
            )
        )

    def _cut(self, lot: _Lot, quantity: Decimal) -> _Lot:
        """Take *quantity* out of *lot*, with its part of the cost."""
        if quantity == lot.quantity:
            self.lots.remove(lot)
            return lot
        share = quantity / lot.quantity
        sold = _Lot(
            lot.day, quantity, (lot.cost * share).quantize(CENT), (lot.basis * share).quantize(CENT)
        )
        lot.quantity -= quantity
        lot.cost -= sold.cost
        lot.basis -= sold.basis
        return sold

    def _come_cotas(self, day: date) -> None:
        price = self.asset.price_on(day)
        taken = Decimal(0)
        for lot in self.lots:
            worth = (lot.quantity * price).quantize(CENT)
            gain = worth - lot.basis
            if gain <= 0:
                continue
            units = (gain * _COME_COTAS / price).quantize(self.asset.unit, rounding=ROUND_DOWN)
            lot.quantity -= units
            lot.basis = (lot.quantity * price).quantize(CENT)
            taken += units
        if not taken:
            return
        amount = (taken * price).quantize(CENT)
        self.movements.append(
            HoldingMovementRecord(
                type="TAX",
                movement_type="DEBIT",
                day=day,
                quantity=taken,
                value=price,
                amount=amount,
                net_amount=amount,
                description="Come-cotas",
                expenses={"incomeTax": amount},
            )
        )

    def _pay(self, event: Event) -> None:
        each = (self.asset.price_on(event.day) * self.asset.pays).quantize(CENT)
        quantity = self.quantity
        amount = (quantity * each).quantize(CENT)
        if not amount:
            return
        self.movements.append(
            HoldingMovementRecord(
                type="INTEREST",
                movement_type="DEBIT",
                day=event.day,
                quantity=quantity,
                value=each,
                amount=amount,
                net_amount=amount,
                description=f"Rendimento {self.asset.code}",
            )
        )

    def _exchange_costs(self, amount: Decimal) -> dict[str, Decimal]:
        if self.asset.type not in {"EQUITY", "ETF"}:
            return {}
        costs = {"settlementFee": amount * _SETTLEMENT, "stockExchangeFee": amount * _EXCHANGE}
        return {name: one.quantize(CENT) for name, one in costs.items()}

    def _agreed_rate(self) -> Decimal | None:
        rate: Decimal | None = self.asset.details.get("fixedAnnualRate")
        return rate if self.asset.subtype == "TREASURY" else None

    def _note(self, day: date) -> str | None:
        return f"{day:%y%j}" if self.asset.type in {"EQUITY", "ETF"} else None


def _dues(taxing: Taxing, lot: _Lot, price: Decimal, day: date) -> tuple[Decimal, Decimal]:
    """Give IOF and income tax that a sale of *lot* on *day* would cost."""
    gain = (lot.quantity * price).quantize(CENT) - lot.basis
    if taxing in {"exempt", "shares"} or gain <= 0:
        return Decimal(0), Decimal(0)
    age = (day - lot.day).days
    iof = Decimal(0)
    if age < _IOF_DAYS and taxing != "pension":
        percent = 100 * (_IOF_DAYS - age) // _IOF_DAYS
        iof = (gain * min(percent, 96) / 100).quantize(CENT)
    return iof, ((gain - iof) * _rate(taxing, age)).quantize(CENT)


def _rate(taxing: Taxing, age: int) -> Decimal:
    if taxing == "pension":
        return max(_PENSION_LOWEST, _PENSION_FIRST - _PENSION_STEP * (age // _TWO_YEARS))
    return next((rate for days, rate in _REGRESSIVE if age <= days), _LOWEST)
