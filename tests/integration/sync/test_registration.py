"""The one webhook at Pluggy: made once, mended when it breaks, by however many processes."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack

import pytest

from tomada.bootstrap import App, open_app
from tomada.cli.serve import take_port
from tomada.domain.errors import ProviderError
from tomada.settings import Settings
from tomada.simulator import Simulator
from tomada.simulator.faults import Fault


@pytest.fixture
async def apps(
    simulator: Simulator, settings_for: Callable[[Simulator, int], Settings]
) -> AsyncIterator[list[App]]:
    """Three processes' worth of one installation, without workers."""
    with take_port("127.0.0.1", 0) as bound:
        settings = settings_for(simulator, bound.getsockname()[1])
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(open_app(settings)) for _ in range(3)]


def _registered(simulator: Simulator) -> list[tuple[str, str]]:
    return [(one.event, one.url) for one in simulator.world.state.webhooks.values()]


async def test_processes_that_start_together_register_one_webhook(
    apps: list[App], simulator: Simulator
) -> None:
    await asyncio.gather(*(app.upkeep.check_webhook() for app in apps for _ in range(2)))
    await apps[0].upkeep.check_webhook()

    assert _registered(simulator) == [("all", apps[0].settings.webhook_url)]


async def test_a_webhook_of_somebody_else_is_left_alone(
    apps: list[App], simulator: Simulator
) -> None:
    simulator.world.subscriptions.create(event="all", url="https://example.com/hook", headers={})

    await apps[0].upkeep.check_webhook()

    assert sorted(_registered(simulator)) == sorted(
        [("all", "https://example.com/hook"), ("all", apps[0].settings.webhook_url)]
    )


async def test_what_was_broken_from_outside_is_mended(
    apps: list[App], simulator: Simulator
) -> None:
    app = apps[0]
    await app.upkeep.check_webhook()
    hooks = simulator.world.state.webhooks
    secret = dict(next(iter(hooks.values())).headers)

    for damage, drift in (
        ("headers", "header"), ("other secret", "secret"), ("disabled", "disabled"),
        ("address", "address"), ("event", "event"), ("deleted", "absent"),
    ):  # fmt: skip
        hook = next(iter(hooks.values()))
        match damage:
            case "headers":
                hook.headers = {}
            case "other secret":
                hook.headers = dict.fromkeys(secret, "0" * 64)
            case "disabled":
                hook.disabled_at = app.clock()
            case "address":
                hook.url = "https://elsewhere.example/hook"
            case "event":
                hook.event = "item/updated"
            case _:
                hooks.clear()
        await app.upkeep.check_webhook()

        (mended,) = hooks.values()
        assert (dict(mended.headers), mended.disabled_at) == (secret, None), damage
        assert _registered(simulator) == [("all", app.settings.webhook_url)], damage
        assert (await app.upkeep.registration.secrets.row()).drift == drift


async def test_an_intact_webhook_is_left_as_it_is(apps: list[App], simulator: Simulator) -> None:
    await apps[0].upkeep.check_webhook()
    simulator.world.recorder.log.clear()

    await apps[1].upkeep.check_webhook()

    assert {one.method for one in simulator.world.recorder.log} <= {"GET", "POST"}
    changing = [one for one in simulator.world.recorder.log if one.path.startswith("/webhooks")]
    assert [one.method for one in changing] == ["GET"]


async def test_while_pluggy_is_away_the_chore_fails_so_that_it_is_tried_again_soon(
    apps: list[App], simulator: Simulator
) -> None:
    simulator.world.faults.add(Fault(path="/webhooks", effect="status", status=500, count=None))

    with pytest.raises(ProviderError):
        await apps[0].upkeep.check_webhook()

    simulator.world.faults.clear()
    await apps[0].upkeep.check_webhook()
    assert len(_registered(simulator)) == 1
