"""Turn an answer other than success into its error.

Bodies differ by endpoint and gateways answer HTML, so everything in a body is optional here.
"""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import msgspec

from tomada.pluggy import errors
from tomada.pluggy.errors import AnswerError, ContractError, ParameterProblem, PluggyError, Refusal
from tomada.pluggy.transport import Answer, Request

# Some are documented both as 400 and as 409, or both as 400 and as 403.
_BY_CODE: tuple[tuple[frozenset[str], type[AnswerError]], ...] = (
    (
        frozenset(
            {
                "CLIENT_IS_UPDATING_BEFORE_ALLOWED_FREQUENCY",
                "TOO_MANY_CONSECUTIVE_LOGIN_FAILURES",
            }
        ),
        errors.TooEarlyError,
    ),
    (
        frozenset(
            {
                "ITEM_ALREADY_UPDATING",
                "ITEM_IS_ALREADY_UPDATING",
                "ITEM_CREATION_LIMIT_EXCEEDED",
                "TOO_MANY_CONSECUTIVE_ERRORS",
                "LAST_EXECUTION_HAD_LOGIN_ERROR",
            }
        ),
        errors.ConflictError,
    ),
    (
        frozenset(
            {
                "CLIENT_HAS_ITEM_UPDATES_DISABLED",
                "SANDBOX_CLIENT_ITEM_UPDATE_NOT_ALLOWED",
                "CREATE_ITEMS_API_FREE_DISABLED",
            }
        ),
        errors.PermissionDeniedError,
    ),
    (frozenset({"ITEM_USER_ALREADY_EXISTS"}), errors.DuplicateItemError),
)
_WITH_CODE: dict[int, type[AnswerError]] = {
    401: errors.AuthenticationError,
    403: errors.PermissionDeniedError,
    404: errors.NotFoundError,
    408: errors.ServerError,
    409: errors.ConflictError,
    410: errors.GoneError,
    429: errors.InstitutionLimitError,
}
# Without a code, 403 is Pluggy's answer to a missing or expired key, and 429 its own limit.
_WITHOUT_CODE = _WITH_CODE | {
    403: errors.AuthenticationError,
    429: errors.RateLimitedError,
}
_REQUEST_ID_HEADERS = ("x-request-id", "x-amzn-requestid", "x-amz-cf-id")
_LONGEST_WORD = 100
_HOUR = 3600.0


def error_of(answer: Answer, request: Request, *, now: datetime) -> PluggyError:
    """Name the failure of *answer*."""
    if 300 <= answer.status < 400:  # noqa: PLR2004 - the class of redirects
        return ContractError(
            f"redirect {answer.status}, which is never followed",
            method=request.method,
            route=request.route,
        )
    refusal = _refusal(answer, request, now=now)
    return _kind(refusal)(refusal)


def _kind(refusal: Refusal) -> type[AnswerError]:
    """Choose the error: first by Pluggy's own word, then by status."""
    code, status = refusal.code_description, refusal.status
    for codes, kind in _BY_CODE:
        if code in codes:
            return kind
    if status >= 500:  # noqa: PLR2004 - the class of server failures
        return errors.ServerError
    if refusal.item_ids:
        return errors.DuplicateItemError
    return (_WITH_CODE if code else _WITHOUT_CODE).get(status, errors.ValidationError)


def _refusal(answer: Answer, request: Request, *, now: datetime) -> Refusal:
    try:
        body = msgspec.json.decode(answer.body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        body = None
    if not isinstance(body, dict):
        body = {}
    extra = body.get("data")
    return Refusal(
        method=request.method,
        route=request.route,
        status=answer.status,
        code_description=_word(body.get("codeDescription")),
        message=_text(body.get("message")),
        request_id=next(
            (word for name in _REQUEST_ID_HEADERS if (word := _word(answer.headers.get(name)))),
            None,
        ),
        error_id=_word(body.get("errorId")),
        details=_problems(body.get("details") or body.get("errors")),
        item_ids=_words(body.get("items")),
        when=_allowed_at(extra if isinstance(extra, dict) else {}),
        reset=_wait_asked(answer, now=now),
        limit=_limit(answer),
    )


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _word(value: Any) -> str | None:
    """Take a machine word; anything with spaces or of great length is prose or worse."""
    if (
        isinstance(value, str)
        and 0 < len(value) <= _LONGEST_WORD
        and not set(value) & set(" \t\r\n")
    ):
        return value
    return None


def _words(value: Any) -> tuple[str, ...]:
    found = (_word(part) for part in value) if isinstance(value, list) else ()
    return tuple(word for word in found if word)


def _problems(value: Any) -> tuple[ParameterProblem, ...]:
    if not isinstance(value, list):
        return ()
    return tuple(
        ParameterProblem(
            parameter=_text(part.get("parameter")) or "",
            code=_text(part.get("code")) or "",
            message=_text(part.get("message")) or "",
        )
        for part in value
        if isinstance(part, dict)
    )


def _allowed_at(extra: dict[str, Any]) -> datetime | None:
    """Read when a refused update may be repeated, given directly or as hours after the last."""
    direct = _instant(extra.get("canRetryAfterDate"))
    if direct is not None:
        return direct
    last = _instant(extra.get("lastUpdatedAt"))
    hours = extra.get("minUpdateFrequencyAllowedInHours")
    if last is None or not isinstance(hours, (int, float)) or isinstance(hours, bool):
        return None
    try:
        return datetime.fromtimestamp(last.timestamp() + hours * _HOUR, UTC)
    except (OverflowError, ValueError):
        return None


def _instant(value: Any) -> datetime | None:
    try:
        found = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None
    return found if found.tzinfo else None


def _wait_asked(answer: Answer, *, now: datetime) -> float | None:
    """Read how long the server asks to wait; the longer where its two headers differ."""
    names = ("retry-after", "ratelimit-reset")
    asked = (_seconds(answer.headers.get(name), now=now) for name in names)
    return max((one for one in asked if one is not None), default=None)


def _seconds(stated: str | None, *, now: datetime) -> float | None:
    if stated is None:
        return None
    if stated.strip().isdigit():
        return float(stated.strip()[:9])
    try:
        moment = parsedate_to_datetime(stated)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - now).total_seconds())


def _limit(answer: Answer) -> int | None:
    stated = answer.headers.get("ratelimit-limit", "").strip()
    return int(stated[:9]) if stated.isascii() and stated.isdigit() else None
