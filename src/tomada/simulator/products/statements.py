"""Monthly statement files of an account: which there are, and addresses that soon expire."""

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import blake2b, sha256

from tomada.simulator.ids import uuid_of
from tomada.simulator.ledger import Ledger
from tomada.simulator.products.pdf import document
from tomada.simulator.records import TransactionRecord

_BRASILIA = timedelta(hours=-3)
_WIDE = 44


@dataclass(frozen=True, slots=True)
class Statement:
    """The file of one whole month."""

    id: str
    month: date

    @property
    def month_year(self) -> str:
        """Write the month as the API does: `MM-YYYY`."""
        return f"{self.month:%m-%Y}"


@dataclass(frozen=True, slots=True, repr=False)
class Statements:
    """The statement files of one world; they are written when somebody fetches them."""

    seed: int
    clock: Callable[[], datetime]
    ttl: timedelta

    def of(self, ledger: Ledger) -> list[Statement]:
        """List the months that are over and in which something was posted, newest first."""
        this_month = _day(self.clock()).replace(day=1)
        posted = (_day(row.date) for row in ledger.ordered() if row.status == "POSTED")
        months = dict.fromkeys(day.replace(day=1) for day in posted)
        return [
            Statement(uuid_of(ledger.account.id, "statement", month), month)
            for month in sorted(months, reverse=True)
            if month < this_month
        ]

    def path(self, ledger: Ledger, statement: Statement) -> str:
        """Sign an address for *statement*, good for the configured time."""
        until = int((self.clock() + self.ttl).timestamp())
        where = f"/_bank/statements/{ledger.account.id}/{statement.month:%Y-%m}.pdf"
        return f"{where}?expires={until}&signature={self._sign(where, until)}"

    def is_good(self, where: str, *, expires: str, signature: str) -> bool:
        """Say whether an address was signed here and is not over."""
        if not expires.isdecimal() or int(expires) < self.clock().timestamp():
            return False
        return hmac.compare_digest(self._sign(where, int(expires)), signature)

    def write(self, ledger: Ledger, month: date) -> bytes:
        """Write the file: every posted row of the month, oldest first."""
        rows = [
            row
            for row in reversed(ledger.ordered())
            if row.status == "POSTED" and _day(row.date).replace(day=1) == month
        ]
        account = ledger.account
        head = [
            f"Extrato {month:%m/%Y}",
            f"{account.name} {account.number}",
            f"Titular: {account.owner or ledger.item.owner}",
            "",
        ]
        return document([*head, *map(_line, rows)])

    def _sign(self, where: str, until: int) -> str:
        key = blake2b(f"{self.seed}|statements".encode()).digest()
        return hmac.new(key, f"{where}|{until}".encode(), sha256).hexdigest()


def _day(when: datetime) -> date:
    """Give the bank's day: a direct connector's midnight is its own day, other instants Brazil's."""
    if when.time() == datetime.min.time():
        return when.astimezone(UTC).date()
    return (when.astimezone(UTC) + _BRASILIA).date()


def _line(row: TransactionRecord) -> str:
    text = (row.description_raw or row.description)[:_WIDE].ljust(_WIDE)
    return f"{_day(row.date):%d/%m}  {text} {row.amount:>14.2f}"
