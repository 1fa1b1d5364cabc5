"""Count requests per endpoint family and address, as the provider does, in windows of a minute."""

from dataclasses import dataclass, field
from datetime import datetime

from tomada.simulator.refusals import too_many_requests
from tomada.simulator.settings import SimulatorSettings

_WINDOW = 60.0


@dataclass(frozen=True, slots=True)
class Pressure:
    """What a fault does to the allowance for one request.

    The request counts as so many, as when other tenants share the address, and the limit is
    divided by *halved*.
    """

    weight: int = 1
    halved: int = 1


@dataclass(slots=True, repr=False)
class Limits:
    """The counters of one world."""

    settings: SimulatorSettings
    _windows: dict[tuple[str, str], tuple[datetime, int]] = field(default_factory=dict)

    def count(self, *, method: str, path: str, address: str, pressure: Pressure) -> None:
        """Count one request; refuse it with 429 when its family is over the limit."""
        family = family_of(method, path)
        if family is None:
            return
        updates = family == "items.update"
        limit = (
            self.settings.item_updates_per_minute if updates else self.settings.requests_per_minute
        )
        if limit is None:
            return
        limit //= pressure.halved
        now = self.settings.clock()
        started, used = self._windows.get((family, address), (now, 0))
        if (now - started).total_seconds() >= _WINDOW:
            started, used = now, 0
        self._windows[family, address] = (started, used + pressure.weight)
        if used >= limit:
            left = _WINDOW - (now - started).total_seconds()
            raise too_many_requests(limit=limit, reset=max(1, round(left)))

    def clear(self) -> None:
        """Forget all counts."""
        self._windows.clear()


def family_of(method: str, path: str) -> str | None:
    """Name the family whose requests are counted together; None has no published limit."""
    match method, path.strip("/").split("/"):
        case "POST", ["auth"]:
            family = "auth"
        case "PATCH", ["items", _]:
            family = "items.update"
        case "GET", ["v2", "transactions"]:
            family = "transactions"
        case "GET", ["investments", _, "transactions"]:
            family = "investment transactions"
        case "GET", [("accounts" | "transactions" | "investments") as name, *rest] if len(rest) < 2:  # noqa: PLR2004  a list, or one of its members
            family = name
        case _:
            return None
    return family
