"""Signing in and out, and tickets for streams."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from tomada.domain.access import STEP_UP_LASTS, Session, SignIn
from tomada.domain.errors import UnauthenticatedError
from tomada.web.answers import Answer
from tomada.web.auth import (
    Calling,
    InPerson,
    SignedIn,
    SteppedUp,
    Streaming,
    app_of,
    clear_session_cookie,
    current_session,
    require_own_page,
    session_token,
    set_session_cookie,
)
from tomada.web.bodies import json_body
from tomada.web.describe import gives, takes
from tomada.web.rules import Open
from tomada.web.schemas import (
    CallerShape,
    CodeBody,
    EnrolmentShape,
    RecoveryCodesShape,
    SessionShape,
    SignInBody,
    StepUpBody,
    TicketShape,
    UserShape,
)

router = APIRouter(prefix="/api", tags=["session"])


def _shape(session: Session) -> SessionShape:
    return SessionShape(
        user=UserShape(str(session.user_id), session.name, session.email),
        entity_id=str(session.entity_id),
        csrf_token=session.csrf_token,
        expires_at=session.expires_at,
        stepped_up_until=session.proved_at + STEP_UP_LASTS,
        roles=sorted(session.roles),
    )


def _signed(request: Request, signed: SignIn) -> Response:
    answer = Answer(_shape(signed.session))
    set_session_cookie(answer, request, signed)
    return answer


@router.post(
    "/session",
    dependencies=[
        Depends(Open("e-mail and password, on a page of this installation")),
        Depends(require_own_page),
    ],
    **gives(SessionShape),
    openapi_extra=takes(SignInBody),
)
async def sign_in(
    request: Request, body: Annotated[SignInBody, Depends(json_body(SignInBody))]
) -> Response:
    """Sign in; sets the session cookie, and ends the session this browser had."""
    signed = await app_of(request).access.sign_in(
        body.email,
        body.password,
        address=request.state.address,
        request_id=request.state.request_id,
        replaces=session_token(request),
        code=body.code,
    )
    return _signed(request, signed)


@router.get("/session", **gives(SessionShape))
async def who_am_i(
    _: SignedIn, session: Annotated[Session | None, Depends(current_session)]
) -> Response:
    """Say who is signed in, and the CSRF token of the session."""
    if session is None:
        raise UnauthenticatedError("nobody is signed in")
    return Answer(_shape(session))


@router.get("/caller", **gives(CallerShape))
async def who_calls(caller: Calling) -> Response:
    """Say for which entity this request acts, and as whom; for callers without a session too."""
    return Answer(CallerShape(caller.kind, str(caller.user_id), str(caller.entity_id)))


@router.delete("/session", status_code=204)
async def sign_out(request: Request, caller: InPerson) -> Response:
    """Sign out; open streams of the session end within 5 s."""
    await app_of(request).access.sign_out(session_token(request), request_id=caller.request_id)
    answer = Response(status_code=204)
    clear_session_cookie(answer, request)
    return answer


@router.post("/session/step-up", **gives(SessionShape), openapi_extra=takes(StepUpBody))
async def step_up(
    request: Request, caller: InPerson, body: Annotated[StepUpBody, Depends(json_body(StepUpBody))]
) -> Response:
    """Prove again who you are; for five minutes that opens what gives data away or destroys it.

    The session's cookie is replaced, and the one before opens nothing any more.
    """
    signed = await app_of(request).access.step_up(
        session_token(request),
        body.password,
        address=request.state.address,
        request_id=caller.request_id,
        code=body.code,
    )
    return _signed(request, signed)


@router.post("/session/second-factor", **gives(EnrolmentShape))
async def begin_second_factor(
    request: Request,
    caller: SteppedUp,
    session: Annotated[Session | None, Depends(current_session)],
) -> Response:
    """Draw the secret of a second factor, which counts once a code of it was given."""
    name = session.email if session is not None else str(caller.user_id)
    begun = await app_of(request).access.factors.begin(caller, name=name)
    return Answer(EnrolmentShape(begun.secret, begun.uri))


@router.post(
    "/session/second-factor/confirm", **gives(RecoveryCodesShape), openapi_extra=takes(CodeBody)
)
async def confirm_second_factor(
    request: Request, caller: SteppedUp, body: Annotated[CodeBody, Depends(json_body(CodeBody))]
) -> Response:
    """Put the second factor into force by its first code; gives the recovery codes, once."""
    codes = await app_of(request).access.factors.confirm(caller, body.code)
    return Answer(RecoveryCodesShape(codes))


@router.delete("/session/second-factor", status_code=204)
async def remove_second_factor(request: Request, caller: SteppedUp) -> Response:
    """Take the second factor away, with its recovery codes."""
    await app_of(request).access.factors.remove(caller)
    return Response(status_code=204)


@router.post("/ws-ticket", **gives(TicketShape))
async def ws_ticket(request: Request, _: Streaming) -> Response:
    """Give a ticket that opens one stream within 30 s, once."""
    tickets, bearer = app_of(request).doors.tickets, getattr(request.state, "bearer", None)
    if bearer is not None:
        return Answer(TicketShape(await tickets.of_bearer(bearer)))
    token = session_token(request)
    if token is None:
        raise UnauthenticatedError("nobody is signed in")
    return Answer(TicketShape(await tickets.of_session(token)))
