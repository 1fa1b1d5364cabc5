"""The operator's page: how the installation does its work, and the dead letters."""

from collections.abc import Iterable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from tomada.bootstrap import App
from tomada.domain.inbox import Entry
from tomada.services.operating import Operating, Operation
from tomada.web.dashboard.catalogue import Texts
from tomada.web.dashboard.drawing import Drawing
from tomada.web.dashboard.pages import insider
from tomada.web.dashboard.wording import ago
from tomada.web.operator import OPERATOR
from tomada.web.ops import Readiness
from tomada.web.rules import Rule

ON_DUTY = Rule(OPERATOR)
"""A page for whoever keeps the installation running."""
_EVENTS = ("new", "unbound", "parked", "quarantined")
_READINGS = ("running", "waiting", "parked", "done")


@dataclass(frozen=True, slots=True)
class Bar:
    """One figure with its share of the largest, or of its limit."""

    name: str
    value: int
    most: int
    bad: bool


@dataclass(frozen=True, slots=True)
class Letter:
    """A dead letter: what it is called, why it lies there, since when."""

    event_id: str
    event: str
    why: str
    when: str
    parked: bool


@dataclass(frozen=True, slots=True)
class OperatorPages:
    """The page; it shows counts and codes, and nothing of anybody's data."""

    app: App
    drawing: Drawing

    async def operation(self, request: Request) -> Response:
        """Show the figures as they are now."""
        visitor = await insider(request)
        readiness: Readiness = request.app.state.readiness
        texts = self.drawing.texts(visitor)
        desk = self.app.inbox_desk
        seen = await Operating(self.app.store, self.app.clock, desk).look()
        return self.drawing.page(
            request,
            visitor,
            "operator.html.j2",
            components=await readiness.check(),
            groups=_groups(seen, texts),
            facts=_facts(seen, texts),
            letters=[_letter(one, seen, texts) for one in seen.dead],
        )


def _groups(seen: Operation, texts: Texts) -> list[tuple[str, list[Bar]]]:
    bad = ("parked", "quarantined")
    allowances = [
        Bar(one.family, one.used, one.limit, bad=10 * one.used >= 9 * one.limit)
        for one in seen.allowances
    ]
    return [
        ("events", _bars(seen.events, _EVENTS, bad, texts)),
        ("readings", _bars(seen.readings, _READINGS, bad, texts)),
        ("allowances", allowances),
    ]


def _bars(counts: object, names: Iterable[str], bad: tuple[str, ...], texts: Texts) -> list[Bar]:
    assert isinstance(counts, dict)  # noqa: S101  (both are)
    most = max((*counts.values(), 1))
    return [
        Bar(texts(f"operator.state.{name}"), counts.get(name, 0), most, name in bad)
        for name in names
    ]


def _facts(seen: Operation, texts: Texts) -> list[tuple[str, str]]:
    def since(at: object) -> str:
        return texts("operator.never") if at is None else ago(at, seen.at, texts)  # type: ignore[arg-type]  # an instant

    hook = seen.hook
    facts = [
        ("latest", since(seen.latest)),
        ("oldest", since(seen.oldest_waiting) if seen.oldest_waiting else texts("operator.none")),
        ("jobs", str(seen.jobs)),
        ("checked", since(None if hook is None else hook.checked_at)),
    ]
    if hook is not None and hook.drift is not None:
        facts.append(("drift", f"{hook.drift}, {since(hook.drift_at)}"))
    return [(texts(f"operator.{name}"), value) for name, value in facts]


def _letter(one: Entry, seen: Operation, texts: Texts) -> Letter:
    why = texts(f"operator.state.{one.state}")
    reason = f"{why} · {one.reason}" if one.reason else why
    when = ago(one.received_at, seen.at, texts)
    return Letter(one.event_id, one.event, reason, when, one.state == "parked")
