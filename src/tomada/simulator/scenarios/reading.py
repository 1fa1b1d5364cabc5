"""Read a scenario from YAML, and say what is wrong with it by line."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

import yaml

from tomada.simulator.scenarios.language import Distance, Field, Scenario, Step, Verb, verbs

_HEAD = ("title", "about", "complaint", "steps")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_SPAN = re.compile(r"(\d+(?:\.\d+)?)([smhd])")
_NAME = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)?")


class ScenarioError(Exception):
    """A scenario cannot be read; each problem names its line."""

    def __init__(self, name: str, problems: list[tuple[int, str]]) -> None:
        lines = "; ".join(f"line {line}: {what}" for line, what in problems)
        super().__init__(f"scenario {name}: {lines}")
        self.problems = problems


def read_scenario(name: str, text: str) -> Scenario:
    """Read and check *text*; `ScenarioError` lists everything that is wrong with it."""
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as failure:
        mark = failure.problem_mark
        line = 1 if mark is None else mark.line + 1
        raise ScenarioError(name, [(line, failure.problem or "this is no YAML")]) from failure
    except yaml.YAMLError as failure:
        raise ScenarioError(name, [(1, str(failure).splitlines()[0])]) from failure
    reader = _Reader(verbs())
    scenario = reader.scenario(name, root)
    if reader.problems or scenario is None:
        raise ScenarioError(name, sorted(reader.problems))
    return scenario


class _WrongError(Exception):
    """A value is not of its kind."""


@dataclass(slots=True)
class _Reader:
    """Walk the nodes of one file and collect what is wrong."""

    language: dict[str, Verb]
    problems: list[tuple[int, str]] = field(default_factory=list)

    def scenario(self, name: str, root: yaml.Node | None) -> Scenario | None:
        """Read the whole file."""
        if not isinstance(root, yaml.MappingNode):
            self._wrong(root, f"a scenario is a mapping with {', '.join(_HEAD)}")
            return None
        parts = dict(self._pairs(root))
        for key, (node, _) in parts.items():
            if key not in _HEAD:
                self._wrong(node, f"unknown key {key!r}; a scenario has {', '.join(_HEAD)}")
        for key in ("title", "steps"):
            if key not in parts:
                self._wrong(root, f"{key} is missing")
        texts = {
            key: self._value(parts[key][1], Field("text"), key) if key in parts else ""
            for key in ("title", "about")
        }
        complaint = (
            self._value(parts["complaint"][1], Field("whole"), "complaint")
            if "complaint" in parts
            else None
        )
        steps = tuple(self._steps(parts["steps"][1])) if "steps" in parts else ()
        title, about = str(texts["title"]), str(texts["about"]).strip()
        return Scenario(name=name, title=title, about=about, steps=steps, complaint=complaint)

    def _steps(self, node: yaml.Node) -> Iterator[Step]:
        if not isinstance(node, yaml.SequenceNode):
            self._wrong(node, "steps is a list")
            return
        for part in node.value:
            step = self._step(part)
            if step is not None:
                yield step

    def _step(self, node: yaml.Node) -> Step | None:
        if not isinstance(node, yaml.MappingNode) or not node.value:
            self._wrong(node, "a step is a mapping that begins with its verb")
            return None
        (name, (named, main)), *rest = self._pairs(node)
        verb = self.language.get(name)
        if verb is None:
            self._wrong(named, f"unknown verb {name!r}; verbs are {', '.join(self.language)}")
            return None
        given = {}
        for key, (key_node, value) in rest:
            rule = verb.fields.get(key)
            if rule is None:
                known = ", ".join(verb.fields) or "no fields"
                self._wrong(key_node, f"{name} has no field {key!r}; it has {known}")
            else:
                given[key] = self._value(value, rule, key)
        for key, rule in verb.fields.items():
            if rule.required and key not in given:
                self._wrong(node, f"{name} needs {key}")
        line = node.start_mark.line + 1
        return Step(line=line, verb=name, main=self._value(main, verb.main, name), given=given)

    def _pairs(self, node: yaml.MappingNode) -> list[tuple[str, tuple[yaml.Node, yaml.Node]]]:
        pairs: list[tuple[str, tuple[yaml.Node, yaml.Node]]] = []
        for key, value in node.value:
            name = str(key.value)
            if any(name == one for one, _ in pairs):
                self._wrong(key, f"{name} is given twice")
            pairs.append((name, (key, value)))
        return pairs

    def _value(self, node: yaml.Node, rule: Field, name: str) -> Any:
        try:
            value = _readers()[rule.kind](node)
        except _WrongError as wrong:
            self._wrong(node, f"{name} is {wrong}")
            return None
        if rule.choices and value not in rule.choices:
            self._wrong(node, f"{name} is one of {', '.join(rule.choices)}, not {value!r}")
        return value

    def _wrong(self, node: yaml.Node | None, what: str) -> None:
        self.problems.append((1 if node is None else node.start_mark.line + 1, what))


def _readers() -> dict[str, Callable[[yaml.Node], Any]]:
    return {
        "name": _name,
        "text": _text,
        "money": _money,
        "whole": _whole,
        "seconds": lambda node: float(_money(node)),
        "flag": _flag,
        "moment": _moment,
        "span": _span,
        "names": _names,
        "anything": _anything,
    }


def _text(node: yaml.Node) -> str:
    if not isinstance(node, yaml.ScalarNode):
        raise _WrongError("a text")
    return str(node.value)


def _name(node: yaml.Node) -> str:
    text = _text(node)
    if not _NAME.fullmatch(text):
        raise _WrongError(f"a name of small letters, digits and _, not {text!r}")
    return text


def _money(node: yaml.Node) -> Decimal:
    text = _text(node)
    try:
        amount = Decimal(text)
    except InvalidOperation as failure:
        raise _WrongError(f"a number, not {text!r}") from failure
    if not amount.is_finite():
        raise _WrongError(f"a number, not {text!r}")
    return amount


def _whole(node: yaml.Node) -> int:
    text = _text(node)
    if not re.fullmatch(r"\d{1,9}", text):
        raise _WrongError(f"a whole number, not {text!r}")
    return int(text)


def _flag(node: yaml.Node) -> bool:
    text = _text(node).lower()
    if text not in {"yes", "no", "true", "false"}:
        raise _WrongError(f"yes or no, not {text!r}")
    return text in {"yes", "true"}


def _span(node: yaml.Node) -> timedelta:
    text = _text(node)
    found = _SPAN.fullmatch(text)
    if found is None:
        raise _WrongError(f"a length of time such as 30s, 10m, 3h or 2d, not {text!r}")
    return timedelta(**{_UNITS[found[2]]: float(found[1])})


def _moment(node: yaml.Node) -> datetime | Distance:
    text = _text(node)
    if text == "now":
        return Distance(by=timedelta())
    distance = _SPAN.fullmatch(text[1:])
    if text[:1] in {"+", "-"} and distance is not None:
        span = timedelta(**{_UNITS[distance[2]]: float(distance[1])})
        return Distance(by=-span if text[0] == "-" else span)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as failure:
        raise _WrongError(
            f"an instant, or a distance such as -5d or now, not {text!r}"
        ) from failure
    if moment.tzinfo is None:
        raise _WrongError(f"an instant with its zone, such as {text}Z")
    return moment


def _names(node: yaml.Node) -> list[str]:
    if not isinstance(node, yaml.SequenceNode):
        raise _WrongError("a list")
    return [_text(part) for part in node.value]


def _anything(node: yaml.Node) -> Any:
    if isinstance(node, yaml.MappingNode):
        return {_text(key): _anything(value) for key, value in node.value}
    if isinstance(node, yaml.SequenceNode):
        return [_anything(part) for part in node.value]
    return _plain(node)


def _plain(node: yaml.Node) -> Any:
    """Read a value as YAML types it; numbers with a point become decimals."""
    text = _text(node)
    match node.tag.rpartition(":")[2]:
        case "null":
            return None
        case "bool":
            return _flag(node)
        case "int" if re.fullmatch(r"-?\d{1,18}", text):
            return int(text)
        case "float":
            return _money(node)
        case _:
            return text
