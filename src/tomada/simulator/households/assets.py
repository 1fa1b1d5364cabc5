"""What people in Brazil put money into, and what a unit of it is worth on a given day.

Issuers, funds and tickers are invented. A price is a function of the asset and the day alone, so
that two readings on one day agree and a later one continues an earlier one.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from hashlib import blake2b
from typing import Any, Literal

from tomada.simulator.households.bank_days import add_months, days_in_month

Taxing = Literal["regressive", "fund", "exempt", "shares", "pension"]

_CENT = Decimal("0.01")
_YEAR = 365
_MIDDLE = 1 << 31


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """Something that is held in units.

    *growth* is the yearly growth of a unit's price as a fraction, *swing* how far the price strays
    from that, and *pays* the share of the price paid out in each of *paying_months*.
    """

    type: str
    subtype: str
    name: str
    code: str
    price: Decimal
    since: date
    growth: Decimal
    taxing: Taxing
    swing: Decimal = Decimal(0)
    places: int = 6
    unit: Decimal = Decimal("0.000001")
    pays: Decimal = Decimal(0)
    paying_months: frozenset[int] = frozenset()
    due: date | None = None
    details: dict[str, Any] = field(default_factory=dict)

    def price_on(self, day: date) -> Decimal:
        """Quote a unit on *day*; after maturity the price stays."""
        if self.due is not None:
            day = min(day, self.due)
        years, days = divmod((day - self.since).days, _YEAR)
        # Growth compounds from year to year and runs straight within one.
        trend = self.price * (1 + self.growth) ** years * (1 + self.growth * days / _YEAR)
        quoted = trend * (1 + self.swing * self._mood(day))
        return quoted.quantize(Decimal(1).scaleb(-self.places))

    def growth_between(self, first: date, last: date) -> Decimal:
        """Tell by how many percent the price rose from *first* to *last*."""
        change = self.price_on(last) / self.price_on(first) - 1
        return (change * 100).quantize(_CENT)

    def _mood(self, day: date) -> Decimal:
        """Give where the price stands about its trend, from -1 to 1: a line from month to month."""
        if not self.swing:
            return Decimal(0)
        month = day.replace(day=1)
        here, there = self._anchor(month), self._anchor(add_months(month, 1))
        passed = Decimal(day.day - 1) / days_in_month(day.year, day.month)
        return here + (there - here) * passed

    def _anchor(self, month: date) -> Decimal:
        digest = blake2b(f"quote:{self.code}:{month}".encode(), digest_size=4).digest()
        return Decimal(int.from_bytes(digest, "big") - _MIDDLE) / _MIDDLE


@dataclass(frozen=True, slots=True)
class Term:
    """A kind of title that is bought again when the last one has matured."""

    subtype: str
    label: str
    months: int
    rate_type: str | None
    # Percent of the index, or percent a year beside it.
    rate: Decimal | None
    fixed: Decimal | None
    growth: Decimal
    exempt: bool = False
    # Months between purchases of one title; None buys once.
    every: int | None = None
    places: int = 6
    unit: Decimal = Decimal("0.000001")
    price: Decimal = Decimal(1000)
    grace: int = 0


TERMS = (
    Term("CDB", "CDB Liquidez Diária", 36, "CDI", Decimal(102), None, Decimal("0.1224")),
    Term("CDB", "CDB Pré", 24, None, None, Decimal("13.15"), Decimal("0.1315"),
         grace=12),
    Term("LCI", "LCI", 24, "CDI", Decimal(92), None, Decimal("0.1104"), exempt=True, grace=9),
    Term("LCA", "LCA", 18, "CDI", Decimal(90), None, Decimal("0.1080"), exempt=True, grace=9),
    Term("TREASURY", "Tesouro Selic", 60, "SELIC", Decimal(100), Decimal("0.09"),
         Decimal("0.1190"), every=2, unit=Decimal("0.01"), price=Decimal("12850.40")),
    Term("TREASURY", "Tesouro IPCA+", 84, "IPCA", Decimal(100), Decimal("6.42"),
         Decimal("0.1090"), every=3, unit=Decimal("0.01"), price=Decimal("2410.77")),
    Term("DEBENTURES", "Debênture incentivada", 60, "IPCA", Decimal(100), Decimal("7.10"),
         Decimal("0.1150"), exempt=True, unit=Decimal(1)),
)  # fmt: skip

_FIRST = date(2021, 1, 1)

FUNDS = (
    Asset(type="MUTUAL_FUND", subtype="FIXED_INCOME_FUND", name="Aroeira Renda Fixa Simples FIRF",
          code="", price=Decimal("1.482117"), since=_FIRST, growth=Decimal("0.108"),
          taxing="fund", swing=Decimal("0.002"),
          details={"anbimaClass": "Renda Fixa", "anbimaSubclass": "Simples"}),
    Asset(type="MUTUAL_FUND", subtype="MULTIMARKET_FUND", name="Quatro Rios Macro FIC FIM",
          code="", price=Decimal("2.913004"), since=_FIRST, growth=Decimal("0.122"),
          taxing="fund", swing=Decimal("0.035"),
          details={"anbimaClass": "Multimercado", "anbimaSubclass": "Macro"}),
    Asset(type="MUTUAL_FUND", subtype="STOCK_FUND", name="Serra Verde Ações FIC FIA", code="",
          price=Decimal("3.350981"), since=_FIRST, growth=Decimal("0.091"), taxing="shares",
          swing=Decimal("0.09"), details={"anbimaClass": "Ações", "anbimaSubclass": "Livre"}),
)  # fmt: skip

_QUARTERS, _ALL_YEAR = frozenset({3, 6, 9, 12}), frozenset(range(1, 13))

SHARES = (
    Asset(type="EQUITY", subtype="STOCK", name="Vento Sul Energia ON", code="VSUL3",
          price=Decimal("28.40"), since=_FIRST, growth=Decimal("0.07"), taxing="shares",
          swing=Decimal("0.16"), places=2, unit=Decimal(1), pays=Decimal("0.011"),
          paying_months=_QUARTERS),
    Asset(type="EQUITY", subtype="STOCK", name="Pedra Clara Mineração PN", code="PCLR4",
          price=Decimal("61.15"), since=_FIRST, growth=Decimal("0.03"), taxing="shares",
          swing=Decimal("0.22"), places=2, unit=Decimal(1), pays=Decimal("0.018"),
          paying_months=frozenset({5, 11})),
    Asset(type="EQUITY", subtype="REAL_ESTATE_FUND", name="FII Ipê Roxo Galpões", code="IPRX11",
          price=Decimal("98.70"), since=_FIRST, growth=Decimal("0.01"), taxing="shares",
          swing=Decimal("0.07"), places=2, unit=Decimal(1), pays=Decimal("0.0078"),
          paying_months=_ALL_YEAR),
    Asset(type="ETF", subtype="ETF", name="Sabiá Índice Brasil Fundo de Índice", code="SBIA11",
          price=Decimal("104.20"), since=_FIRST, growth=Decimal("0.08"), taxing="shares",
          swing=Decimal("0.11"), places=2, unit=Decimal(1)),
    Asset(type="EQUITY", subtype="BDR", name="Northwind Books BDR", code="NWBK34",
          price=Decimal("44.90"), since=_FIRST, growth=Decimal("0.12"), taxing="shares",
          swing=Decimal("0.14"), places=2, unit=Decimal(1)),
)  # fmt: skip

PENSION = Asset(
    type="SECURITY", subtype="RETIREMENT", name="Horizonte Novo Prev VGBL Multi", code="",
    price=Decimal("1.704411"), since=_FIRST, growth=Decimal("0.104"), taxing="pension",
    swing=Decimal("0.02"),
)  # fmt: skip


def titles(term: Term, *, code: str, anchor: date, today: date) -> Iterator[Asset]:
    """Yield the title of *term* that is held on *today*, after the one that matured before it.

    Titles follow each other without a gap, from *anchor* on.
    """
    issued = anchor
    while add_months(issued, term.months) <= today:
        issued = add_months(issued, term.months)
    before = add_months(issued, -term.months)
    for day in (before, issued):
        if day >= anchor:
            yield _title(term, code=code, issued=day)


def _title(term: Term, *, code: str, issued: date) -> Asset:
    due = add_months(issued, term.months)
    return Asset(
        type="FIXED_INCOME",
        subtype=term.subtype,
        name=f"{term.label} {due.year}" if term.subtype == "TREASURY" else term.label,
        code=f"{code}{due:%y%m}",
        price=term.price,
        since=issued,
        growth=term.growth,
        taxing="exempt" if term.exempt else "regressive",
        places=term.places,
        unit=term.unit,
        due=due,
        details={
            "rate": term.rate,
            "rateType": term.rate_type,
            "fixedAnnualRate": term.fixed,
            "ratePeriodicity": "YEARLY",
            "issueDate": issued,
            "gracePeriodDate": add_months(issued, term.grace),
        },
    )
