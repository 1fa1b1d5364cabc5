"""Connections: which there are, how they are, having one read again, and ending one."""

from dataclasses import replace
from typing import Any, Literal

from fastapi import APIRouter, Request
from starlette.responses import Response

from tomada.bootstrap import App
from tomada.domain.errors import RefreshRefusedError
from tomada.domain.ids import EntityId, ItemId
from tomada.domain.items import Item
from tomada.domain.quotas import Quota
from tomada.domain.refreshes import Refresh
from tomada.web.acts import act_of
from tomada.web.answers import Answer
from tomada.web.auth import InPerson, Watching, WithToken, app_of
from tomada.web.consent_schemas import ReceiptShape
from tomada.web.consents import receipt_shape
from tomada.web.dashboard.refusals import in_every_language
from tomada.web.describe import gives
from tomada.web.errors import ProblemError, problem_of
from tomada.web.paths import pluggy_id
from tomada.web.schemas import (
    ItemDetailShape,
    ItemShape,
    ItemsShape,
    LastErrorShape,
    QuotaShape,
    RefreshAcceptedShape,
    RefreshShape,
)

router = APIRouter(prefix="/api/open-finance", tags=["items"])

_BROKEN = ("LOGIN_ERROR", "OUTDATED")


def item_shape(item: Item, refresh: Refresh | None) -> ItemShape:
    """Show one connection."""
    return ItemShape(**_fields(item, refresh))


def _fields(item: Item, refresh: Refresh | None) -> dict[str, Any]:
    broken, detail = item.status in _BROKEN, item.detail
    return {
        "id": item.id,
        "connector_id": detail.connector_id,
        "institution": detail.institution,
        "color": detail.color,
        "image_url": detail.image_url,
        "status": item.status,
        "execution_status": item.execution_status,
        "connection_status": "error" if broken else "active",
        "last_error": LastErrorShape(item.error_code, detail.error_message, detail.provider_message)
        if broken
        else None,
        "next_step": item.next_step,
        "syncing": item.syncing,
        "bound_at": item.bound_at,
        "last_updated_at": item.last_updated_at,
        "synced_at": item.synced_at,
        "next_auto_sync_at": item.next_auto_sync_at,
        "refresh": None if refresh is None else _refresh_shape(refresh),
    }


def _refresh_shape(refresh: Refresh) -> RefreshShape:
    return RefreshShape(
        possible=refresh.possible,
        reason=refresh.obstacle,
        possible_at=refresh.at,
        words=None if refresh.possible else in_every_language(refresh),
    )


def _quota_shape(quota: Quota) -> QuotaShape:
    return QuotaShape(
        product=quota.product,
        used=quota.used,
        limit=quota.limit,
        exhausted=quota.exhausted,
        runs_out_at=quota.runs_out_at,
        resets_at=quota.resets_at,
    )


@router.get("/items", **gives(ItemsShape))
async def items(request: Request, caller: Watching) -> Response:
    """List the connections, oldest first."""
    app = app_of(request)
    listed = await app.items.list(caller.entity_id)
    states = await app.refreshes.states(caller.entity_id)
    return Answer(ItemsShape([item_shape(item, states.get(item.id)) for item in listed]))


@router.get("/items/{item_id}", **gives(ItemDetailShape))
async def one_item(request: Request, caller: Watching, item_id: str) -> Response:
    """Show one connection, whether it can be read again now, and its bank's monthly quotas."""
    shown = await _detail(app_of(request), caller.entity_id, ItemId(pluggy_id(item_id)))
    return Answer(shown)


async def _detail(app: App, entity: EntityId, item_id: ItemId) -> ItemDetailShape:
    item = await app.items.get(entity, item_id)
    states = await app.refreshes.states(entity)
    quotas = await app.refreshes.quota(entity, item_id)
    return ItemDetailShape(
        **_fields(item, states.get(item.id)), quotas=[_quota_shape(one) for one in quotas]
    )


@router.post("/items/{item_id}/refresh", **gives(RefreshAcceptedShape, status=202))
async def refresh(request: Request, caller: WithToken, item_id: str) -> Response:
    """Have Pluggy read the bank again; what it finds is read by the sync in ``Location``.

    Answers 409 with the ``reason``, ``possibleAt`` and ``words`` where that is not possible now.
    """
    try:
        sync = await app_of(request).refreshes.ask(caller, pluggy_id(item_id))
    except RefreshRefusedError as error:
        words = in_every_language(Refresh(error.obstacle, error.at))
        problem = problem_of(error)
        told = replace(problem, detail=words["en"], more={**problem.more, "words": words})
        raise ProblemError(told) from error
    accepted = RefreshAcceptedShape(item_id=sync.item_id, sync_id=str(sync.id))
    address = f"{router.prefix}/syncs/{sync.id}"
    return Answer(accepted, 202, {"Location": address, "Retry-After": "2"})


@router.post("/items/{item_id}/confirm", status_code=204)
async def confirm(request: Request, caller: InPerson, item_id: str) -> Response:
    """Say that it was you who made this connection, where Pluggy cannot; then have it read."""
    await app_of(request).syncs.confirm(caller, pluggy_id(item_id))
    return Response(status_code=204)


@router.delete("/items/{item_id}", **gives(ReceiptShape))
async def disconnect(
    request: Request,
    caller: WithToken,
    item_id: str,
    history: Literal["erase", "keep"] = "erase",
) -> Response:
    """End a connection at once: its consent, its reading, and here what was read of it.

    ``history=keep`` leaves what was read. Pluggy is asked to delete it until it is gone there too.
    """
    receipt = await app_of(request).privacy.revocations.of_item(
        caller, pluggy_id(item_id), history=history, act=act_of(request, "disconnect")
    )
    return Answer(receipt_shape(receipt))
