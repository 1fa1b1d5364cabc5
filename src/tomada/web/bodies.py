"""JSON as it comes in: strict, and shaped by closed models."""

import json
import re
from collections.abc import Awaitable, Callable, Iterable
from decimal import Decimal
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.requests import Request

from tomada.web.errors import Problem, ProblemError, invalid_fields

DEPTH = 16
DIGITS = 64
# Strings, so that brackets in them do not count, or brackets. A string that does not end takes
# the rest, which keeps the search linear.
_TOKENS = re.compile(r'"(?:[^"\\]|\\.?)*+(?:"|\Z)|[\[\]{}]', re.DOTALL)

Model = TypeVar("Model", bound="Body")


class Body(BaseModel):
    """A request body; a field that is not listed is refused."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


def json_body(
    model: type[Model], *, any_type: bool = False, may_be_empty: bool = False
) -> Callable[[Request], Awaitable[Model]]:
    """Make the dependency that reads the body as *model*.

    *any_type* reads it as JSON whatever its content type says: the original guide's button posts
    without headers.
    """

    async def read(request: Request) -> Model:
        raw = await request.body()
        if not any_type and _media_type(request) != "application/json":
            raise ProblemError(
                Problem(415, "unsupported_media_type", "the body must be application/json")
            )
        value = {} if may_be_empty and not raw.strip() else parse(raw)
        try:
            return model.model_validate(value)
        except ValidationError as error:
            names = {field.alias or name for name, field in model.model_fields.items()}
            details = error.errors(include_url=False, include_input=False, include_context=False)
            raise ProblemError(invalid_fields(details, known=frozenset(names))) from None

    return read


def parse(raw: bytes) -> Any:
    """Read one JSON text: UTF-8, no name twice, no NaN, 16 levels, numbers of 64 digits."""
    try:
        text = raw.decode("utf-8")
        _check_depth(text)
        return json.loads(
            text,
            object_pairs_hook=_object,
            parse_float=_number(Decimal),
            parse_int=_number(int),
            parse_constant=_constant,
        )
    except (ValueError, RecursionError):
        raise ProblemError(Problem(400, "invalid_json", "the body is not JSON we accept")) from None


def _media_type(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def _object(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    read: dict[str, Any] = {}
    for name, value in pairs:
        if name in read:
            raise ValueError("a name stands twice in one object")
        read[name] = value
    return read


def _number(kind: Callable[[str], Any]) -> Callable[[str], Any]:
    def read(text: str) -> Any:
        if len(text) > DIGITS:
            raise ValueError("a number is too long")
        return kind(text)

    return read


def _constant(_: str) -> Any:
    raise ValueError("NaN and infinities are no JSON")


def _check_depth(text: str) -> None:
    depth = 0
    for match in re.finditer(_TOKENS, text):
        mark = match[0]
        if mark in "[{":
            depth += 1
            if depth > DEPTH:
                raise ValueError("nested too deeply")
        elif mark in "]}":
            depth -= 1
