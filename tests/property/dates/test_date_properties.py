"""The civil day of a movement, minute by minute around midnight, wherever the machine stands."""

import os
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.property.normalise.wire_forms import a_transaction, an_account
from tomada.domain.clock import bank_day
from tomada.pluggy.dates import BankDate
from tomada.services.normalise import movement

ZONES = ("UTC", "America/Sao_Paulo", "Asia/Tokyo", "America/Los_Angeles", "Pacific/Kiritimati")
MINUTE = timedelta(minutes=1)

# The day, and the hour in UTC at which it began in São Paulo. Summer time began on 4 November 2018,
# a day without a midnight, and ended on 17 February 2019, before which an hour came twice; there
# has been none since.
DAYS = (
    (date(2018, 11, 3), 3), (date(2018, 11, 4), 3), (date(2018, 11, 5), 2), (date(2019, 1, 15), 2),
    (date(2019, 2, 16), 2), (date(2019, 2, 17), 3), (date(2019, 2, 18), 3), (date(2019, 11, 3), 3),
    (date(2020, 2, 29), 3), (date(2024, 2, 29), 3), (date(2024, 3, 1), 3), (date(2025, 12, 31), 3),
    (date(2026, 1, 1), 3), (date(2026, 11, 23), 3),
)  # fmt: skip


@pytest.fixture(params=ZONES, autouse=True)
def zone(request: pytest.FixtureRequest) -> Iterator[str]:
    """Let the process stand somewhere."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = request.param
    time.tzset()
    yield request.param
    if before is None:
        del os.environ["TZ"]
    else:
        os.environ["TZ"] = before
    time.tzset()


def _zulu(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def test_every_minute_around_midnight_falls_on_its_day(zone: str) -> None:
    account = an_account("BANK")
    for day, behind in DAYS:
        midnight = datetime(day.year, day.month, day.day, behind, tzinfo=UTC)
        for minutes in range(-240, 241):
            moment = midnight + minutes * MINUTE
            # Midnight UTC stands for the day that is written.
            by_name = moment.hour == moment.minute == 0
            before = day - timedelta(days=1)
            expected = moment.date() if by_name else (day if minutes >= 0 else before)

            moved = movement(a_transaction(date=_zulu(moment)), account)

            assert moved.day == expected, (zone, moment)
            assert bank_day(moved.instant) == moved.day, (zone, moment)
            if not by_name:
                assert moved.instant == moment


@pytest.mark.parametrize("written", ["2026-11-23", "2026-11-23T00:00:00.000Z",
                                     "2026-11-23T03:00:00.000Z", "2026-11-23T00:00:00",
                                     "2026-11-23T00:00:00-03:00", "2026-11-23T00:00:00Z"])  # fmt: skip
def test_all_ways_to_write_a_mere_day_mean_that_day_and_one_instant(written: str) -> None:
    moved = movement(a_transaction(date=written), an_account("BANK"))

    assert moved.day == date(2026, 11, 23)
    assert moved.instant == datetime(2026, 11, 23, 3, tzinfo=UTC)


@pytest.mark.parametrize(("day", "behind"), DAYS)
def test_a_mere_day_begins_when_it_began_in_sao_paulo(day: date, behind: int) -> None:
    moved = movement(a_transaction(date=day.isoformat()), an_account("BANK"))

    assert moved.day == day == bank_day(moved.instant)
    assert moved.instant == datetime(day.year, day.month, day.day, behind, tzinfo=UTC)
    assert bank_day(moved.instant - MINUTE) == day - timedelta(days=1)


@given(
    st.datetimes(min_value=datetime(2019, 3, 1), max_value=datetime(2035, 1, 1)),  # noqa: DTZ001  (gets its zone below)
    st.integers(min_value=-14 * 4, max_value=14 * 4),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
def test_the_offset_an_instant_is_written_with_does_not_matter(
    moment: datetime, quarters: int
) -> None:
    there = timezone(timedelta(minutes=15 * quarters))
    moment = moment.replace(tzinfo=UTC, microsecond=0)
    text = moment.astimezone(there).isoformat()

    written = BankDate(text)

    assert written.instant == moment
    if moment.time().replace(tzinfo=None) != datetime.min.time():
        assert written.day == (moment - timedelta(hours=3)).date()
