"""`/_simulator/clock` and `/_simulator/scenarios`: move the time and play scenarios over HTTP."""

import math
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tomada.simulator.encoding import instant, json_answer
from tomada.simulator.refusals import ApiError, invalid
from tomada.simulator.scenarios.language import Scenario
from tomada.simulator.scenarios.library import UnknownScenarioError, scenario, scenario_names
from tomada.simulator.scenarios.player import PlayError
from tomada.simulator.scenarios.reading import ScenarioError, read_scenario
from tomada.simulator.world import World

_PARTS = ("days", "hours", "minutes", "seconds")
# A longer way is a slip of the finger: every planned run on it would be played.
_FARTHEST = timedelta(days=3660)


@dataclass(frozen=True, slots=True, repr=False)
class ScenarioControlApi:
    """Drive time and scenarios from outside."""

    world: World

    def routes(self) -> list[Route]:
        """List the routes."""
        return [
            Route("/_simulator/clock", self.clock, methods=["GET"]),
            Route("/_simulator/clock", self.advance, methods=["POST"]),
            Route("/_simulator/scenarios", self.scenarios, methods=["GET"]),
            Route("/_simulator/scenarios", self.play_text, methods=["POST"]),
            Route("/_simulator/scenarios/{name}", self.play, methods=["POST"]),
        ]

    async def clock(self, _request: Request) -> Response:
        """Tell the time, and whether it stands."""
        return self._time()

    async def advance(self, request: Request) -> Response:
        """Move the time by `days`, `hours`, `minutes`, `seconds`, and let what falls due happen."""
        fields = await _fields(request)
        unknown = sorted(set(fields) - set(_PARTS))
        if unknown:
            raise invalid([f"property {name} should not exist" for name in unknown])
        for name, value in fields.items():
            if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
                raise invalid(f"{name} must be a number of at least 0")
            if not math.isfinite(value) or value * _SECONDS[name] > _FARTHEST.total_seconds():
                raise invalid(f"{name} must not be more than {_FARTHEST.days} days")
        await self.world.clock.advance(timedelta(**fields))
        return self._time()

    async def scenarios(self, _request: Request) -> Response:
        """List the scenarios there are."""
        found = [scenario(name) for name in scenario_names()]
        return json_answer(
            {
                "results": [
                    {
                        "name": one.name,
                        "title": one.title,
                        "about": one.about,
                        "complaint": one.complaint,
                        "steps": len(one.steps),
                    }
                    for one in found
                ]
            }
        )

    async def play(self, request: Request) -> Response:
        """Play one of them; `banks` gives items that are there, by the scenario's names."""
        try:
            chosen = scenario(request.path_params["name"])
        except UnknownScenarioError as failure:
            raise ApiError(404, str(failure), "SCENARIO_NOT_FOUND") from failure
        return await self._play(chosen, await _fields(request))

    async def play_text(self, request: Request) -> Response:
        """Play the scenario in `text`, written in the language of scenarios."""
        fields = await _fields(request)
        if not isinstance(fields.get("text"), str):
            raise invalid("text must be a scenario in YAML")
        try:
            chosen = read_scenario("text", fields["text"])
        except ScenarioError as failure:
            problems = [{"line": line, "message": what} for line, what in failure.problems]
            raise ApiError(400, str(failure), None, {"details": problems}) from failure
        return await self._play(chosen, fields)

    async def _play(self, chosen: Scenario, fields: dict[str, Any]) -> Response:
        banks = fields.get("banks") or {}
        if not isinstance(banks, dict) or not set(banks.values()) <= set(self.world.state.items):
            raise invalid("banks must map names to ids of items that exist")
        try:
            played = await self.world.play(chosen, banks=banks)
        except PlayError as failure:
            details = {"details": [{"line": failure.line}]}
            raise ApiError(409, str(failure), "SCENARIO_FAILED", details) from failure
        return json_answer(played)

    def _time(self) -> Response:
        clock = self.world.clock
        return json_answer({"now": instant(clock()), "standing": clock.still})


_SECONDS = {"days": 86400, "hours": 3600, "minutes": 60, "seconds": 1}


async def _fields(request: Request) -> dict[str, Any]:
    raw = await request.body()
    if not raw.strip():
        return {}
    try:
        return msgspec.json.decode(raw, type=dict[str, Any])
    except msgspec.DecodeError as failure:
        raise invalid(f"Invalid JSON: {failure}") from failure
