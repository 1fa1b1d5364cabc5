"""What was asked of Pluggy's own runs of an item, and what came of it."""

from dataclasses import dataclass
from datetime import datetime

from tomada.domain.ids import ItemId
from tomada.domain.refreshes import RefreshHistory, RefreshObstacle
from tomada.store.tx import Tx

_COLUMNS = (
    "asked_at, refused, refused_until, outage_since, outage_tries, outage_tried_at, given_up_at"
)


@dataclass(frozen=True, slots=True)
class RefreshRows:
    """The refreshes of the transaction's entity."""

    tx: Tx

    async def all(self) -> dict[ItemId, RefreshHistory]:
        """Give what is remembered, by item."""
        records = await self.tx.conn.fetch(
            f"SELECT item_id, {_COLUMNS} FROM refreshes WHERE entity_id = $1",  # noqa: S608  (constant columns)
            self.tx.scope(),
        )
        found = (dict(record) for record in records)
        return {ItemId(one.pop("item_id")): RefreshHistory(**one) for one in found}

    async def get(self, item_id: ItemId) -> RefreshHistory:
        """Give what is remembered of one item."""
        record = await self.tx.conn.fetchrow(
            f"SELECT {_COLUMNS} FROM refreshes WHERE entity_id = $1 AND item_id = $2",  # noqa: S608  (constant columns)
            self.tx.scope(),
            item_id,
        )
        return RefreshHistory() if record is None else RefreshHistory(**dict(record))

    async def asked(self, item_id: ItemId, *, at: datetime | None) -> None:
        """Remember a request, which ends what was refused before; None takes it back."""
        await self.tx.conn.execute(
            "INSERT INTO refreshes (entity_id, item_id, asked_at) VALUES ($1, $2, $3)"
            " ON CONFLICT (entity_id, item_id) DO UPDATE"
            " SET asked_at = excluded.asked_at, refused = NULL, refused_until = NULL",
            self.tx.scope(),
            item_id,
            at,
        )

    async def refused(
        self, item_id: ItemId, obstacle: RefreshObstacle, *, until: datetime | None
    ) -> None:
        """Remember what stood in the way."""
        await self.tx.conn.execute(
            "INSERT INTO refreshes (entity_id, item_id, refused, refused_until)"
            " VALUES ($1, $2, $3, $4) ON CONFLICT (entity_id, item_id) DO UPDATE"
            " SET refused = excluded.refused, refused_until = excluded.refused_until",
            self.tx.scope(),
            item_id,
            obstacle,
            until,
        )

    async def begin_outage(self, item_id: ItemId, *, at: datetime) -> None:
        """Remember the beginning of an outage; its first try is a pause away."""
        await self.tx.conn.execute(
            "INSERT INTO refreshes (entity_id, item_id, outage_since, outage_tried_at)"
            " VALUES ($1, $2, $3, $3) ON CONFLICT (entity_id, item_id) DO UPDATE"
            " SET outage_since = $3, outage_tried_at = $3, outage_tries = 0, given_up_at = NULL",
            self.tx.scope(),
            item_id,
            at,
        )

    async def try_outage(self, item_id: ItemId, *, at: datetime) -> None:
        """Count a try, before it is made: a crash costs one, and never makes a sixth."""
        await self.tx.conn.execute(
            "UPDATE refreshes SET outage_tries = outage_tries + 1, outage_tried_at = $3"
            " WHERE entity_id = $1 AND item_id = $2",
            self.tx.scope(),
            item_id,
            at,
        )

    async def give_up(self, item_id: ItemId, *, at: datetime) -> None:
        """Remember that the operator was told."""
        await self.tx.conn.execute(
            "UPDATE refreshes SET given_up_at = $3 WHERE entity_id = $1 AND item_id = $2",
            self.tx.scope(),
            item_id,
            at,
        )

    async def end_outage(self, item_id: ItemId) -> None:
        """Forget the outage and what was refused: the item is well."""
        await self.tx.conn.execute(
            "UPDATE refreshes SET outage_since = NULL, outage_tries = 0, outage_tried_at = NULL,"
            " given_up_at = NULL WHERE entity_id = $1 AND item_id = $2",
            self.tx.scope(),
            item_id,
        )
