"""A person's own data: what is held, who looked, a copy of everything, and its erasure."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from tomada.domain.retention import CLASSES
from tomada.store.privacy_requests import RequestRow
from tomada.web.acts import act_of
from tomada.web.answers import Answer
from tomada.web.auth import SignedIn, SteppedUp, app_of
from tomada.web.bodies import json_body
from tomada.web.describe import gives, takes
from tomada.web.paths import own_id
from tomada.web.privacy_schemas import (
    AccessesShape,
    AccessShape,
    ControllerShape,
    CopyShape,
    EndingShape,
    ErasureBody,
    ErasurePlanShape,
    ErasureShape,
    HeldShape,
)
from tomada.web.rules import Open

router = APIRouter(prefix="/api/open-finance/privacy", tags=["privacy"])


@router.get("", **gives(HeldShape))
async def held(request: Request, caller: SignedIn) -> Response:
    """Say what is held of the person, from which banks, for how long, and who answers for it."""
    app = app_of(request)
    who = app.privacy.controller
    items = await app.items.list(caller.entity_id)
    return Answer(
        HeldShape(
            counts=await app.privacy.accesses.counts(caller.entity_id),
            institutions=sorted({one.detail.institution for one in items}),
            controller=ControllerShape(
                who.name, who.cnpj, who.contact, who.dpo_name, who.dpo_contact, list(who.transfers)
            ),
            retention={one.code: f"{one.content}: {one.words}" for one in CLASSES.values()},
            endings=[
                EndingShape(one.item_id, one.requested_at, one.confirmed_at)
                for one in await app.privacy.accesses.endings(caller.entity_id)
            ],
            copies=[_copy(one) for one in await app.privacy.exports.list(caller)],
        )
    )


@router.get("/accesses", **gives(AccessesShape))
async def accesses(request: Request, caller: SignedIn) -> Response:
    """List what was done with the data and by whom, the newest thousand."""
    found = await app_of(request).privacy.accesses.list(caller.entity_id, limit=1000)
    return Answer(
        AccessesShape(
            [
                AccessShape(one.at, one.who, one.action, one.outcome, one.reason, one.case)
                for one in found
            ]
        )
    )


@router.post("/exports", **gives(CopyShape, status=202))
async def ask_for_a_copy(request: Request, caller: SteppedUp) -> Response:
    """Have a copy of everything made; one a day."""
    return Answer(_copy(await app_of(request).privacy.exports.ask(caller)), 202)


@router.post("/exports/{export_id}/take", response_class=Response)
async def take_a_copy(request: Request, caller: SteppedUp, export_id: str) -> Response:
    """Give a copy that is ready, as a ZIP, once; it is deleted here with that."""
    made = await app_of(request).privacy.exports.take(caller, own_id(export_id))
    name = 'attachment; filename="tomada.zip"'
    headers = {"Content-Disposition": name, "Cache-Control": "no-store"}
    return Response(made, media_type="application/zip", headers=headers)


@router.get("/erasure-plan", **gives(ErasurePlanShape))
async def erasure_plan(request: Request, caller: SignedIn) -> Response:
    """Say what an erasure would delete, and what stays and why."""
    plan = await app_of(request).privacy.erasures.plan(caller)
    return Answer(ErasurePlanShape(plan.rows, plan.kept))


@router.post("/erasure", **gives(ErasureShape, status=202), openapi_extra=takes(ErasureBody))
async def erase(
    request: Request,
    caller: SteppedUp,
    _: Annotated[ErasureBody, Depends(json_body(ErasureBody))],
) -> Response:
    """Erase everything of the person; from now on nothing of them is read any more."""
    row = await app_of(request).privacy.erasures.ask(caller, act=act_of(request, "erase"))
    return Answer(_erasure(row), 202)


@router.get(
    "/erasures/{erasure_id}",
    dependencies=[Depends(Open("the receipt's id, which only who asked was given"))],
    **gives(ErasureShape),
)
async def erasure(request: Request, erasure_id: str) -> Response:
    """Say how far an erasure is, to whoever has its receipt."""
    return Answer(_erasure(await app_of(request).privacy.erasures.find(own_id(erasure_id))))


def _copy(row: RequestRow) -> CopyShape:
    return CopyShape(str(row.id), row.state, row.requested_at, row.ready_at, row.expires_at)


def _erasure(row: RequestRow) -> ErasureShape:
    return ErasureShape(str(row.id), row.state, row.requested_at, row.done_at)
