"""Who is calling: the session cookie, and proof that the request is the person's own doing.

Three kinds of routes ask for a caller. Reading ones need the session. The two the original
guide's button posts to, which cannot add a header, need the session and a request made by a page
of ours. All others that change something need the page's CSRF token as well.
"""

import hmac
from typing import Annotated

from fastapi import Depends, Request
from starlette.requests import HTTPConnection
from starlette.responses import Response

from tomada.bootstrap import App
from tomada.domain.access import Caller, Session, SignIn
from tomada.domain.errors import UnauthenticatedError
from tomada.web.errors import CrossSiteError
from tomada.web.origins import Origins

_LONGEST_TOKEN = 128


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
    """Give the session, or None where nobody is signed in; for pages that then show the door."""
    return await app_of(request).access.session(session_token(request))


async def signed_in(
    request: Request, session: Annotated[Session | None, Depends(current_session)]
) -> Caller:
    """Require a session; raises ``UnauthenticatedError``."""
    if session is None:
        raise UnauthenticatedError("nobody is signed in")
    return Caller(session.user_id, session.entity_id, request.state.request_id)


def require_own_page(request: Request) -> None:
    """Require that a page of ours made the request; raises ``CrossSiteError``.

    A browser says so by ``Sec-Fetch-Site: same-origin``; an exact ``Origin`` is as good, for
    older browsers and for programs that know what they do.
    """
    if request.headers.get("sec-fetch-site") == "same-origin":
        return
    if not origins_for(request).own_origin(request.headers.get("origin")):
        raise CrossSiteError("this must come from a page of this installation")


async def signed_in_on_own_page(
    request: Request, caller: Annotated[Caller, Depends(signed_in)]
) -> Caller:
    """Require a session and a page of ours, without a token."""
    require_own_page(request)
    return caller


async def signed_in_with_token(
    request: Request,
    session: Annotated[Session | None, Depends(current_session)],
    caller: Annotated[Caller, Depends(signed_in_on_own_page)],
) -> Caller:
    """Require a session, a page of ours, and the token that only that page was given."""
    given = request.headers.get("x-csrf-token", "").encode("latin-1")
    if session is None or not hmac.compare_digest(given, session.csrf_token.encode()):
        raise CrossSiteError("the X-CSRF-Token of this session is missing or wrong")
    return caller


SignedIn = Annotated[Caller, Depends(signed_in)]
"""A reader."""
OnOwnPage = Annotated[Caller, Depends(signed_in_on_own_page)]
"""The guide's button."""
WithToken = Annotated[Caller, Depends(signed_in_with_token)]
"""Everybody else who changes something."""
