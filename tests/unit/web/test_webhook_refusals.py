from datetime import UTC, datetime, timedelta

from tomada.web.webhooks import REFUSALS_PER_MINUTE, Refusals

START = datetime(2026, 11, 23, tzinfo=UTC)


def test_an_address_is_not_looked_at_after_sixty_refusals_in_a_minute() -> None:
    now = [START]
    refusals = Refusals(lambda: now[0])
    for _ in range(REFUSALS_PER_MINUTE - 1):
        refusals.note("a")
    before = refusals.too_many("a")
    refusals.note("a")

    assert not before
    assert refusals.too_many("a")
    assert not refusals.too_many("b")


def test_a_minute_later_it_is_looked_at_again() -> None:
    now = [START]
    refusals = Refusals(lambda: now[0])
    for _ in range(REFUSALS_PER_MINUTE):
        refusals.note("a")

    now[0] += timedelta(minutes=1)

    assert not refusals.too_many("a")


def test_a_flood_of_addresses_does_not_fill_the_memory() -> None:
    refusals = Refusals(lambda: START)
    for n in range(10_500):
        refusals.note(str(n))

    assert len(refusals._seen) == 10_000
