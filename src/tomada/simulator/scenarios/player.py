"""Play a scenario in a world: one step after the other, and stop where one is not as it says."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import httpx2

from tomada.simulator.refusals import ApiError
from tomada.simulator.scenarios.banks import BankVerbs
from tomada.simulator.scenarios.cards import CardVerbs
from tomada.simulator.scenarios.checks import Asker, CheckVerbs, DifferentError
from tomada.simulator.scenarios.language import Scenario, Step
from tomada.simulator.scenarios.rows import RowVerbs
from tomada.simulator.scenarios.stage import NotThereError, Stage
from tomada.simulator.world import World


class PlayError(Exception):
    """A step could not be played, or the API did not show what it says."""

    def __init__(self, scenario: str, step: Step, reason: str) -> None:
        super().__init__(f"scenario {scenario}, line {step.line}, {step.verb}: {reason}")
        self.line = step.line


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """What a play left behind: the ids of what the scenario named, and how much it checked."""

    scenario: str
    banks: Mapping[str, str]
    rows: Mapping[str, str]
    bills: Mapping[str, str]
    steps: int
    checks: int


async def play(
    world: World,
    scenario: Scenario,
    *,
    asker: Asker,
    banks: Mapping[str, str] | None = None,
    between: Callable[[Step], Awaitable[None]] | None = None,
) -> Played:
    """Play *scenario* from its first step to its last; `PlayError` names the line that failed.

    *banks* gives items that are there already by the names the scenario connects them under, for
    a play upon what an application has connected. *asker* is how the API is looked at. *between*
    is waited for after each step, so that an application can keep up.
    """
    stage = Stage(world, dict(banks or {}))
    rows = RowVerbs(stage)
    doers = (BankVerbs(stage), rows, CardVerbs(stage, rows))
    looking = CheckVerbs(stage, asker)
    checks = 0
    for step in scenario.steps:
        check = getattr(looking, step.verb, None)
        act = check or _act(step.verb, doers)
        try:
            await act(step)
        except (NotThereError, DifferentError, ApiError, ValueError) as failure:
            reason = failure.message if isinstance(failure, ApiError) else str(failure)
            raise PlayError(scenario.name, step, reason) from failure
        if world.clock.still:
            await world.clock.settle()
        if between is not None:
            await between(step)
        checks += check is not None
    return Played(
        scenario=scenario.name,
        banks=stage.banks,
        rows=stage.rows,
        bills=stage.bills,
        steps=len(scenario.steps),
        checks=checks,
    )


def asking(http: httpx2.AsyncClient) -> Asker:
    """Ask the API through *http*."""

    async def ask(method: str, path: str, query: Mapping[str, Any], key: str) -> tuple[int, bytes]:
        answer = await http.request(
            method, path, params=dict(query) or None, headers={"X-API-KEY": key}
        )
        return answer.status_code, answer.content

    return ask


def _act(verb: str, doers: tuple[object, ...]) -> Callable[[Step], Awaitable[None]]:
    for doer in doers:
        act: Callable[[Step], Awaitable[None]] | None = getattr(doer, verb, None)
        if act is not None:
            return act
    raise LookupError(f"nobody can play {verb}")
