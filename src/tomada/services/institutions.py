"""The banks a person can choose, as Pluggy lists them, kept for ten minutes."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tomada.domain.clock import Clock
from tomada.domain.errors import NotFoundError
from tomada.domain.items import Institution
from tomada.pluggy import PluggyClient
from tomada.services.normalise import institution
from tomada.services.provider import translated

_KEEP = timedelta(minutes=10)


@dataclass(slots=True)
class _Kept:
    institutions: list[Institution]
    until: datetime


@dataclass(frozen=True, slots=True)
class Institutions:
    """A short-lived copy of Pluggy's list of connectors."""

    pluggy: PluggyClient
    clock: Clock
    include_sandbox: bool
    _kept: list[_Kept] = field(default_factory=list)
    _reading: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def search(self, query: str | None = None) -> list[Institution]:
        """List them by name, those whose name has every word of *query*.

        Raises ``ProviderError`` where Pluggy does not answer and nothing is kept; an old list
        serves as long as Pluggy is away, because names of banks do not spoil.
        """
        words = (query or "").casefold().split()
        return [
            one for one in await self._all() if all(word in one.name.casefold() for word in words)
        ]

    async def get(self, connector_id: int) -> Institution:
        """Find one; raises ``NotFoundError`` for an unknown or hidden one."""
        for one in await self._all():
            if one.connector_id == connector_id:
                return one
        raise NotFoundError("there is no such institution")

    async def _all(self) -> list[Institution]:
        async with self._reading:
            now = self.clock()
            if self._kept and now < self._kept[0].until:
                return self._kept[0].institutions
            try:
                with translated():
                    connectors = await self.pluggy.interactive.list_connectors(
                        sandbox=self.include_sandbox
                    )
            except Exception:
                if self._kept:
                    return self._kept[0].institutions
                raise
            listed = sorted(
                (institution(one) for one in connectors),
                key=lambda one: (one.is_sandbox, one.name.casefold(), one.connector_id),
            )
            self._kept[:] = [_Kept(listed, now + _KEEP)]
            return listed
