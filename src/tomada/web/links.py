"""Links between observations: what was joined and why, and the person's word on it."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from tomada.domain.access import Caller
from tomada.domain.clock import bank_day
from tomada.domain.ids import EntityId
from tomada.domain.links import LinkState
from tomada.domain.reconnect import AccountLink
from tomada.services.links import Judged
from tomada.web.answers import Answer
from tomada.web.auth import SignedIn, WithToken, app_of
from tomada.web.describe import gives
from tomada.web.ledger import transaction_shape
from tomada.web.link_schemas import (
    AccountLinkShape,
    AccountLinksShape,
    EvidenceShape,
    LinkedShape,
    LinkShape,
    LinksShape,
)
from tomada.web.paths import own_id

router = APIRouter(prefix="/api/open-finance", tags=["ledger"])


@router.get("/links", **gives(LinksShape))
async def links(
    request: Request, caller: SignedIn, state: Annotated[LinkState | None, Query()] = None
) -> Response:
    """List what was linked, newest first; ``state=suggested`` is what waits for the person."""
    found = await app_of(request).links.all(caller.entity_id, state=state)
    return Answer(LinksShape(await _with_rows(request, caller.entity_id, found)))


@router.post("/links/{link_id}/confirm", **gives(LinkShape))
async def confirm(request: Request, caller: WithToken, link_id: str) -> Response:
    """Accept a suggestion: the two rows become one, and the older one's note stays with it."""
    return Answer(link_shape(await app_of(request).links.confirm(caller, own_id(link_id))))


@router.post("/links/{link_id}/undo", **gives(LinkShape))
async def undo(request: Request, caller: WithToken, link_id: str) -> Response:
    """Part two rows, or decline a suggestion; the same pair is never linked again."""
    return Answer(link_shape(await app_of(request).links.undo(caller, own_id(link_id))))


@router.get("/account-links", **gives(AccountLinksShape))
async def account_links(
    request: Request, caller: SignedIn, state: Annotated[LinkState | None, Query()] = None
) -> Response:
    """List accounts that go on as others after a reconnection; ``state=suggested`` waits."""
    found = await app_of(request).reconnections.all(caller.entity_id, state=state)
    return Answer(AccountLinksShape([_account_link_shape(one) for one in found]))


@router.post("/account-links/{link_id}/confirm", **gives(AccountLinkShape))
async def confirm_account(request: Request, caller: WithToken, link_id: str) -> Response:
    """Accept that two accounts are one; the next reading moves the rows."""
    return await _answer(request, caller, link_id, accept=True)


@router.post("/account-links/{link_id}/undo", **gives(AccountLinkShape))
async def decline_account(request: Request, caller: WithToken, link_id: str) -> Response:
    """Keep two accounts apart; they are not asked about again."""
    return await _answer(request, caller, link_id, accept=False)


async def _answer(request: Request, caller: Caller, link_id: str, *, accept: bool) -> Response:
    reconnections = app_of(request).reconnections
    link = await reconnections.answer(caller, own_id(link_id), accept=accept)
    return Answer(_account_link_shape(link))


def _account_link_shape(link: AccountLink) -> AccountLinkShape:
    return AccountLinkShape(
        id=str(link.id),
        state=link.state,
        from_account_id=link.from_account_id,
        to_account_id=link.to_account_id,
        shared=link.shared,
        compared=link.compared,
        at=link.at,
        decided_at=link.decided_at,
    )


async def _with_rows(
    request: Request, entity: EntityId, found: Sequence[Judged]
) -> list[LinkedShape]:
    app = app_of(request)
    today = bank_day(app.clock())
    ids = {name for one in found for name in (one.link.row_id, one.link.other_id)}
    rows = await app.ledger.some(entity, sorted(ids))
    shown = {
        name: transaction_shape(row, entity_id=entity, fresh={}, today=today)
        for name, row in rows.items()
    }
    return [
        LinkedShape(link_shape(one), shown.get(one.link.row_id), shown.get(one.link.other_id))
        for one in found
    ]


def link_shape(judged: Judged) -> LinkShape:
    """Show one link."""
    link, evidence = judged.link, judged.evidence
    return LinkShape(
        id=str(link.id),
        kind=link.kind,
        rule=link.rule,
        state=link.state,
        confidence=link.confidence,
        transaction_id=str(link.row_id),
        other_id=str(link.other_id),
        from_pluggy_id=link.from_pluggy_id,
        to_pluggy_id=link.to_pluggy_id,
        at=link.at,
        decided_at=link.decided_at,
        evidence=EvidenceShape(
            days=evidence.days,
            same_words=evidence.same_words,
            same_clock=evidence.same_clock,
            same_provider_id=evidence.same_provider_id,
            minor_before=evidence.minor_before,
            minor_after=evidence.minor_after,
        ),
    )
