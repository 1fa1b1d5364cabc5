"""Applying a list of Pluggy's to its table: only what changed is written.

An empty or shorter list never removes a row. A row is gone when two complete lists, at least six
hours apart, were without it while the item was well.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Generic, Protocol, TypeVar

from tomada.domain.errors import ProviderError
from tomada.services.normalise import content
from tomada.services.vault import Keys
from tomada.store.listed import ListedRows, Listing, Row
from tomada.store.tx import Tx

RAW_GROUP = "raw"
PATIENCE = timedelta(hours=6)


class Named(Protocol):
    """An object of Pluggy's with the bytes it was read from."""

    @property
    def id(self) -> str:
        """Pluggy's id."""

    @property
    def raw(self) -> bytes:
        """The object as it came."""


R = TypeVar("R", bound=Named)


@dataclass(frozen=True, slots=True)
class Stamp:
    """What every row is written with: the digest of its content, and now."""

    digest: bytes
    now: datetime


@dataclass(frozen=True, slots=True)
class Changes:
    """What one list did to the ledger, by id.

    *missing* says that the list is without rows that are not gone, or not yet.
    """

    read: int = 0
    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    missing: bool = False

    def __bool__(self) -> bool:
        """Tell whether anything is different now."""
        return bool(self.added or self.changed or self.gone)

    def __add__(self, other: "Changes") -> "Changes":
        """Put two changes together."""
        return Changes(
            self.read + other.read,
            self.added + other.added,
            self.changed + other.changed,
            self.gone + other.gone,
            self.missing or other.missing,
        )

    def line(self) -> dict[str, object]:
        """Say it in a feed entry: ids and counts."""
        return {
            "added": list(self.added),
            "changed": list(self.changed),
            "gone": list(self.gone),
            "count": len(self.added) + len(self.changed) + len(self.gone),
        }


@dataclass(frozen=True, slots=True)
class Taker(Generic[R, Row]):
    """Takes one kind of object into its table; *label* keeps the digests of kinds apart.

    A new *label* makes every row of the kind be written anew, which is how a later version fills
    what an earlier one did not keep.
    """

    keys: Keys
    label: str
    listing: Listing[Row]
    make: Callable[[R, Stamp], Row]

    async def put(self, tx: Tx, objects: Sequence[R], *, now: datetime) -> Changes:
        """Insert what is new and rewrite what changed; an object that came twice counts once."""
        rows = ListedRows(tx, self.listing)
        latest = {one.id: one for one in objects}
        known = await rows.known(latest)
        added, changed, written = list[str](), list[str](), list[Row]()
        for name, one in latest.items():
            digest = self.keys.digest(self.label, content(one.raw))
            before = known.get(name)
            if before == (digest, False):
                continue
            (added if before is None or before[1] else changed).append(name)
            written.append(self.make(one, Stamp(digest, now)))
        if written:
            await rows.put(written)
        await rows.seen(list(latest))
        return Changes(len(latest), tuple(added), tuple(changed))

    async def whole(
        self, tx: Tx, owner: str, objects: Sequence[R], *, now: datetime, sound: bool
    ) -> Changes:
        """Take in a list that came whole; where it is *sound*, note what it is without."""
        changes = await self.put(tx, objects, now=now)
        present = [one.id for one in objects]
        return changes + await missed(tx, self.listing, owner, present, now=now, sound=sound)


async def missed(
    tx: Tx,
    listing: Listing[Any],
    owner: str,
    present: Sequence[str],
    *,
    now: datetime,
    sound: bool,
) -> Changes:
    """Tell what a list that came whole was without; note it where the list is *sound*."""
    rows, gone = ListedRows(tx, listing), list[str]()
    if sound:
        gone = await rows.miss(owner, present, at=now, patience=PATIENCE)
    return Changes(gone=tuple(gone), missing=await rows.lacks(owner, present))


class OfItem(Protocol):
    """An object that says which item it belongs to."""

    @property
    def item_id(self) -> str:
        """Pluggy's id of it."""


def same_item(objects: Sequence[OfItem], item_id: str) -> None:
    """See that a list is of the item that was asked for; raises ``ProviderError`` otherwise."""
    if any(one.item_id != item_id for one in objects):
        raise ProviderError("Pluggy sent another item's rows", provider_code="unreadable")
