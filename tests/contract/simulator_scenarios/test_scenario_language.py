"""Scenarios are checked before they are played, and every problem is told by its line."""

import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from tomada.simulator.scenarios import ScenarioError, read_scenario
from tomada.simulator.scenarios.banks import BankVerbs
from tomada.simulator.scenarios.cards import CardVerbs
from tomada.simulator.scenarios.checks import CheckVerbs
from tomada.simulator.scenarios.language import Distance, verbs
from tomada.simulator.scenarios.rows import RowVerbs


def test_values_are_read_as_their_kind() -> None:
    text = """\
title: All kinds
about: A text.
complaint: 3
steps:
  - {post: row, at: bank, amount: -12.50, date: -5d, collect: no}
  - {post: other, at: bank, amount: 1e1, date: "2026-03-02T12:00:00-03:00", card: {a: [1, 2.5]}}
  - wait: 90m
"""

    read = read_scenario("kinds", text)

    row, other, wait = read.steps
    assert (read.title, read.about, read.complaint) == ("All kinds", "A text.", 3)
    assert row.given == {
        "at": "bank",
        "amount": Decimal("-12.50"),
        "date": Distance(by=timedelta(days=-5)),
        "collect": False,
    }
    assert other.given["date"] == datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
    assert other.given["card"] == {"a": [1, Decimal("2.5")]}
    assert (wait.verb, wait.main, wait.line) == ("wait", timedelta(minutes=90), 7)


@pytest.mark.parametrize(
    ("line", "step", "words"),
    [
        (3, "- jump: high", "unknown verb 'jump'"),
        (3, "- {post: row, at: bank, colour: red}", "post has no field 'colour'"),
        (3, "- {post: row}", "post needs at"),
        (3, "- {post: Row, at: bank}", "a name of small letters"),
        (3, "- {post: row, at: bank, amount: ten}", "amount is a number, not 'ten'"),
        (3, "- {post: row, at: bank, amount: .nan}", "amount is a number"),
        (3, "- {post: row, at: bank, date: soon}", "date is an instant"),
        (3, "- {post: row, at: bank, date: 2026-03-02}", "an instant with its zone"),
        (3, "- {post: row, at: bank, collect: maybe}", "yes or no"),
        (3, "- {post: row, at: bank, status: GONE}", "one of POSTED, PENDING"),
        (3, "- {post: row, at: bank, at: bank}", "at is given twice"),
        (3, "- {post: row, at: bank, account: wallet}", "one of checking, savings, card|one of"),
        (3, "- wait: 2 weeks", "a length of time"),
        (3, "- {fault: magic}", "fault is one of"),
        (3, "- {instalments: a, at: b, count: 2.5, total: 9}", "count is a whole number"),
        (3, "- {close_bill: a, at: b, rows: c}", "rows is a list"),
        (3, "- just words", "a step is a mapping"),
        (4, "- wait: 1d\n  - {gone: a, why: b}", "it has no fields"),
        (4, "- wait: 1d\n  - [", "expected"),
    ],
)
def test_a_wrong_step_is_named_by_its_line(line: int, step: str, words: str) -> None:
    text = f"title: t\nsteps:\n  {step}\n"

    with pytest.raises(ScenarioError) as caught:
        read_scenario("wrong", text)

    lines = [one for one, _ in caught.value.problems]
    assert line in lines or lines == [line + 1]
    assert re.search(words, str(caught.value))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "line 1: a scenario is a mapping"),
        ("- a", "line 1: a scenario is a mapping"),
        ("title: t", "steps is missing"),
        ("steps: []", "title is missing"),
        ("title: t\nsteps: no", "line 2: steps is a list"),
        ("title: t\nauthor: me\nsteps: []", "line 2: unknown key 'author'"),
        ("title: t\ncomplaint: x\nsteps: []", "line 2: complaint is a whole number"),
    ],
)
def test_a_wrong_file_is_named_by_its_line(text: str, words: str) -> None:
    with pytest.raises(ScenarioError, match=words):
        read_scenario("wrong", text)


def test_all_problems_of_a_file_are_told_at_once() -> None:
    text = "title: t\nsteps:\n  - jump: a\n  - wait: b\n  - {post: c}\n"

    with pytest.raises(ScenarioError) as caught:
        read_scenario("wrong", text)

    assert [line for line, _ in caught.value.problems] == [3, 4, 5]


def test_every_verb_can_be_played() -> None:
    doers = (BankVerbs, RowVerbs, CardVerbs, CheckVerbs)

    missing = [verb for verb in verbs() if not any(hasattr(one, verb) for one in doers)]

    assert missing == []


def test_the_command_refuses_a_scenario_that_is_not_there() -> None:
    command = [sys.executable, "-m", "tomada", "simulate", "--port", "0", "--scenario", "none"]

    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)

    assert ended.returncode == 1
    assert "there is no scenario 'none'" in ended.stderr
    assert ended.stdout == ""
