"""Keys are changed under a running service, by processes that are killed at every transaction."""

import json
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any, cast
from uuid import uuid4

import asyncpg
import pytest

from tests.contract.kms.fakes import Vault as FakeVault
from tests.contract.kms.fakes import served
from tests.integration.audit.conftest import Book, book
from tests.integration.store.filling import Filler
from tomada.adapters.kms.hashicorp import open_transit
from tomada.adapters.kms.local import LocalKeyProvider, rotate_local
from tomada.domain.errors import KeyUnavailableError, NotFoundError
from tomada.domain.ids import EntityId
from tomada.services.audit import Audit
from tomada.services.audit_signer import open_signer
from tomada.services.rekeying import KEPT, KNOWN_BY_ALL, Rekeying
from tomada.services.shredding import SecondPersonError, Shredding
from tomada.services.vault import Keys, Vault, open_vault
from tomada.store.audit import AuditRows
from tomada.store.keys import KeyRows
from tomada.store.sealed_columns import SEALED, SealedColumn, SealedRows
from tomada.store.tx import Store

__all__ = ["book"]


class KilledError(BaseException):
    """The process is gone."""


@dataclass(slots=True)
class Mortal:
    """A store whose process dies at one of its transactions: before it, or just after its commit."""

    store: Store
    left: int
    begun: int = 0

    @asynccontextmanager
    async def begin(self, entity: EntityId | None = None) -> AsyncIterator[Any]:
        self.begun += 1
        if self.begun * 2 - 1 == self.left:
            raise KilledError
        async with self.store.begin(entity) as tx:
            yield tx
        if self.begun * 2 == self.left:
            raise KilledError


@dataclass(slots=True)
class Safe:
    """An entity with a sealed value in every column, in several rows where that is possible."""

    book: Book
    owner: asyncpg.Connection
    entity: EntityId
    plain: dict[SealedColumn, bytes] = field(default_factory=dict)

    async def seal_everything(self, keys: Keys, *, fixed: bool = True) -> None:
        """Write a value into every sealed column; what is *fixed* is only ever written once."""
        async with self.owner.transaction():
            await self.owner.execute(
                "SELECT set_config('tomada.entity', $1, true)", str(self.entity)
            )
            for one in (each for each in SEALED if fixed or not each.fixed):
                row = await self.owner.fetchval(
                    f"SELECT ({one.row})::text FROM {one.table}"  # noqa: S608  (our own names)
                    f" WHERE {one.column} IS NOT NULL"
                )
                self.plain[one] = f"{one.table} {one.column} {uuid4()}".encode()
                sealed = keys.seal(one.table, row, self.plain[one], group=one.group)
                await self.owner.execute(
                    f"UPDATE {one.table} SET {one.column} = $1 WHERE ({one.row})::text = $2",  # noqa: S608  (our own names)
                    sealed,
                    row,
                )

    async def opened(self, keys: Keys) -> dict[SealedColumn, bytes]:
        found = {}
        async with self.book.store.begin(self.entity) as tx:
            for one in SEALED:
                ((row, sealed),) = await SealedRows(tx).behind(one, b"", limit=2)
                found[one] = keys.open(one.table, row, sealed, group=one.group)
        return found

    async def made_by(self) -> dict[bytes, int]:
        made: dict[bytes, int] = {}
        async with self.book.store.begin(self.entity) as tx:
            for one in SEALED:
                for prefix, n in (await SealedRows(tx).by_key(one)).items():
                    if not one.fixed:
                        made[prefix] = made.get(prefix, 0) + n
        return made


@pytest.fixture
async def safe(book: Book) -> AsyncIterator[Safe]:
    owner = await asyncpg.connect(
        book.database.owner_url, server_settings={"search_path": "tomada"}
    )
    entity = await Filler(owner).entity()
    _, wrapped = await book.vault.make(entity)
    async with owner.transaction():
        await owner.execute("SELECT set_config('tomada.entity', $1, true)", str(entity))
        await owner.execute("DELETE FROM entity_keys")
        await owner.execute("DELETE FROM audit")
        await owner.execute("DELETE FROM audit_heads")
    async with book.store.begin(entity) as tx:
        await KeyRows(tx).add_entity(wrapped, at=book.now)
    keys = await book.vault.keys(entity)
    async with book.store.begin(entity) as tx:
        await book.audit.write(tx, "looked", details=(keys, {"why": "x"}))
    made = Safe(book, owner, entity)
    await made.seal_everything(keys)
    yield made
    await owner.close()


