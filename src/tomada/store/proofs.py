"""Anchors and open cases of the balance proof, and the sums it compares."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import asyncpg

from tomada.domain.ids import AccountId
from tomada.domain.proofs import Anchor, BalanceCase, Reported, Sums
from tomada.store.transactions import SealedRow
from tomada.store.tx import Tx

# S608: what follows is put together from constants.
_POSTED = "entity_id = $1 AND account_id = $2 AND gone_at IS NULL AND status <> 'PENDING'"
_CASE = (
    "c.id, c.account_id, a.currency, c.difference_minor, c.cause, c.since, c.seen_at,"
    " c.after_id AS after, c.before_id AS before, c.closed_at"
)
_CASES = (
    f"SELECT {_CASE} FROM balance_cases c"  # noqa: S608  (constant columns)
    " JOIN accounts a ON a.entity_id = c.entity_id AND a.id = c.account_id"
    " WHERE c.entity_id = $1"
)

_TOTAL = f"SELECT coalesce(sum(signed_minor), 0)::bigint FROM transactions WHERE {_POSTED}"  # noqa: S608
_SUMS = (
    "SELECT oldest, mixed,"  # noqa: S608
    f" ({_TOTAL} AND day >= coalesce($4, least(oldest + 1, $5)) AND day <= $5) AS rows_minor,"
    f" ({_TOTAL} AND day > $5) AS future_minor"
    " FROM (SELECT min(day) AS oldest, coalesce(bool_or(currency <> $3), false) AS mixed"
    f" FROM transactions WHERE {_POSTED}) AS bounds"
)
_STEPS = (
    f"SELECT id, sealed, day, signed_minor FROM transactions WHERE {_POSTED}"  # noqa: S608
    " AND day >= $3 AND day <= $4 ORDER BY day, position, instant, id"
)


@dataclass(frozen=True, slots=True)
class ProofRows:
    """The balance proofs of the transaction's entity."""

    tx: Tx

    async def anchors(self) -> dict[AccountId, Anchor]:
        """Give the anchor of each account that has one."""
        records = await self.tx.conn.fetch(
            "SELECT account_id, first_day, anchored_at, available_minor, closing_minor,"
            " invested_minor, reserved_minor, rows_minor FROM balance_anchors"
            " WHERE entity_id = $1",
            self.tx.scope(),
        )
        return {r["account_id"]: _anchor(r) for r in records}

    async def put_anchor(self, account_id: AccountId, anchor: Anchor) -> None:
        """Set or move an account's anchor."""
        reported = anchor.reported
        await self.tx.conn.execute(
            "INSERT INTO balance_anchors (entity_id, account_id, first_day, anchored_at,"
            " available_minor, closing_minor, invested_minor, reserved_minor, rows_minor)"
            " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
            " ON CONFLICT (entity_id, account_id) DO UPDATE SET first_day = $3, rows_minor = $9",
            self.tx.scope(),
            account_id,
            anchor.first_day,
            anchor.at,
            reported.available_minor,
            reported.closing_minor,
            reported.invested_minor,
            reported.reserved_minor,
            anchor.rows_minor,
        )

    async def sums(
        self, account_id: AccountId, *, currency: str, first_day: date | None, today: date
    ) -> Sums:
        """Add up the posted rows from *first_day* on, from behind the oldest day without it."""
        record = await self.tx.conn.fetchrow(
            _SUMS,
            self.tx.scope(),
            account_id,
            currency,
            first_day,
            today,
        )
        return Sums(**dict(record))

    async def between(self, account_id: AccountId, first: date, before: date) -> int:
        """Add up the posted rows from *first* on, before *before*."""
        total: int = await self.tx.conn.fetchval(
            f"{_TOTAL} AND day >= $3 AND day < $4",
            self.tx.scope(),
            account_id,
            first,
            before,
        )
        return total

    async def doubtful(self, account_id: AccountId) -> list[int]:
        """List the amounts of posted rows whose direction is in doubt."""
        return await self._amounts(account_id, f"{_POSTED} AND (conflicting OR untyped)")

    async def doubled(self, account_id: AccountId, amounts: Sequence[int]) -> list[int]:
        """List which of *amounts* several posted rows of one day have."""
        return await self._amounts(
            account_id,
            f"{_POSTED} AND signed_minor = ANY($3) GROUP BY day, signed_minor HAVING count(*) > 1",
            list(amounts),
        )

    async def pending(self, account_id: AccountId) -> list[int]:
        """List the amounts of rows that are not posted."""
        return await self._amounts(
            account_id,
            "entity_id = $1 AND account_id = $2 AND gone_at IS NULL AND status = 'PENDING'",
        )

    async def outside(self, account_id: AccountId, anchor: Anchor) -> list[int]:
        """List the amounts of posted rows before the anchor's day that changed after it was set."""
        return await self._amounts(
            account_id, f"{_POSTED} AND day < $3 AND changed_at > $4", anchor.first_day, anchor.at
        )

    async def _amounts(self, account_id: AccountId, where: str, *values: Any) -> list[int]:
        records = await self.tx.conn.fetch(
            f"SELECT signed_minor FROM transactions WHERE {where}",  # noqa: S608  (constants)
            self.tx.scope(),
            account_id,
            *values,
        )
        return [r["signed_minor"] for r in records]

    async def steps(
        self, account_id: AccountId, first: date, last: date
    ) -> list[tuple[SealedRow, date, int]]:
        """List posted rows in statement order, each with its sealed words, day and amount."""
        records = await self.tx.conn.fetch(
            _STEPS,
            self.tx.scope(),
            account_id,
            first,
            last,
        )
        return [((r["id"], r["sealed"]), r["day"], r["signed_minor"]) for r in records]

    async def open_cases(self) -> dict[AccountId, BalanceCase]:
        """Give the open case of each account that has one."""
        records = await self.tx.conn.fetch(f"{_CASES} AND c.closed_at IS NULL", self.tx.scope())
        return {r["account_id"]: BalanceCase(**dict(r)) for r in records}

    async def cases(self, *, limit: int) -> list[BalanceCase]:
        """List cases, the open ones first, then the latest."""
        records = await self.tx.conn.fetch(
            f"{_CASES} ORDER BY c.closed_at DESC NULLS FIRST, c.since DESC, c.id LIMIT $2",
            self.tx.scope(),
            limit,
        )
        return [BalanceCase(**dict(r)) for r in records]

    async def put_case(self, case: BalanceCase) -> None:
        """Open a case, or bring an open one up to date."""
        await self.tx.conn.execute(
            "INSERT INTO balance_cases (entity_id, id, account_id, difference_minor, cause, since,"
            " seen_at, after_id, before_id, closed_at)"
            " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
            " ON CONFLICT (entity_id, id) DO UPDATE SET difference_minor = $4, cause = $5,"
            " seen_at = $7, after_id = $8, before_id = $9, closed_at = $10",
            self.tx.scope(),
            case.id,
            case.account_id,
            case.difference_minor,
            case.cause,
            case.since,
            case.seen_at,
            case.after,
            case.before,
            case.closed_at,
        )


def _anchor(record: asyncpg.Record) -> Anchor:
    reported = Reported(
        available_minor=record["available_minor"],
        closing_minor=record["closing_minor"],
        invested_minor=record["invested_minor"],
        reserved_minor=record["reserved_minor"],
    )
    return Anchor(record["first_day"], record["anchored_at"], reported, record["rows_minor"])
