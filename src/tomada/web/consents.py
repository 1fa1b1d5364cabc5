"""Consent: the notice to read, the agreement to it, the agreements there are."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from tomada.domain.consents import Consent
from tomada.web.answers import Answer
from tomada.web.auth import InPerson, SignedIn, app_of
from tomada.web.bodies import json_body
from tomada.web.describe import gives, takes
from tomada.web.schemas import (
    ConsentBody,
    ConsentShape,
    ConsentsShape,
    NoticeShape,
    ParagraphShape,
)

router = APIRouter(prefix="/api/open-finance/consents", tags=["consents"])


def _shape(consent: Consent, now: datetime) -> ConsentShape:
    return ConsentShape(
        id=str(consent.id),
        connector_id=consent.connector_id,
        institution=consent.institution,
        status=consent.status,
        in_force=consent.in_force(now),
        notice_version=consent.notice_version,
        granted_at=consent.granted_at,
        valid_until=consent.valid_until,
        revoked_at=consent.revoked_at,
    )


@router.get("", **gives(ConsentsShape))
async def consents(request: Request, caller: SignedIn) -> Response:
    """List the agreements, newest first, those that ended too."""
    app = app_of(request)
    now = app.clock()
    return Answer(ConsentsShape([_shape(one, now) for one in await app.consents.list(caller)]))


@router.get("/notice", **gives(NoticeShape))
async def notice(
    request: Request,
    _: SignedIn,
    connector_id: Annotated[int, Query(alias="connectorId", ge=0, le=2**31 - 1)],
    locale: Literal["pt-BR", "en"] = "pt-BR",
) -> Response:
    """Give the text a person reads before they agree to connect one bank."""
    text = await app_of(request).consents.notice(connector_id, locale=locale)
    return Answer(
        NoticeShape(
            connector_id=connector_id,
            institution=text.institution,
            version=text.version,
            sha256=text.sha256,
            locale=text.locale,
            title=text.title,
            paragraphs=[ParagraphShape(*part) for part in text.paragraphs],
            agree_label=text.agree_label,
        )
    )


@router.post("", **gives(ConsentShape, status=201), openapi_extra=takes(ConsentBody))
async def grant(
    request: Request,
    caller: InPerson,
    body: Annotated[ConsentBody, Depends(json_body(ConsentBody))],
) -> Response:
    """Record that the person agreed to the notice shown; refused where it is not today's."""
    app = app_of(request)
    consent = await app.consents.grant(
        caller,
        connector_id=body.connector_id,
        notice_version=body.notice_version,
        notice_sha256=body.notice_sha256,
        locale=body.locale,
    )
    return Answer(_shape(consent, app.clock()), 201)
