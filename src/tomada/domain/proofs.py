"""Prove a bank account's rows by its balance: anchor plus posted rows is what the bank reports.

The anchor is the first balance reported once the history was whole. It stands at the end of the
oldest day that was read, because a bank may give that day in part; rows of that day and before
are history and never count, so history that comes late moves the anchor and proves nothing wrong.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from tomada.domain.ids import AccountId, TransactionId

Cause = Literal[
    "direction", "duplicate", "pending_counted", "date_window", "investment", "late_rows",
    "missing_rows", "unknown",
]  # fmt: skip
"""What most likely keeps rows and balance apart."""

# A month's yield beyond this share of what is set aside is no yield.
_LARGEST_YIELD = 50


@dataclass(frozen=True, slots=True)
class Reported:
    """What a bank says it holds of an account, in minor units.

    *available_minor* is the balance (`pluggy-api.md` 3.0), *closing_minor* adds what is blocked.
    What is invested automatically or reserved may lie beside the balance or not, and moving it may
    show as a row or not; banks differ.
    """

    available_minor: int
    closing_minor: int | None = None
    invested_minor: int = 0
    reserved_minor: int = 0

    def figures(self) -> Iterator[int | None]:
        """Give the balance in each sense that rows may add up to, the usual one first."""
        aside = self.invested_minor + self.reserved_minor
        yield self.available_minor + aside
        yield self.available_minor
        yield None if self.closing_minor is None else self.closing_minor + aside
        yield self.closing_minor


@dataclass(frozen=True, slots=True)
class Anchor:
    """Where the proof of an account starts.

    *rows_minor* is the sum of the posted rows from *first_day* on when *reported* was read.
    """

    first_day: date
    at: datetime
    reported: Reported
    rows_minor: int

    @property
    def opening_minor(self) -> int:
        """The balance before *first_day*: a figure, never a movement."""
        return self.reported.available_minor - self.rows_minor


@dataclass(frozen=True, slots=True)
class Sums:
    """The posted rows of an account from the anchor's first day on, added up.

    *future_minor* are those dated after today, which a bank counts at once or when their day
    comes; they are not in *rows_minor*.
    """

    rows_minor: int
    future_minor: int
    oldest: date | None
    mixed: bool


def differences(anchor: Anchor, reported: Reported, sums: Sums) -> tuple[int, ...]:
    """Give by how much the bank reports more than anchor and rows say, in each sense once.

    Empty where rows and balance agree in any sense.
    """
    moved = sums.rows_minor - anchor.rows_minor
    pairs = zip(anchor.reported.figures(), reported.figures(), strict=True)
    found = [now - then - moved for then, now in pairs if then is not None and now is not None]
    if 0 in found or sums.future_minor in found:
        return ()
    return tuple(dict.fromkeys(found))


def anchored(
    reported: Reported, sums: Sums, first_day: date, *, at: datetime, opening: int | None
) -> Anchor | None:
    """Set the anchor; None as long as rows are dated after today or lack their amount.

    *opening* is the balance before the first day where running balances tell: where it differs
    in every sense, it is the one that holds, and rows are missing already.
    """
    if sums.mixed or sums.future_minor:
        return None
    anchor = Anchor(first_day, at, reported, sums.rows_minor)
    senses = [one - sums.rows_minor for one in reported.figures() if one is not None]
    if opening is None or opening in senses:
        return anchor
    return replace(anchor, rows_minor=reported.available_minor - opening)


def widened(anchor: Anchor, first_day: date, older_minor: int) -> Anchor:
    """Move the anchor to an earlier day; *older_minor* are the rows between the two."""
    return replace(anchor, first_day=first_day, rows_minor=anchor.rows_minor + older_minor)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of an account whose balance is not proven, in signed minor units.

    *doubtful* are rows whose direction is in doubt, *doubled* amounts that equal rows of one day
    have, *located* what running balances show to be missing between two rows, *pending* the rows not posted yet, *outside* rows that were dated out of the proof since
    the anchor. *aside_minor* is what earns without a row: invested, reserved, or a savings
    balance. *rows_current* says that the rows are as new as the balance. *mixed* says that some
    rows have no amount in the account's currency, so that sums prove nothing.
    """

    rows_current: bool
    doubtful: Sequence[int] = ()
    doubled: Sequence[int] = ()
    located: Sequence[int] = ()
    pending: Sequence[int] = ()
    outside: Sequence[int] = ()
    aside_minor: int = 0
    mixed: bool = False


