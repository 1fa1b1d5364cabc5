"""`tomada webhooks`: what an operator types, what is printed, and how it ends."""

import asyncio
import getpass
import json
import sys
from typing import Any

from tests.conftest import Running
from tests.fault.forks import environment
from tests.integration.path.truth import held, truth
from tests.integration.sync.conftest import Connected
from tests.integration.sync.delivering import Courier, inbox
from tests.integration.sync.quiet import quiet
from tests.integration.webhooks.samples import sample
from tomada.domain.audit import INSTALLATION
from tomada.simulator.faults import Fault
from tomada.store.audit import AuditRows


async def _typed(tomada: Running, *words: str) -> tuple[int, str, str]:
    """Type a command at the machine that serves."""
    done = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tomada", "webhooks", *words,
        env={**environment(tomada.app.settings), "COLUMNS": "200"},
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, err = await done.communicate()
    return done.returncode or 0, out.decode(), err.decode()


async def _json(tomada: Running, *words: str, code: int = 0) -> Any:
    ended, out, err = await _typed(tomada, *words, "--json")
    assert (ended, err) == (code, "")
    return [json.loads(line) for line in out.splitlines()]


async def test_dead_letters_are_seen_opened_for_the_record_and_done_again(
    ana: Connected, pluggy: Courier
) -> None:
    tomada, world = ana.tomada, ana.tomada.simulator.world
    await pluggy.raw(b'{"event": "\\u001b[31mred"')
    broken = Fault(path="/items/*", effect="status", status=500, count=None)
    world.faults.add(broken)
    world.hooks.mode = "drop"
    world.purchase(ana.item, description="Enquanto estava parado")
    event = sample("item/updated", item=ana.item)
    await pluggy.deliver(event)
    async with tomada.app.store.begin() as tx:
        # As after twelve failures: what is under way now is the last try.
        await tx.conn.execute("UPDATE work SET not_before = 'infinity', failures = 12")

    (seen,) = await _json(tomada, "status", code=1)
    dead = await _json(tomada, "list")
    quarantined = next(one for one in dead if one["state"] == "quarantined")
    (opened,) = await _json(tomada, "show", quarantined["eventId"], "--body")
    world.faults.clear()
    (again,) = await _json(tomada, "replay", "--state", "parked", "--state", "quarantined")
    await quiet(tomada)

    assert {"events_parked", "events_quarantined"} <= set(seen["problems"])
    assert seen["registered"] is True
    assert {one["state"] for one in dead} == {"parked", "quarantined"}
    assert opened["bodies"] == ['{"event": "\\\\u001b[31mred"']
    assert again == {"replayed": 1, "setAside": 1}
    assert (await inbox(tomada))[event["eventId"]]["state"] == "done"
    assert await held(tomada, ana.caller.entity_id, ana.item) == await truth(tomada, ana.item)
    audit = tomada.app.access.audit
    async with tomada.app.store.begin(INSTALLATION) as tx:
        entries = [one.entry for one in await AuditRows(tx).entries()]
    me = audit.pseudonym("operator", getpass.getuser())
    opened_event = audit.name("webhook_event", quarantined["eventId"])
    assert [(one.action, one.actor, one.object_name) for one in reversed(entries)] == [
        ("webhook_opened", me, opened_event), ("webhooks_replayed", me, None),
    ]  # fmt: skip


async def test_a_range_is_done_again_and_every_command_ends_as_it_says(
    ana: Connected, pluggy: Courier
) -> None:
    tomada, world = ana.tomada, ana.tomada.simulator.world
    event = sample("transactions/updated", item=ana.item)
    await pluggy.deliver(event)
    await quiet(tomada)
    world.hooks.mode = "drop"
    rows = world.state.items[ana.item].accounts[0].transactions
    world.edit(rows[0].id, description="Sem aviso")

    (registered,) = await _json(tomada, "register")
    (changed,) = await _json(tomada, "rotate")
    old = (await pluggy.deliver(sample("item/updated", item=ana.item))).status_code
    twice, _, why = await _typed(tomada, "rotate")
    (again,) = await _json(tomada, "replay", "--since", "2020-01-01", "--item", ana.item)
    nothing, _, which = await _typed(tomada, "replay")
    missing, _, _ = await _typed(tomada, "show", "there-is-none")
    _, listed, _ = await _typed(tomada, "list", "--every", "--limit", "1")
    await quiet(tomada)

    assert registered["outcome"] == "unchanged"
    assert changed["webhookId"] == registered["webhookId"]
    assert changed["previousUntil"] is not None
    assert old == 200
    assert (twice, "not over" in why) == (1, True)
    assert again["replayed"] > 0
    assert (nothing, "say which" in which) == (2, True)
    assert missing == 1
    assert len(listed.splitlines()) == 1
    assert await held(tomada, ana.caller.entity_id, ana.item) == await truth(tomada, ana.item)
