"""Who is suspended does nothing any more; who goes on has lost nothing."""

import json
from datetime import timedelta
from uuid import UUID

import pytest

from tests.conftest import PASSWORD, Running
from tests.integration.path.truth import held, truth
from tests.integration.sync.quiet import quiet
from tests.integration.web.people import API, Person, closed, until
from tomada.cli import users as command
from tomada.domain.access import Caller
from tomada.domain.audit import INSTALLATION
from tomada.domain.errors import InvalidInputError, NotFoundError
from tomada.domain.ids import EntityId, ItemId, UserId
from tomada.domain.outgoing import ChannelId
from tomada.simulator.faults import Fault
from tomada.store.audit import AuditRows
from tomada.store.outbox import Outbox
from tomada.web.push import SIGNED_OUT


def entity_of(person: Person) -> EntityId:
    return EntityId(UUID(person.entity_id))


async def asked_of_pluggy(tomada: Running) -> int:
    return len(tomada.simulator.world.recorder.log)


@pytest.mark.parametrize("whole_entity", [False, True])
async def test_who_is_suspended_is_out_everywhere_and_comes_back_to_all_of_it(
    tomada: Running, rita: Person, bento: Person, *, whole_entity: bool
) -> None:
    item = ItemId(await rita.read_a_bank())
    await quiet(tomada)
    world, stops = tomada.simulator.world, tomada.app.doors.suspensions
    _, secret = await tomada.app.doors.api_keys.create(
        "x", ["read"], life=timedelta(days=1), actor="t", entity=entity_of(rita)
    )
    key = {"Authorization": f"Bearer {secret}"}
    spare = await rita.ticket()
    async with rita.stream() as stream:
        await stream.send(json.dumps({"ticket": await rita.ticket()}))
        await stream.recv()
        if whole_entity:
            assert await stops.suspend_entity(entity_of(rita), actor="ops")
        else:
            assert await stops.suspend_user(rita.email, actor="ops")
        # The stream looks again each second: this is within five.
        ended = await closed(stream)
    async with rita.stream() as stream:
        await stream.send(json.dumps({"ticket": spare}))
        late = await closed(stream)
    refused = [
        (await rita.client.get(f"{API}/items")).status_code,
        (await rita.client.get("/api/session")).status_code,
        (await rita.client.post("/api/session", json={"email": rita.email, "password": PASSWORD})
         ).status_code,
        (await bento.client.get(f"{API}/items", headers=key)).status_code,
    ]  # fmt: skip
    world.recorder.log.clear()
    world.purchase(item, description="Enquanto suspensa")
    await until(lambda: _kept_event(tomada, item))
    await tomada.app.upkeep.requeue()
    await tomada.app.upkeep.read_overdue()
    await tomada.app.refreshes.end_outages()
    await tomada.app.reading.run(item)

    assert (ended, late) == (SIGNED_OUT, SIGNED_OUT)
    assert refused == [401, 401, 401, 404]
    assert await asked_of_pluggy(tomada) == 0
    async with tomada.app.store.begin() as tx:
        due = await Outbox(tx, ChannelId.PRODUCT).due(now=tomada.app.clock(), limit=50)
    assert entity_of(rita) not in due
    assert (await bento.client.get(f"{API}/items")).status_code == 200

    if whole_entity:
        assert await stops.resume_entity(entity_of(rita), actor="ops")
    else:
        assert await stops.resume_user(rita.email, actor="ops")
    signed = await rita.client.post(
        "/api/session", json={"email": rita.email, "password": PASSWORD}
    )
    assert signed.status_code == 200

    async def bought() -> bool:
        rows = (await rita.get("/transactions", q="suspensa"))["transactions"]
        return len(rows) == 1

    await until(bought)


async def _kept_event(tomada: Running, item: str) -> bool:
    async with tomada.app.store.begin() as tx:
        return bool(
            await tx.conn.fetchval(
                "SELECT true FROM inbox WHERE item_id = $1 AND event = 'transactions/created'"
                " AND state = 'new'",
                item,
            )
        )


