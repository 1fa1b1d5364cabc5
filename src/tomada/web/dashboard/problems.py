"""What a person sees when a page cannot be shown."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import wraps

import structlog
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from tomada.domain.errors import (
    InvalidInputError,
    NotFoundError,
    ProviderError,
    RefusedError,
    TomadaError,
    UnauthenticatedError,
    UnavailableError,
)
from tomada.web.dashboard.drawing import Drawing
from tomada.web.dashboard.pages import door_for
from tomada.web.dashboard.visitor import read_visitor

log = structlog.get_logger("tomada.web")

Page = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Kind:
    """How one family of errors is told: status, key of its sentences, whether to try again."""

    status: int
    key: str
    retry: bool


def kind_of(error: TomadaError) -> Kind:
    """Sort an error into what a person can do about it."""
    match error:
        case NotFoundError() | InvalidInputError():
            return Kind(404, "not_found", retry=False)
        case ProviderError():
            return Kind(503, "provider", retry=True)
        case UnavailableError():
            return Kind(503, "unavailable", retry=True)
        case RefusedError():
            return Kind(403, "refused", retry=False)
        case _:
            return Kind(500, "internal", retry=True)


def told(page: Page, drawing: Drawing) -> Page:
    """Wrap *page*: no session leads to the door, any other error of ours to a page that says so."""

    @wraps(page)
    async def guarded(request: Request) -> Response:
        try:
            return await page(request)
        except UnauthenticatedError:
            return RedirectResponse(door_for(request), 303, {"Cache-Control": "no-store"})
        except TomadaError as error:
            log.warning("page_failed", code=error.code)
            return problem_page(request, drawing, kind_of(error))

    return guarded


def problem_page(request: Request, drawing: Drawing, kind: Kind) -> Response:
    """Draw the page of an error; without the session, which may be what failed."""
    visitor = read_visitor(request, None)
    texts = drawing.texts(visitor)
    return drawing.page(
        request,
        visitor,
        "problem.html.j2",
        status=kind.status,
        heading=texts(f"problem.{kind.key}"),
        lead=texts(f"problem.{kind.key}_lead"),
        retry=kind.retry,
        request_id=visitor.request_id,
    )
