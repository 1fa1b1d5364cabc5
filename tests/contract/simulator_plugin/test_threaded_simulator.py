"""A simulator in a thread, for programs and tests without an event loop."""

from threading import enumerate as threads

import httpx2
import pytest

from tomada.simulator import SimulatorSettings, World
from tomada.simulator.threaded import threaded_simulator


def test_it_serves_until_the_block_is_left_and_leaves_nothing_behind() -> None:
    with threaded_simulator() as simulator:
        url = simulator.url
        assert httpx2.get(f"{url}/_simulator/state").json()["items"] == []

    assert "pluggy-simulator" not in {thread.name for thread in threads()}
    with pytest.raises(httpx2.ConnectError):
        httpx2.get(url)


def test_what_goes_wrong_in_the_world_is_raised_to_whoever_asked() -> None:
    async def later(world: World) -> int:
        await world.settled()
        return len(world.state.items)

    with threaded_simulator() as simulator:
        assert simulator.do(later) == 0
        with pytest.raises(KeyError):
            simulator.do(lambda world: world.state.items["none"])


def test_a_taken_port_is_said_at_once() -> None:
    with threaded_simulator() as simulator:
        port = int(simulator.url.rpartition(":")[2])

        with (
            pytest.raises(OSError, match="in use"),
            threaded_simulator(SimulatorSettings(port=port)),
        ):
            pass
