"""Scenarios: what goes wrong for people who connect banks, in a language of few words."""

from tomada.simulator.scenarios.language import Scenario
from tomada.simulator.scenarios.library import UnknownScenarioError, scenario, scenario_names
from tomada.simulator.scenarios.player import Played, PlayError, asking, play
from tomada.simulator.scenarios.reading import ScenarioError, read_scenario

__all__ = [
    "PlayError",
    "Played",
    "Scenario",
    "ScenarioError",
    "UnknownScenarioError",
    "asking",
    "play",
    "read_scenario",
    "scenario",
    "scenario_names",
]
