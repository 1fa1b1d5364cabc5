"""What a check is, what it may ask, and how all of them are gone through."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

import aiohttp
import httpx2

from tomada.bootstrap import App
from tomada.domain.errors import ProviderError, TomadaError
from tomada.pluggy import Webhook
from tomada.services.provider import translated
from tomada.store.inspection import InspectionRows, ItemFacts
from tomada.telemetry import where

Area = Literal[
    "credentials", "webhook", "errors", "rate limiting", "security", "monitoring", "data"
]
Severity = Literal["problem", "warning"]


@dataclass(frozen=True, slots=True)
class Look:
    """One look at one installation; it changes nothing.

    *web* asks the public address, the monitor's listener and Pluggy's clock; *streams* opens a
    stream at the public address.
    """

    app: App
    web: httpx2.AsyncClient
    streams: aiohttp.ClientSession
    _hooks: list[Sequence[Webhook] | ProviderError] = field(default_factory=list)
    _drift: list[str | None] = field(default_factory=list)
    _items: list[Sequence[ItemFacts]] = field(default_factory=list)

    async def hooks(self) -> Sequence[Webhook]:
        """List the webhooks at Pluggy; asked once, as for a person who waits.

        Raises ``ProviderError``, and the same one again without asking.
        """
        if not self._hooks:
            pluggy = self.app.upkeep.registration.pluggy.interactive
            try:
                with translated():
                    self._hooks.append(await pluggy.list_webhooks())
            except ProviderError as error:
                self._hooks.append(error)
        listed = self._hooks[0]
        if isinstance(listed, ProviderError):
            raise listed
        return listed

    async def drift(self) -> str | None:
        """Name what is amiss with our webhook at Pluggy; asked once. Raises ``ProviderError``."""
        await self.hooks()
        if not self._drift:
            self._drift.append((await self.app.upkeep.registration.at_pluggy())[1])
        return self._drift[0]

    async def items(self) -> Sequence[ItemFacts]:
        """List the connections of all entities; asked once."""
        if not self._items:
            found: list[ItemFacts] = []
            async with self.app.store.begin() as tx:
                entities = await InspectionRows(tx).entities()
            for entity in entities:
                async with self.app.store.begin(entity) as tx:
                    found += await InspectionRows(tx).items()
            self._items.append(found)
        return self._items[0]


@dataclass(frozen=True, slots=True)
class Check:
    """One point of the list; *look* gives what is amiss, or None."""

    code: str
    area: Area
    why: str
    remedy: str
    look: Callable[[Look], Awaitable[str | None]]
    severity: Severity = "problem"


@dataclass(frozen=True, slots=True)
class Finding:
    """What is amiss, why it matters, and what to do."""

    code: str
    area: Area
    severity: Severity
    what: str
    why: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Examined:
    """The outcome: what is amiss, which checks found nothing, which could not be made."""

    findings: tuple[Finding, ...]
    passed: tuple[str, ...]
    unknown: tuple[str, ...]

    @property
    def healthy(self) -> bool:
        """Whether nothing is a problem; a warning is none."""
        return not any(one.severity == "problem" for one in self.findings)


async def go_through(checks: Sequence[Check], look: Look) -> Examined:
    """Make all checks, one after the other.

    What needs Pluggy while it does not answer is unknown, and so is what needs a database that
    went away; the finding that says so stands before it in the list.
    """
    findings: list[Finding] = []
    passed: list[str] = []
    unknown: list[str] = []
    for check in checks:
        try:
            what = await check.look(look)
        except TomadaError:
            unknown.append(check.code)
            continue
        except Exception as error:  # noqa: BLE001  (one check that breaks must not hide the others)
            what = f"the check itself broke: {where(error)}"
        if what is None:
            passed.append(check.code)
        else:
            findings.append(_found(check, what))
    return Examined(tuple(findings), tuple(passed), tuple(unknown))


def _found(check: Check, what: str) -> Finding:
    return Finding(check.code, check.area, check.severity, what, check.why, check.remedy)


async def refusal(look: Look) -> ProviderError | None:
    """Give how Pluggy refuses to answer, or None where it answers."""
    try:
        await look.hooks()
    except ProviderError as error:
        return error
    return None
