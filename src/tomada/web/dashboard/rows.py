"""Transactions as lines of a statement: months, in them days, in them rows."""

import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from tomada.domain.documents import without_documents
from tomada.domain.transactions import MonthTotals, Transaction
from tomada.web.dashboard import wording
from tomada.web.dashboard.catalogue import Texts
from tomada.web.dashboard.tiles import symbol_of

DaySums = Mapping[date, Mapping[str, int]]
"""Per day and currency, the signed sum in minor units."""


@dataclass(frozen=True, slots=True)
class Row:
    """One movement. *version* changes with anything shown, so that the page sees a change."""

    id: str
    title: str
    notes: tuple[str, ...]
    symbol: str
    amount: wording.Amount
    time: str | None
    mark: str | None
    instalment: str | None
    note: str
    category: str
    hidden: bool
    version: str


@dataclass(frozen=True, slots=True)
class Day:
    """The rows of one bank day and their sums, one per currency."""

    key: str
    title: str
    sums: tuple[wording.Amount, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Month:
    """The days of one month; totals only where the whole month is meant, not a selection."""

    key: str
    title: str
    income: str | None
    spending: str | None
    days: tuple[Day, ...]


@dataclass(frozen=True, slots=True)
class Statement:
    """A part of the list, newest first, and where it goes on."""

    months: tuple[Month, ...]
    count: int
    next_cursor: str | None


def lay_out(
    transactions: Sequence[Transaction],
    *,
    today: date,
    texts: Texts,
    accounts: Mapping[str, str],
    sums: DaySums,
    totals: Sequence[MonthTotals] = (),
    next_cursor: str | None = None,
) -> Statement:
    """Group *transactions*, which come newest first, and put each one into words.

    *sums* has the days to show a sum for: a day cut by the end of a page is summed as a whole.
    """
    by_month = {f"{row.month:%Y-%m}": row for row in totals}
    months = []
    for key, in_month in groupby(transactions, key=lambda one: f"{one.movement.day:%Y-%m}"):
        days = tuple(
            _day(day, list(in_day), today=today, texts=texts, accounts=accounts, sums=sums)
            for day, in_day in groupby(in_month, key=lambda one: one.movement.day)
        )
        total = by_month.get(key)
        months.append(_month(key, days, total, texts))
    return Statement(tuple(months), len(transactions), next_cursor)


def sum_days(transactions: Iterable[Transaction]) -> dict[date, dict[str, int]]:
    """Add up what each day brought and took, per currency."""
    sums: dict[date, dict[str, int]] = {}
    for one in transactions:
        day = sums.setdefault(one.movement.day, {})
        day[one.movement.currency] = day.get(one.movement.currency, 0) + one.movement.signed_minor
    return sums


def _month(key: str, days: tuple[Day, ...], total: MonthTotals | None, texts: Texts) -> Month:
    year, month = key.split("-")
    income = spending = None
    if total is not None:
        income = texts(
            "rows.month_in",
            amount=wording.money(total.income_minor, total.currency, texts.language),
        )
        spending = texts(
            "rows.month_out",
            amount=wording.money(total.spending_minor, total.currency, texts.language),
        )
    title = wording.month_title(date(int(year), int(month), 1), texts.language)
    return Month(key, title, income, spending, days)


def _day(
    day: date,
    transactions: list[Transaction],
    *,
    today: date,
    texts: Texts,
    accounts: Mapping[str, str],
    sums: DaySums,
) -> Day:
    shown = tuple(
        wording.amount(minor, currency, texts.language)
        for currency, minor in sorted(sums.get(day, {}).items())
    )
    rows = tuple(_row(one, today=today, texts=texts, accounts=accounts) for one in transactions)
    return Day(day.isoformat(), wording.day_title(day, today, texts), shown, rows)


def _row(
    transaction: Transaction, *, today: date, texts: Texts, accounts: Mapping[str, str]
) -> Row:
    movement = transaction.movement
    detail, written = movement.detail, transaction.annotation
    title = without_documents(detail.description.strip() or detail.merchant or "—")
    merchant: str | None = without_documents(detail.merchant or "")
    if merchant and merchant.casefold() in title.casefold():
        merchant = None
    notes = tuple(
        word
        for word in (
            merchant,
            written.category or texts.category(detail.category_id, detail.category),
            accounts.get(str(movement.account_id)),
        )
        if word
    )
    amount = wording.amount(movement.signed_minor, movement.currency, texts.language)
    instalment = texts("rows.instalment", part=detail.installment) if detail.installment else None
    mark = _mark(transaction, today, texts)
    shown = (title, notes, amount, mark, instalment, written)
    return Row(
        id=str(transaction.id),
        title=title,
        notes=notes,
        symbol=symbol_of(detail.category_id, incoming=amount.flow == "in"),
        amount=amount,
        time=wording.clock_time(movement.instant),
        mark=mark,
        instalment=instalment,
        note=written.note,
        category=written.category,
        hidden=written.hidden,
        version=f"{zlib.crc32(repr(shown).encode()):08x}",
    )


def _mark(transaction: Transaction, today: date, texts: Texts) -> str | None:
    """Mark what is not settled: ``PENDING`` also means a payment scheduled for a later day."""
    movement = transaction.movement
    if transaction.dropped:
        return texts("rows.expired")
    if movement.status != "PENDING":
        return None
    return texts("rows.scheduled" if movement.day > today else "rows.pending")
