"""How far what is shown can be trusted, in the words of the API."""

from datetime import datetime

from fastapi import Request

from tomada.domain.ids import EntityId, ItemId
from tomada.domain.items import Item
from tomada.domain.products import Freshness, Product
from tomada.web.auth import app_of
from tomada.web.dashboard.catalogue import Texts
from tomada.web.dashboard.fresh import why
from tomada.web.schemas import FreshnessShape


async def freshness_of(
    request: Request, entity: EntityId, product: Product, *, item_id: ItemId | None = None
) -> dict[ItemId, FreshnessShape]:
    """Tell it of one product, by connection; of one connection where given."""
    app = app_of(request)
    texts: Texts = request.app.state.texts["pt-BR"]
    known = {
        one.item_id: one
        for one in await app.freshness.list(entity, item_id=item_id)
        if one.product == product
    }
    now = app.clock()
    return {
        item.id: freshness_shape(item, product, known.get(item.id), now=now, texts=texts)
        for item in await app.items.list(entity)
        if item_id in (None, item.id)
    }


def freshness_shape(
    item: Item, product: Product, known: Freshness | None, *, now: datetime, texts: Texts
) -> FreshnessShape:
    """Show it; what was never read is neither fresh nor complete."""
    code = "never_read" if known is None else known.code
    if code is None and known is not None and known.overdue(now):
        code = "overdue"
    return FreshnessShape(
        item_id=item.id,
        product=product,
        bank_read_at=None if known is None else known.as_of,
        synced_at=item.synced_at,
        read_at=None if known is None else known.read_at,
        next_expected_at=None if known is None else known.next_expected_at,
        complete=known is not None and known.complete,
        stale=code is not None,
        code=code,
        reason=None if code is None else why(code, texts),
        said_by_bank=None if known is None else known.said.by_bank,
        syncing=item.syncing,
        item_status=item.status,
    )
