"""A list that changes while it is read loses nothing: two quiet readings later all is equal."""

import asyncio
import random
from datetime import timedelta

from tests.integration.rows.conftest import Home

ROUNDS = 3


async def test_rows_that_come_go_and_move_between_any_two_pages_are_all_found(home: Home) -> None:
    rng = random.Random(20261126)
    disturbed = 0
    for _ in range(ROUNDS):
        reading = asyncio.create_task(home.read(full=rng.random() < 0.7))
        seen = len(home.world.recorder.log)
        while not reading.done():
            asked = [one.path for one in list(home.world.recorder.log)[seen:]]
            if "/v2/transactions" in asked and disturbed < 300:
                seen += len(asked)
                disturbed += 1
                _disturb(home, rng)
            await asyncio.sleep(0)
        await reading
        for _ in range(2):
            home.hand.turn(hours=7)
            await home.read(full=True)

        assert await home.held() == await home.truth()
    assert disturbed > ROUNDS * 3
    assert await home.app.removals.list() == []


def _disturb(home: Home, rng: random.Random) -> None:
    """Change something ahead of the reading or behind it."""
    # What is older than the history that is kept is not read again.
    oldest = home.hand() - timedelta(days=300)
    rows = home.rows_of(rng.choice(("CHECKING_ACCOUNT", "CREDIT_CARD")))
    row = rng.choice([one for one in rows if one.date > oldest])
    what = rng.choice(("new", "late", "edit", "move", "gone", "new_id"))
    if what == "new":
        home.bought("Nova", "7.00", card=rng.random() < 0.5)
    elif what == "late":
        home.bought("Tardia", "9.00", date=row.date)
    elif what == "edit":
        home.world.edit(row.id, description=f"Editada {rng.randrange(99)}")
    elif what == "move":
        home.world.edit(row.id, date=row.date + timedelta(days=rng.choice((-30, -2, 2))))
    elif what == "gone":
        home.world.take_back(row.id)
    else:
        home.again(row)
