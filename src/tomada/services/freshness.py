"""How fresh and how complete each product is: written by runs, read by whoever shows data."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from tomada.domain.clock import Clock
from tomada.domain.ids import EntityId, ItemId
from tomada.domain.products import Freshness, Product, Said
from tomada.pluggy.models.items import Item
from tomada.services.outlook import Outlook, advanced, outlooks
from tomada.services.runs import Run, Runs
from tomada.services.sealed import seal, unseal
from tomada.services.vault import Keys, Vault
from tomada.store.freshness import FreshnessRow, FreshnessRows
from tomada.store.tx import Store

_TABLE = "product_freshness"
Outcomes = Mapping[Product, str | None]
"""How reading each product from Pluggy went: None is well, else the code of what failed."""


@dataclass(frozen=True, slots=True)
class FreshnessKeeper:
    """Keeps what a run found."""

    runs: Runs
    clock: Clock

    async def before(self, run: Run) -> dict[Product, FreshnessRow]:
        """Give what is known so far."""
        async with self.runs.store.begin(run.entity) as tx:
            return {row.product: row for row in await FreshnessRows(tx).all(run.item_id)}

    async def record(
        self,
        run: Run,
        item: Item,
        outcomes: Outcomes,
    ) -> None:
        """Keep how each product stands after a run.

        What the bank did not give again, and what could not be read from Pluggy, stays as old as
        it was. A product without an outcome was not read.
        """
        known = await self.before(run)
        rows = [
            self._row(
                run,
                product,
                outlook,
                known.get(product),
                outcome=outcomes.get(product, "not_read"),
                next_expected_at=item.next_auto_sync_at,
            )
            for product, outlook in outlooks(item, run.agreed).items()
        ]
        async with self.runs.writing(run) as tx:
            await FreshnessRows(tx).put(rows)

    def _row(
        self,
        run: Run,
        product: Product,
        outlook: Outlook,
        before: FreshnessRow | None,
        *,
        outcome: str | None,
        next_expected_at: datetime | None,
    ) -> FreshnessRow:
        as_of = None if before is None else before.as_of
        read_at = None if before is None else before.read_at
        if outcome is None:
            read_at = self.clock()
            as_of = advanced(as_of, outlook)
        code, said = outlook.code, outlook.said
        if code is None and outcome is not None:
            code, said = outcome, Said()
        return FreshnessRow(
            item_id=run.item_id,
            product=product,
            as_of=as_of,
            complete=code is None,
            code=code,
            sealed=seal(run.keys, _TABLE, _place(run.item_id, product), said),
            read_at=read_at,
            next_expected_at=next_expected_at,
        )

    async def spoil(self, run: Run, code: str) -> None:
        """Say of all products that nobody keeps them up any more."""
        async with self.runs.writing(run) as tx:
            await FreshnessRows(tx).spoil(run.item_id, code=code)


@dataclass(frozen=True, slots=True)
class Freshnesses:
    """The freshness of all that an entity has here."""

    store: Store
    vault: Vault

    async def list(self, entity: EntityId, *, item_id: ItemId | None = None) -> list[Freshness]:
        """List it, of one connection where given."""
        keys = await self.vault.keys(entity)
        async with self.store.begin(entity) as tx:
            rows = await FreshnessRows(tx).all(item_id)
        return [_opened(keys, row) for row in rows]


def _opened(keys: Keys, row: FreshnessRow) -> Freshness:
    return Freshness(
        item_id=row.item_id,
        product=row.product,
        as_of=row.as_of,
        complete=row.complete,
        code=row.code,
        said=unseal(keys, _TABLE, _place(row.item_id, row.product), row.sealed, Said),
        read_at=row.read_at,
        next_expected_at=row.next_expected_at,
    )


def _place(item_id: ItemId, product: Product) -> str:
    return f"{item_id}/{product}"
