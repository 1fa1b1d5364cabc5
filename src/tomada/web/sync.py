"""Reading a connection into the ledger, and looking at how far that is."""

import asyncio
from typing import Annotated, assert_never

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from tomada.domain.ids import ItemId, SyncId
from tomada.domain.items import NextStep
from tomada.domain.syncs import Sync
from tomada.web.answers import Answer
from tomada.web.auth import OnOwnPage, Watching, app_of
from tomada.web.bodies import json_body
from tomada.web.describe import gives, takes
from tomada.web.errors import Problem, ProblemError
from tomada.web.paths import own_id, pluggy_id
from tomada.web.schemas import SyncBody
from tomada.web.sync_schemas import (
    SyncDoneShape,
    SyncPendingShape,
    SyncProductShape,
    SyncShape,
    SyncsShape,
)

router = APIRouter(prefix="/api/open-finance", tags=["sync"])

PATIENCE_SECONDS = 25


@router.post(
    "/sync-data",
    **gives(SyncDoneShape, others={202: SyncPendingShape}),
    openapi_extra=takes(SyncBody),
)
async def sync_data(
    request: Request,
    caller: OnOwnPage,
    body: Annotated[SyncBody, Depends(json_body(SyncBody, any_type=True))],
) -> Response:
    """Read a connection, new or known, and wait up to 25 s for the end.

    A call while it is being read, or soon after, joins that reading. A reading that goes on
    answers 202 with its address in ``Location``.
    """
    syncs, loop = app_of(request).syncs, asyncio.get_running_loop()
    started = loop.time()
    sync = await syncs.start(caller, ItemId(body.item_id))
    if sync.state in ("queued", "running"):
        patience = PATIENCE_SECONDS - (loop.time() - started)
        sync = await syncs.wait(caller, sync.id, timeout=max(patience, 0))
    return _answer(sync)


@router.get("/syncs/{sync_id}", **gives(SyncShape))
async def one_sync(request: Request, caller: Watching, sync_id: str) -> Response:
    """Show one reading: queued, running, done or failed, with its counts so far."""
    app = app_of(request)
    sync = await app.syncs.get(caller, SyncId(own_id(sync_id)))
    item = await app.items.get(caller.entity_id, sync.item_id)
    return Answer(sync_shape(sync, item.next_step))


@router.get("/items/{item_id}/syncs", **gives(SyncsShape))
async def syncs(
    request: Request,
    caller: Watching,
    item_id: str,
    *,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> Response:
    """List the readings of a connection, the newest first."""
    app = app_of(request)
    item = await app.items.get(caller.entity_id, ItemId(pluggy_id(item_id)))
    listed, more = await app.syncs.list(caller, item.id, cursor=cursor, limit=limit)
    # Only the latest says what can be done now.
    steps = [item.next_step if place == 0 and cursor is None else "none" for place in range(limit)]
    shown = [sync_shape(one, step) for one, step in zip(listed, steps, strict=False)]
    return Answer(SyncsShape(shown, more))


def sync_shape(sync: Sync, step: NextStep) -> SyncShape:
    """Show one reading; *step* is what can be done about its connection."""
    return SyncShape(
        sync_id=str(sync.id),
        item_id=sync.item_id,
        state=sync.state,
        reason=sync.reason,
        requested_at=sync.requested_at,
        started_at=sync.started_at,
        finished_at=sync.finished_at,
        accounts=sync.accounts,
        transactions=sync.transactions,
        added=sync.added,
        changed=sync.changed,
        gone=sync.gone,
        error_code=sync.error_code,
        products=[
            SyncProductShape(
                product=one.product,
                read=one.read,
                added=one.added,
                changed=one.changed,
                gone=one.gone,
                error_code=one.error_code,
            )
            for one in sync.products
        ],
        next_step=sync.next_step(step),
    )


def _answer(sync: Sync) -> Response:
    match sync.state:
        case "done":
            done = SyncDoneShape(
                success=True, accounts=sync.accounts, transactions=sync.transactions
            )
            return Answer(done)
        case "queued" | "running":
            pending = SyncPendingShape(
                success=True,
                pending=True,
                sync_id=str(sync.id),
                accounts=sync.accounts,
                transactions=sync.transactions,
            )
            address = f"{router.prefix}/syncs/{sync.id}"
            return Answer(pending, 202, {"Location": address, "Retry-After": "2"})
        case "failed":
            raise ProblemError(_failed(sync))
        case state:
            assert_never(state)


def _failed(sync: Sync) -> Problem:
    return Problem(
        502,
        "sync_failed",
        "the connection could not be read; what was read before stays as it was",
        more={
            "success": False,
            "syncId": str(sync.id),
            "reason": sync.error_code,
            "accounts": sync.accounts,
            "transactions": sync.transactions,
        },
    )
