"""What the log says of a day in which everything happens: kinds and counts, nobody and nothing."""

import io
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest

from tests.fault.cluster import Server
from tests.fault.histories import BANK_KINDS, WORK_KINDS, Tally, history
from tomada.telemetry import set_up


@pytest.fixture
def said() -> io.StringIO:
    """Everything that is logged, as the program would write it."""
    stream = io.StringIO()
    set_up(stream=stream)
    return stream


@pytest.mark.timeout(300)
async def test_the_log_names_no_item_no_account_and_no_words(
    server: Server, tmp_path: Path, said: io.StringIO
) -> None:
    key, rng = tmp_path / "master.key", Random(11)
    async with history(server.membership.cluster, server.super_url, key, Tally()) as one:
        for n in range(30):
            await one.step(rng.choice(BANK_KINDS if n % 2 else WORK_KINDS), rng.getrandbits(32))
        await one.house.pass_time(timedelta(hours=25))
        state = one.house.world.state
        needles = {"user-ok", "example.com", *one.house.items}
        needles |= {account.id for item in state.items.values() for account in item.accounts}
        needles |= {str(caller.entity_id) for caller in one.house.callers}

    lines = said.getvalue()
    assert "sync_done" in lines
    assert [needle for needle in needles if needle in lines] == []
