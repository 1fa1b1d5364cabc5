"""After 90 days an event is its key and its digest; for 400 days a repeat is known as one."""

from tests.integration.webhooks.door import Door, Hands, several
from tests.integration.webhooks.samples import TYPES, sample
from tomada.domain.inbox import Selection


async def test_old_events_keep_their_key_and_repeats_of_them_have_no_effect(
    only: Door, hands: Hands
) -> None:
    events = [sample(TYPES[n % len(TYPES)]) for n in range(1_100)]
    other = [one | {"other": "body"} for one in events[:40]]
    await several(only.deliver, [*events, *other])
    tidy, desk = only.app.upkeep.tidy, only.app.inbox_desk

    async def bodies() -> int:
        async with only.app.store.begin() as tx:
            count: int = await tx.conn.fetchval(
                "SELECT (SELECT count(sealed) FROM inbox)"
                " + (SELECT count(sealed) FROM inbox_conflicts)"
            )
        return count

    hands.move(days=89, hours=23)
    await tidy()
    whole = await bodies()
    hands.move(hours=2)
    await tidy()
    pruned = await bodies()
    nothing = await desk.open(events[0]["eventId"], actor="operator")
    jobs = await only.count("pgqueuer")
    hands.move(days=400 - 90, hours=-3)
    await tidy()
    again = await several(only.deliver, [*events, *other])
    repeated = await only.count()
    entry = (await desk.entries(Selection(event_ids=(events[0]["eventId"],))))[0]
    conflicts = await only.count("inbox_conflicts")
    hands.move(hours=3)
    await tidy()

    assert (whole, pruned, nothing) == (1_140, 0, [])
    assert {one.status for one in again} == {200}
    assert (repeated, conflicts) == (1_100, 40)
    assert await only.count("pgqueuer") == jobs
    # It came twice, and twice with the other body.
    assert (entry.duplicates, entry.conflicts) == (3, 1)
    assert await only.count() == await only.count("inbox_conflicts") == 0


async def test_what_waited_for_ninety_days_is_given_up(only: Door, hands: Hands) -> None:
    await only.deliver(sample("item/updated"))
    async with only.app.store.begin() as tx:
        # As if its item had been bound, and parked ever since.
        await tx.conn.execute("UPDATE inbox SET state = 'new'")

    hands.move(days=91)
    await only.app.upkeep.tidy()

    (entry,) = await only.app.inbox_desk.entries(Selection())
    assert (entry.state, entry.reason) == ("done", "expired")
    assert entry.pruned_at is not None
