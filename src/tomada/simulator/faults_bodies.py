"""Spoil what an answer says: bytes no parser should trust, and JSON that says something else."""

import gzip
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec

from tomada.simulator.encoding import instant, json_bytes
from tomada.simulator.faults import Fault

FOREIGN_HOST = "https://foreign.example"
_BOMB, _DEPTH, _BIG, _MORE_THAN_A_PAGE = 10_000_000, 1_000, 1_000_000, 501
_AMOUNT = re.compile(rb'"(amount|balance|total)":(-?[\d.]+)')
_TEXT = re.compile(rb'"(description|name|message)":"')
# What spreadsheets, browsers, terminals and databases have been fooled by.
HOSTILE = (
    '=HYPERLINK("https://foreign.example","x")',
    "<script>alert(1)</script>",
    "\x1b[31mred\x1b[0m",
    "'; DROP TABLE rows; --",
    "abc\u202egnp.exe",
)
_TIMES = ("createdAt", "updatedAt", "lastUpdatedAt")


@dataclass(frozen=True, slots=True)
class Spoiled:
    """A body, and the headers that belong to it."""

    body: bytes
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)


def spoiled(fault: Fault, body: bytes, *, path: str, query: str) -> Spoiled:
    """Make of *body* what the fault wants."""
    if fault.effect == "gzip_bomb":
        bomb = gzip.compress(b" " * (fault.size or _BOMB) + body, mtime=0)
        return Spoiled(bomb, [(b"content-encoding", b"gzip")])
    on_bytes = _on_bytes().get(fault.effect)
    if on_bytes is not None:
        return Spoiled(on_bytes(fault, body))
    try:
        content = msgspec.json.Decoder(float_hook=Decimal).decode(body)
    except msgspec.DecodeError:
        return Spoiled(body)
    if isinstance(content, dict):
        _say_otherwise(fault, content, path=path, query=query)
    return Spoiled(json_bytes(content))


def _on_bytes() -> dict[str, Callable[[Fault, bytes], bytes]]:
    return {
        "truncate": lambda fault, body: body[
            : len(body) // 2 if fault.size is None else fault.size
        ],
        "bom": lambda _, body: b"\xef\xbb\xbf" + body,
        "nan": lambda _, body: _number(body, rb'"\1":NaN'),
        "huge_number": lambda _, body: _number(body, rb'"\1":1e400'),
        "duplicate_keys": lambda _, body: _number(body, rb'"\1":1,"\1":\2'),
        "deep": lambda _, body: _first(body, b'"deep":' + b"[" * _DEPTH + b"]" * _DEPTH),
        "bad_utf8": lambda _, body: _text(body, b"\xff\xfe"),
        "lone_surrogate": lambda _, body: _text(body, rb"\\ud800"),
    }


def _number(body: bytes, replacement: bytes) -> bytes:
    changed, count = _AMOUNT.subn(replacement, body, count=1)
    return changed if count else _first(body, _AMOUNT.sub(replacement, b'"amount":1'))


def _text(body: bytes, inserted: bytes) -> bytes:
    changed, count = _TEXT.subn(rb'"\1":"' + inserted, body, count=1)
    plain = inserted.replace(rb"\\", b"\\")
    return changed if count else _first(body, b'"description":"' + plain + b'"')


def _first(body: bytes, pair: bytes) -> bytes:
    """Put a pair at the front of an object."""
    rest = body[1:]
    return b"{" + pair + (b"" if rest.strip() == b"}" else b",") + rest


def _say_otherwise(fault: Fault, content: dict[str, Any], *, path: str, query: str) -> None:
    results = content.get("results")
    rows = results if isinstance(results, list) else [content]
    match fault.effect:
        case "next_loop":
            content["next"] = f"?{query}"
        case "next_foreign":
            content["next"] = f"{FOREIGN_HOST}{path}?{query}"
        case "next_empty":
            content["results"], content["next"] = [], content.get("next") or f"?{query}"
        case "too_many" if rows:
            content["results"] = (rows * _MORE_THAN_A_PAGE)[:_MORE_THAN_A_PAGE]
        case "flip":
            turned = {"UPDATED": "UPDATING", "UPDATING": "UPDATED"}
            for row in rows:
                row["status"] = turned.get(row.get("status", ""), row.get("status"))
        case "hostile_text" | "big_text":
            _write(fault, rows)
        case "shift_times" | "equal_times":
            _date(fault, rows)
        case _:
            for row in rows[:1]:
                _bend(fault, row)


def _write(fault: Fault, rows: list[Any]) -> None:
    big = "x" * (fault.size or _BIG)
    for place, row in enumerate(rows):
        hostile = HOSTILE[place % len(HOSTILE)]
        row["description"] = big if fault.effect == "big_text" else hostile


def _date(fault: Fault, rows: list[Any]) -> None:
    for row, key, when in _times(rows):
        shifted = when + timedelta(seconds=fault.seconds)
        midnight = when.replace(hour=0, minute=0, second=0, microsecond=0)
        row[key] = instant(midnight if fault.effect == "equal_times" else shifted)


def _times(rows: list[Any]) -> Iterator[tuple[dict[str, Any], str, datetime]]:
    for row in rows:
        for key in _TIMES:
            if isinstance(row, dict) and isinstance(row.get(key), str):
                yield row, key, datetime.fromisoformat(row[key])


def _bend(fault: Fault, row: dict[str, Any]) -> None:
    """Let one row leave the schema."""
    match fault.effect:
        case "new_enum":
            row[fault.key or "status"] = "SOMETHING_NEW"
        case "new_field":
            row[fault.key or "somethingNew"] = {"deep": [1, None, "x"]}
        case "missing_field":
            row.pop(fault.key or "description", None)
        case "null_field":
            row[fault.key or "id"] = None
        case "string_for_number":
            key = fault.key or "amount"
            row[key] = str(row.get(key))
        case "number_for_string":
            row[fault.key or "description"] = 42
        case _:
            pass
