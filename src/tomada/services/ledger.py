"""Reading the ledger: accounts, transactions with search, months."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, NamedTuple
from uuid import UUID

import msgspec

from tomada.domain.accounts import Account, AccountDetail
from tomada.domain.annotations import Annotation
from tomada.domain.clock import Clock, bank_day
from tomada.domain.errors import InvalidInputError
from tomada.domain.ids import AccountId, EntityId, ItemId, TransactionId
from tomada.domain.transactions import (
    Detail,
    MonthTotals,
    Movement,
    Transaction,
    TransactionPage,
    View,
)
from tomada.services.annotations import all_opened
from tomada.services.cursors import cursor_of, parts_of
from tomada.services.months import Line, month_totals
from tomada.services.sealed import unseal, unseal_all
from tomada.services.searching import Search, Words, search_of
from tomada.services.vault import Keys, Vault
from tomada.store.accounts import AccountRow, AccountRows
from tomada.store.annotations import AnnotationRows
from tomada.store.card_lines import CardLineRows
from tomada.store.observations import ObservationRows
from tomada.store.transactions import Filter, Place, TransactionRow, TransactionRows
from tomada.store.transfers import TransferRows
from tomada.store.tx import Store

PAGE_LIMIT = 500
# A search often finds enough among the newest rows; one that does not reads on in larger blocks.
_FIRST_BLOCK = 1_000
_LARGEST_BLOCK = 20_000
# Opening so many takes some 2 ms, during which nothing else happens in the process.
_AT_A_TIME = 500
_CURSOR = tuple[date, Annotated[datetime, msgspec.Meta(tz=True)], UUID]


@dataclass(frozen=True, slots=True)
class Ledger:
    """The normalised store, read for one entity at a time."""

    store: Store
    vault: Vault
    clock: Clock

    async def accounts(self, entity: EntityId, *, item_id: ItemId | None = None) -> list[Account]:
        """List accounts, of one connection where given; not those that are gone at the bank."""
        keys = await self.vault.keys(entity)
        async with self.store.begin(entity) as tx:
            rows = await AccountRows(tx).all(item_id)
        return [_account(keys, row) for row in rows if row.gone_at is None]

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
        view: View = "ledger",
    ) -> TransactionPage:
        """List transactions newest first.

        *q* finds rows that have every one of its words in description, merchant, category or what
        the person wrote to them, without regard to case and accents; all that is sealed, so it is
        opened and matched here.
        *categories* gives category ids the names that the reader sees, to be found by them too.
        *view* lists, instead of what counts, what the person took out of the list or what the bank
        dropped. Raises ``InvalidInputError`` for a cursor that is not one of ours.
        """
        if not 1 <= limit <= PAGE_LIMIT:
            raise InvalidInputError(f"limit is 1 to {PAGE_LIMIT}", field="limit")
        keys = await self.vault.keys(entity)
        where = Filter(account_id, item_id, day_from, day_to, view)
        place = None if cursor is None else _place(cursor)
        search = search_of(q, categories)
        if search is None:
            async with self.store.begin(entity) as tx:
                rows = await TransactionRows(tx).page(where, after=place, limit=limit + 1)
        else:
            rows = await self._found(keys, entity, where, search, place=place, at_most=limit + 1)
        kept = tuple(await self._annotated(keys, entity, rows[:limit]))
        return TransactionPage(
            transactions=kept, next_cursor=_cursor(kept[-1]) if len(rows) > limit else None
        )

    async def some(
        self, entity: EntityId, ids: Sequence[TransactionId]
    ) -> dict[TransactionId, Transaction]:
        """Read rows by our id, those that are gone too."""
        keys = await self.vault.keys(entity)
        async with self.store.begin(entity) as tx:
            rows = [one.row for one in await ObservationRows(tx).of(ids)]
        return {one.id: one for one in await self._annotated(keys, entity, rows)}

    async def _annotated(
        self, keys: Keys, entity: EntityId, rows: Sequence[TransactionRow]
    ) -> list[Transaction]:
        async with self.store.begin(entity) as tx:
            written = await AnnotationRows(tx).of([row.id for row in rows])
        notes = all_opened(keys, written.values())
        return [
            _transaction(
                row,
                unseal(keys, "transactions", row.id, row.sealed, Detail),
                notes.get(row.id, Annotation()),
            )
            for row in rows
        ]

    async def _found(
        self,
        keys: Keys,
        entity: EntityId,
        where: Filter,
        search: Search,
        *,
        place: Place | None,
        at_most: int,
    ) -> list[TransactionRow]:
        """Open rows in growing blocks until enough match; lets others go on in between."""
        found: list[TransactionId] = []
        block = _FIRST_BLOCK
        async with self.store.begin(entity) as tx:
            written = await AnnotationRows(tx).all()
        own = {
            name: f"{one.note}\n{one.category}" for name, one in all_opened(keys, written).items()
        }
        while len(found) < at_most:
            async with self.store.begin(entity) as tx:
                rows = await TransactionRows(tx).sealed(where, after=place, limit=block)
                more = len(rows) == block
                place = await TransactionRows(tx).place_of(rows[-1][0]) if more else None
            for start in range(0, len(rows), _AT_A_TIME):
                some = rows[start : start + _AT_A_TIME]
                notes = (own.get(row[0], "") for row in some)
                hits = search.matches(unseal_all(keys, "transactions", some, Words), notes)
                found.extend(row[0] for row, hit in zip(some, hits, strict=True) if hit)
                await asyncio.sleep(0)
                if len(found) >= at_most:
                    break
            if not more:
                break
            block = min(block * 4, _LARGEST_BLOCK)
        async with self.store.begin(entity) as tx:
            return await TransactionRows(tx).of(found[:at_most])

    async def months(self, entity: EntityId, *, count: int = 12) -> list[MonthTotals]:
        """Sum income and spending by civil month, oldest first, months without movements too.

        What a person moved between accounts of their own is neither.
        """
        today = bank_day(self.clock())
        first = today.replace(day=1)
        for _ in range(count - 1):
            first = (first.replace(day=1) - date.resolution).replace(day=1)
        keys = await self.vault.keys(entity)
        where = Filter(day_from=first, day_to=today)
        async with self.store.begin(entity) as tx:
            accounts = await AccountRows(tx).all()
            payments = await CardLineRows(tx).payments()
            transfers = await TransferRows(tx).settled()
        cards = frozenset(row.id for row in accounts if row.type == "CREDIT")
        lines: list[Line] = []
        place: Place | None = None
        while True:
            async with self.store.begin(entity) as tx:
                rows = await TransactionRows(tx).summable(where, after=place, limit=_LARGEST_BLOCK)
                more = len(rows) == _LARGEST_BLOCK
                place = await TransactionRows(tx).place_of(rows[-1].id) if more else None
            for start in range(0, len(rows), _AT_A_TIME):
                some = rows[start : start + _AT_A_TIME]
                details = unseal_all(keys, "transactions", some, Detail)
                lines.extend(
                    _Line(row.id, row.day, row.account_id, row.signed_minor, row.currency, detail)
                    for row, detail in zip(some, details, strict=True)
                )
                await asyncio.sleep(0)
            if not more:
                return month_totals(
                    lines, cards=cards, payments=payments | transfers, first=first, count=count
                )


class _Line(NamedTuple):
    """What sums need of a movement."""

    id: TransactionId
    day: date
    account_id: AccountId
    signed_minor: int
    currency: str
    detail: Detail


def _transaction(row: TransactionRow, detail: Detail, annotation: Annotation) -> Transaction:
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
            untyped=row.untyped,
            inexact=row.inexact,
            detail=detail,
        ),
        first_seen_at=row.first_seen_at,
        gone_at=row.gone_at,
        dropped=row.gone_reason == "expired",
        annotation=annotation,
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


def _cursor(last: Transaction) -> str:
    return cursor_of((last.movement.day, last.movement.instant, last.id))


def _place(cursor: str) -> Place:
    return Place(*parts_of(cursor, _CURSOR))
