"""A copy of everything of one person: the files of the archive, made row by row."""

import base64
import csv
import io
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import msgspec

from tomada.services.vault import Keys
from tomada.store.columns import ColumnMap, Table
from tomada.store.subject_rows import SubjectRows
from tomada.store.tx import Tx

SCHEMA_VERSION = 1
_LIVE = ("=", "+", "-", "@", "\t", "\r", "\n", "\x00")
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")
_OPENED = {"sealed": "detail", "sealed_raw": "raw"}


def cell(value: object) -> str:
    """Write a value for a table of cells; what a spreadsheet would run as a formula is quoted."""
    text = "" if value is None else _text(value)
    live = text.startswith(_LIVE) and _NUMBER.fullmatch(text) is None
    return f"'{text}" if live else text


def _text(value: object) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, str):
        return value
    return msgspec.json.encode(value).decode()


@dataclass(slots=True)
class Archive:
    """A ZIP under way, in memory; everything of the data is in ``data.json``."""

    out: io.BytesIO = field(default_factory=io.BytesIO)
    counts: dict[str, int] = field(default_factory=dict)
    _tables: dict[str, io.StringIO] = field(default_factory=dict)

    async def fill(self, tx: Tx, keys: Keys, known: ColumnMap, head: Mapping[str, Any]) -> bytes:
        """Write ``data.json`` and a CSV for each table, then *head*'s other files; gives the ZIP."""
        with zipfile.ZipFile(self.out, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
            with archive.open("data.json", "w", force_zip64=True) as data:
                opening = msgspec.json.encode({"schemaVersion": SCHEMA_VERSION, **head["data"]})
                data.write(opening[:-1] + b',"tables":{')
                for place, (name, table) in enumerate(known.exported().items()):
                    data.write((b"," if place else b"") + msgspec.json.encode(name) + b":[")
                    await self._table(tx, keys, name, table, data)
                    data.write(b"]")
                data.write(b"}}")
            for name, text in self._tables.items():
                archive.writestr(f"csv/{name}.csv", text.getvalue())
            for name, text in head["files"](self.counts).items():
                archive.writestr(name, text)
        return self.out.getvalue()

    async def _table(self, tx: Tx, keys: Keys, name: str, table: Table, data: Any) -> None:
        writer: Any = None
        columns: list[str] = []
        self.counts[name] = 0
        async for record in SubjectRows(tx).each(name, table):
            row = opened(keys, name, table, dict(record))
            data.write((b"," if self.counts[name] else b"") + msgspec.json.encode(row))
            detail = row.get("detail")
            flat = {**row, **(detail if isinstance(detail, dict) else {})}
            if writer is None:
                columns = [one for one in flat if one not in _OPENED.values()]
                self._tables[name] = io.StringIO()
                writer = csv.writer(self._tables[name])
                writer.writerow(columns)
            writer.writerow([cell(flat.get(one)) for one in columns])
            self.counts[name] += 1


def opened(keys: Keys, name: str, table: Table, record: dict[str, Any]) -> dict[str, Any]:
    """Open a row: plain columns as they are, sealed ones under ``detail`` and ``raw``."""
    row = {column: _plain(record[column]) for column in table.plain}
    for column, how in table.sealed.items():
        group, _, kind = how.partition(":")
        sealed = record[column]
        if sealed is None:
            row[_OPENED[column]] = None
            continue
        plain = keys.open(name, record["place"], sealed, group=group)
        row[_OPENED[column]] = (
            msgspec.Raw(plain) if kind == "json" else msgspec.msgpack.decode(plain)
        )
    return row


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return value
