"""Consent: the notice to read, the agreement to it, the agreements there are and their proof."""

from dataclasses import astuple
from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from tomada.domain.consents import Consent
from tomada.domain.revocations import Receipt
from tomada.services.notices import exact_text
from tomada.web.acts import act_of
from tomada.web.answers import Answer
from tomada.web.auth import InPerson, SignedIn, app_of
from tomada.web.bodies import json_body
from tomada.web.consent_schemas import (
    ConsentBody,
    ConsentShape,
    ConsentsShape,
    NoticeShape,
    ParagraphShape,
    ProofEventShape,
    ProofShape,
    PurposeShape,
    ReceiptShape,
    RevocationBody,
)
from tomada.web.describe import gives, takes
from tomada.web.paths import own_id

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
        review_at=consent.review_at,
        revoked_at=consent.revoked_at,
        purposes=consent.purposes,
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
            purposes=[PurposeShape(*astuple(one)) for one in text.purposes],
            adult_label=text.adult_label,
            agree_label=text.agree_label,
            form_sha256=text.form_sha256,
        )
    )


@router.post("", **gives(ConsentShape, status=201), openapi_extra=takes(ConsentBody))
async def grant(
    request: Request,
    caller: InPerson,
    body: Annotated[ConsentBody, Depends(json_body(ConsentBody))],
) -> Response:
    """Record that the person agreed to the notice shown; refused where it is not today's.

    ``purposes`` are the switches they turned on, ``adult`` that they declare to be of age.
    """
    app = app_of(request)
    consent = await app.consents.grant(
        caller,
        connector_id=body.connector_id,
        shown=(body.notice_version, body.notice_sha256),
        purposes=body.purposes,
        adult=body.adult,
        locale=body.locale,
        act=act_of(request, "agree"),
    )
    return Answer(_shape(consent, app.clock()), 201)


def receipt_shape(receipt: Receipt) -> ReceiptShape:
    """Write down what was done at once."""
    return ReceiptShape(
        receipt_id=receipt.id,
        at=receipt.at,
        institution=receipt.institution,
        history=receipt.history,
        consents=[str(one) for one in receipt.consents],
        item_ids=list(receipt.items),
        event_sha256=list(receipt.event_sha256),
    )


@router.post("/{consent_id}/revoke", **gives(ReceiptShape), openapi_extra=takes(RevocationBody))
async def revoke(
    request: Request,
    caller: InPerson,
    consent_id: str,
    body: Annotated[RevocationBody, Depends(json_body(RevocationBody, may_be_empty=True))],
) -> Response:
    """Withdraw, with every other consent and connection of the same bank; no reason is asked."""
    receipt = await app_of(request).privacy.revocations.of_consent(
        caller, own_id(consent_id), history=body.history, act=act_of(request, "revoke")
    )
    return Answer(receipt_shape(receipt))


@router.get("/{consent_id}/proof", **gives(ProofShape))
async def proof(request: Request, caller: SignedIn, consent_id: str) -> Response:
    """Give the text that was shown, every event with its digest, and the audit's entries."""
    found = await app_of(request).consents.proof(caller, own_id(consent_id))
    exact = exact_text(found["notice"])
    return Answer(
        ProofShape(
            consent_id=found["consent_id"],
            notice=found["notice"],
            notice_exact=exact,
            notice_sha256=str(found["notice"]["sha256"]),
            events=[ProofEventShape(*one) for one in found["events"]],
            audit=found["audit"],
        )
    )
