"""Each entry holds on to all before it, commits with what it tells of, and names nobody."""

import asyncio
import hashlib
import importlib
import json
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import asyncpg
import pytest

from tests.integration.audit.conftest import Book
from tomada.domain.audit import GENESIS, INSTALLATION, START, AuditEntry, Chained, leaf, link
from tomada.domain.errors import KeyUnavailableError
from tomada.domain.ids import EntityId
from tomada.store.audit import AuditRows


async def _log(book: Book, entity: EntityId) -> list[Chained]:
    async with book.store.begin(entity) as tx:
        return [one async for one in AuditRows(tx).chained()]


def _holds(log: list[Chained]) -> bool:
    chain = START
    for n, one in enumerate(log, start=1):
        chain = link(chain, leaf(n, one.entry.encoded()))
        if (one.seq, one.chain) != (n, chain):
            return False
    return True


async def test_what_the_database_hashes_is_what_a_verifier_hashes(book: Book) -> None:
    ana, bia = await book.somebody(), await book.somebody()
    for one in (ana, bia, ana):
        await book.write(one, count=3)

    logs = [await _log(book, one.entity_id) for one in (ana, bia)]

    assert [len(one) for one in logs] == [6, 3]
    assert all(map(_holds, logs))
    assert [one.entry.data for one in logs[1]] == [{"rows": n} for n in range(3)]
    async with book.store.begin(ana.entity_id) as tx:
        assert await AuditRows(tx).head() == (6, logs[0][-1].chain)


async def test_writers_at_once_leave_one_unbroken_chain(book: Book) -> None:
    ana = await book.somebody()

    await asyncio.gather(*(book.write(ana, count=4) for _ in range(8)))

    log = await _log(book, ana.entity_id)
    assert len(log) == 32
    assert _holds(log)


async def test_an_entry_is_gone_with_the_effect_that_failed(book: Book) -> None:
    ana = await book.somebody()
    await book.write(ana)

    async def fail() -> None:
        async with book.store.begin(ana.entity_id) as tx:
            await book.audit.write(tx, "first", caller=ana)
            await book.audit.write(tx, "second", caller=ana)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    await book.write(ana)

    log = await _log(book, ana.entity_id)
    assert [one.entry.action for one in log] == ["sync_requested", "sync_requested"]
    assert _holds(log)


async def test_a_transaction_holds_the_log_only_at_its_end(book: Book) -> None:
    ana = await book.somebody()

    async with book.store.begin(ana.entity_id) as tx:
        await book.audit.write(tx, "slow", caller=ana)
        # It would wait for ever if the one around it held the head of the log already.
        await asyncio.wait_for(book.write(ana, "quick"), 30)

    assert [one.entry.action for one in await _log(book, ana.entity_id)] == ["quick", "slow"]


async def test_what_belongs_to_no_entity_is_in_the_log_of_the_installation(book: Book) -> None:
    ana = await book.somebody()
    async with book.store.begin() as tx:
        await book.audit.write(tx, "keys_rotated", operator="root", data={"entities": 2})

    (one,) = await _log(book, INSTALLATION)

    assert one.entry.actor_kind == "operator"
    assert one.entry.actor == book.audit.pseudonym("operator", "root")
    assert await _log(book, ana.entity_id) == []


async def test_entries_name_nobody_and_stay_whole_when_the_key_is_destroyed(book: Book) -> None:
    ana = await book.somebody()
    keys = await book.vault.keys(ana.entity_id)
    told = {"reason": "Ana Maria Needle pediu por telefone"}
    async with book.store.begin(ana.entity_id) as tx:
        await book.audit.write(
            tx, "export_made", caller=ana, subject=("item", "needle-item"), details=(keys, told)
        )

    (one,) = await _log(book, ana.entity_id)
    written = one.entry.encoded()
    for needle in (str(ana.user_id), "needle-item", "Needle"):
        assert needle.encode() not in written
    sealed = one.entry.sealed or b""
    assert json.loads(keys.open("audit", one.entry.id, sealed)) == told

    async with book.store.begin(ana.entity_id) as tx:
        assert await book.vault.destroy(tx)
    with pytest.raises(KeyUnavailableError):
        await book.vault.keys(ana.entity_id)
    assert _holds(await _log(book, ana.entity_id))


async def test_a_pseudonym_is_one_persons_in_this_installation_only(book: Book) -> None:
    ana, bia = await book.somebody(), await book.somebody()

    first = book.audit.pseudonym("user", str(ana.user_id))

    assert first == book.audit.pseudonym("user", str(ana.user_id))
    assert first != book.audit.pseudonym("user", str(bia.user_id))
    assert first != book.audit.pseudonym("operator", str(ana.user_id))


async def test_another_process_notices_within_seconds_that_a_key_was_destroyed(book: Book) -> None:
    ana = await book.somebody()
    keys = await book.vault.keys(ana.entity_id)
    await book.as_owner(ana.entity_id, "UPDATE entity_keys SET wrapped = '', destroyed_at = now()")

    still = await book.vault.keys(ana.entity_id)
    book.move(seconds=5)
    with pytest.raises(KeyUnavailableError):
        await book.vault.keys(ana.entity_id)

    assert still is keys
    async with book.store.begin(ana.entity_id) as tx:
        assert not await book.vault.destroy(tx)


def test_no_field_can_pass_for_its_neighbour() -> None:
    blank = AuditEntry(
        id=UUID(int=1), entity=INSTALLATION, at=datetime(2026, 11, 23, tzinfo=UTC),
        actor_kind="user", actor=None, action="", object_kind=None, object_name=None, outcome="",
        request_id="", consent_id=None, reason=None, data={}, sealed=None,
    )  # fmt: skip
    texts = ("action", "object_kind", "object_name", "outcome", "request_id", "reason")

    variants = [
        replace(blank, **{name: value})  # type: ignore[arg-type]  # fields of text
        for name in texts
        for value in ("", "x", "xx", None)
    ]

    assert len({one.encoded() for one in variants}) == len({str(one) for one in variants})


async def test_a_log_from_before_the_chain_is_held_by_the_chains_first_entry(book: Book) -> None:
    ana, bia = await book.somebody(), await book.somebody()
    for _ in range(2):
        await book.as_owner(
            ana.entity_id,
            "INSERT INTO audit (entity_id, id, at, actor_kind, action, outcome, request_id, data)"
            " VALUES ($1, gen_random_uuid(), now(), 'system', 'old', 'done', '', '{\"n\": 1}')",
            ana.entity_id,
        )
    owner = await asyncpg.connect(
        book.database.owner_url, server_settings={"search_path": "tomada"}
    )
    async with owner.transaction():
        migration = importlib.import_module("tomada.store.migrations.versions.0016_audit_chain")
        await migration._begin_chains(owner)
    await owner.close()
    await book.write(ana)

    log = await _log(book, ana.entity_id)
    async with book.store.begin(ana.entity_id) as tx:
        before = await AuditRows(tx).unchained()

    assert [one.entry.action for one in log] == [GENESIS, "sync_requested"]
    assert _holds(log)
    digest = hashlib.sha256(b"".join(one.encoded() for one in before)).hexdigest()
    assert log[0].entry.data == {"rows": 2, "digest": digest}
    assert await _log(book, bia.entity_id) == []
