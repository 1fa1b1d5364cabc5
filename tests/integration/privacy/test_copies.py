"""The copy of everything: whole, sealed while it waits, taken once, harmless in a spreadsheet."""

import csv
import io
import json
import zipfile
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import httpx2
import msgspec
import pytest

from tests.conftest import Running
from tests.fault.cluster import Server
from tests.integration.path.connecting import connect
from tests.integration.privacy.reimport import OWN, put_back
from tests.integration.sync.quiet import quiet
from tests.integration.web.people import API, Person, until
from tomada.domain.errors import NotFoundError
from tomada.domain.ids import EntityId
from tomada.services.copies import cell
from tomada.store.columns import column_map

FORMULA = "=HYPERLINK('http://evil.example')"


async def _ready(person: Person) -> str:
    asked = await person.post("/privacy/exports")
    assert asked.status_code == 202, asked.text

    async def ready() -> str | None:
        copies = (await person.get("/privacy"))["copies"]
        return str(copies[0]["id"]) if copies[0]["state"] == "ready" else None

    return str(await until(ready))


async def _take(person: Person, copy: str) -> httpx2.Response:
    return await person.post(f"/privacy/exports/{copy}/take")


async def test_the_copy_has_every_row_and_every_text(
    rita: Person, bento: Person, server: Server
) -> None:
    item = await rita.read_a_bank()
    world = rita.tomada.simulator.world
    account = world.state.items[item].accounts[0]
    world.post(item, account_id=account.id, description=FORMULA)
    await rita.post("/sync-data", {"itemId": item})

    async def there() -> bool:
        found = await rita.get("/transactions", q="HYPERLINK")
        return bool(found["transactions"])

    await until(there)
    copy = await _ready(rita)
    async with server.eye() as eye:
        waiting = await eye.fetch("SELECT sealed FROM export_parts")
        counted = {
            name: await eye.fetchval(
                f"SELECT count(*) FROM {name} WHERE entity_id = $1::text::uuid",  # noqa: S608  (the map's)
                rita.entity_id,
            )
            for name in column_map().exported()
        }
    foreign = await _take(bento, copy)
    taken = await _take(rita, copy)
    again = await _take(rita, copy)
    soon = await rita.post("/privacy/exports")

    assert (foreign.status_code, taken.status_code, again.status_code) == (404, 200, 404)
    assert soon.status_code == 429
    assert waiting
    assert not any(one["sealed"][:2] == b"PK" or b"data.json" in one["sealed"] for one in waiting)
    archive = zipfile.ZipFile(io.BytesIO(taken.content))
    whole = msgspec.json.decode(archive.read("data.json"))
    assert whole["schemaVersion"] == 1
    rows = {name: len(found) for name, found in whole["tables"].items()}
    # What the copy itself wrote to the audit came after it.
    assert rows.pop("audit") <= counted.pop("audit")
    assert rows == counted
    assert rows["transactions"] > 100
    movement = next(
        one for one in whole["tables"]["transactions"]
        if one["detail"]["description"] == FORMULA
    )  # fmt: skip
    assert movement["raw"]["description"] == FORMULA
    assert movement["signed_minor"] != 0
    lines = list(csv.reader(io.StringIO(archive.read("csv/transactions.csv").decode())))
    assert len(lines) == rows["transactions"] + 1
    assert any(FORMULA in one and f"'{FORMULA}" == one for line in lines for one in line)
    proofs = msgspec.json.decode(archive.read("consents.json"))
    assert [one["consent_id"] for one in proofs]
    looked = msgspec.json.decode(archive.read("accesses.json"))
    assert {"signed_in", "consent_granted"} <= {one["action"] for one in looked}
    assert {one["who"] for one in looked} == {"you", "system"}
    assert "lançamentos" in archive.read("resumo.txt").decode()
    assert "LGPD art. 7" in archive.read("sources.md").decode()
    async with server.eye() as eye:
        assert await eye.fetchval("SELECT count(*) FROM export_parts") == 0


async def test_a_copy_that_nobody_takes_is_deleted_after_72_hours(
    tomada: Running, server: Server
) -> None:
    ana = await tomada.someone()
    exports = tomada.app.privacy.exports
    row = await exports.ask(ana)

    async def ready() -> bool:
        return (await exports.list(ana))[0].state == "ready"

    await until(ready)
    late = replace(exports, clock=lambda: exports.clock() + timedelta(hours=72, seconds=1))

    with pytest.raises(NotFoundError):
        await late.take(ana, row.id)
    assert await late.expire() == 1
    with pytest.raises(NotFoundError):
        await exports.take(ana, row.id)
    async with server.eye() as eye:
        assert await eye.fetchval("SELECT count(*) FROM export_parts") == 0


async def test_a_copy_and_an_erasure_need_a_fresh_proof(
    rita: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tomada.web.auth.STEP_UP_LASTS", timedelta(seconds=-1))

    for path, body in (
        ("/privacy/exports", None),
        (f"/privacy/exports/{rita.entity_id}/take", None),
        ("/privacy/erasure", {"confirm": True}),
    ):
        answer = await rita.post(path, body)
        assert answer.json()["code"] == "step_up_required", path
    assert (await rita.client.get(f"{API}/privacy")).status_code == 200


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "\x00"])
def test_a_cell_that_a_spreadsheet_would_run_is_quoted(start: str) -> None:
    assert cell(f"{start}cmd|' /C calc'!A0").startswith("'")
    assert cell(f"{start}1+1") == f"'{start}1+1"


def test_plain_cells_stay_as_they_are() -> None:
    assert [cell(one) for one in (-1250, "-12.50", "Padaria", None, True)] == [
        "-1250", "-12.50", "Padaria", "", "true",
    ]  # fmt: skip


async def test_a_copy_put_back_as_somebody_new_gives_the_same_copy(
    tomada: Running, server: Server
) -> None:
    ana, bia = await tomada.someone(), await tomada.someone("bia@example.com")
    await connect(tomada, ana)
    await quiet(tomada)
    exports, vault = tomada.app.privacy.exports, tomada.app.vault

    async def copy(entity: EntityId) -> dict[str, list[dict[str, Any]]]:
        made = zipfile.ZipFile(io.BytesIO(await exports._make(entity, tomada.app.clock())))
        # Exact digits, not what a float makes of them.
        whole = json.loads(made.read("data.json"), parse_float=Decimal)
        return {name: rows for name, rows in whole["tables"].items() if name not in OWN}

    before = await copy(ana.entity_id)
    async with server.eye() as eye:
        await put_back(eye, await vault.keys(bia.entity_id), bia.entity_id, before)
    after = await copy(bia.entity_id)

    assert sum(map(len, before.values())) > 1000
    assert {name for name in before if before[name] != after[name]} == set()
