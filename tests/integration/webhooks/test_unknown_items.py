"""Events about items that are nobody's ask little of Pluggy, however many there are."""

from tests.conftest import Running
from tests.integration.path.connecting import BANK, agree
from tests.integration.webhooks.door import Door, Hands, several
from tests.integration.webhooks.samples import an_id, sample
from tomada.domain.ids import ItemId
from tomada.simulator import Simulator


def _looks(simulator: Simulator) -> list[str]:
    return [one.path for one in simulator.world.recorder.log if one.path.startswith("/items/")]


async def _open_session(door: Door) -> None:
    """Let somebody begin to connect a bank."""
    tomada = Running(door.app, door.app.settings.origin, None)  # type: ignore[arg-type]  # not asked for
    caller = await tomada.someone()
    await agree(tomada, caller)
    await door.app.connect.create_token(caller, connector_id=BANK, item_id=None)


async def test_without_a_connect_session_nobody_asks_whose_an_item_is(
    only: Door, simulator: Simulator
) -> None:
    items = [ItemId(an_id()) for _ in range(20)]
    await several(only.deliver, [sample("item/created", item=one) for one in items])

    for item in items:
        await only.app.claims.claim(item)

    assert _looks(simulator) == []
    assert await only.app.inbox_desk.counts() == {"unbound": 20}


async def test_unknown_items_are_asked_about_ten_times_a_minute(
    only: Door, simulator: Simulator, hands: Hands
) -> None:
    await _open_session(only)
    items = [ItemId(an_id()) for _ in range(40)]
    # Five events of each come in, and each event has a job.
    events = [sample("item/updated", item=one) for one in items for _ in range(5)]
    await several(only.deliver, events)

    for minute in range(6):
        for item in items * 5:
            await only.app.claims.claim(item)
        assert len(_looks(simulator)) <= 10 * (minute + 1)
        hands.move(seconds=60)

    assert sorted(_looks(simulator)) == sorted(f"/items/{one}" for one in items)


async def test_news_of_an_item_that_was_nobodys_are_looked_at_again(
    only: Door, simulator: Simulator
) -> None:
    await _open_session(only)
    item = ItemId(an_id())

    for n in range(3):
        await only.deliver(sample("item/updated", item=item))
        for _ in range(4):
            await only.app.claims.claim(item)
        assert len(_looks(simulator)) == n + 1
