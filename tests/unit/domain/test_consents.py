from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from tomada.domain.consents import NOTICE_VERSION, Consent, ConsentStatus, warning_due
from tomada.domain.ids import ConsentId

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("status", "left", "in_force"),
    [
        ("granted", timedelta(days=1), True),
        ("active", timedelta(microseconds=1), True),
        ("active", timedelta(0), False),
        ("active", timedelta(days=-1), False),
        ("revoked", timedelta(days=1), False),
        ("expired", timedelta(days=1), False),
    ],
)
def test_a_consent_holds_until_it_ends_or_is_withdrawn(
    status: ConsentStatus, left: timedelta, *, in_force: bool
) -> None:
    consent = Consent(
        id=ConsentId(uuid4()), connector_id=1, institution="Banco", status=status,
        notice_version=NOTICE_VERSION, granted_at=NOW - timedelta(days=9), valid_until=NOW + left,
        revoked_at=None,
    )  # fmt: skip

    assert consent.in_force(NOW) == in_force


@pytest.mark.parametrize(
    ("left", "ahead"),
    [
        (timedelta(days=30, seconds=1), None),
        (timedelta(days=30), 30),
        (timedelta(days=7, seconds=1), 30),
        (timedelta(days=7), 7),
        (timedelta(days=1), 1),
        (timedelta(seconds=1), 1),
        (timedelta(0), None),
        (timedelta(days=-3), None),
    ],
)
def test_an_end_is_warned_of_by_the_shortest_distance_that_has_begun(
    left: timedelta, ahead: int | None
) -> None:
    due = warning_due(NOW + left, NOW)

    assert (None if due is None else due.days) == ahead


def test_an_authorisation_without_an_end_is_not_warned_of() -> None:
    assert warning_due(None, NOW) is None
