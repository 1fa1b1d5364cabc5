"""The scenarios that come with the simulator, by name."""

from importlib.resources import files

from tomada.simulator.scenarios.language import Scenario
from tomada.simulator.scenarios.reading import read_scenario

_SUFFIX = ".yaml"


class UnknownScenarioError(LookupError):
    """There is no scenario of that name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"there is no scenario {name!r}; there are {', '.join(scenario_names())}")
        self.name = name


def scenario_names() -> list[str]:
    """List the names, in the order of the alphabet."""
    shelf = files(__package__).joinpath("library")
    return sorted(
        one.name.removesuffix(_SUFFIX) for one in shelf.iterdir() if one.name.endswith(_SUFFIX)
    )


def scenario(name: str) -> Scenario:
    """Read the scenario *name*; `UnknownScenarioError` lists those there are."""
    if name not in scenario_names():
        raise UnknownScenarioError(name)
    text = files(__package__).joinpath("library", f"{name}{_SUFFIX}").read_text(encoding="utf-8")
    return read_scenario(name, text)
