"""Writing a page of movements: beside a plain COPY, among millions of others, and sealing apart.

    python bench/upsert.py [--stored 0 1] [--rows 20]

*rows* are thousands of movements, written 500 to a commit as a first sync writes them, with their
indexes, row-level security and every constraint. *stored* are the millions of movements of somebody
else that are there before (goals: a quarter of COPY's rate into a table with the same indexes, and at
most 1.3 times slower than into an empty table). The stored ones bear shorter texts than real ones, so
that ten millions fit on a small disk; their indexes are as large as real ones. Ends with 1 where a
goal is missed.
"""

import argparse
import asyncio
import os
import statistics
import sys
import tempfile
import time
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID

import asyncpg
import structlog
import tink
import uvloop
from tink import aead
from uuid_utils.compat import uuid7

from tomada.domain.ids import AccountId, EntityId, ItemId, TransactionId
from tomada.services.vault import Keys
from tomada.store.embedded import EmbeddedCluster, embedded_postgres
from tomada.store.engine import migrate, open_pool
from tomada.store.transactions import WRITTEN_NAMES, TransactionRow, TransactionRows
from tomada.store.tx import Store

PAGE = 500
OF_COPY, SLOWER = 0.25, 1.3
# What the simulator's movements come to: what a person reads, and Pluggy's own object.
_WORDS, _RAW = 210, 1020
_NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
_PARENTS = """
INSERT INTO entities (id, created_at) VALUES ($1, $2);
INSERT INTO items (entity_id, id, consent_id, institution_digest, status, execution_status, bound_at,
  sealed) VALUES ($1, 'item', $1, '', 'UPDATED', 'SUCCESS', $2, '');
INSERT INTO accounts (entity_id, id, item_id, type, subtype, currency, balance_minor, content_digest,
  sealed, sealed_raw) VALUES ($1, 'account', 'item', 'BANK', '', 'BRL', 0, '', '', '')
"""
_FILL = """
INSERT INTO transactions (entity_id, id, account_id, item_id, pluggy_id, day, instant, direction,
  signed_minor, currency, status, position, created_upstream, conflicting, untyped, inexact,
  content_digest, fingerprint, sealed, sealed_raw, first_seen_at, changed_at)
SELECT $1, gen_random_uuid(), 'account', 'item', gen_random_uuid()::text, $2::date - n % 365,
  $3, 'DEBIT', -n, 'BRL', 'POSTED', n, $3, false, false, false,
  decode(md5(n::text), 'hex'), decode(md5(n::text), 'hex'), decode(md5(n::text), 'hex'),
  decode(md5(n::text), 'hex'), $3, $3 FROM generate_series(1::integer, $4) n
"""
_AT_ONCE = 100_000


def a_row(n: int) -> TransactionRow:
    """Invent a movement; what is sealed is noise of the usual length."""
    return TransactionRow(
        id=TransactionId(uuid7()), account_id=AccountId("account"), item_id=ItemId("item"),
        pluggy_id=str(UUID(bytes=os.urandom(16))), day=_NOW.date() - timedelta(days=n % 365),
        instant=_NOW, direction="DEBIT", signed_minor=-n, currency="BRL", status="POSTED",
        position=n, created_upstream=_NOW, conflicting=False, untyped=False, inexact=False,
        content_digest=os.urandom(32), fingerprint=os.urandom(32), sealed=os.urandom(_WORDS),
        sealed_raw=os.urandom(_RAW), first_seen_at=_NOW, changed_at=_NOW,
    )  # fmt: skip


async def put(store: Store, entity: EntityId, rows: list[TransactionRow]) -> list[float]:
    """Write the rows page by page; gives the seconds of each."""
    times: list[float] = []
    for start in range(0, len(rows), PAGE):
        began = time.perf_counter()
        async with store.begin(entity) as tx:
            await TransactionRows(tx).put(rows[start : start + PAGE])
        times.append(time.perf_counter() - began)
    return times


