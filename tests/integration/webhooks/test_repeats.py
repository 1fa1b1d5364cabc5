"""One event is one row and one effect, however often and in whatever words it comes."""

from tests.integration.webhooks.door import Door, Opened, several
from tests.integration.webhooks.samples import TYPES, sample

RECEIVED = (200, b'{"received":true}')


async def test_one_event_a_thousand_times_through_two_processes_is_one_row(
    only: Door, opened: Opened
) -> None:
    other = await opened()
    event = sample("item/created")

    answers = await several(
        lambda n: (only if n % 2 else other).deliver(event), range(1_000), at_once=50
    )

    assert {(one.status, one.body) for one in answers} == {RECEIVED}
    assert await only.count() == 1
    assert await only.count("pgqueuer") == 1
    async with only.app.store.begin() as tx:
        assert await tx.conn.fetchval("SELECT duplicates FROM inbox") == 999


async def test_five_hundred_ids_with_two_bodies_each_keep_both(only: Door) -> None:
    pairs = []
    for n in range(500):
        event = sample(TYPES[n % len(TYPES)])
        pairs += [event, event | {"triggeredBy": "CLIENT", "n": n}]

    answers = await several(only.deliver, pairs + pairs, at_once=40)

    assert {(one.status, one.body) for one in answers} == {RECEIVED}
    assert await only.count() == await only.count("inbox_conflicts") == 500
    async with only.app.store.begin() as tx:
        sums = await tx.conn.fetchrow("SELECT sum(duplicates) AS d, sum(conflicts) AS c FROM inbox")
    assert (sums["d"], sums["c"]) == (1_500, 500)
