"""The secret is changed while deliveries come in and are repeated: none is lost."""

import asyncio
import itertools
import os
import random
from datetime import timedelta

import pytest

from tests.integration.webhooks.door import Door, Hands, Heard, Opened, told
from tests.integration.webhooks.samples import sample
from tomada.pluggy.webhooks import parse_event
from tomada.services.hook_secrets import RotationUnderWayError
from tomada.simulator import Simulator
from tomada.simulator.faults import Fault

DELIVERIES = int(os.environ.get("TOMADA_TEST_ROTATION", "10000"))
FORBIDDEN = (403, b'{"error":"Forbidden"}')


def _borne(simulator: Simulator) -> str:
    """Give the secret that Pluggy sends now."""
    (hook,) = simulator.world.state.webhooks.values()
    (secret,) = hook.headers.values()
    return secret


async def _rotate(door: Door, hands: Hands, *, force: bool = False, waiting: bool = False) -> None:
    async def pause(seconds: float) -> None:
        hands.move(seconds=seconds)
        # What a process keeps in memory expires by the machine's own time.
        await asyncio.sleep(seconds if waiting else 0)

    await door.app.upkeep.registration.rotate(overlap=timedelta(hours=24), force=force, pause=pause)


async def test_a_change_during_ten_thousand_deliveries_loses_none(
    only: Door, opened: Opened, simulator: Simulator, hands: Hands
) -> None:
    other = await opened()
    await only.app.upkeep.check_webhook()
    rng, numbers = random.Random(7), itertools.count()
    lost: list[Heard] = []
    first = _borne(simulator)

    quarter, changed = asyncio.Event(), asyncio.Event()

    async def deliver() -> None:
        # Pluggy repeats with the header of the registration, or with the one it began with.
        began = _borne(simulator)
        while (n := next(numbers)) < DELIVERIES:
            if n >= DELIVERIES // 4:
                quarter.set()
            if n > DELIVERIES // 2:
                # Some are left for the time after the change.
                await changed.wait()
            event = sample("connector/status_updated") | {"eventId": f"event-{n}"}
            secret = rng.choice([began, _borne(simulator)])
            door = rng.choice([only, other])
            headers = [(door.app.settings.webhook_header, secret)]
            body = str(event).replace("'", '"').encode()
            assert parse_event(body)
            heard = await door.knock(body, headers)
            if heard.status != 200:
                lost.append(heard)
            await asyncio.sleep(0)

    async def change() -> None:
        await quarter.wait()
        await _rotate(only, hands, waiting=True)
        changed.set()

    await asyncio.gather(*(deliver() for _ in range(20)), change())
    kept = await only.count()
    second = _borne(simulator)
    # The one before is refused once the new one was seen and the overlap is over.
    early = await only.knock(b"{}", [(only.app.settings.webhook_header, first)])
    hands.move(hours=24)
    late = await only.knock(b"{}", [(only.app.settings.webhook_header, first)])

    assert lost == []
    assert kept == DELIVERIES
    assert second != first
    assert early.status == 200
    assert (late.status, late.body) == FORBIDDEN


async def test_a_second_change_waits_for_the_first_unless_forced(
    only: Door, simulator: Simulator, hands: Hands
) -> None:
    await only.app.upkeep.check_webhook()
    header, secrets = only.app.settings.webhook_header, [_borne(simulator)]
    await _rotate(only, hands)
    secrets.append(_borne(simulator))
    with pytest.raises(RotationUnderWayError):
        await _rotate(only, hands)
    await only.knock(b"{}", [(header, secrets[1])])
    hands.move(hours=23)
    with pytest.raises(RotationUnderWayError):
        await _rotate(only, hands)

    await _rotate(only, hands, force=True)

    secrets.append(_borne(simulator))
    answers = [(await only.knock(b"{}", [(header, one)])).status for one in secrets]
    assert answers == [403, 403, 200]
    assert len(set(secrets)) == 3


async def test_the_secret_before_is_accepted_until_the_new_one_was_seen(
    only: Door, simulator: Simulator, hands: Hands
) -> None:
    await only.app.upkeep.check_webhook()
    header, before = only.app.settings.webhook_header, _borne(simulator)
    simulator.world.faults.add(
        Fault(method="PATCH", path="/webhooks/*", effect="status", status=400, count=1)
    )
    with pytest.raises(Exception, match="Pluggy refused"):
        await _rotate(only, hands)
    hands.move(days=3)

    still = (await only.knock(b"{}", [(header, before)])).status
    # The next hourly check tells Pluggy what it was not told.
    await only.app.upkeep.watch_webhook()
    new = await told(only.app)
    seen = (await only.knock(b"{}", [(header, new)])).status
    after = (await only.knock(b"{}", [(header, before)])).status

    assert (still, seen, after) == (200, 200, 403)
    assert _borne(simulator) == new != before
