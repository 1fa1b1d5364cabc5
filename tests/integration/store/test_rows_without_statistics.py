"""A first reading has just written many rows, of which the planner knows nothing yet."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import asyncpg
import pytest

from tests.integration.store.filling import Filler
from tomada.domain.ids import AccountId, EntityId, ItemId
from tomada.store.account_links import AccountLinkRows
from tomada.store.card_lines import CardLineRows
from tomada.store.transfers import TransferRows
from tomada.store.tx import Store, Tx

_ROWS = 2_000
_FILL = f"""
ALTER TABLE transactions SET (autovacuum_enabled = false);
ALTER TABLE card_lines SET (autovacuum_enabled = false);
ALTER TABLE transaction_links SET (autovacuum_enabled = false);
INSERT INTO accounts SELECT (a).* FROM (SELECT jsonb_populate_record(accounts, jsonb_build_object(
    'id', kind, 'type', CASE kind WHEN 'card' THEN 'CREDIT' ELSE 'BANK' END)) AS a
  FROM accounts, unnest(ARRAY['bank', 'other', 'card']) AS kind) made;
INSERT INTO transactions SELECT (t).* FROM (SELECT jsonb_populate_record(transactions,
    jsonb_build_object('id', gen_random_uuid(), 'pluggy_id', kind || n, 'account_id', kind,
      'signed_minor', CASE kind WHEN 'other' THEN 1 ELSE -1 END * n, 'status', 'POSTED',
      'fingerprint', '\\x' || to_hex(n + 4096), 'gone_at', NULL, 'gone_reason', NULL)) AS t
  FROM transactions, unnest(ARRAY['bank', 'other', 'card']) AS kind, generate_series(1, {_ROWS}) n) m;
INSERT INTO card_lines SELECT (l).* FROM (SELECT jsonb_populate_record(card_lines,
    jsonb_build_object('transaction_id', t.id, 'account_id', t.account_id, 'kind', 'payment',
      'row_digest', t.content_digest)) AS l
  FROM card_lines, transactions t WHERE t.account_id = 'card') made;
INSERT INTO transaction_links SELECT (l).* FROM (SELECT jsonb_populate_record(transaction_links,
    jsonb_build_object('id', gen_random_uuid(), 'kind', 'transfer', 'state', 'automatic',
      'row_id', o.id, 'other_id', i.id, 'from_pluggy_id', o.id, 'to_pluggy_id', i.id)) AS l
  FROM transaction_links, transactions o, transactions i WHERE o.account_id = 'bank'
  AND i.account_id = 'other' AND o.pluggy_id = 'bank' || i.signed_minor
  AND i.signed_minor <= 500) made;
"""  # noqa: S608  (constants)


@dataclass(slots=True)
class Explaining:
    """A connection that also notes how each query was answered."""

    conn: asyncpg.Connection
    plans: list[dict[str, Any]] = field(default_factory=list)

    async def execute(self, query: str, *values: object) -> object:
        return await self.conn.execute(query, *values)

    async def fetch(self, query: str, *values: object) -> list[asyncpg.Record]:
        explained = f"EXPLAIN (ANALYZE, FORMAT JSON) {query}"
        self.plans.append(json.loads(await self.conn.fetchval(explained, *values))[0]["Plan"])
        return list(await self.conn.fetch(query, *values))

    async def fetchrow(self, query: str, *values: object) -> asyncpg.Record:
        return (await self.fetch(query, *values))[0]

    def looked_at(self) -> int:
        """Count the rows that came out of every step of every plan, or were dropped there."""
        return sum(round(rows) for plan in self.plans for rows in _rows(plan))


def _rows(plan: dict[str, Any]) -> Iterator[float]:
    dropped = sum(value for name, value in plan.items() if name.startswith("Rows Removed"))
    yield plan["Actual Loops"] * (plan["Actual Rows"] + dropped)
    for step in plan.get("Plans", ()):
        yield from _rows(step)


@pytest.fixture
async def entity(filler: Filler) -> EntityId:
    found = await filler.entity()
    async with filler.owner.transaction():
        await filler.owner.execute("SELECT set_config('tomada.entity', $1, true)", str(found))
        await filler.owner.execute(_FILL)
    return found


async def test_what_ends_a_reading_compares_no_row_with_every_other(
    store: Store, entity: EntityId
) -> None:
    async with store.begin(entity) as tx:
        seen = Explaining(tx.conn)
        here = Tx(seen, entity)

        pairs = await TransferRows(here).candidates(
            since=date(2026, 1, 1), window_days=3, limit=_ROWS
        )
        settled = await TransferRows(here).settled()
        shared, compared = await AccountLinkRows(here).overlap(
            AccountId("bank"), AccountId("other")
        )
        stale = await CardLineRows(here).stale(ItemId(entity.hex), limit=_ROWS)
        entries = await CardLineRows(here).of_card(AccountId("card"))
        await CardLineRows(here).sides("payment")

    assert len(pairs) == _ROWS - 500
    assert len(settled) == 1000
    assert shared == compared == _ROWS
    assert stale == []
    assert len(entries) == _ROWS
    # Some eighty steps for each; to compare each with each would be four million.
    assert seen.looked_at() < 200 * _ROWS
