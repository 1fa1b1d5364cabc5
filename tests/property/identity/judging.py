"""Runs the rules over a cycle as the worker does, and compares each link with the truth."""

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from tests.property.identity.cycles import Cycle, snapshots
from tomada.domain.links import Match, Observation, matches
from tomada.services.linking import LOOK_BACK

_NOTES = 0.1
"""So many movements a person writes to."""


@dataclass(slots=True)
class Score:
    """What the rules did, over any number of cycles."""

    cycles: int = 0
    movements: int = 0
    reidentified: int = 0
    right: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    interchangeable: int = 0
    suggested_right: int = 0
    suggested_wrong: int = 0
    notes: int = 0
    notes_kept: int = 0
    notes_suggested: int = 0
    examples: list[Match] = field(default_factory=list)

    def add(self, other: "Score") -> None:
        """Take in what was found in other cycles."""
        for name in self.__slots__:
            value, more = getattr(self, name), getattr(other, name)
            setattr(self, name, value + more)

    @property
    def precision(self) -> tuple[int, int]:
        """Right automatic links, of all automatic ones."""
        right = sum(self.right.values()) + self.interchangeable
        return right, right + sum(self.wrong.values())

    @property
    def recall(self) -> tuple[int, int]:
        """Movements that were followed by themselves, of all that got another id."""
        return sum(self.right.values()) + self.interchangeable, self.reidentified


@dataclass(slots=True)
class _Row:
    """A row of ours: what it shows now, what it truly is, and what was written to it."""

    seen: Observation
    truth: int
    note: int | None
    shown: Observation


@dataclass(slots=True)
class _Ledger:
    """Our rows during a cycle, by Pluggy's current id."""

    made: Cycle
    score: Score
    live: dict[str, _Row] = field(default_factory=dict)
    gone: dict[str, tuple[_Row, datetime]] = field(default_factory=dict)
    refused: set[tuple[str, str]] = field(default_factory=set)
    offered: set[tuple[int, str]] = field(default_factory=set)
    last_id: dict[int, str] = field(default_factory=dict)

    def take(self, name: str, truth: int, seen: Observation) -> bool:
        """Take in what is shown under an id; True where the id is new."""
        if self.last_id.setdefault(truth, name) != name:
            self.score.reidentified += 1
            self.last_id[truth] = name
        row = self.live.get(name)
        if row is not None:
            if row.shown is not seen:
                row.shown = seen
                row.seen = replace(seen, id=row.seen.id, marked=row.seen.marked)
            return False
        note = truth if self.made.rng.random() < _NOTES and name.endswith(".0") else None
        self.live[name] = _Row(replace(seen, marked=note is not None), truth, note, seen)
        return True

    def lose(self, shown: set[str], when: datetime, present: datetime | None) -> bool:
        """Bury what is not shown any more; True where something is not."""
        missing = [one for one in self.live if one not in shown]
        for name in missing:
            row = self.live.pop(name)
            row.seen = replace(row.seen, present=present)
            self.gone[name] = (row, when)
        old = [name for name, (_, since) in self.gone.items() if when - since > LOOK_BACK]
        for name in old:
            del self.gone[name]
        return bool(missing)

    def follow(self) -> None:
        """Join what vanished with what it lives on as, by the rules."""
        found = matches(
            [row.seen for row, _ in self.gone.values()],
            [row.seen for row in self.live.values()],
            refused=frozenset(self.refused),
        )
        for match in found:
            old, new = self.gone[match.old.pluggy_id][0], self.live[match.new.pluggy_id]
            if match.automatic:
                _count(self.score, match, old, new)
                seen = replace(new.seen, id=old.seen.id, marked=old.seen.marked)
                joined = _Row(seen, new.truth, old.note, new.shown)
                self.live[match.new.pluggy_id] = joined
                del self.gone[match.old.pluggy_id]
                continue
            self.refused.add((match.old.pluggy_id, match.new.pluggy_id))
            if not (match.old.marked or match.new.marked):
                continue
            if old.note is not None:
                self.offered.add((old.note, match.new.pluggy_id))
            if old.truth == new.truth:
                self.score.suggested_right += 1
            else:
                self.score.suggested_wrong += 1


def judge(made: Cycle, score: Score) -> None:
    """Follow one cycle."""
    ledger = _Ledger(made, score)
    before: datetime | None = None
    for when, shown in snapshots(made):
        new = [ledger.take(name, truth, seen) for name, (truth, seen) in shown.items()]
        lost = ledger.lose(set(shown), when, before)
        if ledger.gone and (lost or any(new)):
            ledger.follow()
        # The reading begins when the execution has ended, and has what it brought.
        before = when + timedelta(minutes=1)
    _settle_notes(score, ledger.live, ledger.offered)
    score.cycles += 1
    score.movements += len(made.movements)


def _count(score: Score, match: Match, old: _Row, new: _Row) -> None:
    if old.truth == new.truth:
        score.right[match.rule] += 1
    elif (
        match.old.same == match.new.same and match.old.day == match.new.day
        and not match.old.marked and not match.new.marked and match.rule == "order"
    ):  # fmt: skip
        # Equal rows of one day that carry nothing of the person's: nobody can tell which is which.
        score.interchangeable += 1
    else:
        score.wrong[match.rule] += 1
        score.examples.append(match)


def _settle_notes(score: Score, live: dict[str, _Row], offered: set[tuple[int, str]]) -> None:
    """Count the notes of movements that are still there: on their row, or offered to it."""
    there = {row.truth: (name, row) for name, row in live.items()}
    notes = {note for note, _ in offered} | {
        row.note for row in live.values() if row.note is not None
    }
    for note in notes & set(there):
        name, row = there[note]
        score.notes += 1
        score.notes_kept += row.note == note
        score.notes_suggested += row.note != note and (note, name) in offered