def _rekeying(book: Book, *, dies_at: int = 0) -> Rekeying:
    async def sleep(seconds: float) -> None:
        book.move(seconds=seconds)

    store = cast("Store", Mortal(book.store, dies_at)) if dies_at else book.store
    # Another process has its own memory.
    vault = replace(book.vault, store=store, _opened={})
    return Rekeying(store, vault, book.clock, book.audit, sleep)


async def test_a_data_key_is_changed_and_every_value_opens_all_the_while(safe: Safe) -> None:
    book, keying = safe.book, _rekeying(safe.book)
    before = await safe.made_by()

    assert await keying.begin(safe.entity, operator="root")
    assert not await keying.begin(safe.entity)
    waits = []
    while (wait := await keying.advance(safe.entity)) is not None:
        waits.append(wait)
        book.move(seconds=wait.total_seconds())
        # A process that looked five seconds ago opens all there is, whatever the step.
        assert await safe.opened(await book.vault.keys(safe.entity)) == safe.plain
        if len(waits) == 2:
            # What a run seals with what it has in its hands is not lost.
            await safe.seal_everything(await book.vault.keys(safe.entity), fixed=False)

    book.move(seconds=6)
    assert await safe.opened(await book.vault.keys(safe.entity)) == safe.plain
    assert waits == [KNOWN_BY_ALL, KNOWN_BY_ALL, KEPT]
    after = await safe.made_by()
    assert len(before) == len(after) == 1
    assert set(before) != set(after)
    assert sum(after.values()) == len([one for one in SEALED if not one.fixed])
    assert await keying.behind(safe.entity) == 0
    async with book.store.begin(safe.entity) as tx:
        told = [one.entry.action for one in await AuditRows(tx).entries()]
    assert told[:3] == ["old_data_keys_dropped", "data_key_rotated", "data_key_rotation_begun"]


async def test_a_rotation_that_is_killed_at_each_transaction_goes_on_and_loses_nothing(
    safe: Safe,
) -> None:
    kills = 0
    for dies_at in range(1, 400, 3):
        dying = _rekeying(safe.book, dies_at=dies_at)
        died = False
        try:
            await dying.begin(safe.entity)
            await dying.finish(safe.entity)
            safe.book.move(hours=24)
            await dying.advance(safe.entity)
        except KilledError:
            died = True
            kills += 1
        safe.book.move(seconds=6)
        assert await safe.opened(await safe.book.vault.keys(safe.entity)) == safe.plain, dies_at
        keying = _rekeying(safe.book)
        await keying.finish(safe.entity)
        assert await keying.behind(safe.entity) == 0, dies_at
        safe.book.move(hours=24)
        await keying.advance_all()
        assert await safe.opened(await safe.book.vault.keys(safe.entity)) == safe.plain, dies_at
        if not died:
            break

    assert not died
    assert kills > 20
    print(f"{kills} kills in rotations, 0 values lost")  # noqa: T201  (the figure is asked for)


async def test_a_value_that_changes_while_it_is_sealed_anew_keeps_the_change(safe: Safe) -> None:
    one = next(one for one in SEALED if one.table == "items")
    keys = await safe.book.vault.keys(safe.entity)
    async with safe.book.store.begin(safe.entity) as tx:
        ((row, old),) = await SealedRows(tx).behind(one, b"", limit=1)
        fresh = keys.seal(one.table, row, b"changed meanwhile")
        assert await SealedRows(tx).replace(one, [(row, old, fresh)]) == 1

        late = keys.seal(one.table, row, b"sealed from what was there before")
        assert await SealedRows(tx).replace(one, [(row, old, late)]) == 0

    opened = await safe.opened(keys)
    assert opened[one] == b"changed meanwhile"


async def test_a_new_master_key_in_the_file_takes_every_data_key_after_it(safe: Safe) -> None:
    book, keying = safe.book, _rekeying(safe.book)
    await open_signer(book.vault)
    provider = book.vault.provider
    assert isinstance(provider, LocalKeyProvider)

    before = await keying.status()
    rotate_local(provider.path)
    behind = await keying.status()
    done = await keying.rewrap(operator="root")
    after, again = await keying.status(), await keying.rewrap()

    assert (before.behind, behind.behind, done, after.behind, again) == (0, 3, 3, 0, 0)
    assert after.under == {after.master_key: 3}
    # The old key can go: all that is there opens with the new one alone.
    keyset = json.loads(provider.path.read_text())
    keyset["key"] = [one for one in keyset["key"] if one["keyId"] == keyset["primaryKeyId"]]
    with open(provider.path, "w") as file:  # noqa: ASYNC230, PTH123  (the test's own loop)
        file.write(json.dumps(keyset))
    book.move(minutes=6)
    assert await safe.opened(await book.vault.keys(safe.entity)) == safe.plain


