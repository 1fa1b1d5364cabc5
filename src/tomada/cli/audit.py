"""``tomada audit``: what is in the logs, whether they are what was signed, and a copy for an auditor."""

import json
import sys
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

from cyclopts import App as Commands
from cyclopts import Parameter

from tomada.adapters.anchors.file import read_notes
from tomada.bootstrap import App, open_app
from tomada.domain.audit import INSTALLATION
from tomada.domain.errors import InvalidInputError
from tomada.domain.ids import EntityId
from tomada.services.audit_export import chained_line, exported
from tomada.settings import Settings
from tomada.telemetry import set_up

Json = Annotated[bool, Parameter(name="--json", negative=())]

audit = Commands(name="audit", help="Who did what to whose data: show, verify, export.")


@audit.command
async def show(
    *, entity: UUID | None = None, user: UUID | None = None, limit: int = 100, as_json: Json = False
) -> None:
    """Print entries, newest first: of the installation itself, or of one entity. Changes nothing.

    Persons and things appear under pseudonyms. What is sealed stays sealed.

    Parameters
    ----------
    entity
        Whose log.
    user
        Only what this user did.
    limit
        Print so many at most.
    as_json
        Print one JSON object a line.
    """
    set_up(level="CRITICAL")
    async with open_app(Settings()) as app:
        whose = INSTALLATION if entity is None else EntityId(entity)
        found = await app.audit_log.entries(whose, limit=limit)
        actor = None if user is None else app.access.audit.pseudonym("user", str(user))
    for one in found:
        if actor not in (None, one.entry.actor):
            continue
        line = chained_line(one)
        if as_json:
            print(json.dumps(line))
        else:
            print(_words(one.entry.at.isoformat(), line))
    if not found and not as_json:
        print("there is none")


@audit.command
async def verify(*, anchors: Path | None = None, as_json: Json = False) -> None:
    """Hash every entry again and compare with what was signed. Changes nothing, but signs first.

    Exits with 1 where anything is not as it was. Compares with the file that
    TOMADA_AUDIT_ANCHOR_PATH names, or with another copy of it.

    Parameters
    ----------
    anchors
        A file of checkpoints that were kept elsewhere.
    as_json
        Print one JSON object.
    """
    set_up(level="CRITICAL")
    settings = Settings()
    path = anchors or settings.audit_anchor_path
    async with open_app(settings) as app:
        notes = read_notes(path) if path is not None and path.exists() else []
        found = await app.audit_log.verify(anchored=notes)
        key = app.audit_log.signer.key.hex()
    if as_json:
        print(json.dumps({
            "problems": found.problems, "entries": found.entries, "unsigned": found.loose,
            "checkpoints": found.checkpoints, "anchors": found.anchors, "key": key,
        }))  # fmt: skip
    else:
        for problem in found.problems:
            print(problem)
        print(
            f"{found.entries} entries, {found.loose} of them not signed yet;"
            f" {found.checkpoints} checkpoints, {found.anchors} of them seen elsewhere"
        )
        if not found.anchors:
            print("without checkpoints kept elsewhere nobody can tell whether the end was cut off")
        print(f"public key {key}")
    if found.problems:
        sys.exit(1)


@audit.command
async def export(path: Path) -> None:
    """Write all logs and checkpoints as JSON lines, for `scripts/verify_audit.py`. Changes nothing.

    Parameters
    ----------
    path
        The file to make; it must not be there yet.
    """
    set_up(level="CRITICAL")
    async with open_app(Settings()) as app:
        count = await _write(app, path)
    print(f"{count} lines")


async def _write(app: App, path: Path) -> int:
    try:
        file = path.open("x", encoding="utf-8")
    except FileExistsError as error:
        raise InvalidInputError(f"{path} is there already", field="path") from error
    count = 0
    with file:
        async for line in exported(app.audit_log):
            file.write(json.dumps(line) + "\n")
            count += 1
    return count


def _words(at: str, line: dict[str, Any]) -> str:
    """Put an entry on one line, whatever its fields hold."""
    thing = f" {line['object_kind']} {line['object']}" if line["object_kind"] else ""
    who = f"{line['actor_kind']} {line['actor'] or ''}".rstrip()
    more = "".join(f" {name}={value}" for name, value in line["data"].items())
    why = f" ({line['reason']})" if line["reason"] else ""
    text = f"{at}  {who}  {line['action']}{thing}: {line['outcome']}{why}{more}"
    return text.encode("unicode_escape").decode("ascii") if not text.isprintable() else text
