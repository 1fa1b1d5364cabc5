"""The kinds of data an item has, and how fresh and how complete each of them is here."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, get_args

from tomada.domain.ids import ItemId

Product = Literal[
    "ACCOUNTS",
    "CREDIT_CARDS",
    "TRANSACTIONS",
    "PAYMENT_DATA",
    "INVESTMENTS",
    "INVESTMENTS_TRANSACTIONS",
    "IDENTITY",
    "LOANS",
    "CONSENTS",
]
"""Pluggy's words, and CONSENTS for the authorisations at the bank, which are read for every item."""

PRODUCTS: tuple[Product, ...] = get_args(Product)
LATE = timedelta(hours=1)
"""How long after the next expected reading of the bank its absence is worth a word."""


@dataclass(frozen=True, slots=True)
class Said:
    """Why a product came incomplete, in Pluggy's words and in the bank's own; sealed at rest."""

    message: str | None = None
    by_bank: str | None = None


@dataclass(frozen=True, slots=True)
class Freshness:
    """How far one product of one item can be trusted.

    *as_of* is Pluggy's last good reading of the bank that is in the ledger, None for never;
    *read_at* our last whole reading of Pluggy. *complete* says that nothing was left out then;
    where it is False, *code* says why. *next_expected_at* is when Pluggy reads the bank next by
    itself, None where it will not.
    """

    item_id: ItemId
    product: Product
    as_of: datetime | None
    complete: bool
    code: str | None
    said: Said
    read_at: datetime | None
    next_expected_at: datetime | None

    def overdue(self, now: datetime) -> bool:
        """Tell whether the bank should have been read again by now."""
        return self.next_expected_at is not None and now > self.next_expected_at + LATE

    def stale(self, now: datetime) -> bool:
        """Tell whether it must not be shown as current."""
        return not self.complete or self.overdue(now)