async def test_the_comparison_that_is_due_waits_while_its_entity_is_suspended(
    tomada: Running, rita: Person
) -> None:
    await rita.read_a_bank()
    await quiet(tomada)
    due = tomada.app.clock()
    async with tomada.app.store.begin() as tx:
        await tx.conn.execute("UPDATE work SET compare_at = $1", due)
    planned = "SELECT array_agg(compare_at) FROM work"

    await tomada.app.doors.suspensions.suspend_entity(entity_of(rita), actor="ops")
    await tomada.app.upkeep.read_overdue()
    async with tomada.app.store.begin() as tx:
        while_stopped = await tx.conn.fetchval(planned)
    await tomada.app.doors.suspensions.resume_entity(entity_of(rita), actor="ops")
    await tomada.app.upkeep.read_overdue()

    assert while_stopped == [due]

    async def compared() -> bool:
        async with tomada.app.store.begin() as tx:
            return bool(await tx.conn.fetchval(planned) != [due])

    await until(compared)


async def test_a_reading_under_way_writes_nothing_once_its_entity_is_suspended(
    tomada: Running, rita: Person
) -> None:
    slow = Fault(path="/v2/transactions", effect="delay", seconds=0.3, count=None)
    tomada.simulator.world.faults.add(slow)
    entity, item = entity_of(rita), ItemId(await rita.connect_a_bank())
    user = UserId(UUID((await rita.client.get("/api/caller")).json()["id"]))
    caller = Caller(user, entity, "test")
    await tomada.app.syncs.start(caller, item)

    async def in_the_middle() -> bool:
        return bool((await tomada.app.ledger.transactions(entity)).transactions)

    await until(in_the_middle)
    await tomada.app.doors.suspensions.suspend_entity(entity, actor="ops")
    before = await held(tomada, entity, item)
    tomada.simulator.world.faults.clear()
    await tomada.app.reading.run(item)

    assert before != await truth(tomada, item), "it was over before"
    assert await held(tomada, entity, item) == before


async def test_an_entity_goes_on_while_another_user_of_it_does(
    tomada: Running, rita: Person, bento: Person
) -> None:
    stops, store = tomada.app.doors.suspensions, tomada.app.store
    async with store.begin() as tx:
        await tx.conn.execute(
            "INSERT INTO memberships (user_id, entity_id, role)"
            " SELECT user_id, $1, 'subject' FROM memberships WHERE entity_id = $2",
            entity_of(rita),
            entity_of(bento),
        )

    await stops.suspend_user(rita.email, actor="ops")

    async with store.begin() as tx:
        stopped = await tx.conn.fetch("SELECT id FROM entities WHERE suspended_at IS NOT NULL")
    assert stopped == []
    assert not await stops.suspend_user(rita.email, actor="ops")
    assert await stops.suspend_user(bento.email, actor="ops")
    async with store.begin() as tx:
        count = "SELECT count(*) FROM entities WHERE suspended_at IS NOT NULL"
        assert await tx.conn.fetchval(count) == 2
    # What was suspended for itself does not go on with a user.
    await stops.resume_user(bento.email, actor="ops")
    async with store.begin() as tx:
        assert await tx.conn.fetchval(count) == 0
    with pytest.raises(NotFoundError):
        await stops.suspend_user("nobody@example.com", actor="ops")


async def test_the_commands_stop_and_list_without_naming_anybody(
    tomada: Running,
    rita: Person,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(command, "Settings", lambda: tomada.app.settings)

    await command.suspend(rita.email)
    await command.list_(as_json=True)
    await command.resume(rita.email)
    await command.suspend(entity=UUID(rita.entity_id))
    await command.resume(entity=UUID(rita.entity_id))
    await command.give(rita.email, "auditor")
    await command.list_()
    printed = capsys.readouterr().out

    for words in ({}, {"email": rita.email, "entity": UUID(rita.entity_id)}):
        with pytest.raises(InvalidInputError):
            await command.suspend(**words)  # type: ignore[arg-type]
    lines = printed.splitlines()
    assert json.loads(lines[1])["suspended"] is True
    assert lines[-1].split()[1:4] == ["active", "auditor", "r…@example.com"]
    assert rita.email not in printed
    async with tomada.app.store.begin(INSTALLATION) as tx:
        kept = [one.entry.action for one in reversed(await AuditRows(tx).entries())]
    assert kept == ["user_suspended", "user_resumed", "role_given"]
