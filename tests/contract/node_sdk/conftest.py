"""The official Node clients, installed once for all that need them."""

import fcntl

import pytest

from tests.contract.node_sdk.installing import HERE, install


@pytest.fixture(scope="session")
def clients() -> dict[str, str]:
    """Give the packages by version; workers that run at once install one after the other."""
    with (HERE / "package-lock.json").open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        return install()