async def copied(owner: asyncpg.Connection, entity: EntityId, rows: list[TransactionRow]) -> float:
    """Give the seconds of COPY into a twin with the same indexes, a commit for each page."""
    # COPY is not for tables with row-level security; the twin has the indexes without it.
    await owner.execute("CREATE TABLE twin (LIKE transactions INCLUDING ALL)")
    flat = [(entity, *(getattr(row, name) for name in WRITTEN_NAMES)) for row in rows]
    began = time.perf_counter()
    for start in range(0, len(flat), PAGE):
        async with owner.transaction():
            await owner.copy_records_to_table(
                "twin", records=flat[start : start + PAGE], columns=("entity_id", *WRITTEN_NAMES)
            )
    return time.perf_counter() - began


async def fill(owner: asyncpg.Connection, entity: EntityId, count: int) -> None:
    """Store *count* more movements of somebody else."""
    for _ in range(0, count, _AT_ONCE):
        async with owner.transaction():
            await owner.execute("SELECT set_config('tomada.entity', $1, true)", str(entity))
            await owner.execute(_FILL, entity, date(2026, 11, 26), _NOW, _AT_ONCE)


async def somebody(owner: asyncpg.Connection) -> EntityId:
    """Make an entity with one account."""
    entity = EntityId(uuid7())
    async with owner.transaction():
        await owner.execute("SELECT set_config('tomada.entity', $1, true)", str(entity))
        for statement in _PARENTS.split(";"):
            values = (entity, _NOW) if "$2" in statement else (entity,)
            await owner.execute(statement, *values)
    return entity


def sealing(rows: list[TransactionRow]) -> float:
    """Give the processor seconds in which the words and the raw object of each row are sealed."""
    aead.register()
    handle = tink.new_keyset_handle(aead.aead_key_templates.AES256_GCM)
    keys = Keys("bench", handle.primitive(aead.Aead), os.urandom(32))
    began = time.process_time()
    for row in rows:
        keys.seal("transactions", row.id, row.sealed)
        keys.seal("transactions", row.id, row.sealed_raw, group="raw")
    return time.process_time() - began


async def measure(cluster: EmbeddedCluster, stored: list[int], thousands: int) -> bool:
    """Write beside COPY, then among more and more rows."""
    await migrate(cluster.owner_url, app_url=cluster.app_url)
    owner = await asyncpg.connect(cluster.owner_url, server_settings={"search_path": "tomada"})
    kept, rates, there = True, dict[int, float](), 0
    rows = [a_row(n) for n in range(1, thousands * 1000 + 1)]
    print(f"sealing: {sealing(rows) / len(rows) * PAGE * 1000:.2f} ms of processor a page")
    async with open_pool(cluster.app_url) as pool:
        store = Store(pool)
        other = await somebody(owner)
        for millions in sorted(stored):
            await fill(owner, other, millions * 1_000_000 - there)
            there = millions * 1_000_000
            mine = await somebody(owner)
            fresh = [
                replace(row, id=TransactionId(uuid7()), pluggy_id=str(uuid7())) for row in rows
            ]
            times = await put(store, mine, fresh)
            rates[millions] = PAGE / statistics.median(times)
            print(f"{millions} million stored: {rates[millions]:.0f} rows a second", flush=True)
            if len(rates) == 1:
                ratio = await copied(owner, mine, fresh) / sum(times)
                kept = kept and ratio >= OF_COPY
                print(f"  a part of the rate of COPY: {ratio:.2f} (goal: at least {OF_COPY})")
            else:
                slower = rates[min(rates)] / rates[millions]
                kept = kept and slower <= SLOWER
                print(f"  slower than at first: {slower:.2f} (goal: at most {SLOWER})")
    await owner.close()
    return kept


async def main(stored: list[int], thousands: int) -> bool:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory() as place:
        async with embedded_postgres(Path(place) / "data") as cluster:
            return await measure(cluster, stored, thousands)


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    asked.add_argument("--stored", type=int, nargs="+", default=[0, 1], help="millions")
    asked.add_argument("--rows", type=int, default=20, help="thousands of movements to write")
    told = asked.parse_args()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        sys.exit(0 if runner.run(main(told.stored, told.rows)) else 1)
