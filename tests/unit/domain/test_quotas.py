"""How a month's quota is predicted."""

from datetime import UTC, datetime, timedelta

import pytest

from tomada.domain.quotas import (
    ProductUse,
    month_end,
    month_of,
    quota_of,
    refresh_within,
    runs_left,
)

_DAY = timedelta(days=1)
TENTH = datetime(2026, 11, 10, 12, tzinfo=UTC)


def test_a_month_is_sao_paulos() -> None:
    last_evening = datetime(2026, 12, 1, 2, 59, tzinfo=UTC)

    assert month_of(last_evening).month == 11
    assert month_end(last_evening) == datetime(2026, 12, 1, 3, tzinfo=UTC)


@pytest.mark.parametrize(
    ("used", "planned", "day"),
    [
        # Ten a day so far: at this pace the 120 end on the thirteenth.
        (100, 0, 12),
        # Slow so far, but more is planned than is left.
        (10, 220, 20),
        (10, 20, None),
        (0, 21, None),
    ],
)
def test_the_end_is_predicted_by_pace_and_by_plan(used: int, planned: int, day: int | None) -> None:
    quota = quota_of(ProductUse("ACCOUNTS", used, exhausted=False), 120, planned=planned, now=TENTH)

    assert (quota.runs_out_at.day if quota.runs_out_at else None) == day


def test_a_month_that_is_over_ran_out_now() -> None:
    said = quota_of(ProductUse("ACCOUNTS", 3, exhausted=True), 120, planned=0, now=TENTH)
    counted = quota_of(ProductUse("ACCOUNTS", 120, exhausted=False), 120, planned=0, now=TENTH)

    assert said.runs_out_at == counted.runs_out_at == TENTH


def test_runs_that_pluggy_will_make_are_counted_to_the_months_end() -> None:
    end = month_end(TENTH)

    assert runs_left(None, _DAY, now=TENTH) == 0
    assert runs_left(end - _DAY, _DAY, now=TENTH) == 2
    assert runs_left(end - timedelta(hours=1), _DAY, now=TENTH) == 1
    assert runs_left(end, _DAY, now=TENTH) == 0
    assert runs_left(TENTH - _DAY, _DAY, now=TENTH) == 21


def test_the_transactions_decide_whether_a_refresh_is_worth_a_run() -> None:
    spent = quota_of(ProductUse("IDENTITY", 120, exhausted=True), 120, planned=0, now=TENTH)
    fresh = quota_of(ProductUse("TRANSACTIONS", 5, exhausted=False), 120, planned=0, now=TENTH)

    assert refresh_within([spent, fresh], planned=20).possible
    assert not refresh_within([spent], planned=0).possible
    assert refresh_within([], planned=0).possible
