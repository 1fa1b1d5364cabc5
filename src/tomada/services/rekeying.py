"""Keys are changed while the service runs, and whoever is killed in the middle goes on later.

The master key changes where it is kept; ``rewrap`` puts every data key under its newest version. A
data key changes in steps, each known to all processes before the next: a new key that opens, then
one that seals, then every row sealed anew, compared with what it was. The old key goes a day later,
when no run that began before can still be writing, and only if nothing needs it.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from tomada.domain.clock import Clock
from tomada.domain.errors import NotFoundError
from tomada.domain.ids import EntityId
from tomada.services.audit import Audit
from tomada.services.keysets import added, dropped, primary, promoted
from tomada.services.vault import Keys, Vault, opened_keys
from tomada.store.key_work import KeyWork, Step
from tomada.store.keys import KeyRows, WrappedKey
from tomada.store.sealed_columns import SEALED, SealedColumn, SealedRows
from tomada.store.tx import Store
from tomada.telemetry import log

KNOWN_BY_ALL = timedelta(seconds=10)
"""So long after a change of a keyset every process uses the new one: it looks every five seconds."""
KEPT = timedelta(hours=24)
"""So long an old key is kept after the last row was sealed anew."""
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class KeyStatus:
    """The master key now, the data keys under each version, and rotations with their rows behind."""

    master_key: str
    under: dict[str, int]
    destroyed: int
    rotating: dict[EntityId, int]

    @property
    def behind(self) -> int:
        """Count data keys under another master key, or another version of it."""
        return sum(n for name, n in self.under.items() if name != self.master_key)


@dataclass(frozen=True, slots=True)
class Rekeying:
    """Changes keys; every method is safe to repeat and safe in several processes."""

    store: Store
    vault: Vault
    clock: Clock
    audit: Audit
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep

    async def status(self) -> KeyStatus:
        """Count; opens nothing."""
        under: Counter[str] = Counter()
        gone = 0
        async for _, wrapped in self._owners():
            if wrapped is None:
                gone += 1
            else:
                under[wrapped.master_key] += 1
        async with self.store.begin() as tx:
            under_way = await KeyWork(tx).rotations()
        rotating = {entity: await self.behind(entity) for entity in under_way}
        return KeyStatus(await self.vault.provider.describe(), dict(under), gone, rotating)

    async def rewrap(self, *, operator: str | None = None) -> int:
        """Put every data key that is not there yet under the newest master key; gives how many.

        Raises ``KeyUnavailableError`` where one does not open; those before it stay done.
        """
        current, done = await self.vault.provider.describe(), 0
        async for owner, wrapped in self._owners():
            # The name has the version in it: a key that was changed in its place counts too.
            if wrapped is None or wrapped.master_key == current:
                continue
            plain = await self.vault.unwrapped(wrapped, owner)
            fresh = await self.vault.wrapped(plain, owner)
            done += await self._swap(owner, wrapped, fresh)
        async with self.store.begin() as tx:
            await self.audit.write(tx, "keys_rewrapped", operator=operator, data={"keys": done})
        log.info("keys_rewrapped", count=done)
        return done

    async def begin(self, entity: EntityId, *, operator: str | None = None) -> bool:
        """Want another data key for an entity; False where that is under way.

        Raises ``NotFoundError`` where it has none.
        """
        async with self.store.begin(entity) as tx:
            if await KeyRows(tx).entity() is None:
                raise NotFoundError("this entity has no data key")
            begun = await KeyWork(tx).begin(entity, at=self.clock())
            if begun:
                await self.audit.write(tx, "data_key_rotation_begun", operator=operator)
        return begun

    async def finish(self, entity: EntityId) -> None:
        """Go on until every row is sealed anew, which waits ten seconds twice."""
        while (wait := await self.advance(entity)) is not None and wait <= KNOWN_BY_ALL:
            await self.sleep(wait.total_seconds())

    async def advance_all(self) -> int:
        """Take each rotation that is under way a step on; gives how many there are."""
        async with self.store.begin() as tx:
            under_way = await KeyWork(tx).rotations()
        for entity in under_way:
            await self.advance(entity)
        return len(under_way)

    async def advance(self, entity: EntityId) -> timedelta | None:
        """Do the next step; gives the time until the one after it, None where all is done."""
        async with self.store.begin(entity) as tx:
            wrapped, state = await KeyRows(tx).entity(), await KeyWork(tx).rotation(entity)
            if state is None or wrapped is None:
                await KeyWork(tx).end(entity)
                return None
        step, since = state
        plain = await self.vault.unwrapped(wrapped, str(entity))
        ready = added(plain)
        if step == "added" and ready != plain:
            await self._change(entity, wrapped, ready, step="added")
            return KNOWN_BY_ALL
        pause = KEPT if step == "resealed" else KNOWN_BY_ALL
        left = since + pause - self.clock()
        if left > timedelta(0):
            return left
        if step == "added":
            await self._change(entity, wrapped, promoted(plain), step="promoted")
            return KNOWN_BY_ALL
        await self._reseal(entity, opened_keys(str(entity), plain), primary(plain))
        if step == "promoted":
            async with self.store.begin(entity) as tx:
                await KeyWork(tx).step(entity, "resealed", at=self.clock())
                await self.audit.write(tx, "data_key_rotated")
            return KEPT
        async with self.store.begin(entity) as tx:
            needed = {made for one in SEALED for made in await SealedRows(tx).by_key(one)}
        await self._end(entity, wrapped, dropped(plain, needed=needed))
        return None

    async def behind(self, entity: EntityId) -> int:
        """Count an entity's values that its newest key did not seal and could."""
        async with self.store.begin(entity) as tx:
            wrapped = await KeyRows(tx).entity()
        if wrapped is None:
            return 0
        now = primary(await self.vault.unwrapped(wrapped, str(entity)))
        behind = 0
        async with self.store.begin(entity) as tx:
            for one in SEALED:
                if not one.fixed:
                    made = await SealedRows(tx).by_key(one)
                    behind += sum(n for prefix, n in made.items() if prefix != now)
        return behind

    async def _reseal(self, entity: EntityId, keys: Keys, prefix: bytes) -> None:
        for one in SEALED:
            if not one.fixed:
                while await self._batch(entity, keys, one, prefix):
                    pass

    async def _batch(self, entity: EntityId, keys: Keys, one: SealedColumn, prefix: bytes) -> bool:
        """Seal some rows anew; what was changed meanwhile is looked at again."""
        async with self.store.begin(entity) as tx:
            rows = await SealedRows(tx).behind(one, prefix, limit=_AT_ONCE)
            fresh = [
                (row, old, keys.seal(
                    one.table, row, keys.open(one.table, row, old, group=one.group),
                    group=one.group,
                ))
                for row, old in rows
            ]  # fmt: skip
            if fresh:
                await SealedRows(tx).replace(one, fresh)
        return bool(rows)

    async def _change(self, entity: EntityId, old: WrappedKey, plain: bytes, *, step: Step) -> None:
        fresh = await self.vault.wrapped(plain, str(entity))
        async with self.store.begin(entity) as tx:
            # Whoever was first has done it, and is found by the next look.
            if await KeyRows(tx).swap_entity(old, fresh):
                await KeyWork(tx).step(entity, step, at=self.clock())
        self.vault.forget(entity)

    async def _end(self, entity: EntityId, old: WrappedKey, plain: bytes) -> None:
        fresh = await self.vault.wrapped(plain, str(entity))
        async with self.store.begin(entity) as tx:
            if await KeyRows(tx).swap_entity(old, fresh):
                await KeyWork(tx).end(entity)
                await self.audit.write(tx, "old_data_keys_dropped")
        self.vault.forget(entity)

    async def _owners(self) -> AsyncIterator[tuple[str, WrappedKey | None]]:
        """Give every owner of a data key, and the key; None where it was destroyed."""
        async with self.store.begin() as tx:
            names, entities = await KeyRows(tx).system_names(), await KeyRows(tx).entities()
        for name in names:
            async with self.store.begin() as tx:
                found = await KeyRows(tx).system(name)
            if found is not None:
                yield name, found
        for entity in entities:
            async with self.store.begin(entity) as tx:
                wrapped, gone = await KeyRows(tx).entity(), await KeyRows(tx).destroyed()
            if wrapped is not None or gone:
                yield str(entity), wrapped

    async def _swap(self, owner: str, old: WrappedKey, new: WrappedKey) -> bool:
        entity = _entity(owner)
        async with self.store.begin(entity) as tx:
            if entity is None:
                return await KeyRows(tx).swap_system(owner, old, new)
            return await KeyRows(tx).swap_entity(old, new)


def _entity(owner: str) -> EntityId | None:
    """Tell an entity's key from one of the installation's, which have names."""
    try:
        return EntityId(UUID(owner))
    except ValueError:
        return None
