"""Connections: which there are, how they are, and ending one."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from tomada.domain.ids import ItemId
from tomada.domain.items import Item
from tomada.web.answers import Answer
from tomada.web.auth import SignedIn, WithToken, app_of
from tomada.web.describe import gives
from tomada.web.paths import pluggy_id
from tomada.web.schemas import ItemShape, ItemsShape, LastErrorShape

router = APIRouter(prefix="/api/open-finance", tags=["items"])

_BROKEN = ("LOGIN_ERROR", "OUTDATED")


def item_shape(item: Item) -> ItemShape:
    """Show one connection."""
    broken, detail = item.status in _BROKEN, item.detail
    return ItemShape(
        id=item.id,
        connector_id=detail.connector_id,
        institution=detail.institution,
        color=detail.color,
        image_url=detail.image_url,
        status=item.status,
        execution_status=item.execution_status,
        connection_status="error" if broken else "active",
        last_error=LastErrorShape(item.error_code, detail.error_message, detail.provider_message)
        if broken
        else None,
        next_step=item.next_step,
        syncing=item.syncing,
        bound_at=item.bound_at,
        last_updated_at=item.last_updated_at,
        synced_at=item.synced_at,
    )


@router.get("/items", **gives(ItemsShape))
async def items(request: Request, caller: SignedIn) -> Response:
    """List the connections, oldest first."""
    listed = await app_of(request).items.list(caller.entity_id)
    return Answer(ItemsShape([item_shape(item) for item in listed]))


@router.delete("/items/{item_id}", status_code=204)
async def disconnect(request: Request, caller: WithToken, item_id: str) -> Response:
    """End a connection: deleted at Pluggy, and gone here with all that was read of it."""
    await app_of(request).connect.disconnect(caller, ItemId(pluggy_id(item_id)))
    return Response(status_code=204)
