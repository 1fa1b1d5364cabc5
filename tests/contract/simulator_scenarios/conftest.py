"""Simulators to play in."""

from tests.contract.simulator.conftest import contract, driver, receiver

__all__ = ["contract", "driver", "receiver"]
