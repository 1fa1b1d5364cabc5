"""A week in which Pluggy delivers nothing: the daily reading alone keeps the ledger equal."""

from datetime import timedelta
from pathlib import Path
from random import Random

import pytest

from tests.fault.cluster import Server
from tests.fault.happenings import HAPPENINGS, Scene
from tests.fault.histories import Tally, history


@pytest.mark.timeout(300)
async def test_a_week_without_any_webhook_ends_in_what_the_bank_holds(
    server: Server, tmp_path: Path
) -> None:
    names = [name for name in HAPPENINGS if name not in ("ran", "answered", "consent_withdrawn")]
    key, rng = tmp_path / "master.key", Random(7)
    async with history(server.membership.cluster, server.super_url, key, Tally()) as one:
        one.house.world.hooks.set_mode("drop")
        delivered = len(one.house.acknowledged)

        for _ in range(7):
            for _ in range(6):
                scene = Scene(one.house, rng, one.graveyard)
                HAPPENINGS[rng.choice(names)](scene)
                one.watch.bank()
                await one.house.pass_time(timedelta(hours=4))
            await one.watch.check()
        # The last day's news, and what was taken back on it.
        await one.house.pass_time(timedelta(hours=26), legs=4)
        await one.watch.check()

        assert len(one.house.acknowledged) == delivered
        assert await one.different() == []
        assert not await one.house.busy()
