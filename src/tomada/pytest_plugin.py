"""The pytest plugin: a local Pluggy as a fixture, for anybody's tests.

It is loaded in every pytest run of an environment that has Tomada, so the simulator itself is
imported only when a test asks for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal, cast, get_args

import pytest

if TYPE_CHECKING:
    from tomada.simulator import SimulatorSettings
    from tomada.simulator.threaded import ThreadedSimulator

Scope = Literal["function", "class", "module", "package", "session"]
_OPTION = "pluggy_simulator_scope"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Offer the one option: how long a simulator lives."""
    parser.addini(
        _OPTION,
        "how long one pluggy_simulator lives: function, class, module, package or session",
        default="function",
    )


def _scope(fixture_name: str, config: pytest.Config) -> Scope:  # noqa: ARG001  pytest's names
    chosen = config.getini(_OPTION)
    if chosen not in get_args(Scope):
        raise pytest.UsageError(f"{_OPTION} must be one of {', '.join(get_args(Scope))}")
    return cast("Scope", chosen)


@pytest.fixture(scope=_scope)
def pluggy_simulator_settings() -> SimulatorSettings:
    """Say how the simulator is to be; override it to say otherwise.

    By default banks answer at once, a free port is taken and no request is refused for its rate.
    """
    from tomada.simulator import SimulatorSettings  # noqa: PLC0415  only when a test asks for it

    return SimulatorSettings(requests_per_minute=None, item_updates_per_minute=None)


@pytest.fixture(scope=_scope)
def pluggy_simulator(
    pluggy_simulator_settings: SimulatorSettings,
) -> Iterator[ThreadedSimulator]:
    """Run a local Pluggy on a free port of this machine, in a thread of the test's process.

    `url`, `client_id` and `client_secret` are for the program under test, `do()` is for the bank's
    side. It lives for one test, or as long as `pluggy_simulator_scope` in the ini file says.
    """
    from tomada.simulator.threaded import (  # noqa: PLC0415  only when a test asks for it
        threaded_simulator,
    )

    with threaded_simulator(pluggy_simulator_settings) as simulator:
        yield simulator
