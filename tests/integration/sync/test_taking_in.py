"""What is delivered is kept once, whatever it is, and answered only when it is kept."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import structlog
from pydantic import SecretStr

from tests.conftest import Running
from tests.integration.path.connecting import connect, eventually
from tests.integration.path.truth import held, truth
from tests.integration.sync.conftest import Connected
from tests.integration.sync.delivering import Courier, courier, inbox
from tests.integration.sync.quiet import quiet
from tomada.bootstrap import open_app
from tomada.cli.serve import serving, take_port
from tomada.settings import Settings
from tomada.simulator import Simulator
from tomada.store.embedded import join
from tomada.worker import Worker


async def test_one_event_fifty_times_at_once_is_one_row_and_one_reading(
    ana: Connected, pluggy: Courier
) -> None:
    event = pluggy.event("item/updated", itemId=ana.item)
    ana.tomada.simulator.world.recorder.log.clear()

    answers = await asyncio.gather(*(pluggy.deliver(event) for _ in range(50)))
    await quiet(ana.tomada)

    assert {answer.status_code for answer in answers} == {200}
    row = (await inbox(ana.tomada))[event["eventId"]]
    assert (row["state"], row["duplicates"], row["conflicts"]) == ("done", 49, 0)
    paths = [one.path for one in ana.tomada.simulator.world.recorder.log]
    assert paths.count(f"/items/{ana.item}") == 1


async def test_one_id_with_two_bodies_keeps_both_and_reads_the_whole_item(
    ana: Connected, pluggy: Courier
) -> None:
    world = ana.tomada.simulator.world
    event = pluggy.event("item/updated", itemId=ana.item)
    other = {**event, "triggeredBy": "CLIENT"}
    await pluggy.deliver(event)
    await quiet(ana.tomada)
    world.hooks.mode = "drop"
    rows = [row for one in world.state.items[ana.item].accounts for row in one.transactions]
    for row in rows:
        # Long ago, so that reading what is new does not come across it.
        row.created_at = row.date
    world.edit(rows[0].id, description="Corrigido em segredo")
    world.recorder.log.clear()

    answers = [await pluggy.deliver(body) for body in (other, other, event)]
    await quiet(ana.tomada)

    assert {answer.status_code for answer in answers} == {200}
    kept = (await inbox(ana.tomada))[event["eventId"]]
    assert (kept["duplicates"], kept["conflicts"]) == (3, 1)
    async with ana.tomada.app.store.begin() as tx:
        assert await tx.conn.fetchval("SELECT count(*) FROM inbox_conflicts") == 1
    assert await held(ana.tomada, ana.caller.entity_id, ana.item) == await truth(
        ana.tomada, ana.item
    )


_UNREADABLE = {
    "no JSON": b"hello",
    "nothing": b"",
    "cut": b'{"event": "item/upd',
    "a list": b'[{"event": "item/updated"}]',
    "a text": b'"item/updated"',
    "null": b"null",
    "no event": b'{"eventId": "x"}',
    "an event that is no text": b'{"event": {"a": 1}, "eventId": "x"}',
    "a key twice": b'{"event": "item/updated", "event": "item/deleted"}',
    "a key twice, deep inside": b'{"event": "item/updated", "a": [{"b": 1, "b": 2}]}',
    "NaN": b'{"event": "item/updated", "n": NaN}',
    "deep": b'{"event": "item/updated", "n": ' + b"[" * 1_000 + b"]" * 1_000 + b"}",
    "very deep": b"[" * 50_000,
    "other letters": '{"event": "item/updated", "n": "é"}'.encode("latin-1"),
    "utf-16": '{"event": "item/updated"}'.encode("utf-16"),
    "half a surrogate": b'{"event": "item/updated", "n": "\\ud800"}',
    "a zero": b'{"event": "item\\u0000/updated"}',
    "a byte order mark": b'\xef\xbb\xbf{"event": "item/updated"}',
    "compressed": b"\x1f\x8b\x08\x00\x00\x00\x00\x00",
}


async def test_what_cannot_be_read_is_kept_apart_and_acknowledged(
    tomada: Running, pluggy: Courier
) -> None:
    for name, content in _UNREADABLE.items():
        answers = [await pluggy.raw(content) for _ in range(2)]

        assert [answer.status_code for answer in answers] == [200, 200], name
    rows = list((await inbox(tomada)).values())
    assert len(rows) == len(_UNREADABLE)
    for row in rows:
        assert (row["state"], row["event"]) == ("quarantined", "unparsable")
        assert row["duplicates"] == 1


async def test_a_huge_delivery_is_refused_and_a_large_one_is_kept(
    tomada: Running, pluggy: Courier
) -> None:
    padding = "x" * (60 * 1024)
    large = await pluggy.deliver(pluggy.event("item/updated", padding=padding))
    huge = await pluggy.raw(b'{"event": "item/updated", "p": "' + b"x" * 2**22 + b'"}')

    assert (large.status_code, huge.status_code) == (200, 413)
    assert len(await inbox(tomada)) == 1


async def test_another_applications_event_is_kept_apart(ana: Connected, pluggy: Courier) -> None:
    ana.tomada.simulator.world.recorder.log.clear()

    name = await pluggy.kept("item/updated", itemId=ana.item, clientId="somebody-else")
    await quiet(ana.tomada)

    row = (await inbox(ana.tomada))[name]
    assert (row["state"], row["reason"]) == ("quarantined", "foreign")
    assert [one.path for one in ana.tomada.simulator.world.recorder.log] == []


async def test_what_asks_for_nothing_is_kept_and_acknowledged(
    tomada: Running, pluggy: Courier
) -> None:
    events: tuple[dict[str, Any], ...] = (
        {"event": "connector/status_updated", "connectorId": 0, "data": {"status": "OFFLINE"}},
        {"event": "payment_intent/created", "paymentIntentId": "p"},
        {"event": "something/never_seen", "anything": [1, 2, {"three": None}]},
        {"event": "no-slash"},
        {"event": "item/updated"},
        {"event": "transactions/created", "accountId": "a"},
    )

    for n, event in enumerate(events):
        answer = await pluggy.deliver({**event, "eventId": f"odd-{n}"})

        assert answer.status_code == 200
        row = (await inbox(tomada))[f"odd-{n}"]
        assert (row["state"], row["event"]) == ("done", event["event"])


async def test_events_without_an_id_are_told_apart_by_their_bodies(
    tomada: Running, pluggy: Courier
) -> None:
    bodies = [{"event": "something/new", "n": n} for n in (1, 2, 1)]

    answers = [await pluggy.deliver(body) for body in bodies]

    assert {answer.status_code for answer in answers} == {200}
    rows = list((await inbox(tomada)).values())
    assert sorted(row["duplicates"] for row in rows) == [0, 1]


async def test_an_id_that_is_none_is_not_taken_for_one(tomada: Running, pluggy: Courier) -> None:
    ids: tuple[Any, ...] = ("x" * 65, "with space", "ação", "\u202e", "a\nb", None, {}, ["a"])

    for event_id in ids:
        body = {"event": "something/new", "eventId": event_id}
        answers = [await pluggy.deliver(body) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [200, 200]

    rows = await inbox(tomada)
    assert len(rows) == len(ids)
    for name, row in rows.items():
        assert name.startswith("sha256:")
        assert row["duplicates"] == 1


async def test_while_the_database_is_away_nothing_is_acknowledged_and_nothing_is_lost(
    simulator: Simulator, settings_for: Callable[..., Settings], tmp_path: Path
) -> None:
    log = structlog.get_logger("tests")
    own = await asyncio.to_thread(join, tmp_path / "data", log)
    bound = take_port("127.0.0.1", 0)
    settings = settings_for(simulator, bound.getsockname()[1]).model_copy(
        update={
            "database_url": SecretStr(own.cluster.app_url),
            "database_owner_url": SecretStr(own.cluster.owner_url),
        }
    )
    try:
        async with (
            open_app(settings) as app,
            serving(app, listener=bound),
            Worker(app).running(),
        ):
            tomada = Running(app, settings.origin, simulator)
            caller = await tomada.someone()
            item = await connect(tomada, caller)
            await quiet(tomada)
            async with courier(tomada) as pluggy:
                await asyncio.to_thread(own.leave)
                refused = [
                    await pluggy.deliver(pluggy.event("item/updated", itemId=item)),
                    await pluggy.raw(b"not an event"),
                ]
                simulator.world.purchase(item, description="Enquanto isso")
                own = await asyncio.to_thread(join, tmp_path / "data", log)

                async def equal() -> bool:
                    return await held(tomada, caller.entity_id, item) == await truth(tomada, item)

                await eventually(equal, seconds=60)
                accepted = await pluggy.deliver(pluggy.event("item/updated", itemId=item))
                await quiet(tomada)
    finally:
        await asyncio.to_thread(own.leave)

    assert [answer.status_code for answer in refused] == [503, 503]
    assert all(int(answer.headers["Retry-After"]) > 0 for answer in refused)
    assert json.loads(refused[0].content)["error"]
    assert accepted.status_code == 200
