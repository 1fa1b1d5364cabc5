"""Who is calling, and proof that a request with a cookie is the person's own doing.

Every route has a ``Guard`` with its rule. Reading routes need the session. The two the original
guide's button posts to, which cannot add a header, need the session and a request made by a page
of ours. All others that change something need the page's CSRF token as well; what gives data away
or destroys it also needs a step-up: a proof of who the person is, at most five minutes old. A
request with an ``Authorization`` header has no cookie's powers and needs no proof of its page.
"""

import hmac
import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, get_args

from fastapi import Depends, Request
from starlette.requests import HTTPConnection
from starlette.responses import Response

from tomada.bootstrap import App
from tomada.domain.access import (
    STEP_UP_LASTS,
    Bearer,
    Caller,
    Reason,
    ReasonKind,
    Role,
    Session,
    SignIn,
)
from tomada.domain.errors import (
    InvalidInputError,
    NotFoundError,
    RoleRequiredError,
    StepUpRequiredError,
    UnauthenticatedError,
)
from tomada.domain.ids import EntityId
from tomada.web.bearer import current_bearer, named_entity, shows_bearer
from tomada.web.errors import CrossSiteError
from tomada.web.origins import Origins
from tomada.web.rules import Rule

_LONGEST_TOKEN = 128
_SUBJECT: frozenset[Role] = frozenset({"subject"})
_REASON = re.compile(
    rf"({'|'.join(get_args(ReasonKind))}) ([A-Za-z0-9][A-Za-z0-9._/#-]{{0,39}})", re.ASCII
)


def app_of(connection: HTTPConnection) -> App:
    """Give the program this web application was made for."""
    app: App = connection.app.state.tomada
    return app


def origins_for(connection: HTTPConnection) -> Origins:
    """Give the hosts and origins that are ours."""
    origins: Origins = connection.app.state.origins
    return origins


def cookie_name(*, secure: bool) -> str:
    """Name the session cookie: our own, since cookies ignore ports; host-bound over HTTPS."""
    return "__Host-tomada_session" if secure else "tomada_session"


def session_token(connection: HTTPConnection) -> str | None:
    """Give the session's secret as the browser sent it."""
    token = connection.cookies.get(cookie_name(secure=origins_for(connection).secure))
    return token if token is not None and 0 < len(token) <= _LONGEST_TOKEN else None


def set_session_cookie(response: Response, request: Request, sign_in: SignIn) -> None:
    """Hand the session's secret to the browser.

    ``Lax`` and not ``Strict``: the return from a bank's own page is a navigation from another
    site and must find the person signed in.
    """
    secure = origins_for(request).secure
    response.set_cookie(
        cookie_name(secure=secure),
        sign_in.token,
        max_age=int((sign_in.session.expires_at - sign_in.session.created_at).total_seconds()),
        path="/",
        secure=secure,
        httponly=True,
        samesite="lax",
    )


def clear_session_cookie(response: Response, request: Request) -> None:
    """Take the session's secret back from the browser."""
    secure = origins_for(request).secure
    response.delete_cookie(
        cookie_name(secure=secure), path="/", secure=secure, httponly=True, samesite="lax"
    )


async def current_session(request: Request) -> Session | None:
    """Give the session, or None where nobody is signed in; asked for once in a request."""
    if shows_bearer(request):
        return None
    known: tuple[Session | None] | None = getattr(request.state, "session", None)
    if known is None:
        known = (await app_of(request).access.session(session_token(request)),)
        request.state.session = known
    return known[0]


def require_own_page(request: Request) -> None:
    """Require that a page of ours made the request; raises ``CrossSiteError``.

    A browser says so by ``Sec-Fetch-Site: same-origin``; an exact ``Origin`` is as good, for
    older browsers and for programs that know what they do.
    """
    if request.headers.get("sec-fetch-site") == "same-origin":
        return
    if not origins_for(request).own_origin(request.headers.get("origin")):
        raise CrossSiteError("this must come from a page of this installation")


def require_step_up(request: Request, session: Session) -> None:
    """Require a fresh proof of who the person is; raises ``StepUpRequiredError``."""
    _require_fresh(request, session.proved_at)


def _require_fresh(request: Request, proved_at: datetime | None) -> None:
    if proved_at is None or app_of(request).clock() - proved_at > STEP_UP_LASTS:
        raise StepUpRequiredError


