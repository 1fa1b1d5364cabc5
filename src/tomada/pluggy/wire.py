"""Bytes to models and back: JSON in both directions, decimals exact.

A JSON number becomes a ``Decimal`` from its own digits; no float is made on the way.
"""

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Generic, TypeVar

import msgspec

from tomada.pluggy.dates import BankDate, PlainDate, instant_text
from tomada.pluggy.errors import ContractError
from tomada.pluggy.magnitude import check_numbers
from tomada.pluggy.model import Model, Resource

T = TypeVar("T")
R = TypeVar("R", bound=Model)
Text = bytes | bytearray
_set = msgspec.structs.force_setattr


@dataclass(frozen=True, slots=True)
class Rows(Generic[T]):
    """One list answer: its rows, and what the envelope says of the rest."""

    items: list[T]
    next: str | None = None
    page: int | None = None
    total: int | None = None
    total_pages: int | None = None


class _Envelope(msgspec.Struct, rename="camel"):
    results: list[msgspec.Raw]
    next: str | None = None
    page: int | None = None
    total: int | None = None
    total_pages: int | None = None


def decode(body: Text, kind: type[T]) -> T:
    """Read one answer of *kind*; raise ContractError naming the place that does not fit."""
    found: T = _parse(body, kind)
    _settle(found, body)
    return found


def decode_rows(body: Text, kind: type[R]) -> Rows[R]:
    """Read a list answer; an empty body (204) is an empty list.

    Some lists were a bare array once and are an envelope now; both are read.
    """
    if body[:1].isspace():
        body = body.lstrip()
    if not body:
        return Rows([])
    if body.startswith(b"["):
        envelope = _Envelope(_parse(body, list[msgspec.Raw]))
    else:
        envelope = _parse(body, _Envelope)
    rows = _rows(envelope.results, kind)
    return Rows(
        rows, envelope.next, page=envelope.page, total=envelope.total,
        total_pages=envelope.total_pages,
    )  # fmt: skip


def _rows(raws: list[msgspec.Raw], kind: type[R]) -> list[R]:
    """Read the rows, each with its own text.

    The way is short because a first sync goes through here a hundred thousand times; what went
    wrong is found out by reading again.
    """
    read, keeps_text = _decoder(kind).decode, issubclass(kind, Resource)
    rows: list[R] = []
    try:
        for raw in raws:
            # The copy frees the page: a kept row must not keep five hundred others alive.
            text = bytes(raw)
            row = read(text)
            if keeps_text:
                _set(row, "raw", text)
            rows.append(row)
        check_numbers(rows)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ContractError):
        raise _in_rows(raws, kind) from None
    return rows


def _in_rows(raws: list[msgspec.Raw], kind: type[Model]) -> ContractError:
    """Say which of the rows is wrong, and what is wrong with it."""
    for place, text in enumerate(map(bytes, raws)):
        try:
            decode(text, kind)
        except ContractError as error:
            where = f"$.results[{place}]{error.where.removeprefix('$')}"
            return ContractError(error.what, where=where)
    raise AssertionError("rows that could not be read can be read")


def encode(value: Any) -> bytes:
    """Write a request body: decimals as JSON numbers, instants with milliseconds and ``Z``."""
    return msgspec.json.Encoder(decimal_format="number", enc_hook=_to_text).encode(_plain(value))


def query(values: dict[str, Any]) -> list[tuple[str, str]]:
    """Write query parameters: None left out, lists joined by commas, booleans in lower case."""
    return [(name, _parameter(value)) for name, value in values.items() if value is not None]


def _parameter(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return instant_text(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ",".join(_parameter(part) for part in value)
    return str(value)


def _plain(value: Any) -> Any:
    """Replace what msgspec would write in another shape than Pluggy's."""
    if isinstance(value, datetime):
        return instant_text(value)
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(part) for part in value]
    if isinstance(value, Model):
        named = (
            (field.encode_name, getattr(value, field.name))
            for field in msgspec.structs.fields(type(value))
        )
        return {name: _plain(part) for name, part in named if part is not None and name != "<raw>"}
    return value


def _to_text(value: Any) -> str:
    if isinstance(value, (BankDate, PlainDate)):
        return value.text
    raise NotImplementedError(f"cannot write a {type(value).__name__}")


# A page has five hundred dates and some twenty days; dates cannot be changed, so rows share them.
@functools.lru_cache(maxsize=4096)
def _from_text(kind: type[Any], value: Any) -> Any:
    if kind in (BankDate, PlainDate) and isinstance(value, str):
        return kind(value)
    raise ValueError("expected a date")


@functools.cache
def _decoder(kind: Any) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(kind, dec_hook=_from_text, float_hook=Decimal)


def _parse(body: Text, kind: Any) -> Any:
    try:
        return _decoder(kind).decode(body)
    except msgspec.ValidationError as error:
        what, _, where = str(error).partition(" - at `")
        raise ContractError(what, where=where.rstrip("`") or "$") from None
    except (msgspec.DecodeError, UnicodeDecodeError):
        # The library's text can quote the input, so it is not passed on.
        raise ContractError("the answer is not JSON, or was cut", malformed=True) from None
    except RecursionError:
        raise ContractError("the answer is nested too deeply") from None


def _settle(found: Any, text: Text) -> None:
    """Keep the text beside the object, and refuse numbers no bank can mean."""
    if isinstance(found, Model):
        check_numbers([found])
        if isinstance(found, Resource):
            _set(found, "raw", bytes(text))
