"""What happened: the numbered feed, and the notices to the person."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from tomada.bootstrap import App
from tomada.domain.feed import FeedEntry
from tomada.domain.ids import EntityId, NotificationId
from tomada.domain.notifications import Wishes
from tomada.web.answers import Answer
from tomada.web.auth import InPerson, SignedIn, WithToken, app_of
from tomada.web.bodies import json_body
from tomada.web.describe import gives, takes
from tomada.web.paths import own_id
from tomada.web.schemas import (
    FeedEntryShape,
    FeedShape,
    NotificationShape,
    NotificationsShape,
    WishesBody,
    WishesShape,
)

router = APIRouter(prefix="/api/open-finance", tags=["news"])

MOST_ENTRIES = 500
LARGEST_NUMBER = 2**63 - 1


@router.get("/feed", **gives(FeedShape))
async def feed(
    request: Request,
    caller: SignedIn,
    after: Annotated[int, Query(ge=0, le=LARGEST_NUMBER)] = 0,
    limit: Annotated[int, Query(ge=1, le=MOST_ENTRIES)] = MOST_ENTRIES,
) -> Response:
    """List what happened after number ``after``; ask again with ``last`` until it is empty."""
    return Answer(await read_feed(app_of(request), caller.entity_id, after, limit=limit))


async def read_feed(
    app: App, entity: EntityId, after: int, *, limit: int = MOST_ENTRIES
) -> FeedShape:
    """Read the lines behind *after* and the number to go on from.

    A number beyond the end (of a database restored from a copy, say) goes back to the end: then
    *last* is smaller than *after*, which tells the reader to read everything anew.
    """
    entries = await app.feed.after(entity, after, limit=limit)
    last = entries[-1].n if entries else min(after, await app.feed.head(entity))
    return FeedShape(_lines(entries), last)


def _lines(entries: Sequence[FeedEntry]) -> list[FeedEntryShape]:
    return [FeedEntryShape(entry.n, entry.kind, entry.at, entry.data) for entry in entries]


@router.get("/notifications", **gives(NotificationsShape))
async def notifications(
    request: Request, caller: SignedIn, limit: Annotated[int, Query(ge=1, le=200)] = 50
) -> Response:
    """List notices to the person, newest first."""
    listed = await app_of(request).notices.list(caller.entity_id, limit=limit)
    return Answer(
        NotificationsShape(
            [
                NotificationShape(
                    id=str(one.id),
                    type=one.type,
                    item_id=one.item_id,
                    title=one.text.title,
                    message=one.text.message,
                    action=one.text.action,
                    action_required=one.text.action_required,
                    at=one.at,
                    read_at=one.read_at,
                )
                for one in listed
            ]
        )
    )


@router.post("/notifications/{notification_id}/read", status_code=204)
async def mark_read(request: Request, caller: WithToken, notification_id: str) -> Response:
    """Mark a notice as read."""
    read = NotificationId(own_id(notification_id))
    await app_of(request).notices.mark_read(caller, read)
    return Response(status_code=204)


@router.get("/notification-preferences", **gives(WishesShape))
async def preferences(request: Request, caller: SignedIn) -> Response:
    """Show how the person is told by mail."""
    wishes = await app_of(request).telling.preferences.get(caller)
    return Answer(WishesShape(wishes.email, wishes.language, wishes.details))


@router.put("/notification-preferences", openapi_extra=takes(WishesBody), **gives(WishesShape))
async def set_preferences(
    request: Request,
    caller: InPerson,
    body: Annotated[WishesBody, Depends(json_body(WishesBody))],
) -> Response:
    """Choose whether letters come, in which language, and whether they quote the bank."""
    wishes = Wishes(email=body.email, language=body.language, details=body.details)
    await app_of(request).telling.preferences.set(caller, wishes)
    return Answer(WishesShape(wishes.email, wishes.language, wishes.details))
