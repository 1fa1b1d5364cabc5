"""Pluggy's categories, read for the installation as a whole and only now and then."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from tomada.domain.categories import Category
from tomada.domain.clock import Clock
from tomada.pluggy import PluggyClient
from tomada.services.provider import translated
from tomada.store.categories import CategoryRows
from tomada.store.tx import Store

EVERY = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Categories:
    """The names of categories in pt-BR and in English."""

    store: Store
    clock: Clock
    pluggy: PluggyClient

    async def list(self) -> tuple[list[Category], datetime | None]:
        """List them by id, and tell when they were read; None while they never were."""
        async with self.store.begin() as tx:
            return await CategoryRows(tx).all(), await CategoryRows(tx).read_at()

    async def refresh(self) -> bool:
        """Read them from Pluggy where that was not done for a week; False where it was.

        Raises ``ProviderError`` where Pluggy does not give them; then those of before stay.
        """
        async with self.store.begin() as tx:
            read_at = await CategoryRows(tx).read_at()
        if read_at is not None and self.clock() - read_at < EVERY:
            return False
        with translated():
            found = await self.pluggy.list_categories()
        categories = [
            Category(
                one.id,
                _storable(one.description),
                _storable(one.description_translated or "") or None,
                one.parent_id,
            )
            for one in found
        ]
        async with self.store.begin() as tx:
            await CategoryRows(tx).put(categories, at=self.clock())
        return True


def _storable(name: str) -> str:
    """Give a name as PostgreSQL takes text: without the one character that it cannot hold."""
    return name.replace("\x00", "\ufffd")