async def test_a_key_that_was_changed_in_its_place_at_the_service_is_followed(
    book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [one for one in os.environ if one.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)
    async with served(FakeVault()) as service:
        address = service.url.removeprefix("http://")
        transit = open_transit(f"vault+http://{address}/transit/tomada", "hvs.test")
        await book.as_owner(EntityId(uuid4()), "DELETE FROM system_keys")
        book.vault = await open_vault(transit, book.store, book.clock)
        book.audit = Audit(book.clock, book.vault.system)
        people = [await book.somebody() for _ in range(3)]
        keying = _rekeying(book)

        service.safe.bump()
        behind = await keying.status()
        for dies_at in range(1, 40, 2):
            try:
                await _rekeying(book, dies_at=dies_at).rewrap()
            except KilledError:
                service.safe.bump()
        await keying.rewrap()
        service.safe.closed.update(range(1, len(service.safe.versions)))
        after = await keying.status()

        assert (behind.behind, after.behind) == (4, 0)
        book.move(minutes=6)
        for one in people:
            assert await book.vault.keys(one.entity_id)


async def test_while_the_service_is_away_keys_serve_five_minutes_and_deliveries_for_ever(
    book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [one for one in os.environ if one.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)
    async with served(FakeVault()) as service:
        address = service.url.removeprefix("http://")
        transit = open_transit(f"vault+http://{address}/transit/tomada", "hvs.test")
        await book.as_owner(EntityId(uuid4()), "DELETE FROM system_keys")
        vault = await open_vault(
            replace(transit, asking=replace(transit.asking, sleep=_at_once)), book.store, book.clock
        )
        book.vault = vault
        ana = await book.somebody()
        await vault.keys(ana.entity_id)
        service.fault = "broken"

        served_for = []
        for _ in range(6):
            book.move(seconds=59)
            served_for.append(await _opens(vault, ana.entity_id))
        sealed = vault.system.seal("inbox", "event", b"{}")
        service.fault = None

        assert served_for == [True] * 5 + [False]
        assert vault.system.open("inbox", "event", sealed) == b"{}"
        assert await _opens(vault, ana.entity_id)


async def test_a_key_is_destroyed_by_two_people_and_the_record_stays(safe: Safe) -> None:
    book = safe.book
    shredding = Shredding(book.store, book.vault, book.clock, book.audit)
    with pytest.raises(NotFoundError):
        await shredding.agree(safe.entity, operator="bia")
    await shredding.ask(safe.entity, operator="ana")
    with pytest.raises(SecondPersonError):
        await shredding.agree(safe.entity, operator="ana")
    assert await _opens(book.vault, safe.entity)

    await shredding.agree(safe.entity, operator="bia")

    assert not await _opens(book.vault, safe.entity)
    assert (await _rekeying(book).status()).destroyed == 1
    for again in (shredding.ask, shredding.withdraw):
        call: Callable[..., Any] = again
        with pytest.raises(NotFoundError):
            await call(safe.entity, operator="ana")
    async with book.store.begin(safe.entity) as tx:
        told = [one.entry for one in await AuditRows(tx).entries()]
    assert [one.action for one in told[:2]] == ["data_key_destroyed", "shred_requested"]
    assert told[0].data == {"alone": False}


async def test_who_is_alone_says_so_and_the_record_does_too(book: Book) -> None:
    ana = await book.somebody()
    shredding = Shredding(book.store, book.vault, book.clock, book.audit)
    await shredding.ask(ana.entity_id, operator="ana")
    await shredding.withdraw(ana.entity_id, operator="ana")
    await shredding.ask(ana.entity_id, operator="ana")

    await shredding.agree(ana.entity_id, operator="ana", alone=True)

    async with book.store.begin(ana.entity_id) as tx:
        told = [one.entry for one in await AuditRows(tx).entries()]
    assert told[0].data == {"alone": True}
    assert not await _opens(book.vault, ana.entity_id)


async def _opens(vault: Vault, entity: EntityId) -> bool:
    try:
        await vault.keys(entity)
    except KeyUnavailableError:
        return False
    return True


async def _at_once(_: float) -> None:
    return


async def test_every_sealed_column_of_an_entity_can_be_sealed_anew(safe: Safe) -> None:
    found = await safe.owner.fetch(
        "SELECT c.relname AS name, a.attname AS field FROM pg_class c JOIN pg_attribute a"
        " ON a.attrelid = c.oid AND NOT a.attisdropped AND a.attname LIKE '%sealed%'"
        " WHERE c.relnamespace = 'tomada'::regnamespace AND c.relrowsecurity"
    )

    assert {(one["name"], one["field"]) for one in found} == {
        (one.table, one.column) for one in SEALED
    }
