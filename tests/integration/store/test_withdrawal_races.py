"""Who fetched before a withdrawal does not write after it, however close the two come."""

import asyncio
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from tests.integration.store.filling import Filler
from tomada.domain.errors import StaleWriterError
from tomada.domain.ids import EntityId
from tomada.store.entities import EntityRows
from tomada.store.feed import FeedRows
from tomada.store.tx import Store

EARLY = datetime(2026, 11, 22, tzinfo=UTC)
LATE = datetime(2026, 11, 24, tzinfo=UTC)
ROUNDS, WRITERS, PAGES = 40, 5, 10


async def _write(store: Store, entity: EntityId, epoch: int) -> int:
    """Write page after page until overtaken; gives how many."""
    for page in range(PAGES):
        try:
            async with store.begin(entity) as tx:
                await EntityRows(tx).hold(epoch, entity, now=EARLY)
                await FeedRows(tx).append([("transactions.changed", {"epoch": epoch})], at=EARLY)
        except StaleWriterError:
            return page
    return PAGES


async def _withdraw(store: Store, entity: EntityId, epoch: int) -> None:
    await asyncio.sleep(0.004 * (epoch % 5))
    async with store.begin(entity) as tx:
        assert await EntityRows(tx).bump() == epoch + 1
        await FeedRows(tx).append([("item.status", {"epoch": epoch})], at=EARLY)


async def test_nothing_fetched_before_a_withdrawal_is_written_after_it(
    store: Store, filler: Filler
) -> None:
    entity = await filler.entity()
    cut_short = 0
    for epoch in range(ROUNDS):
        async with store.begin(entity) as tx:
            assert await EntityRows(tx).epoch() == epoch
        *pages, _ = await asyncio.gather(
            *(_write(store, entity, epoch) for _ in range(WRITERS)),
            _withdraw(store, entity, epoch),
        )
        cut_short += sum(1 for one in pages if one is not None and 0 < one < PAGES)

    async with store.begin(entity) as tx:
        lines = await FeedRows(tx).after(0, limit=100_000)
    withdrawn = -1
    for line in lines[1:]:
        epoch = int(str(line.data["epoch"]))
        assert epoch > withdrawn, line
        if line.kind == "item.status":
            withdrawn = epoch
    assert withdrawn == ROUNDS - 1
    assert cut_short > 0


async def test_a_write_needs_a_consent_that_covers_it(store: Store, filler: Filler) -> None:
    entity = await filler.entity()
    async with store.begin(entity) as tx:
        await EntityRows(tx).hold(0, entity, now=EARLY)
        await EntityRows(tx).hold(0, None, now=LATE)

    for epoch, consent, now in ((1, entity, EARLY), (0, uuid4(), EARLY), (0, entity, LATE)):
        with pytest.raises(StaleWriterError):
            async with store.begin(entity) as tx:
                await EntityRows(tx).hold(epoch, consent, now=now)
    for change in ("status = 'revoked'", "notice_version = '2020-01.1'"):
        async with store.begin(entity) as tx:
            await tx.conn.execute(f"UPDATE consents SET {change}")  # noqa: S608  (a constant)
            with pytest.raises(StaleWriterError):
                await EntityRows(tx).hold(0, entity, now=EARLY)
