"""What somebody does to the registration at Pluggy is found within 65 minutes, and put right."""

import random
from collections.abc import Callable

import pytest

from tests.integration.webhooks.door import Door, Hands
from tomada.domain.errors import ProviderError
from tomada.simulator import Simulator
from tomada.simulator.state import WebhookRecord


def _damages(hands: Hands) -> dict[str, Callable[[dict[str, WebhookRecord], WebhookRecord], None]]:
    def deleted(hooks: dict[str, WebhookRecord], hook: WebhookRecord) -> None:
        del hooks[hook.id]

    return {
        "disabled": lambda _, hook: setattr(hook, "disabled_at", hands()),
        "address": lambda _, hook: setattr(hook, "url", "https://elsewhere.example/hook"),
        "event": lambda _, hook: setattr(hook, "event", "item/created"),
        "header": lambda _, hook: setattr(hook, "headers", {}),
        "secret": lambda _, hook: setattr(hook, "headers", dict.fromkeys(hook.headers, "0" * 64)),
        "absent": deleted,
    }


async def test_every_drift_is_found_and_put_right_within_65_minutes(
    only: Door, simulator: Simulator, hands: Hands
) -> None:
    upkeep, rng = only.app.upkeep, random.Random(65)
    await upkeep.check_webhook()
    hooks = simulator.world.state.webhooks
    (hook,) = hooks.values()
    well = (hook.url, hook.event, dict(hook.headers), None)
    found: dict[str, list[int]] = {}

    for name, damage in _damages(hands).items():
        for _ in range(5):
            # As far into the hour as it may be.
            for _ in range(rng.randrange(12)):
                hands.move(minutes=5)
                await upkeep.watch_webhook()
            (hook,) = hooks.values()
            damage(hooks, hook)
            minutes = 0
            while [(h.url, h.event, h.headers, h.disabled_at) for h in hooks.values()] != [well]:
                minutes += 5
                assert minutes <= 65, name
                hands.move(minutes=5)
                await upkeep.watch_webhook()
            found.setdefault(name, []).append(minutes)
            assert (await upkeep.registration.secrets.row()).drift == name

    assert {len(times) for times in found.values()} == {5}


async def test_five_webhooks_of_others_leave_no_room_and_that_is_told(
    only: Door, simulator: Simulator
) -> None:
    for n in range(5):
        simulator.world.subscriptions.create(
            event="all", url=f"https://other-{n}.example/hook", headers={}
        )

    with pytest.raises(ProviderError):
        await only.app.upkeep.check_webhook()

    seen = await only.app.webhooks.status()
    assert seen.problems == ("registration_absent",)
    assert (seen.row.drift, seen.registered) == ("limit", False)


async def test_hourly_means_once_for_all_processes(
    only: Door, simulator: Simulator, hands: Hands
) -> None:
    await only.app.upkeep.check_webhook()
    simulator.world.recorder.log.clear()

    for _ in range(36):
        hands.move(minutes=5)
        for _ in range(3):
            await only.app.upkeep.watch_webhook()

    asked = [one for one in simulator.world.recorder.log if one.path == "/webhooks"]
    assert len(asked) == 3
