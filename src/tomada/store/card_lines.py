"""What each row is to a card."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import asyncpg

from tomada.domain.bill_payments import Side
from tomada.domain.card_lines import CardLine, LineKind, Part
from tomada.domain.ids import AccountId, ItemId, TransactionId
from tomada.domain.statements import Entry
from tomada.domain.transactions import Direction
from tomada.store.tx import Tx

_COLUMNS = (
    ("transaction_id", "uuid"), ("account_id", "text"), ("kind", "text"), ("evidence", "text"),
    ("bill_id", "text"), ("bill_month", "date"), ("series", "bytea"), ("part", "integer"),
    ("parts", "integer"), ("part_evidence", "text"), ("whole_minor", "bigint"),
    ("row_digest", "bytea"),
)  # fmt: skip
_NAMES = ", ".join(name for name, _ in _COLUMNS)
_ARRAYS = ", ".join(f"${n}::{kind}[]" for n, (_, kind) in enumerate(_COLUMNS, start=2))
_SETS = ", ".join(f"{name} = excluded.{name}" for name, _ in _COLUMNS[2:])

# S608: these are put together from the constants above.
_UPSERT = (
    f"INSERT INTO card_lines (entity_id, {_NAMES}) SELECT $1, * FROM unnest({_ARRAYS})"  # noqa: S608
    f" ON CONFLICT (entity_id, transaction_id) DO UPDATE SET {_SETS}"
)
# Just after a first reading the planner knows nothing of the new rows and would compare each line
# with each row. So a row is looked up for each line, and for a card only its own: OFFSET keeps the
# planner from any other way, and what is asked of the row stands outside of it.
_OF_LINE = (
    "CROSS JOIN LATERAL (SELECT * FROM transactions r"
    " WHERE r.entity_id = l.entity_id AND r.id = l.transaction_id OFFSET 0) t"
)
_OF_ACCOUNT = (
    "CROSS JOIN LATERAL (SELECT * FROM transactions r"
    " WHERE r.entity_id = a.entity_id AND r.account_id = a.id OFFSET 0) t"
)
_ENTRIES = (
    "SELECT l.transaction_id, t.account_id, l.kind, l.evidence, l.bill_id, l.bill_month, l.series,"  # noqa: S608
    " l.part, l.parts, l.part_evidence, l.whole_minor, t.day, t.signed_minor, t.currency, t.status"
    f" FROM card_lines l {_OF_LINE} WHERE l.entity_id = $1 AND t.gone_at IS NULL"
)
_STALE = (
    "SELECT t.id, t.account_id, a.type, a.currency, t.direction, t.content_digest, t.sealed_raw"  # noqa: S608
    f" FROM accounts a {_OF_ACCOUNT}"
    " WHERE a.entity_id = $1 AND a.item_id = $2 AND a.type = 'CREDIT' AND t.gone_at IS NULL"
    " AND (SELECT l.row_digest FROM card_lines l WHERE l.entity_id = t.entity_id"
    " AND l.transaction_id = t.id) IS DISTINCT FROM t.content_digest"
    " UNION ALL SELECT t.id, t.account_id, a.type, a.currency, t.direction, t.content_digest,"
    f" t.sealed_raw FROM card_lines l {_OF_LINE}"
    " JOIN accounts a ON a.entity_id = t.entity_id AND a.id = t.account_id"
    " WHERE l.entity_id = $1 AND a.item_id = $2 AND t.gone_at IS NULL AND a.type <> 'CREDIT'"
    " AND l.row_digest <> t.content_digest LIMIT $3"
)
_SIDES = (
    "SELECT t.id, t.account_id, t.day, abs(t.signed_minor) AS amount_minor, t.currency"  # noqa: S608
    f" FROM card_lines l {_OF_LINE} WHERE l.entity_id = $1 AND l.kind = $2 AND t.gone_at IS NULL"
    " AND t.direction = CASE WHEN $2 = 'payment' THEN 'CREDIT' ELSE 'DEBIT' END"
)


class StaleRow(NamedTuple):
    """A row whose line has to be read anew."""

    id: TransactionId
    account_id: AccountId
    kind: str
    currency: str
    direction: Direction
    content_digest: bytes
    sealed_raw: bytes


@dataclass(frozen=True, slots=True)
class CardLineRows:
    """The card lines of the transaction's entity."""

    tx: Tx

    async def put(self, lines: Sequence[tuple[CardLine, bytes]]) -> None:
        """Insert or rewrite lines, each with the digest of the content it was read from."""
        rows = [(*_values(line), digest) for line, digest in lines]
        if rows:
            columns = [list(column) for column in zip(*rows, strict=True)]
            await self.tx.conn.execute(_UPSERT, self.tx.scope(), *columns)

    async def drop(self, ids: Sequence[TransactionId]) -> None:
        """Forget rows that mean nothing to a card any more."""
        if ids:
            await self.tx.conn.execute(
                "DELETE FROM card_lines WHERE entity_id = $1 AND transaction_id = ANY($2)",
                self.tx.scope(),
                list(ids),
            )

    async def stale(self, item_id: ItemId, *, limit: int) -> list[StaleRow]:
        """List an item's live rows whose line is missing or was read from another content.

        Rows of bank accounts have a line only where they pay a bill, so they cannot miss one.
        """
        records = await self.tx.conn.fetch(_STALE, self.tx.scope(), item_id, limit)
        return [StaleRow(*record) for record in records]

    async def follow(self, moves: Sequence[tuple[TransactionId, TransactionId]]) -> None:
        """Let lines go with rows that become others: each from its first id to its second."""
        await self.drop([old for _, old in moves])
        await self.tx.conn.executemany(
            "UPDATE card_lines SET transaction_id = $3"
            " WHERE entity_id = $1 AND transaction_id = $2",
            [(self.tx.scope(), new, old) for new, old in moves],
        )

    async def of_card(self, account_id: AccountId) -> list[Entry]:
        """List a card's live rows with their lines, oldest first."""
        records = await self.tx.conn.fetch(
            f"{_ENTRIES} AND t.account_id = $2 ORDER BY t.day, t.position, t.id",
            self.tx.scope(),
            account_id,
        )
        return [_entry(record) for record in records]

    async def payments(self) -> set[TransactionId]:
        """Give the rows that pay card bills, on either side."""
        records = await self.tx.conn.fetch(
            "SELECT transaction_id FROM card_lines"
            " WHERE entity_id = $1 AND kind IN ('payment', 'bill_payment')",
            self.tx.scope(),
        )
        return {r["transaction_id"] for r in records}

    async def sides(self, kind: LineKind) -> list[Side]:
        """List the live rows that pay bills: out of bank accounts, or onto cards."""
        records = await self.tx.conn.fetch(_SIDES, self.tx.scope(), kind)
        return [Side(**dict(record)) for record in records]


def _values(line: CardLine) -> tuple[object, ...]:
    part = line.part
    return (
        line.id, line.account_id, line.kind, line.evidence, line.bill_id, line.bill_month,
        line.series, None if part is None else part.number, None if part is None else part.of,
        None if part is None else part.evidence, line.whole_minor,
    )  # fmt: skip


def _entry(record: asyncpg.Record) -> Entry:
    part = None
    if record["part"] is not None:
        part = Part(record["part"], record["parts"], record["part_evidence"])
    line = CardLine(
        id=record["transaction_id"],
        account_id=record["account_id"],
        kind=record["kind"],
        evidence=record["evidence"],
        bill_id=record["bill_id"],
        bill_month=record["bill_month"],
        series=record["series"],
        part=part,
        whole_minor=record["whole_minor"],
    )
    # What leaves the holder raises the debt.
    amount = -record["signed_minor"]
    return Entry(line, record["day"], amount, record["currency"], record["status"])
