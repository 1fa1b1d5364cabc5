"""A stateful local Pluggy to develop and test against; it shares no code with the client."""

from tomada.simulator.api.app import create_app
from tomada.simulator.clock import WorldClock
from tomada.simulator.collect import BankSource
from tomada.simulator.runner import Simulator, run_simulator
from tomada.simulator.settings import NEWEST_DELIVERY, OLDER_DELIVERY, SimulatorSettings
from tomada.simulator.snapshot import StateFileError
from tomada.simulator.tls import TlsError
from tomada.simulator.world import World, new_world

__all__ = [
    "NEWEST_DELIVERY",
    "OLDER_DELIVERY",
    "BankSource",
    "Simulator",
    "SimulatorSettings",
    "StateFileError",
    "TlsError",
    "World",
    "WorldClock",
    "create_app",
    "new_world",
    "run_simulator",
]
