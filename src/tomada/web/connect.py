"""Banks to choose from, and the token that opens the Connect widget on one of them."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from tomada.domain.errors import NotFoundError
from tomada.domain.ids import ItemId
from tomada.web.answers import Answer
from tomada.web.auth import OnOwnPage, SignedIn, app_of
from tomada.web.bodies import json_body
from tomada.web.describe import gives, takes
from tomada.web.schemas import (
    ConnectTokenBody,
    ConnectTokenShape,
    InstitutionShape,
    InstitutionsShape,
)

router = APIRouter(prefix="/api/open-finance", tags=["connect"])


@router.get("/institutions", **gives(InstitutionsShape))
async def institutions(
    request: Request, _: SignedIn, q: Annotated[str | None, Query(max_length=100)] = None
) -> Response:
    """List the banks a person can connect, those whose name has every word of ``q``."""
    found = await app_of(request).connect.institutions(q)
    return Answer(
        InstitutionsShape(
            [
                InstitutionShape(
                    connector_id=one.connector_id,
                    name=one.name,
                    initials=one.initials,
                    color=one.color,
                    image_url=one.image_url,
                    type=one.kind,
                    is_open_finance=one.is_open_finance,
                    is_sandbox=one.is_sandbox,
                    online=one.online,
                )
                for one in found
            ]
        )
    )


@router.post(
    "/create-connect-token", **gives(ConnectTokenShape), openapi_extra=takes(ConnectTokenBody)
)
async def create_connect_token(
    request: Request,
    caller: OnOwnPage,
    body: Annotated[
        ConnectTokenBody, Depends(json_body(ConnectTokenBody, any_type=True, may_be_empty=True))
    ],
) -> Response:
    """Make a token for the widget, where a consent in force names the bank.

    With ``itemId`` the widget opens in update mode on that connection.
    """
    if body.entity_id is not None and body.entity_id != str(caller.entity_id):
        raise NotFoundError("there is no such entity")
    token = await app_of(request).connect.create_token(
        caller,
        connector_id=body.connector_id,
        item_id=None if body.item_id is None else ItemId(body.item_id),
    )
    return Answer(
        ConnectTokenShape(
            connect_token=token.connect_token,
            connect_url=token.connect_url,
            include_sandbox=token.include_sandbox,
            selected_connector_id=token.selected_connector_id,
            connector_ids=token.connector_ids,
            update_item=token.update_item,
        )
    )
