"""Reading the ledger: accounts, transactions with search, months."""

import base64
import binascii
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec

from tomada.domain.accounts import Account, AccountDetail
from tomada.domain.clock import Clock, bank_day
from tomada.domain.errors import InvalidInputError
from tomada.domain.ids import AccountId, EntityId, ItemId
from tomada.domain.transactions import (
    Detail,
    MonthTotals,
    Movement,
    Transaction,
    TransactionPage,
)
from tomada.services.months import month_totals
from tomada.services.sealed import unseal
from tomada.services.vault import Keys, Vault
from tomada.store.accounts import AccountRow, AccountRows
from tomada.store.transactions import Filter, Place, TransactionRow, TransactionRows
from tomada.store.tx import Store

PAGE_LIMIT = 500
_SEARCH_BLOCK = 5_000
_CURSOR = tuple[date, Annotated[datetime, msgspec.Meta(tz=True)], UUID]


@dataclass(frozen=True, slots=True)
class Ledger:
    """The normalised store, read for one entity at a time."""

    store: Store
    vault: Vault
    clock: Clock

    async def accounts(self, entity: EntityId, *, item_id: ItemId | None = None) -> list[Account]:
        """List accounts, of one connection where given."""
        keys = await self.vault.keys(entity)
        async with self.store.begin(entity) as tx:
            rows = await AccountRows(tx).all(item_id)
        return [_account(keys, row) for row in rows]

    async def transactions(  # noqa: PLR0913  (each is a filter of its own)
        self,
        entity: EntityId,
        *,
        account_id: AccountId | None = None,
        item_id: ItemId | None = None,
        day_from: date | None = None,
        day_to: date | None = None,
        q: str | None = None,
        cursor: str | None = None,
        limit: int = 100,
        categories: Mapping[str, str] | None = None,
    ) -> TransactionPage:
        """List transactions newest first.

        *q* finds rows whose description, merchant or category has every one of its words, without
        regard to case and accents; descriptions are sealed, so they are opened and matched here.
        *categories* gives category ids the names that the reader sees, to be found by them too.
        Raises ``InvalidInputError`` for a cursor that is not one of ours.
        """
        if not 1 <= limit <= PAGE_LIMIT:
            raise InvalidInputError(f"limit is 1 to {PAGE_LIMIT}", field="limit")
        keys = await self.vault.keys(entity)
        where = Filter(account_id, item_id, day_from, day_to)
        words = folded(q or "").split()
        place = None if cursor is None else _place(cursor)
        found: list[Transaction] = []
        block = _SEARCH_BLOCK if words else limit + 1
        while len(found) <= limit:
            async with self.store.begin(entity) as tx:
                rows = await TransactionRows(tx).page(where, after=place, limit=block)
            found.extend(
                _matching(keys, rows, words, categories or {}, at_most=limit + 1 - len(found))
            )
            if len(rows) < block:
                break
            place = _place_of(rows[-1])
        kept = found[:limit]
        return TransactionPage(
            transactions=tuple(kept),
            next_cursor=_cursor(kept[-1]) if len(found) > limit else None,
        )

    async def months(self, entity: EntityId, *, count: int = 12) -> list[MonthTotals]:
        """Sum income and spending by civil month, oldest first, months without movements too."""
        today = bank_day(self.clock())
        first = today.replace(day=1)
        for _ in range(count - 1):
            first = (first.replace(day=1) - date.resolution).replace(day=1)
        keys = await self.vault.keys(entity)
        rows: list[TransactionRow] = []
        place: Place | None = None
        while True:
            async with self.store.begin(entity) as tx:
                accounts = await AccountRows(tx).all()
                block = await TransactionRows(tx).page(
                    Filter(day_from=first, day_to=today), after=place, limit=_SEARCH_BLOCK
                )
            rows.extend(block)
            if len(block) < _SEARCH_BLOCK:
                break
            place = _place_of(block[-1])
        cards = frozenset(row.id for row in accounts if row.type == "CREDIT")
        movements = [_movement(keys, row) for row in rows]
        return month_totals(movements, cards=cards, first=first, count=count)


def folded(text: str) -> str:
    """Fold case and accents, so that *cafe* finds *Café*."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def _matching(
    keys: Keys,
    rows: Sequence[TransactionRow],
    words: list[str],
    categories: Mapping[str, str],
    *,
    at_most: int,
) -> list[Transaction]:
    matched: list[Transaction] = []
    for row in rows:
        if len(matched) == at_most:
            break
        detail = _detail(keys, row)
        if words:
            shown = categories.get(detail.category_id or "")
            parts = (detail.description, detail.merchant, detail.category, shown)
            text = folded("\n".join(filter(None, parts)))
            if not all(word in text for word in words):
                continue
        matched.append(_transaction(row, detail))
    return matched


def _detail(keys: Keys, row: TransactionRow) -> Detail:
    return unseal(keys, "transactions", row.id, row.sealed, Detail)


def _movement(keys: Keys, row: TransactionRow) -> Movement:
    return _transaction(row, _detail(keys, row)).movement


def _transaction(row: TransactionRow, detail: Detail) -> Transaction:
    return Transaction(
        id=row.id,
        item_id=row.item_id,
        movement=Movement(
            account_id=row.account_id,
            pluggy_id=row.pluggy_id,
            day=row.day,
            instant=row.instant,
            direction="DEBIT" if row.direction == "DEBIT" else "CREDIT",
            signed_minor=row.signed_minor,
            currency=row.currency,
            status=row.status,
            order=row.position,
            created_upstream=row.created_upstream,
            conflicting=row.conflicting,
            inexact=row.inexact,
            detail=detail,
        ),
        first_seen_at=row.first_seen_at,
        gone_at=row.gone_at,
    )


def _account(keys: Keys, row: AccountRow) -> Account:
    return Account(
        id=row.id,
        item_id=row.item_id,
        type=row.type,
        subtype=row.subtype,
        currency=row.currency,
        balance_minor=row.balance_minor,
        credit_limit_minor=row.credit_limit_minor,
        available_limit_minor=row.available_limit_minor,
        as_of=row.as_of,
        detail=unseal(keys, "accounts", row.id, row.sealed, AccountDetail),
    )


def _place_of(row: TransactionRow) -> Place:
    return Place(row.day, row.instant, row.id)


def _cursor(last: Transaction) -> str:
    parts: list[Any] = [last.movement.day, last.movement.instant, last.id]
    return base64.urlsafe_b64encode(msgspec.json.encode(parts)).decode().rstrip("=")


def _place(cursor: str) -> Place:
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        day, instant, row_id = msgspec.json.decode(raw, type=_CURSOR)
    except (binascii.Error, msgspec.MsgspecError, ValueError) as error:
        raise InvalidInputError("this cursor is not one of ours", field="cursor") from error
    return Place(day, instant, row_id)
