"""`tomada audit`: what is printed, what is exported, and how it ends."""

import asyncio
import json
import sys
from pathlib import Path

import asyncpg

from scripts.verify_audit import verify
from tests.conftest import Running
from tests.fault.forks import environment
from tomada.store.audit import AuditRows


async def _typed(tomada: Running, *words: str, **more: str) -> tuple[int, str]:
    done = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tomada", "audit", *words,
        env={**environment(tomada.app.settings), "COLUMNS": "200", **more},
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    out, _ = await done.communicate()
    return done.returncode or 0, out.decode()


async def test_an_operator_shows_verifies_and_exports_and_tampering_ends_with_one(
    tomada: Running, tmp_path: Path
) -> None:
    ana = await tomada.someone()
    hostile = "r\n2026-01-01 forged \x1b[31m"
    async with tomada.app.store.begin(ana.entity_id) as tx:
        await tomada.app.access.audit.write(tx, "looked", subject=("item", hostile), reason=hostile)
    await tomada.app.audit_log.merge()
    await tomada.app.audit_log.sign()
    anchors = tmp_path / "anchors.jsonl"
    anchors.write_text(
        "".join(
            json.dumps({"note": one.decode()}) + "\n" for one in await tomada.app.audit_log.notes()
        )
    )
    export = tmp_path / "audit.jsonl"

    shown = await _typed(tomada, "show", "--entity", str(ana.entity_id))
    verified = await _typed(tomada, "verify", "--json", TOMADA_AUDIT_ANCHOR_PATH=str(anchors))
    exported = await _typed(tomada, "export", str(export))
    again = await _typed(tomada, "export", str(export))
    async with tomada.app.store.begin(ana.entity_id) as tx:
        held = [one async for one in AuditRows(tx).chained()]

    assert shown[0] == 0
    # One entry, one line, whatever it holds.
    assert len(shown[1].splitlines()) == len(held) == 2
    assert "\x1b" not in shown[1]
    assert "user_created" in shown[1]
    assert verified[0] == 0
    answer = json.loads(verified[1])
    assert (answer["problems"], answer["entries"], answer["anchors"]) == ([], 2, 1)
    assert exported[0] == 0
    assert again[0] == 2
    key = bytes.fromhex(answer["key"])
    assert verify(export.read_text().splitlines(), anchors.read_text().splitlines(), key) == []

    spoiled = export.read_text().replace("looked", "lookde")
    assert verify(spoiled.splitlines(), [], None) != []
    await _as_owner(tomada, "UPDATE tomada.audit SET outcome = 'other'")
    ended, said = await _typed(tomada, "verify")
    assert ended == 1
    assert "is not the one that was written" in said
    assert "without checkpoints kept elsewhere" in said


async def _as_owner(tomada: Running, statement: str) -> None:
    url = tomada.app.settings.database_owner_url
    assert url is not None

    owner = await asyncpg.connect(url.get_secret_value())
    async with owner.transaction():
        await owner.execute("ALTER TABLE tomada.audit NO FORCE ROW LEVEL SECURITY")
        await owner.execute(statement)
        await owner.execute("ALTER TABLE tomada.audit FORCE ROW LEVEL SECURITY")
    await owner.close()
