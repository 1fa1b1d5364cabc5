"""The rows of every account, kept in the order in which the API lists them.

Newest date first, then id. Cursors carry milliseconds, so dates are kept to the millisecond.
"""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tomada.simulator.records import AccountRecord, BillRecord, TransactionRecord
from tomada.simulator.state import ItemRecord, State

Position = tuple[int, str]


def to_millisecond(when: datetime) -> datetime:
    """Cut *when* to what an API instant can carry."""
    return when - timedelta(microseconds=when.microsecond % 1000)


def position(when: datetime, row_id: str) -> Position:
    """Give the sorting key of a row: later dates first."""
    return (-round(when.timestamp() * 1000), row_id)


def _position_of(row: TransactionRecord) -> Position:
    return position(row.date, row.id)


@dataclass(slots=True, repr=False)
class Ledger:
    """One account's rows; the account record's list stays the place where they are stored."""

    item: ItemRecord
    account: AccountRecord
    _ordered: list[TransactionRecord] | None = None

    def ordered(self) -> list[TransactionRecord]:
        """Give all rows in API order."""
        if self._ordered is None:
            self._ordered = sorted(self.account.transactions, key=_position_of)
        return self._ordered

    def after(self, cursor: Position | None) -> Iterator[TransactionRecord]:
        """Walk the rows behind *cursor*, whether or not that row still exists."""
        rows = self.ordered()
        start = 0 if cursor is None else bisect_right(rows, cursor, key=_position_of)
        return (rows[index] for index in range(start, len(rows)))

    def add(self, row: TransactionRecord) -> None:
        """Take in a row that has its id."""
        self.account.transactions.append(row)
        if self._ordered is not None:
            insort(self._ordered, row, key=_position_of)

    def remove(self, row: TransactionRecord) -> None:
        """Drop a row."""
        # By identity: comparing records field by field would be slow.
        rows = self.account.transactions
        del rows[next(index for index, one in enumerate(rows) if one is row)]
        if self._ordered is not None:
            del self._ordered[bisect_left(self._ordered, _position_of(row), key=_position_of)]

    def moved(self) -> None:
        """Forget the order after a row got another date."""
        self._ordered = None


@dataclass(slots=True, repr=False)
class Ledgers:
    """Find accounts, rows and bills by id, for the whole world."""

    _ledgers: dict[str, Ledger] = field(default_factory=dict)
    _rows: dict[str, tuple[Ledger, TransactionRecord]] = field(default_factory=dict)
    _bills: dict[str, tuple[Ledger, BillRecord]] = field(default_factory=dict)

    @classmethod
    def of(cls, state: State) -> "Ledgers":
        """Index everything in *state*."""
        ledgers = cls()
        for item in state.items.values():
            ledgers.open(item, item.accounts)
        return ledgers

    def open(self, item: ItemRecord, accounts: Iterable[AccountRecord]) -> None:
        """Index *accounts* of *item* with their rows and bills."""
        for account in accounts:
            ledger = Ledger(item, account)
            self._ledgers[account.id] = ledger
            self._rows |= {row.id: (ledger, row) for row in account.transactions}
            self._bills |= {bill.id: (ledger, bill) for bill in account.bills}

    def close(self, item: ItemRecord) -> None:
        """Forget everything of *item*."""
        for account in item.accounts:
            self._ledgers.pop(account.id, None)
            for row in account.transactions:
                self._rows.pop(row.id, None)
            for bill in account.bills:
                self._bills.pop(bill.id, None)

    def account(self, account_id: str) -> Ledger | None:
        """Find an account."""
        return self._ledgers.get(account_id)

    def row(self, row_id: str) -> tuple[Ledger, TransactionRecord] | None:
        """Find a transaction and its ledger."""
        return self._rows.get(row_id)

    def bill(self, bill_id: str) -> tuple[Ledger, BillRecord] | None:
        """Find a bill and its ledger."""
        return self._bills.get(bill_id)

    def add(self, ledger: Ledger, row: TransactionRecord) -> None:
        """Take a new row in."""
        ledger.add(row)
        self._rows[row.id] = (ledger, row)

    def remove(self, ledger: Ledger, row: TransactionRecord) -> None:
        """Drop a row."""
        ledger.remove(row)
        del self._rows[row.id]
