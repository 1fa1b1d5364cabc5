"""What random histories have found, each as the shortest one that shows it."""

from datetime import timedelta
from pathlib import Path

from tests.fault.cluster import Server
from tests.fault.installation import SOON, Installation, installation
from tests.fault.oracle import differences, fetched, held
from tests.fault.weather import deliver
from tomada.domain.ids import ItemId
from tomada.simulator.faults_modes import fault_of


async def _connected(house: Installation) -> ItemId:
    return await house.connect(await house.someone("Ana"), "user-ok-ana")


async def _asked(house: Installation, item: ItemId) -> None:
    caller = house.items[item]
    await house.do(lambda app: app.syncs.start(caller, item))
    await house.quiet(within=SOON)


async def _different(server: Server, house: Installation, item: ItemId) -> list[str]:
    keys = await house.alive.vault.keys(house.items[item].entity_id)
    async with house.browser() as http, server.eye() as eye:
        return differences(await fetched(http, house.world, item), await held(eye, keys, item))


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

        assert await _different(server, house, item) == []


async def test_a_row_said_to_have_changed_is_not_taken_for_gone_where_pluggy_does_not_show_it(
    server: Server, tmp_path: Path
) -> None:
    async with installation(server.membership.cluster, tmp_path / "master.key") as house:
        item = await _connected(house)
        row = house.world.state.items[item].accounts[0].transactions[0]
        # The event comes before the API shows anything.
        house.world.faults.add(fault_of({"mode": "P08.event_first", "count": 2}))
        house.world.edit(row.id, description="Corrigido")
        await house.quiet(within=SOON)
        house.world.faults.clear()

        async with server.eye() as eye:
            gone = await eye.fetchval("SELECT count(*) FROM transactions WHERE gone_at IS NOT NULL")

        assert gone == 0


async def test_a_reading_that_breaks_off_between_two_pages_leaves_the_mark_where_it_was(
    server: Server, tmp_path: Path
) -> None:
    database, key = server.membership.cluster, tmp_path / "master.key"
    async with installation(database, key, page_size=3) as house:
        item = await _connected(house)
        account = house.world.state.items[item].accounts[0]
        house.world.hooks.mode = "drop"
        for _ in range(2):
            for n in range(3):
                house.world.post(item, account_id=account.id, description=f"Café {n}")
            await house.time.clock.advance(timedelta(minutes=20))
        house.world.faults.add(fault_of({"mode": "P02.internal", "path": "/v2/*", "skip": 1}))

        await _asked(house, item)

        assert house.world.faults.faults[0].fired == 1
        assert await _different(server, house, item) == []


async def test_an_event_taken_in_while_its_item_was_bound_is_served_though_the_claim_was_lost(
    server: Server, tmp_path: Path
) -> None:
    async with installation(server.membership.cluster, tmp_path / "master.key") as house:
        item = await _connected(house)
        assert await deliver(house, {"event": "item/updated", "itemId": item})
        async with server.eye() as eye:
            await eye.execute("UPDATE inbox SET state = 'unbound' WHERE event_id = 'by-hand-1'")
            await eye.execute("DELETE FROM pgqueuer")

            await house.quiet(within=SOON)
            await house.quiet(within=SOON)

            state = await eye.fetchval("SELECT state FROM inbox WHERE event_id = 'by-hand-1'")
        assert state == "done"
