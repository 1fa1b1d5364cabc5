"""One shape for everything that goes wrong: problem details of RFC 9457.

Each has ``type``, ``title``, ``status``, ``detail``, ``instance`` (the request's id), our stable
``code``, and ``error``, the member that products written for the original guide read. Nothing of
what was sent is echoed, and nothing of what happened inside is told.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import msgspec
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Scope

from tomada.domain.errors import (
    AlreadyConnectedError,
    ConfirmationRequiredError,
    ConsentRequiredError,
    ErasedError,
    InvalidCredentialsError,
    InvalidInputError,
    NotFoundError,
    ProviderError,
    RefreshRefusedError,
    RefusedError,
    SecondFactorRequiredError,
    StaleWriterError,
    SupersededError,
    TomadaError,
    TooManyAttemptsError,
    UnauthenticatedError,
    UnavailableError,
)

MEDIA_TYPE = "application/problem+json"
RETRY_SECONDS = 30
"""When to come back after a failure of ours."""

_STATUS: dict[type[TomadaError], int] = {
    UnauthenticatedError: 401,
    InvalidCredentialsError: 401,
    SecondFactorRequiredError: 401,
    TooManyAttemptsError: 429,
    ConsentRequiredError: 403,
    AlreadyConnectedError: 409,
    ConfirmationRequiredError: 409,
    SupersededError: 409,
    RefreshRefusedError: 409,
    RefusedError: 403,
    ErasedError: 410,
    NotFoundError: 404,
    InvalidInputError: 422,
    StaleWriterError: 503,
    ProviderError: 502,
    UnavailableError: 503,
    TomadaError: 500,
}

_NOT_FOUND = "there is no such thing"
_INTERNAL = "something went wrong here; it was noted under the id of this request"
# Of what failed behind us one sentence a kind is told: its own text is for the operator, and may
# name a file, an address or a provider's words.
_BEHIND: dict[type[TomadaError], str] = {
    ProviderError: "Pluggy did not give what was asked for; trying again later is right",
    UnavailableError: "something this depends on does not answer; trying again later is right",
    TomadaError: _INTERNAL,
}


class CrossSiteError(RefusedError):
    """A page of another site, or nobody's page, tried to act with the person's cookie."""

    code = "cross_site"


@dataclass(frozen=True, slots=True)
class Problem:
    """What is told of a failure; *more* are further members for programs."""

    status: int
    code: str
    detail: str
    headers: Mapping[str, str] = field(default_factory=dict)
    more: Mapping[str, Any] = field(default_factory=dict)

    def response(self, scope: Scope) -> Response:
        """Write it as the answer to the request of *scope*."""
        phrase = HTTPStatus(self.status).phrase
        body = {
            "type": f"urn:tomada:problem:{self.code}",
            "title": phrase,
            "status": self.status,
            "detail": self.detail,
            "instance": f"urn:tomada:request:{scope.get('state', {}).get('request_id', '')}",
            "code": self.code,
            "error": phrase,
            **self.more,
        }
        return Response(
            msgspec.json.encode(body), self.status, dict(self.headers), media_type=MEDIA_TYPE
        )


class ProblemError(Exception):
    """A refusal by the edge itself, which has no error of the domain."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.detail)
        self.problem = problem


INTERNAL_PROBLEM = Problem(500, "internal_error", _INTERNAL)


def status_of(kind: type[TomadaError]) -> int:
    """Give the status of answers about errors of a *kind*."""
    return next(_STATUS[each] for each in kind.__mro__ if each in _STATUS)


def problem_of(error: TomadaError) -> Problem:
    """Translate an error of ours."""
    status = status_of(type(error))
    # One text for all that is not there, so that it cannot tell apart what is somebody else's.
    detail = _NOT_FOUND if status == HTTPStatus.NOT_FOUND else str(error)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        detail = next(_BEHIND[kind] for kind in type(error).__mro__ if kind in _BEHIND)
    headers: dict[str, str] = {}
    more: dict[str, Any] = {}
    match error:
        case TooManyAttemptsError():
            headers["Retry-After"] = str(error.retry_after)
        case AlreadyConnectedError():
            more["itemId"] = error.item_id
        case ConfirmationRequiredError():
            more["itemId"], more["institution"] = error.item_id, error.institution
        case RefreshRefusedError():
            more["reason"] = error.obstacle
            more["possibleAt"] = error.at.isoformat() if error.at is not None else None
        case InvalidInputError():
            more["errors"] = [{"field": error.field, "message": str(error)}]
        case ProviderError() if error.retry_after is not None:
            status, headers["Retry-After"] = 503, str(error.retry_after)
        case _ if status == HTTPStatus.SERVICE_UNAVAILABLE:
            headers["Retry-After"] = str(RETRY_SECONDS)
    return Problem(status, error.code, detail, headers, more)


def invalid_fields(details: Sequence[Any], *, known: frozenset[str]) -> Problem:
    """Say which fields are wrong and why, by pydantic's account of it.

    Names are given only where they are names of ours: an unknown field's name is the client's
    text, as its value is.
    """
    errors = []
    for detail in details:
        names = [str(part) for part in detail["loc"] if part in known]
        unknown = detail["type"] == "extra_forbidden"
        message = "there is no such field" if unknown else str(detail["msg"])
        errors.append({"field": ".".join(names) or None, "message": message})
    return Problem(422, "invalid_input", "what was sent cannot be right", more={"errors": errors})


async def on_tomada_error(request: Request, error: Exception) -> Response:
    """Answer for an error of ours."""
    assert isinstance(error, TomadaError)  # noqa: S101  (registered for this class only)
    return problem_of(error).response(request.scope)


async def on_problem(request: Request, error: Exception) -> Response:
    """Answer with the problem raised."""
    assert isinstance(error, ProblemError)  # noqa: S101  (registered for this class only)
    return error.problem.response(request.scope)


async def on_http_error(request: Request, error: Exception) -> Response:
    """Answer for what the framework refuses: unknown paths and methods."""
    assert isinstance(error, HTTPException)  # noqa: S101  (registered for this class only)
    phrase = HTTPStatus(error.status_code).phrase
    code = phrase.lower().replace(" ", "_").replace("-", "_")
    problem = Problem(error.status_code, code, f"{phrase.lower()}.", error.headers or {})
    return problem.response(request.scope)


async def on_invalid_request(request: Request, error: Exception) -> Response:
    """Answer for parameters of the address that cannot be right."""
    assert isinstance(error, RequestValidationError)  # noqa: S101  (registered for this class only)
    details = error.errors()
    known = frozenset(part for detail in details for part in detail["loc"][:2])
    return invalid_fields(details, known=known).response(request.scope)
