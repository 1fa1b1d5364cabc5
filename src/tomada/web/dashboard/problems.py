"""What a person sees when a page cannot be shown."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import structlog
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from tomada.domain.errors import (
    ErasedError,
    InvalidInputError,
    NotFoundError,
    ProviderError,
    RefusedError,
    RoleRequiredError,
    StepUpRequiredError,
    TomadaError,
    UnauthenticatedError,
    UnavailableError,
)
from tomada.web.auth import current_session, require_step_up
from tomada.web.dashboard.drawing import Drawing
from tomada.web.dashboard.pages import door_for, step_up_for
from tomada.web.dashboard.visitor import read_visitor
from tomada.web.rules import Rule

log = structlog.get_logger("tomada.web")

INSIDE = Rule(frozenset({"subject"}))
"""A page for somebody signed in."""
STEPPED_UP = Rule(frozenset({"subject"}), step_up=True)
"""A page that shows or does what needs a proof at most five minutes old."""

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
        case ErasedError():
            return Kind(410, "erased", retry=False)
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


@dataclass(frozen=True, slots=True)
class Told:
    """A page behind its rule; whatever goes wrong, a person is told what to do about it."""

    page: Page
    drawing: Drawing
    rule: Rule

    async def __call__(self, request: Request) -> Response:
        """Serve the page, the door, the page to step up on, or the page of an error."""
        try:
            await self._admit(request)
            return await self.page(request)
        except UnauthenticatedError:
            return RedirectResponse(door_for(request), 303, {"Cache-Control": "no-store"})
        except StepUpRequiredError:
            return RedirectResponse(step_up_for(request), 303, {"Cache-Control": "no-store"})
        except TomadaError as error:
            log.warning("page_failed", code=error.code)
            return problem_page(request, self.drawing, kind_of(error))

    async def _admit(self, request: Request) -> None:
        if not self.rule.who:
            return
        session = await current_session(request)
        if session is None:
            raise UnauthenticatedError("nobody is signed in")
        if not self.rule.who & session.roles:
            raise RoleRequiredError
        if self.rule.step_up:
            require_step_up(request, session)


def told(page: Page, drawing: Drawing, rule: Rule = INSIDE) -> Told:
    """Put *page* behind *rule*: no session leads to the door, an old proof to the step-up."""
    return Told(page, drawing, rule)


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
