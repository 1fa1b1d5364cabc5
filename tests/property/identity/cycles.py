"""Statement cycles with known truth: what banks do to rows, and what Pluggy then shows.

A movement has *phases*: from a time on the bank shows it so, or not at all, under the id it had or under
a new one. Pluggy looks at the bank by executions; what came and went in between was never there.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from tomada.domain.ids import TransactionId
from tomada.domain.links import Observation, plain_words

START = datetime(2026, 3, 1, 3, tzinfo=UTC)
_DAYS = 31
_SHOPS = (
    "Padaria Real", "Mercado Bom Dia", "Posto Ipiranga", "Farmacia Boa Saude", "Livraria Cultura",
    "Restaurante Figueira", "Bar do Alemao", "Cinema Sao Luiz", "Oficina do Tonho", "Pet Feliz",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """What a bank shows of a movement."""

    at: datetime
    minor: int
    words: str
    status: str = "POSTED"
    position: int = 0


@dataclass(frozen=True, slots=True)
class Phase:
    since: datetime
    line: Line | None
    new_id: bool = False


@dataclass(frozen=True, slots=True)
class Cycle:
    """One month of one account: movements by what they truly are, and when Pluggy looked."""

    movements: list[list[Phase]]
    executions: list[datetime]
    has_clock: bool
    rng: random.Random


def cycle(seed: int) -> Cycle:
    """Invent a month; the same seed gives the same one."""
    rng = random.Random(seed)
    month = _Month(rng)
    month.habits()
    for day in range(_DAYS):
        month.day(START + timedelta(days=day))
    month.restate()
    if rng.random() < 0.05:
        month.replace_all(START + timedelta(days=rng.uniform(5, 28)))
    a_day = rng.choice((1, 1, 2, 4))
    times = [
        START + timedelta(days=day, hours=24 / a_day * n + rng.uniform(0, 1))
        for day in range(_DAYS + 14)
        for n in range(a_day)
    ]
    down = rng.uniform(0, _DAYS) if rng.random() < 0.2 else None
    if down is not None:
        away = START + timedelta(days=down)
        times = [one for one in times if not away <= one < away + timedelta(days=3)]
    return Cycle(month.movements, times, rng.random() < 0.6, rng)


@dataclass(slots=True)
class _Month:
    rng: random.Random
    movements: list[list[Phase]] = field(default_factory=list)

    def habits(self) -> None:
        """What was bought every day of the month before, as far as it is posted."""
        for day in range(-_DAYS, -3):
            for words, minor in (("Cafe da Praca", -800), ("Metro SP", -500)):
                at = self._moment(START + timedelta(days=day))
                self.movements.append([Phase(at, self._line(at, minor, words))])

    def day(self, day: datetime) -> None:
        rng = self.rng
        for _ in range(rng.choice((0, 1, 2, 2, 3))):
            self._card(day, "Cafe da Praca", -800)
        if day.weekday() < 5:
            for _ in range(rng.choice((0, 2, 2, 4))):
                self._card(day, "Metro SP", -500)
        for _ in range(rng.choice((0, 1, 1, 2))):
            self._card(day, rng.choice(_SHOPS), -rng.randrange(900, 30_000))
        if rng.random() < 0.1:
            self._card(day, f"Loja Azul Parc {rng.randrange(1, 10):02}/10", -19_990)
        if rng.random() < 0.15:
            for _ in range(rng.choice((1, 2, 3))):
                self._pix(day, f"Pix enviado {rng.choice(('Ana', 'Beto', 'Caio'))}", -5_000)

    def _moment(self, day: datetime) -> datetime:
        return day + timedelta(seconds=self.rng.randrange(8 * 3600, 22 * 3600))

    def _pix(self, day: datetime, words: str, minor: int) -> None:
        at = self._moment(day)
        self.movements.append([Phase(at, self._line(at, minor, words))])

    def _line(self, at: datetime, minor: int, words: str, status: str = "POSTED") -> Line:
        return Line(at, minor, words, status, len(self.movements))

    def _card(self, day: datetime, words: str, minor: int) -> None:
        """A purchase: authorised, then settled in one of the ways of banks."""
        rng, at = self.rng, self._moment(day)
        pending = self._line(at, minor, words, "PENDING")
        settles = at + timedelta(days=rng.uniform(0.5, 3))
        posted = replace(pending, status="POSTED")
        first = Phase(at, pending)
        way = rng.random()
        if way < 0.55:
            phases = [first, Phase(settles, posted)]
        elif way < 0.70:
            phases = [first, Phase(settles, posted, new_id=True)]
        elif way < 0.78:
            longer = replace(posted, words=f"{words} SAO PAULO BR")
            phases = [first, Phase(settles, longer, new_id=True)]
        elif way < 0.82:
            tip = replace(posted, minor=minor * rng.choice((110, 112, 115)) // 100)
            phases = [first, Phase(settles, tip, new_id=rng.random() < 0.7)]
        elif way < 0.90:
            later = replace(posted, at=at + timedelta(days=rng.choice((1, 1, 2, 3))))
            phases = [first, Phase(settles, later, new_id=True)]
        elif way < 0.93:
            phases = [first, Phase(at + timedelta(days=rng.uniform(0.2, 9)), None)]
        elif way < 0.95:
            phases = [first, Phase(at + timedelta(days=rng.uniform(0.1, 1)), None)]
            self._redo(at, words, minor)
        elif way < 0.97:
            phases = [first, Phase(settles, posted)]
            twice = self._line(at + timedelta(minutes=rng.randrange(1, 9)), minor, words, "PENDING")
            dropped = at + timedelta(days=rng.uniform(0.5, 5))
            self.movements.append([Phase(twice.at, twice), Phase(dropped, None)])
        else:
            phases = [Phase(settles, posted)]
        self.movements.append(phases)

    def _redo(self, before: datetime, words: str, minor: int) -> None:
        """Another purchase of the same kind soon after one that was cancelled."""
        at = before + timedelta(days=self.rng.uniform(0.3, 2))
        line = self._line(at, minor, words, "PENDING")
        settles = at + timedelta(days=self.rng.uniform(1, 3))
        self.movements.append(
            [Phase(at, line), Phase(settles, replace(line, status="POSTED"), new_id=True)]
        )

    def restate(self) -> None:
        """Let the bank correct some of what is posted."""
        rng = self.rng
        for phases in self.movements:
            last = phases[-1]
            if last.line is None or last.line.status != "POSTED" or rng.random() > 0.08:
                continue
            line, when = last.line, last.since + timedelta(days=rng.uniform(1, 6))
            how = rng.random()
            if how < 0.6:
                line = replace(line, position=line.position + rng.choice((0, 0, 1, -1)))
            elif how < 0.75:
                line = replace(line, at=line.at + timedelta(days=rng.choice((-2, -1, 1, 2, 3))))
            elif how < 0.9:
                line = replace(line, minor=line.minor + rng.choice((-7, 3, 10)))
            else:
                line = replace(line, minor=-line.minor)
            phases.append(Phase(when, line, new_id=rng.random() < 0.8))

    def replace_all(self, when: datetime) -> None:
        """Let everything come back under new ids at once."""
        for phases in self.movements:
            shown = [one for one in phases if one.since < when]
            if shown and shown[-1].line is not None:
                phases.insert(len(shown), Phase(when, shown[-1].line, new_id=True))


def snapshots(made: Cycle) -> Iterator[tuple[datetime, dict[str, tuple[int, Observation]]]]:
    """Give what Pluggy has after each execution: by its id, the true movement and what is seen."""
    first_seen: dict[str, datetime] = {}
    kept: dict[tuple[int, int], Observation] = {}
    for when in made.executions:
        seen: dict[str, tuple[int, Observation]] = {}
        for number, phases in enumerate(made.movements):
            past = sum(one.since <= when for one in phases)
            line = phases[past - 1].line
            if past == 0 or line is None:
                continue
            place = (number, past)
            if place not in kept:
                name = f"{number}.{sum(one.new_id for one in phases[:past])}"
                appeared = first_seen.setdefault(name, when)
                kept[place] = _observed(name, line, appeared, made)
            seen[kept[place].pluggy_id] = (number, kept[place])
        yield when, seen


def _observed(name: str, line: Line, appeared: datetime, made: Cycle) -> Observation:
    words = plain_words(line.words)
    number, _, version = name.partition(".")
    return Observation(
        id=TransactionId(UUID(int=int(number) * 1000 + int(version))),
        pluggy_id=name,
        day=line.at.date(),
        clock=line.at if made.has_clock else None,
        signed_minor=line.minor,
        currency="BRL",
        status=line.status,
        position=line.position,
        words=words,
        same=(line.minor, "BRL", words),
        provider=None,
        appeared=appeared,
    )
