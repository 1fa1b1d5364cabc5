"""Write the tables of docs/reference/simulator-scenarios.md: `python scripts/scenarios_page.py`.

The prose of the page is written by hand; what stands between the marks is written from the code.
"""

import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import get_args

from tomada.simulator.faults import Effect, EventEffect, HandshakeEffect
from tomada.simulator.faults_modes import FAMILIES, SCENARIOS, modes
from tomada.simulator.scenarios import Scenario, scenario, scenario_names
from tomada.simulator.scenarios.language import KINDS, Field, groups

PAGE = Path(__file__).resolve().parent.parent / "docs" / "reference" / "simulator-scenarios.md"
_MARKED = re.compile(r"(<!-- (\w+): written by [^>]*-->\n).*?(<!-- end -->)", re.DOTALL)
_NONE = "\N{EN DASH}"
# More values than these are told in the text beside them.
_FEW = 4


def page(text: str) -> str:
    """Write the tables of *text* anew and leave the rest."""
    return _MARKED.sub(lambda found: f"{found[1]}\n{_TABLES[found[2]]()}\n{found[3]}", text)


def _kinds() -> str:
    return _table(("Kind", "Is written as"), KINDS.items())


def _verbs() -> str:
    head = ("Verb", "Beside it", "Fields", "What it does")
    parts = []
    for title, verbs in groups().items():
        rows = []
        for name, verb in verbs.items():
            fields = [
                f"`{one}`{'*' if field.required else ''} ({_values(field)})"
                for one, field in verb.fields.items()
            ]
            rows.append((f"`{name}`", _values(verb.main), ", ".join(fields) or "none", verb.does))
        parts.append(f"### {title}\n\n{_table(head, rows)}")
    return "\n".join(parts)


def _values(field: Field) -> str:
    if field.choices and len(field.choices) <= _FEW:
        return " or ".join(f"`{one}`" for one in field.choices)
    return field.kind


def _scenarios() -> str:
    all_of_them = sorted(map(scenario, scenario_names()), key=_place)
    rows = (
        (str(one.complaint or _NONE), f"`{one.name}`", f"{one.title}. {one.about.strip()}")
        for one in all_of_them
    )
    return _table(("Complaint", "Name", "What happens"), rows)


def _place(one: Scenario) -> tuple[int, str]:
    return one.complaint or len(scenario_names()), one.name


def _faults() -> str:
    rows = []
    for family, about in FAMILIES.items():
        ours = [name for name in modes() if name.startswith(f"{family}.")]
        told = [*map(_code, ours)]
        if family in SCENARIOS:
            told.append(f"scenario `{SCENARIOS[family]}`")
        rows.append((family, about, ", ".join(told)))
    return (
        f"Effects on requests: {_list(get_args(Effect))}.\n\n"
        f"Effects on events: {_list(get_args(EventEffect))}.\n\n"
        f"Effects on handshakes: {_list(get_args(HandshakeEffect))}.\n\n"
        f"{_table(('Family', 'About', 'Modes'), rows)}"
    )


def _code(word: str) -> str:
    return f"`{word}`"


def _list(words: Iterable[str]) -> str:
    return ", ".join(map(_code, words))


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    shown = ["| " + " | ".join(line) + " |" for line in lines]
    shown[1] = shown[1].replace(" ", "")
    return "".join(f"{line}\n" for line in shown)


_TABLES: dict[str, Callable[[], str]] = {
    "kinds": _kinds,
    "verbs": _verbs,
    "scenarios": _scenarios,
    "faults": _faults,
}


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
