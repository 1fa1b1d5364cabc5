"""What random histories have found, each as the shortest one that shows it."""

from datetime import timedelta
from pathlib import Path

from tests.fault.cluster import Server
from tests.fault.installation import SOON, Installation, installation
from tests.fault.oracle import differences, fetched, held
from tomada.domain.ids import ItemId
from tomada.simulator.faults_modes import fault_of


async def _connected(house: Installation) -> ItemId:
    return await house.connect(await house.someone("Ana"), "user-ok-ana")


async def _asked(house: Installation, item: ItemId) -> None:
    caller = house.items[item]
    await house.do(lambda app: app.syncs.start(caller, item))
    await house.quiet(within=SOON)


async def _different(house: Installation, item: ItemId) -> list[str]:
    return differences(await fetched(house, item), await held(house, item))


async def test_a_provider_whose_clock_is_ahead_hides_nothing_that_comes_later(
    server: Server, tmp_path: Path
) -> None:
    async with installation(server.membership.cluster, tmp_path / "master.key") as house:
        item = await _connected(house)
        house.world.hooks.mode = "drop"
        house.world.faults.add(fault_of({"mode": "P14.ahead"}))
        house.world.purchase(item)
        await house.time.clock.advance(timedelta(minutes=20))
        await _asked(house, item)
        house.world.faults.clear()

        await house.time.clock.advance(timedelta(hours=1))
        house.world.purchase(item)
        await house.time.clock.advance(timedelta(hours=1))
        await _asked(house, item)

        assert await _different(house, item) == []