@dataclass(frozen=True, slots=True)
class Guard:
    """Lets in who fulfils the rule, as the caller that services ask for.

    A duty acts on somebody else's data by naming the entity in ``Tomada-Entity`` and the reason in
    ``Tomada-Reason`` (``support CASE-17``); each such request is in that entity's audit.
    """

    rule: Rule = field(default_factory=lambda: Rule(_SUBJECT))

    async def __call__(
        self, request: Request, session: Annotated[Session | None, Depends(current_session)]
    ) -> Caller:
        """Give the caller; raises what the rule refuses by."""
        bearer = await current_bearer(request, app_of(request))
        if bearer is not None:
            return self._bearing(request, bearer)
        if session is None:
            raise UnauthenticatedError("nobody is signed in")
        rule = self.rule
        if rule.page or rule.csrf:
            require_own_page(request)
        if rule.csrf:
            _require_csrf(request, session)
        if not rule.who & session.roles:
            raise RoleRequiredError
        if rule.step_up:
            require_step_up(request, session)
        caller = Caller(session.user_id, session.entity_id, request.state.request_id)
        named = named_entity(request)
        if named is None or named == session.entity_id:
            return caller
        if not rule.others & session.roles:
            raise NotFoundError("there is no such entity")
        return await _visiting(request, caller, named)

    def _bearing(self, request: Request, bearer: Bearer) -> Caller:
        rule = self.rule
        if bearer.scopes is not None and rule.scope not in bearer.scopes:
            raise RoleRequiredError
        if "subject" not in rule.who:
            raise RoleRequiredError
        if rule.step_up:
            _require_fresh(request, bearer.proved_at)
        request.state.bearer = bearer
        request_id: str = request.state.request_id
        return Caller(bearer.user_id, bearer.entity_id, request_id, kind=bearer.kind)


def _require_csrf(request: Request, session: Session) -> None:
    given = request.headers.get("x-csrf-token", "").encode("latin-1")
    if not hmac.compare_digest(given, session.csrf_token.encode()):
        raise CrossSiteError("the X-CSRF-Token of this session is missing or wrong")


async def _visiting(request: Request, caller: Caller, entity: EntityId) -> Caller:
    """Let a duty act on another's data, noted in that entity's audit before anything is read."""
    route = getattr(request.scope.get("route"), "path", "")
    return await app_of(request).doors.duties.visit(
        caller, entity, _reason(request), what=f"{request.method} {route}"
    )


def _reason(request: Request) -> Reason:
    found = _REASON.fullmatch(request.headers.get("tomada-reason", ""))
    if found is None:
        kinds = ", ".join(get_args(ReasonKind))
        raise InvalidInputError(
            f"Tomada-Reason says why, as one of {kinds}, and the case: support CASE-17",
            field="Tomada-Reason",
        )
    kind: ReasonKind = found[1]  # type: ignore[assignment]  # one of the expression's words
    return Reason(kind, found[2])


SignedIn = Annotated[
    Caller, Depends(Guard(Rule(_SUBJECT, scope="read", others=frozenset({"dpo"}))))
]
"""A reader of what a person owns."""
Watching = Annotated[
    Caller,
    Depends(
        Guard(
            Rule(
                _SUBJECT,
                scope="read",
                others=frozenset({"dpo", "operator", "administrator"}),
            )
        )
    ),
]
"""A reader of how connections and their readings are, which operators need to see."""
OnOwnPage = Annotated[Caller, Depends(Guard(Rule(_SUBJECT, page=True, scope="connect")))]
"""The guide's button."""
WithToken = Annotated[Caller, Depends(Guard(Rule(_SUBJECT, page=True, csrf=True, scope="write")))]
"""Everybody else who changes something."""
Streaming = Annotated[Caller, Depends(Guard(Rule(_SUBJECT, page=True, csrf=True, scope="read")))]
"""Who asks for a ticket, which reads and changes nothing but is worth a token."""
Calling = Annotated[Caller, Depends(Guard(Rule(_SUBJECT, scope="read")))]
"""Who asks who they are."""
InPerson = Annotated[Caller, Depends(Guard(Rule(_SUBJECT, page=True, csrf=True)))]
"""Who decides for themselves, which no key of a product may do: a consent, the own sign-in."""
SteppedUp = Annotated[Caller, Depends(Guard(Rule(_SUBJECT, page=True, csrf=True, step_up=True)))]
"""Who gives data away or destroys it: as ``InPerson``, with a proof at most five minutes old."""
