"""Decide what a household or company puts its savings into, and when.

Everything happens on fixed days of the calendar, so that a later reading continues an earlier one.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from tomada.simulator.households.assets import (
    FUNDS,
    PENSION,
    SHARES,
    TERMS,
    Asset,
    Term,
    titles,
)
from tomada.simulator.households.bank_days import add_months, next_bank_day
from tomada.simulator.households.people import Party, a_company
from tomada.simulator.households.positions import Event, Position
from tomada.simulator.households.profile import Relationship, stream
from tomada.simulator.products.records import InvestmentRecord, OrderRecord

_BEGINNING = date(2021, 6, 1)
_COME_COTAS_MONTHS = frozenset({5, 11})
_MATURED_SHOWN_MONTHS = 12
_MONTHS = 12


def investments_of(
    bank: Relationship, *, today: date, orders: Iterable[OrderRecord] = ()
) -> list[InvestmentRecord]:
    """Value every position of *bank* as of *today*.

    *orders* are purchases and sales on top of what the household does by itself; they name
    positions by the ids given here, which stay the same from day to day.
    """
    asked = list(orders)
    rng = bank.rng("investments")
    held: list[tuple[Asset, list[Event]]] = []
    for term in _chosen(bank):
        code = f"{term.label[:3].upper()}{rng.randrange(100, 999)}"
        anchor = add_months(_BEGINNING, rng.randrange(-term.months // 2, 7))
        held += [
            (one, list(_title_events(bank, one, term, today)))
            for one in titles(term, code=code, anchor=anchor.replace(day=rng.randint(2, 25)),
                              today=today)
        ]  # fmt: skip
    held += [(one, list(_saving_events(bank, one, today))) for one in _units(bank)]
    records = []
    for asset, events in held:
        named = bank.id_of("investment", asset.code)
        record = _value(asset, [*events, *_ordered(asked, named)], today)
        if record is not None:
            record.id = named
            record.details = _details(bank, asset, record, today)
            records.append(record)
    return records


def _chosen(bank: Relationship) -> Sequence[Term]:
    """Draw the kinds of titles; a deposit certificate and a treasury bond are always there."""
    rng = bank.rng("investments", "terms")
    by_label = {term.label: term for term in TERMS}
    others = [name for name in by_label if name not in {"CDB Liquidez Diária", "Tesouro Selic"}]
    drawn = rng.sample(others, 1 if bank.business else 3)
    return [by_label[name] for name in ("CDB Liquidez Diária", "Tesouro Selic", *sorted(drawn))]


def _units(bank: Relationship) -> list[Asset]:
    rng = bank.rng("investments", "units")
    funds = [
        replace(one, code=_cnpj(one.name)) for one in rng.sample(FUNDS, 1 if bank.business else 2)
    ]
    if bank.business:
        return funds
    shares = [SHARES[0], *rng.sample(SHARES[1:], 2)]
    return [*funds, *shares, replace(PENSION, code=_cnpj(PENSION.name))]


def _title_events(bank: Relationship, asset: Asset, term: Term, today: date) -> Iterator[Event]:
    rng = bank.rng("investment", asset.code)
    yield Event(asset.since, "buy", cents=_portion(bank, rng.randint(60, 180)))
    if term.every is not None:
        for day in _days(asset.since, min(today, asset.due or today), term.every):
            yield Event(day, "buy", cents=_portion(bank, rng.randint(8, 20)))
    elif not term.grace and asset.due is not None:
        # What can be drawn on daily is drawn on now and then.
        for day in _days(asset.since, min(today, asset.due), 7):
            yield Event(day, "sell", share=rng.randint(4, 12))
    if asset.due is not None and asset.due <= today:
        yield Event(asset.due, "mature")


def _saving_events(bank: Relationship, asset: Asset, today: date) -> Iterator[Event]:
    """Buy monthly, or every quarter for shares, and sell a part every second January."""
    rng = bank.rng("investment", asset.code)
    first = add_months(_BEGINNING, rng.randrange(_MONTHS)).replace(day=rng.randint(3, 26))
    shares = asset.type in {"EQUITY", "ETF"}
    yield Event(first, "buy", cents=_portion(bank, rng.randint(30, 70)))
    for day in _days(first, today, 3 if shares else 1):
        portion = rng.randint(6, 14) if shares else rng.randint(2, 6)
        yield Event(day, "buy", cents=_portion(bank, portion))
        if day.month == 1 and day.year % 2:
            yield Event(day, "sell", share=rng.randint(20, 40))
    for day in _days(first.replace(day=15), today, 1):
        if asset.taxing == "fund" and day.month in _COME_COTAS_MONTHS:
            yield Event(next_bank_day(day.replace(day=28)), "come_cotas")
        if day.month in asset.paying_months:
            yield Event(next_bank_day(day), "pay")


def _value(asset: Asset, events: Iterable[Event], today: date) -> InvestmentRecord | None:
    """Live through *events* up to *today*; None for what is long gone."""
    position = Position(asset)
    position.live(event for event in events if event.day <= today)
    record = position.record(today)
    if record.status == "ACTIVE":
        return record
    last = position.movements[-1].day if position.movements else None
    recent = last is not None and last > add_months(today, -_MATURED_SHOWN_MONTHS)
    return record if recent else None


def _ordered(orders: Iterable[OrderRecord], investment_id: str) -> Iterator[Event]:
    for order in orders:
        if order.investment_id == investment_id:
            cents = int(order.amount.scaleb(2))
            yield Event(order.day, "buy" if order.side == "BUY" else "sell", cents=cents)


def _days(first: date, last: date, every: int) -> Iterator[date]:
    """Yield the bank days *every* so many months after *first*, up to *last*."""
    months = every
    while (day := next_bank_day(add_months(first, months))) <= last:
        yield day
        months += every


def _portion(bank: Relationship, percent: int) -> int:
    """Give *percent* of a month's income in cents, in steps of fifty reais."""
    share = bank.income * percent // 100 // (6 if bank.business else 1)
    return max(10_000, share // 5_000 * 5_000)


def _cnpj(name: str) -> str:
    return _issuer(name).document


def _issuer(name: str) -> Party:
    """Name the company behind an asset; the same asset is always the same company's."""
    return a_company(stream("issuer", name))


def _details(
    bank: Relationship, asset: Asset, record: InvestmentRecord, today: date
) -> dict[str, Any]:
    """Fill the fields that this kind of investment has beside its figures."""
    details = dict(asset.details)
    classes = {name: details.pop(name) for name in list(details) if name.startswith("anbima")}
    issuer = _issuer(asset.code if asset.type == "FIXED_INCOME" else asset.name)
    bought = record.movements[0].day if record.movements else None
    locked = details.get("gracePeriodDate")
    free = locked is None or locked <= today
    year_ago, month_ago = add_months(today, -_MONTHS), add_months(today, -1)
    details |= {
        "number": f"{bank.rng('investment number', asset.code).randrange(10**8):08d}",
        "owner": bank.holder.name,
        "issuer": None if asset.subtype == "TREASURY" else issuer.name,
        "issuerCNPJ": None if asset.subtype == "TREASURY" else issuer.document,
        "dueDate": asset.due,
        "purchaseDate": bought,
        "amountProfit": record.amount - record.original,
        "amountWithdrawal": record.balance if free else record.balance * 0,
        "lastMonthRate": asset.growth_between(month_ago, today),
        "lastTwelveMonthsRate": asset.growth_between(year_ago, today),
        "annualRate": (asset.growth * 100).normalize(),
        "institution": {
            "name": issuer.name,
            "number": "".join(filter(str.isdigit, issuer.document)),
        },
    }
    if asset.taxing == "pension":
        details["metadata"] = {
            "taxRegime": "REGRESSIVE",
            "proposalNumber": f"{bank.rng('proposal').randrange(10**7):07d}",
            "processNumber": "15414.900000/2021-11",
            "fundName": asset.name,
            "insurer": {"name": issuer.name, "cnpj": issuer.document},
        }
    elif classes:
        details["metadata"] = classes
    if asset.subtype == "DEBENTURES":
        details["couponPayment"] = {"hasCoupon": False}
    return details
