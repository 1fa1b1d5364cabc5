"""Everything the client raises.

::

    PluggyError
    ├── AnswerError              Pluggy answered, and said no
    │   ├── AuthenticationError    wrong keys, or a key refused twice
    │   ├── PermissionDeniedError  product, address or token not allowed
    │   ├── ValidationError        the input; ``details`` names each parameter
    │   │   └── DuplicateItemError   the login is connected already; ``item_ids``
    │   ├── ConflictError          not in this state of the item
    │   │   └── TooEarlyError        allowed later; ``when``, where Pluggy says it
    │   ├── NotFoundError          unknown, or of another application
    │   ├── GoneError              the endpoint was retired
    │   ├── RateLimitedError       too many requests; ``reset`` in seconds
    │   ├── InstitutionLimitError  the bank's own quota is used up
    │   └── ServerError            Pluggy or the bank behind it failed
    ├── TransportError           no complete answer; ``effect`` says whether it may have been done
    └── ContractError            an answer that is not what the contract promises

No error carries a body in its text: a body can hold names, documents and movements. What Pluggy
wrote for people stands in ``provider_message`` and is for screens, not for logs.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Literal


@dataclass(frozen=True, slots=True)
class ParameterProblem:
    """One refused parameter; *message* is Pluggy's text for the person who typed it."""

    parameter: str
    code: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """What an answer other than success says, as far as it could be read."""

    method: str
    route: str
    status: int
    code_description: str | None = None
    message: str | None = None
    request_id: str | None = None
    error_id: str | None = None
    details: tuple[ParameterProblem, ...] = ()
    item_ids: tuple[str, ...] = ()
    when: datetime | None = None
    reset: float | None = None
    limit: int | None = None


class PluggyError(Exception):
    """Anything that kept a call from its result.

    ``method`` and ``route`` name the operation (the route without ids); ``status``,
    ``code_description``, ``request_id`` and ``error_id`` are None where there is none.
    """

    code: ClassVar[str] = "pluggy"

    def __init__(self, text: str, *, method: str = "", route: str = "") -> None:
        super().__init__(text)
        self.method = method
        self.route = route
        self.status: int | None = None
        self.code_description: str | None = None
        self.request_id: str | None = None
        self.error_id: str | None = None


class AnswerError(PluggyError):
    """Pluggy answered with something other than success."""

    code = "answer"

    def __init__(self, refusal: Refusal) -> None:
        words = [f"{refusal.method} {refusal.route}: {refusal.status}"]
        if refusal.code_description:
            words.append(refusal.code_description)
        if refusal.error_id or refusal.request_id:
            words.append(f"(id {refusal.error_id or refusal.request_id})")
        super().__init__(" ".join(words), method=refusal.method, route=refusal.route)
        self.status = refusal.status
        self.code_description = refusal.code_description
        self.request_id = refusal.request_id
        self.error_id = refusal.error_id
        self.provider_message = refusal.message


class AuthenticationError(AnswerError):
    """The client id and secret are wrong or disabled, or a fresh key was refused as well."""

    code = "authentication"


class PermissionDeniedError(AnswerError):
    """The key is good, but this application, address or token may not do this."""

    code = "permission_denied"


class ValidationError(AnswerError):
    """The input was refused; nothing happened."""

    code = "validation"

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal)
        self.details = refusal.details


class DuplicateItemError(ValidationError):
    """``avoidDuplicates`` was asked for and the same login is connected already."""

    code = "duplicate_item"

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal)
        self.item_ids = refusal.item_ids


class ConflictError(AnswerError):
    """The resource is in a state, or at a limit, that forbids the call."""

    code = "conflict"


class TooEarlyError(ConflictError):
    """The same call is allowed later; ``when`` is that instant, None where Pluggy hides it."""

    code = "too_early"

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal)
        self.when = refusal.when


class NotFoundError(AnswerError):
    """There is no such resource, or it belongs to another application."""

    code = "not_found"


class GoneError(AnswerError):
    """The endpoint was retired (the page-numbered transaction list, for one)."""

    code = "gone"


class RateLimitedError(AnswerError):
    """Too many requests; also raised unsent where a person would have to wait for too long.

    ``reset`` is the wait in seconds Pluggy asked for, ``limit`` the requests a minute it named;
    None if it said none.
    """

    code = "rate_limited"

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal)
        self.reset = refusal.reset
        self.limit = refusal.limit


class InstitutionLimitError(AnswerError):
    """The institution's own quota (Open Finance counts per month) is used up; do not repeat."""

    code = "institution_limit"


class ServerError(AnswerError):
    """Pluggy, or the institution behind it, failed."""

    code = "server"


class TransportError(PluggyError):
    """No complete answer came.

    ``effect`` is ``"none"`` when the request surely never reached Pluggy, ``"unknown"`` when it
    may have been carried out.
    """

    code = "transport"

    def __init__(
        self, text: str, *, effect: Literal["none", "unknown"], method: str, route: str
    ) -> None:
        super().__init__(f"{method} {route}: {text}", method=method, route=route)
        self.effect = effect


class ContractError(PluggyError):
    """An answer, page sequence or webhook that is not what the contract promises.

    ``where`` is the place in the JSON (``$.results[3].date``) where one is known. ``malformed``
    is True when the text is no JSON at all, which a cut or proxied answer looks like.
    """

    code = "contract"

    def __init__(
        self,
        what: str,
        *,
        where: str = "",
        malformed: bool = False,
        method: str = "",
        route: str = "",
    ) -> None:
        self.what = what
        self.where = where
        self.malformed = malformed
        origin = f"{method} {route}: " if route else ""
        place = f" at {where}" if where else ""
        super().__init__(f"{origin}{what}{place}", method=method, route=route)