def likely_cause(found: Sequence[int], evidence: Evidence) -> tuple[Cause, int]:
    """Name the likeliest cause of *found* and the difference in the sense that it explains."""
    if evidence.mixed:
        return "unknown", found[0]
    for cause, amounts in _explained(evidence):
        for difference in found:
            if difference in amounts:
                return cause, difference
    for difference in found:
        if 0 < difference * _LARGEST_YIELD <= evidence.aside_minor:
            return "investment", difference
    return ("missing_rows" if evidence.rows_current else "late_rows"), found[0]


def _explained(evidence: Evidence) -> Iterator[tuple[Cause, set[int]]]:
    """Pair each cause with the differences it would make, the most telling first."""
    yield "direction", {-2 * one for one in evidence.doubtful}
    yield "duplicate", {-one for one in evidence.doubled}
    yield "date_window", {*evidence.outside, sum(evidence.outside)}
    yield "missing_rows", {*evidence.located}
    yield "pending_counted", {*evidence.pending, sum(evidence.pending)}


@dataclass(frozen=True, slots=True)
class Step:
    """A posted row in statement order; *balance_minor* is the one after it, where it has one."""

    id: TransactionId
    day: date
    signed_minor: int
    balance_minor: int | None


@dataclass(frozen=True, slots=True)
class Gap:
    """Money that moved between two rows without one: after *after*, before *before*."""

    after: TransactionId | None
    before: TransactionId | None
    missing_minor: int


def opening_of(day: Sequence[Step]) -> int | None:
    """Find the balance before a day's rows from their running balances, in whatever order.

    None where a row has no balance, or where they do not tell.
    """
    before: list[int] = []
    after: list[int] = []
    for step in day:
        if step.balance_minor is None:
            return None
        before.append(step.balance_minor - step.signed_minor)
        after.append(step.balance_minor)
    for one in after:
        if one in before:
            before.remove(one)
    return before[0] if len(before) == 1 else None


def gaps(steps: Sequence[Step], *, opening: int, closing: int) -> list[Gap]:
    """Find where opening plus movements leaves the running balances, up to *closing*.

    Rows of one day may stand in any order, as long as some order of them adds up.
    """
    found: list[Gap] = []
    balance, last = opening, None
    for step in _chained(steps, opening):
        balance += step.signed_minor
        if step.balance_minor is not None and step.balance_minor != balance:
            found.append(Gap(last, step.id, step.balance_minor - balance))
            balance = step.balance_minor
        last = step.id
    if balance != closing:
        found.append(Gap(last, None, closing - balance))
    return found


def _chained(steps: Sequence[Step], balance: int) -> Iterator[Step]:
    """Put the rows of each day into an order that adds up where there is one."""
    start = 0
    while start < len(steps):
        end = start
        while end < len(steps) and steps[end].day == steps[start].day:
            end += 1
        day = list(_follow(steps[start:end], balance))
        yield from day
        for step in day:
            known = step.balance_minor
            balance = balance + step.signed_minor if known is None else known
        start = end


def _follow(day: Sequence[Step], balance: int) -> Iterator[Step]:
    left = list(day)
    while left:
        after = balance
        fits = (n for n, one in enumerate(left) if one.balance_minor == after + one.signed_minor)
        step = left.pop(next(fits, 0))
        yield step
        known = step.balance_minor
        balance = balance + step.signed_minor if known is None else known


@dataclass(frozen=True, slots=True)
class BalanceCase:
    """A balance that the rows do not explain, from when it was seen until it resolved itself.

    *difference_minor* is what the bank reports beyond what the rows say. *after* and *before*
    are the rows between which money is missing, where running balances tell.
    """

    id: UUID
    account_id: AccountId
    currency: str
    difference_minor: int
    cause: Cause
    since: datetime
    seen_at: datetime
    after: TransactionId | None = None
    before: TransactionId | None = None
    closed_at: datetime | None = None

    def seen_again(self, other: "BalanceCase") -> "BalanceCase":
        """Keep who it is and since when, with what is known now."""
        return replace(other, id=self.id, since=self.since)
