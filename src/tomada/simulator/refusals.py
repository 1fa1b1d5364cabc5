"""The error answers of the API: one exception, and one function per documented refusal."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Detail:
    """One parameter that failed."""

    parameter: str
    message: str
    code: str = "001"

    def shape(self) -> dict[str, str]:
        """Give its JSON form."""
        return {"code": self.code, "parameter": self.parameter, "message": self.message}


@dataclass(slots=True)
class ApiError(Exception):
    """A refusal; *extra* holds the further keys of its body (`data`, `details`, `items`)."""

    status: int
    message: str
    code: str | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    def body(self) -> dict[str, Any]:
        """Give the JSON body of the answer."""
        content: dict[str, Any] = {"code": self.status, "message": self.message}
        if self.code is not None:
            content["codeDescription"] = self.code
        return content | dict(self.extra)


def invalid(messages: str | Sequence[str]) -> ApiError:
    """Refuse bad input; several messages are joined by commas, as the provider does."""
    return ApiError(400, messages if isinstance(messages, str) else ",".join(messages))


def no_key() -> ApiError:
    """Refuse a missing, malformed or expired key."""
    return ApiError(403, "Missing or invalid authorization token")


def forbidden() -> ApiError:
    """Refuse a connect token where only an API key may pass."""
    return ApiError(403, "Forbidden resource")


def not_found(kind: str) -> ApiError:
    """Say that the *kind* (`item`, `account`, `credit card bill`, …) does not exist."""
    return ApiError(404, f"{kind} not found", f"{kind.upper().replace(' ', '_')}_NOT_FOUND")


def no_route(method: str, path: str) -> ApiError:
    """Say that the API has no such operation."""
    return ApiError(404, f"Cannot {method} {path}")


def bad_client_keys() -> ApiError:
    """Refuse a wrong client id or secret."""
    return ApiError(401, "Client keys are invalid", "CLIENT_KEYS_UNAUTHORIZED")


def bad_parameters(details: Sequence[Detail]) -> ApiError:
    """Refuse credentials that break the connector's rules."""
    return ApiError(
        400,
        "There are errors on the parameters provided",
        "CONNECTOR_VALIDATION_ERROR",
        {"details": [detail.shape() for detail in details]},
    )


def too_many_requests(*, limit: int, reset: int) -> ApiError:
    """Refuse a request over the limit; `Retry-After` is always 60."""
    return ApiError(
        429,
        "Too many requests. Please try again later (see Retry-After header in seconds)",
        headers={
            "RateLimit-Limit": str(limit),
            "RateLimit-Reset": str(reset),
            "Retry-After": "60",
        },
    )


def v1_is_gone(error_id: str) -> ApiError:
    """Refuse the old transaction list, as for applications made since June 2026."""
    return ApiError(
        410,
        "This endpoint is deprecated. Use GET /v2/transactions with cursor pagination instead.",
        "ENDPOINT_DEPRECATED",
        {"errorId": error_id},
    )
