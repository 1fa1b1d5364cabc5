"""What an entity may have done to its data: open or being erased, and how often it withdrew."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tomada.domain.consents import accepted_versions
from tomada.domain.errors import StaleWriterError
from tomada.store.tx import Tx


@dataclass(frozen=True, slots=True)
class EntityRows:
    """The row of the transaction's entity."""

    tx: Tx

    async def epoch(self) -> int:
        """Give the number that every withdrawal raises."""
        return int(
            await self.tx.conn.fetchval("SELECT epoch FROM entities WHERE id = $1", self.tx.scope())
            or 0
        )

    async def hold(self, epoch: int, consent_id: UUID | None, *, now: datetime) -> None:
        """Keep withdrawals waiting until commit, if there was none since *epoch* was read.

        Raises ``StaleWriterError`` where there was one, or where *consent_id* no longer covers:
        what was fetched before a withdrawal must not be written after it.
        """
        held = await self.tx.conn.fetchval(
            "SELECT e.epoch = $2 AND e.state = 'open' AND ($3::uuid IS NULL OR EXISTS ("
            "SELECT FROM consents c WHERE c.entity_id = $1 AND c.id = $3"
            " AND c.status IN ('granted', 'active') AND c.valid_until > $4"
            " AND c.notice_version = ANY($5)))"
            " FROM entities e WHERE e.id = $1 FOR SHARE OF e",
            self.tx.scope(),
            epoch,
            consent_id,
            now,
            accepted_versions(now),
        )
        if not held:
            raise StaleWriterError("the consent ended, or the person withdrew another one")

    async def state(self) -> str | None:
        """Tell whether the entity is open, being erased or erased; None where there is none."""
        found: str | None = await self.tx.conn.fetchval(
            "SELECT state FROM entities WHERE id = $1", self.tx.scope()
        )
        return found

    async def close(self, state: str) -> None:
        """Let nobody read it any more but who erases it."""
        await self.tx.conn.execute(
            "UPDATE entities SET state = $2 WHERE id = $1", self.tx.scope(), state
        )

    async def people(self) -> list[UUID]:
        """List the users who belong to it."""
        records = await self.tx.conn.fetch(
            "SELECT user_id FROM memberships WHERE entity_id = $1", self.tx.scope()
        )
        return [one["user_id"] for one in records]

    async def drop_people(self, routes: Iterable[str]) -> None:
        """Delete its rows in the tables *routes*, of the map, and who belonged to it alone."""
        entity = self.tx.scope()
        people = await self.tx.conn.fetch(
            "DELETE FROM memberships WHERE entity_id = $1 RETURNING user_id", entity
        )
        for table in routes:
            await self.tx.conn.execute(f"DELETE FROM {table} WHERE entity_id = $1", entity)  # noqa: S608  (names of the map)
        await self.tx.conn.execute(
            "DELETE FROM users u WHERE id = ANY($1)"
            " AND NOT EXISTS (SELECT FROM memberships m WHERE m.user_id = u.id)",
            [one["user_id"] for one in people],
        )

    async def bump(self) -> int:
        """Overtake whoever writes under an earlier epoch; waits for those who are writing."""
        return int(
            await self.tx.conn.fetchval(
                "UPDATE entities SET epoch = epoch + 1 WHERE id = $1 RETURNING epoch",
                self.tx.scope(),
            )
        )
