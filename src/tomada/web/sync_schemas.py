"""The shapes of syncs."""

from typing import Literal

from tomada.domain.products import Product
from tomada.web.schemas import Instant, Shape


class SyncDoneShape(Shape, frozen=True):
    """Rows read."""

    success: Literal[True]
    accounts: int
    transactions: int


class SyncPendingShape(Shape, frozen=True):
    """Rows read so far; the rest is at the address in ``Location``."""

    success: Literal[True]
    pending: Literal[True]
    sync_id: str
    accounts: int
    transactions: int


class SyncProductShape(Shape, frozen=True):
    """What a sync did with one product; *error_code* says why it could not be read."""

    product: Product
    read: int
    added: int
    changed: int
    gone: int
    error_code: str | None


class SyncShape(Shape, frozen=True):
    """One reading of a connection, from its request to its end.

    *added*, *changed* and *gone* are of movements; *products* has them for each product.
    *next_step* is what the person can do now.
    """

    sync_id: str
    item_id: str
    state: str
    reason: str
    requested_at: Instant
    started_at: Instant | None
    finished_at: Instant | None
    accounts: int
    transactions: int
    added: int
    changed: int
    gone: int
    error_code: str | None
    products: list[SyncProductShape]
    next_step: str


class SyncsShape(Shape, frozen=True):
    """Syncs of a connection, the newest first; *next_cursor* is null on the last page."""

    syncs: list[SyncShape]
    next_cursor: str | None
