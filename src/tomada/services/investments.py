"""Investments and their movements: read from Pluggy into the ledger."""

from dataclasses import dataclass
from decimal import Decimal
from functools import partial

from tomada.domain.clock import Clock
from tomada.domain.errors import NotFoundError
from tomada.domain.holdings import InvestmentDetail, InvestmentMovementDetail
from tomada.domain.ids import InvestmentId, ItemId
from tomada.domain.products import Product
from tomada.pluggy import PluggyClient
from tomada.pluggy.models.investments import Investment, InvestmentTransaction
from tomada.services.listing import RAW_GROUP, Changes, Stamp, Taker, missed, same_item
from tomada.services.normalise import minor_of, minor_or_none
from tomada.services.provider import translated
from tomada.services.reach import Reach
from tomada.services.runs import Run, Runs
from tomada.services.sealed import seal
from tomada.services.vault import Keys
from tomada.store.holdings import (
    INVESTMENT_MOVEMENTS,
    INVESTMENTS,
    InvestmentMovementRow,
    InvestmentRow,
    bury_movements,
)
from tomada.store.listed import ListedRows
from tomada.store.tx import Tx
from tomada.telemetry import log


@dataclass(frozen=True, slots=True)
class InvestmentReader:
    """Reads the positions of an item, one commit for each page."""

    runs: Runs
    clock: Clock
    pluggy: PluggyClient
    product: Product = "INVESTMENTS"
    of_accounts: bool = False

    async def read(self, run: Run, reach: Reach) -> None:
        """Read them whole."""
        taker = Taker(run.keys, "investment", INVESTMENTS, partial(_row, run.keys))
        pages, present = self.pluggy.investments.list(run.item_id).pages(), list[str]()
        while True:
            with translated():
                page = await anext(pages, None)
            if page is None:
                return
            same_item(page.items, run.item_id)
            present += [one.id for one in page.items]
            async with self.runs.writing(run) as tx:
                changes = await taker.put(tx, page.items, now=self.clock())
                if page.next is None:
                    changes += await missed(
                        tx, INVESTMENTS, run.item_id, present, now=self.clock(), sound=reach.sound
                    )
                await self.runs.tell(tx, run, self.product, changes, kind="investments.changed")


@dataclass(frozen=True, slots=True)
class InvestmentMovementReader:
    """Reads the movements of every position that the ledger has, one commit for each page."""

    runs: Runs
    clock: Clock
    pluggy: PluggyClient
    product: Product = "INVESTMENTS_TRANSACTIONS"
    of_accounts: bool = False

    async def read(self, run: Run, reach: Reach) -> None:
        """Read those of each position whole; those of one that is gone go with it.

        A position that Pluggy has no more is no reason to leave the others unread: whether it is
        gone is for the list of positions to prove.
        """
        async with self.runs.store.begin(run.entity) as tx:
            positions = await ListedRows(tx, INVESTMENTS).live("item_id", run.item_id)
        for one in positions:
            try:
                await self._position(run, one, sound=reach.sound)
            except NotFoundError:
                log.info("position_not_found")
        async with self.runs.writing(run) as tx:
            for position, gone in (await bury_movements(tx, run.item_id, at=self.clock())).items():
                await self._tell(tx, run, position, Changes(gone=tuple(gone)))

    async def _position(self, run: Run, position: InvestmentRow, *, sound: bool) -> None:
        make = partial(_movement_row, run.keys, position)
        taker = Taker(run.keys, "investment_transaction", INVESTMENT_MOVEMENTS, make)
        pages, present = self.pluggy.investments.transactions(position.id).pages(), list[str]()
        while True:
            with translated():
                page = await anext(pages, None)
            if page is None:
                return
            present += [one.id for one in page.items]
            async with self.runs.writing(run) as tx:
                changes = await taker.put(tx, page.items, now=self.clock())
                if page.next is None:
                    changes += await missed(
                        tx, INVESTMENT_MOVEMENTS, position.id, present,
                        now=self.clock(), sound=sound,
                    )  # fmt: skip
                await self._tell(tx, run, position.id, changes)

    async def _tell(self, tx: Tx, run: Run, position: str, changes: Changes) -> None:
        await self.runs.tell(
            tx, run, self.product, changes,
            kind="investment_transactions.changed", investmentId=position,
        )  # fmt: skip


def _row(keys: Keys, one: Investment, stamp: Stamp) -> InvestmentRow:
    currency = one.currency_code
    detail = InvestmentDetail(
        name=one.name,
        code=one.code,
        issuer=one.issuer,
        quantity=_text(one.quantity),
        unit_value=_text(one.value),
    )
    return InvestmentRow(
        id=InvestmentId(one.id),
        item_id=ItemId(one.item_id),
        type=one.type,
        subtype=one.subtype,
        status=one.status,
        currency=currency,
        balance_minor=minor_of(one.balance, currency).units,
        gross_minor=minor_or_none(one.amount, currency),
        original_minor=minor_or_none(one.amount_original, currency),
        quoted_day=None if one.date is None else one.date.day,
        due_day=None if one.due_date is None else one.due_date.day,
        content_digest=stamp.digest,
        sealed=seal(keys, "investments", one.id, detail),
        sealed_raw=keys.seal("investments", one.id, one.raw, group=RAW_GROUP),
        first_seen_at=stamp.now,
        changed_at=stamp.now,
    )


def _movement_row(
    keys: Keys, position: InvestmentRow, one: InvestmentTransaction, stamp: Stamp
) -> InvestmentMovementRow:
    currency, table = position.currency, INVESTMENT_MOVEMENTS.table
    detail = InvestmentMovementDetail(one.description, _text(one.quantity), _text(one.value))
    return InvestmentMovementRow(
        id=one.id,
        item_id=position.item_id,
        investment_id=position.id,
        day=one.date.day,
        type=one.type,
        movement_type=one.movement_type,
        currency=currency,
        amount_minor=minor_or_none(one.amount, currency),
        net_minor=minor_or_none(one.net_amount, currency),
        content_digest=stamp.digest,
        sealed=seal(keys, table, one.id, detail),
        sealed_raw=keys.seal(table, one.id, one.raw, group=RAW_GROUP),
        first_seen_at=stamp.now,
        changed_at=stamp.now,
    )


def _text(number: Decimal | None) -> str | None:
    return None if number is None else str(number)
