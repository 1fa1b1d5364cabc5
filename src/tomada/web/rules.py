"""Who may use a route: said by each route itself, refused where a route says nothing.

A route's rule is a dependency of it, a ``Guard`` of ``web/auth.py`` or an ``Open`` with its
reason; a page of the dashboard has it from ``told``. ``stated`` finds them all, and an application
with a route that states none is not made.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, APIWebSocketRoute
from starlette.routing import BaseRoute, Route

from tomada.domain.access import Role, Scope


@dataclass(frozen=True, slots=True)
class Rule:
    """What a route asks of its caller; without *who* it is open to everybody, for *why*.

    *page*: a cookie counts only where a page of ours made the request. *csrf*: and carries the
    token of the session. *step_up*: the person proved who they are in the last five minutes.
    *scope*: a key with it is let in. *others*: these duties may use it on somebody else's data,
    with a reason.
    """

    who: frozenset[Role] = frozenset()
    why: str = ""
    page: bool = False
    csrf: bool = False
    step_up: bool = False
    scope: Scope | None = None
    others: frozenset[Role] = frozenset()


class Stating(Protocol):
    """Something that has a rule."""

    @property
    def rule(self) -> Rule:
        """The rule."""


@dataclass(frozen=True, slots=True)
class Open:
    """The dependency of a route for everybody; *why* says what guards it instead."""

    why: str

    @property
    def rule(self) -> Rule:
        """The rule."""
        return Rule(why=self.why)

    async def __call__(self) -> None:
        """Let everybody in."""


@dataclass(frozen=True, slots=True)
class Stated:
    """One route with the rule it states."""

    method: str
    path: str
    rule: Rule


class UnruledRouteError(Exception):
    """A route states no rule, or more than one; nobody may use it, so nothing is served."""


def stated(routes: Iterable[BaseRoute]) -> list[Stated]:
    """List every route with its rule; raises ``UnruledRouteError``."""
    return [each for route in _flat(routes) for each in _read(route)]


def _flat(routes: Iterable[BaseRoute]) -> Iterator[BaseRoute]:
    for route in routes:
        included = getattr(route, "original_router", None)
        if included is None:
            yield route
        else:
            yield from _flat(included.routes)


def _read(route: BaseRoute) -> Iterator[Stated]:
    match route:
        case APIRoute():
            found = _rules(route.dependant, route.endpoint)
            methods = sorted(route.methods or ())
        case APIWebSocketRoute():
            found, methods = _rules(route.dependant, route.endpoint), ["WS"]
        case Route(path="/openapi.json"):
            found, methods = [Rule(why="the description of the API, in development only")], ["GET"]
        case _:
            raise UnruledRouteError(f"{route!r} is of a kind that cannot state a rule")
    if len(found) != 1:
        raise UnruledRouteError(f"{methods} {route.path} states {len(found)} rules")
    for method in methods:
        yield Stated(method, route.path, found[0])


def _rules(dependant: Dependant, endpoint: object) -> list[Rule]:
    places = [endpoint, *(each.call for each in dependant.dependencies)]
    return [rule for place in places if isinstance(rule := getattr(place, "rule", None), Rule)]
