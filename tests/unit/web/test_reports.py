"""Reports of broken policies: what is read out of them, and how many are taken."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tomada.web.errors import ProblemError
from tomada.web.reports import PER_MINUTE, Reports, broken

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        (
            {"csp-report": {"effective-directive": "img-src", "blocked-uri": "https://x.example/a"}},
            [("img-src", "https")],
        ),
        (
            [{"type": "csp-violation", "body": {"effectiveDirective": "script-src-elem", "blockedURL": "inline"}}],
            [("script-src-elem", "inline")],
        ),
        ({"csp-report": {"effective-directive": "rita@example.com", "blocked-uri": "inline"}}, []),
        ({"csp-report": {"effective-directive": "img-src", "blocked-uri": "rita"}}, [("img-src", "other")]),
        ({"csp-report": {"effective-directive": "img-src", "blocked-uri": "http://["}}, [("img-src", "other")]),
        ({"csp-report": {"effective-directive": ["img-src"]}}, []),
        ({"csp-report": "text"}, []),
        ([1, None, {}], []),
        ("text", []),
    ],
)  # fmt: skip
def test_only_the_rule_and_the_kind_of_thing_are_read(sent: Any, read: list[Any]) -> None:
    assert list(broken(sent)) == read


def test_of_a_long_list_the_beginning_is_read() -> None:
    one = {"body": {"effectiveDirective": "img-src", "blockedURL": "data"}}

    assert len(list(broken([one] * 1000))) == 20


def test_an_address_reports_sixty_times_a_minute_and_all_together_ten_times_that() -> None:
    now = NOW
    reports = Reports(lambda: now)

    def taken(address: str) -> bool:
        try:
            reports.admit(address)
        except ProblemError:
            return False
        return True

    one = [taken("192.0.2.1") for _ in range(PER_MINUTE + 5)]
    others = [taken(f"198.51.100.{n % 250}") for n in range(20 * PER_MINUTE)]
    now += timedelta(minutes=1)
    later = taken("192.0.2.1")

    assert one == [True] * PER_MINUTE + [False] * 5
    assert PER_MINUTE + sum(others) == 10 * PER_MINUTE
    assert later


def test_the_same_is_noted_once_a_minute(capsys: pytest.CaptureFixture[str]) -> None:
    now = NOW
    reports = Reports(lambda: now)

    for _ in range(5):
        reports.note("img-src", "https")
    now += timedelta(minutes=1)
    reports.note("img-src", "https")

    assert capsys.readouterr().out.count("policy_broken") == 2
