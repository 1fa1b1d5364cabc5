"""Investments, their movements, loans, and who holds the accounts."""

from dataclasses import dataclass
from datetime import date, datetime

from tomada.domain.ids import InvestmentId, ItemId, LoanId
from tomada.store.listed import Listing
from tomada.store.tx import Tx


@dataclass(frozen=True, slots=True)
class InvestmentRow:
    """A position as stored; *sealed* holds its ``InvestmentDetail``."""

    id: InvestmentId
    item_id: ItemId
    type: str
    subtype: str | None
    status: str | None
    currency: str
    balance_minor: int
    gross_minor: int | None
    original_minor: int | None
    quoted_day: date | None
    due_day: date | None
    content_digest: bytes
    sealed: bytes
    sealed_raw: bytes
    first_seen_at: datetime
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class InvestmentMovementRow:
    """A movement as stored; *sealed* holds its ``InvestmentMovementDetail``."""

    id: str
    item_id: ItemId
    investment_id: InvestmentId
    day: date
    type: str | None
    movement_type: str | None
    currency: str
    amount_minor: int | None
    net_minor: int | None
    content_digest: bytes
    sealed: bytes
    sealed_raw: bytes
    first_seen_at: datetime
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class LoanRow:
    """A contract as stored; *sealed* holds its ``LoanDetail``."""

    id: LoanId
    item_id: ItemId
    kind: str
    currency: str
    contract_minor: int | None
    outstanding_minor: int | None
    contract_day: date | None
    due_day: date | None
    content_digest: bytes
    sealed: bytes
    sealed_raw: bytes
    first_seen_at: datetime
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class IdentityRow:
    """A holder as stored; *sealed* holds its ``IdentityDetail``."""

    id: str
    item_id: ItemId
    content_digest: bytes
    sealed: bytes
    sealed_raw: bytes
    first_seen_at: datetime
    changed_at: datetime


INVESTMENTS = Listing("investments", InvestmentRow, owner="item_id", order="balance_minor DESC, id")
INVESTMENT_MOVEMENTS = Listing(
    "investment_transactions", InvestmentMovementRow, owner="investment_id", order="day DESC, id"
)
LOANS = Listing("loans", LoanRow, owner="item_id", order="contract_day DESC NULLS LAST, id")
IDENTITIES = Listing("identities", IdentityRow, owner="item_id", order="id")


async def movements_page(
    tx: Tx, investment_id: str, *, after: tuple[date, str] | None, limit: int
) -> list[InvestmentMovementRow]:
    """List a position's live movements, the newest first, from behind *after*."""
    day, last = (None, None) if after is None else after
    records = await tx.conn.fetch(
        f"SELECT {', '.join(INVESTMENT_MOVEMENTS.columns)} FROM investment_transactions"  # noqa: S608  (constant columns)
        " WHERE entity_id = $1 AND investment_id = $2 AND gone_at IS NULL"
        " AND ($3::date IS NULL OR (day, id) < ($3, $4)) ORDER BY day DESC, id DESC LIMIT $5",
        tx.scope(),
        investment_id,
        day,
        last,
        limit,
    )
    return [InvestmentMovementRow(**dict(record)) for record in records]


async def bury_movements(tx: Tx, item_id: str, *, at: datetime) -> dict[str, list[str]]:
    """Mark the movements of an item's positions that are gone; gives their ids by position."""
    records = await tx.conn.fetch(
        "UPDATE investment_transactions m SET gone_at = $3 FROM investments p"
        " WHERE p.entity_id = $1 AND p.item_id = $2 AND p.gone_at IS NOT NULL"
        " AND m.entity_id = $1 AND m.investment_id = p.id AND m.gone_at IS NULL"
        " RETURNING m.investment_id, m.id",
        tx.scope(),
        item_id,
        at,
    )
    buried: dict[str, list[str]] = {}
    for record in records:
        buried.setdefault(record["investment_id"], []).append(record["id"])
    return buried
