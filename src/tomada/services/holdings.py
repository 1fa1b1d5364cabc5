"""Investments, loans and holders, from the ledger for those who ask."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import msgspec

from tomada.domain.errors import NotFoundError
from tomada.domain.holdings import (
    Identity,
    IdentityDetail,
    Investment,
    InvestmentDetail,
    InvestmentMovement,
    InvestmentMovementDetail,
    Loan,
    LoanDetail,
)
from tomada.domain.ids import EntityId, InvestmentId, ItemId
from tomada.services.cursors import cursor_of, parts_of
from tomada.services.listing import RAW_GROUP
from tomada.services.sealed import unseal
from tomada.services.vault import Keys, Vault
from tomada.store.holdings import (
    IDENTITIES,
    INVESTMENT_MOVEMENTS,
    INVESTMENTS,
    LOANS,
    InvestmentMovementRow,
    InvestmentRow,
    LoanRow,
    movements_page,
)
from tomada.store.listed import ListedRows, Listing, Row
from tomada.store.tx import Store

_CURSOR = tuple[date, str]
_DECODER = msgspec.json.Decoder(dict[str, Any], float_hook=Decimal)
# What has a place of its own, or says nothing: Pluggy's bookkeeping.
_PLACED = ("id", "itemId", "currencyCode", "createdAt", "updatedAt")
_OF_INVESTMENT = (
    *_PLACED, "type", "subtype", "status", "balance", "amount", "amountOriginal", "date",
    "dueDate", "name", "code", "issuer", "quantity", "value", "transactions",
)  # fmt: skip
_OF_MOVEMENT = (
    *_PLACED, "investmentId", "type", "movementType", "amount", "netAmount", "date",
    "description", "quantity", "value",
)  # fmt: skip
_OF_LOAN = (
    *_PLACED, "kind", "type", "contractAmount", "contractDate", "dueDate", "productName",
    "contractNumber",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Holdings:
    """What the installation's entities hold and owe beside accounts."""

    store: Store
    vault: Vault

    async def investments(
        self, entity: EntityId, *, item_id: ItemId | None = None
    ) -> list[Investment]:
        """List positions, the largest first, of one connection where given."""
        keys, rows = await self._live(entity, INVESTMENTS, item_id)
        return [_investment(keys, row) for row in rows]

    async def movements(
        self, entity: EntityId, investment_id: InvestmentId, *, cursor: str | None, limit: int
    ) -> tuple[ItemId, list[InvestmentMovement], str | None]:
        """List a position's movements, the newest first, with its connection and how to go on.

        Raises ``NotFoundError`` for an unknown or foreign position, ``InvalidInputError`` for a
        cursor that is not one of ours.
        """
        after = None if cursor is None else parts_of(cursor, _CURSOR)
        keys = await self.vault.keys(entity)
        async with self.store.begin(entity) as tx:
            positions = await ListedRows(tx, INVESTMENTS).live("id", investment_id)
            rows = await movements_page(tx, investment_id, after=after, limit=limit + 1)
        if not positions:
            raise NotFoundError("there is no such investment")
        kept = rows[:limit]
        more = cursor_of((kept[-1].day, kept[-1].id)) if len(rows) > limit else None
        return positions[0].item_id, [_movement(keys, row) for row in kept], more

    async def loans(self, entity: EntityId, *, item_id: ItemId | None = None) -> list[Loan]:
        """List contracts, the latest first, of one connection where given."""
        keys, rows = await self._live(entity, LOANS, item_id)
        return [_loan(keys, row) for row in rows]

    async def identities(
        self, entity: EntityId, *, item_id: ItemId | None = None
    ) -> list[Identity]:
        """List who holds the accounts, of one connection where given."""
        keys, rows = await self._live(entity, IDENTITIES, item_id)
        return [
            Identity(
                id=row.id,
                item_id=row.item_id,
                detail=unseal(keys, "identities", row.id, row.sealed, IdentityDetail),
                changed_at=row.changed_at,
                more=_more(keys, "identities", row.id, row.sealed_raw, _PLACED),
            )
            for row in rows
        ]

    async def _live(
        self, entity: EntityId, listing: Listing[Row], item_id: ItemId | None
    ) -> tuple[Keys, list[Row]]:
        keys = await self.vault.keys(entity)
        narrowed = () if item_id is None else ("item_id", item_id)
        async with self.store.begin(entity) as tx:
            return keys, await ListedRows(tx, listing).live(*narrowed)


def _investment(keys: Keys, row: InvestmentRow) -> Investment:
    return Investment(
        id=row.id,
        item_id=row.item_id,
        type=row.type,
        subtype=row.subtype,
        status=row.status,
        currency=row.currency,
        balance_minor=row.balance_minor,
        gross_minor=row.gross_minor,
        original_minor=row.original_minor,
        quoted_day=row.quoted_day,
        due_day=row.due_day,
        detail=unseal(keys, "investments", row.id, row.sealed, InvestmentDetail),
        changed_at=row.changed_at,
        more=_more(keys, "investments", row.id, row.sealed_raw, _OF_INVESTMENT),
    )


def _movement(keys: Keys, row: InvestmentMovementRow) -> InvestmentMovement:
    table = INVESTMENT_MOVEMENTS.table
    return InvestmentMovement(
        id=row.id,
        item_id=row.item_id,
        investment_id=row.investment_id,
        day=row.day,
        type=row.type,
        movement_type=row.movement_type,
        currency=row.currency,
        amount_minor=row.amount_minor,
        net_minor=row.net_minor,
        detail=unseal(keys, table, row.id, row.sealed, InvestmentMovementDetail),
        more=_more(keys, table, row.id, row.sealed_raw, _OF_MOVEMENT),
    )


def _loan(keys: Keys, row: LoanRow) -> Loan:
    return Loan(
        id=row.id,
        item_id=row.item_id,
        kind=row.kind,
        currency=row.currency,
        contract_minor=row.contract_minor,
        outstanding_minor=row.outstanding_minor,
        contract_day=row.contract_day,
        due_day=row.due_day,
        detail=unseal(keys, "loans", row.id, row.sealed, LoanDetail),
        changed_at=row.changed_at,
        more=_more(keys, "loans", row.id, row.sealed_raw, _OF_LOAN),
    )


def _more(
    keys: Keys, table: str, row: str, sealed_raw: bytes, placed: tuple[str, ...]
) -> dict[str, Any]:
    raw = _DECODER.decode(keys.open(table, row, sealed_raw, group=RAW_GROUP))
    return {name: value for name, value in raw.items() if name not in placed and value is not None}
