"""One movement: looking at it with its history, and writing to it."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from tomada.domain.access import Caller
from tomada.domain.clock import bank_day
from tomada.domain.errors import NotFoundError
from tomada.domain.ids import TransactionId
from tomada.web.answers import Answer
from tomada.web.auth import SignedIn, WithToken, app_of
from tomada.web.bodies import json_body
from tomada.web.describe import gives, takes
from tomada.web.freshness import freshness_of
from tomada.web.ledger import transaction_shape
from tomada.web.link_schemas import AnnotationBody, MovementShape
from tomada.web.links import link_shape
from tomada.web.paths import own_id

router = APIRouter(prefix="/api/open-finance", tags=["ledger"])


@router.get("/transactions/{transaction_id}", **gives(MovementShape))
async def movement(request: Request, caller: SignedIn, transaction_id: str) -> Response:
    """Read one movement, a tombstone too, and which observations of Pluggy's it has been."""
    return await _shown(request, caller, TransactionId(own_id(transaction_id)))


@router.patch(
    "/transactions/{transaction_id}",
    openapi_extra=takes(AnnotationBody),
    **gives(MovementShape),
)
async def annotate(
    request: Request,
    caller: WithToken,
    transaction_id: str,
    body: Annotated[AnnotationBody, Depends(json_body(AnnotationBody))],
) -> Response:
    """Write a note or a category of one's own to a movement, or take it out of the list.

    The bank's side stays as it is, whatever it does later; and so does this.
    """
    row_id = TransactionId(own_id(transaction_id))
    given = body.model_fields_set
    await app_of(request).annotations.change(
        caller,
        row_id,
        note=(body.note or "") if "note" in given else None,
        category=(body.category or "") if "category" in given else None,
        hidden=bool(body.hidden) if "hidden" in given else None,
    )
    return await _shown(request, caller, row_id)


async def _shown(request: Request, caller: Caller, row_id: TransactionId) -> Response:
    app = app_of(request)
    found = (await app.ledger.some(caller.entity_id, [row_id])).get(row_id)
    if found is None:
        raise NotFoundError("there is no such thing")
    fresh = await freshness_of(request, caller.entity_id, "TRANSACTIONS", item_id=found.item_id)
    shape = transaction_shape(
        found, entity_id=caller.entity_id, fresh=fresh, today=bank_day(app.clock())
    )
    history = await app.links.of(caller.entity_id, row_id)
    return Answer(MovementShape(shape, [link_shape(one) for one in history]))
