"""Erasing: at once unreadable, then gone; nothing brings it back, and nothing else is touched."""

from typing import Any

import pytest

from tests.conftest import PASSWORD, Running, Start
from tests.fault.cluster import Server
from tests.integration.path.connecting import connect, eventually
from tests.integration.path.truth import held
from tests.integration.privacy.backups import Backup
from tests.integration.sync.quiet import quiet
from tests.integration.web.people import API, Person, until
from tomada.domain.access import Caller
from tomada.domain.errors import ErasedError, InvalidCredentialsError, TomadaError
from tomada.simulator.faults import Fault
from tomada.store.columns import column_map


async def rows_of(server: Server, caller: Caller) -> dict[str, int]:
    """Count every row that bears the entity's id, in every table there is."""
    async with server.eye() as eye:
        tables = await eye.fetch(
            "SELECT table_name AS name, column_name AS place FROM information_schema.columns"
            " WHERE table_schema = 'tomada' AND column_name IN ('entity_id', 'owner')"
        )
        return {
            one["name"]: count
            for one in tables
            if (count := await eye.fetchval(
                f"SELECT count(*) FROM {one['name']} WHERE {one['place']} = $1",  # noqa: S608  (the catalogue's)
                caller.entity_id,
            ))
        }  # fmt: skip


async def done(tomada: Running, request: Any) -> None:
    async def ended() -> bool:
        return (await tomada.app.privacy.erasures.find(request)).state == "done"

    await eventually(ended)


async def test_whom_a_restored_backup_brings_back_is_erased_again_before_anything_is_served(
    start: Start, server: Server, backup: Backup
) -> None:
    async with start() as tomada:
        ana, bia = await tomada.someone(), await tomada.someone("bia@example.com")
        items = [await connect(tomada, one) for one in (ana, bia)]
        await quiet(tomada)
        before, kept_of_bia = (
            await rows_of(server, ana),
            await held(tomada, bia.entity_id, items[1]),
        )
        async with server.eye() as eye:
            blob = await eye.fetchval(
                "SELECT sealed FROM transactions WHERE entity_id = $1 LIMIT 1", ana.entity_id
            )
        backup.make()

        request = await tomada.app.privacy.erasures.ask(ana)
        with pytest.raises(ErasedError):
            await tomada.app.items.list(ana.entity_id)
        await done(tomada, request.id)

        kept = set(column_map().kept())
        after = await rows_of(server, ana)
        outside = {"item_endings", "privacy_requests", "audit_leaves", "audit_pending"}
        assert set(after) <= kept | outside
        assert before["transactions"] > 100
        async with server.eye() as eye:
            assert await eye.fetchval(
                "SELECT wrapped = '' AND destroyed_at IS NOT NULL FROM entity_keys"
                " WHERE entity_id = $1", ana.entity_id,
            )  # fmt: skip
            assert await eye.fetchval("SELECT count(*) FROM users") == 1
            assert not await eye.fetchval(
                "SELECT count(*) FROM inbox WHERE item_id = $1 AND state <> 'unbound'", items[0]
            )
        with pytest.raises(InvalidCredentialsError):
            await tomada.app.access.sign_in("ana@example.com", PASSWORD, address="127.0.0.1")
        assert items[0] not in tomada.simulator.world.state.items
        assert await held(tomada, bia.entity_id, items[1]) == kept_of_bia

    await backup.restore()
    assert (await rows_of(server, ana))["transactions"] == before["transactions"]

    async with start() as tomada:
        assert set(await rows_of(server, ana)) <= kept | outside
        assert await held(tomada, bia.entity_id, items[1]) == kept_of_bia
        async with server.eye() as eye:
            assert await eye.fetchval("SELECT count(*) FROM users") == 1
        with pytest.raises(TomadaError):
            await tomada.app.vault.keys(ana.entity_id)
        keys = await tomada.app.vault.keys(bia.entity_id)
        for one in (keys, tomada.app.vault.system):
            with pytest.raises(TomadaError):
                one.open("transactions", "x", blob)
        assert await tomada.app.privacy.erasures.replay() == 0


async def test_an_erasure_is_asked_for_with_a_plan_and_followed_by_its_receipt(
    rita: Person, bento: Person
) -> None:
    item = await rita.read_a_bank()
    plan = await rita.get("/privacy/erasure-plan")
    fault = Fault(method="DELETE", effect="status", status=500, count=None)
    rita.tomada.simulator.world.faults.add(fault)

    unsure = await rita.post("/privacy/erasure", {"confirm": False})
    asked = await rita.post("/privacy/erasure", {"confirm": True})

    assert plan["rows"]["transactions"] > 100
    assert set(plan["kept"]) == set(column_map().kept())
    assert (unsure.status_code, asked.status_code) == (422, 202)
    for path in ("/items", "/transactions", "/privacy", "/feed"):
        answer = await rita.client.get(f"{API}{path}")
        assert answer.status_code in (401, 410), path

    async def over() -> bool:
        # The receipt is enough: there is nobody any more who could sign in.
        answer = await bento.client.get(f"{API}/privacy/erasures/{asked.json()['id']}")
        assert answer.status_code == 200, answer.text
        return bool(answer.json()["state"] == "done")

    await until(over)
    # Pluggy was away all the time; it is asked on until it has ended the item too.
    assert item in rita.tomada.simulator.world.state.items
    rita.tomada.simulator.world.faults.clear()

    async def gone_there() -> bool:
        await rita.tomada.app.privacy.endings.sweep()
        return item not in rita.tomada.simulator.world.state.items

    await until(gone_there)


async def test_a_line_that_is_not_ours_erases_nobody(start: Start) -> None:
    async with start() as tomada:
        ana = await tomada.someone()
        path = tomada.app.settings.erasure_ledger_path
        path.parent.mkdir(parents=True, exist_ok=True)
        forged = f'{{"entity": "{ana.entity_id}", "request": "{ana.user_id}",'
        with path.open("a") as file:
            file.write(forged + ' "at": "2026-11-23T12:00:00+00:00", "mark": "00"}\nhalf a li')

        assert await tomada.app.privacy.erasures.replay() == 0
        assert await tomada.app.items.list(ana.entity_id) == []
