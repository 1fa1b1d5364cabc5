"""What an operator does from the dashboard: dead letters are done again."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from tomada.domain.access import Caller, Role
from tomada.services.operating import Operating
from tomada.web.answers import Answer
from tomada.web.auth import Guard, app_of
from tomada.web.bodies import json_body
from tomada.web.describe import gives, takes
from tomada.web.operator_schemas import ReplayBody, ReplayedShape
from tomada.web.rules import Rule

router = APIRouter(prefix="/api/operator", tags=["operator"])

OPERATOR: frozenset[Role] = frozenset({"operator"})
OnDuty = Annotated[Caller, Depends(Guard(Rule(OPERATOR, page=True, csrf=True)))]


@router.post("/replay", **gives(ReplayedShape), openapi_extra=takes(ReplayBody))
async def replay(
    request: Request,
    caller: OnDuty,
    body: Annotated[ReplayBody, Depends(json_body(ReplayBody))],
) -> Response:
    """Have a dead letter done again, or all that are parked; what it tells of is read anew."""
    app = app_of(request)
    operating = Operating(app.store, app.clock, app.inbox_desk)
    done = await operating.replay(body.event_id, actor=str(caller.user_id))
    return Answer(ReplayedShape(done.replayed, done.set_aside))
