"""The installation's one webhook at Pluggy: its secret, its registration, its repair.

The secret travels in a header that only a registered webhook can carry; an item-level
``webhookUrl`` cannot, and would deliver everything twice.
"""

import asyncio
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from tomada.domain.clock import Clock
from tomada.domain.errors import RefusedError
from tomada.pluggy import PluggyClient, Webhook
from tomada.pluggy.errors import PluggyError
from tomada.pluggy.verification import Network, SecretHeader, WebhookVerifier
from tomada.services.provider import translated
from tomada.services.vault import Vault
from tomada.store.hooks import HookRow, HookRows
from tomada.store.tx import Store
from tomada.telemetry import log

_NAME = "pluggy"
_EVENT = "all"
_KEEP_SECONDS = 30.0

Registration = Literal["made", "repaired", "unchanged"]


@dataclass(frozen=True, slots=True)
class HookSettings:
    """Where Pluggy delivers, with which header, and from where."""

    url: str
    header: str
    networks: tuple[Network, ...]
    enforce_networks: bool


@dataclass(slots=True)
class _Opened:
    secrets: tuple[str, ...]
    until: float


@dataclass(frozen=True, slots=True)
class Hooks:
    """Knows the webhook secret, and keeps Pluggy knowing where to deliver."""

    store: Store
    vault: Vault
    clock: Clock
    pluggy: PluggyClient
    settings: HookSettings
    _opened: list[_Opened] = field(default_factory=list, repr=False)
    _opening: asyncio.Lock = field(default_factory=asyncio.Lock, repr=False)

    async def refusal(
        self, headers: Mapping[str, str], body: bytes, *, source: str
    ) -> Literal["source", "secret", "signature"] | None:
        """Name the proof that a delivery fails, None for a genuine one.

        An address alone never proves anything, and is enforced only where configured so;
        otherwise a delivery from elsewhere is logged and goes on.
        """
        accepted = await self._secrets()
        proof = SecretHeader(name=self.settings.header, secrets=accepted)
        refused = WebhookVerifier(clock=self.clock, secret=proof).refusal(
            headers, body, source=source
        )
        if refused is not None:
            return refused
        if not self.settings.networks:
            return None
        place = WebhookVerifier(clock=self.clock, networks=self.settings.networks)
        if place.refusal(headers, body, source=source) is None:
            return None
        if self.settings.enforce_networks:
            return "source"
        log.debug("webhook_from_elsewhere")
        return None

    async def _secrets(self) -> tuple[str, ...]:
        async with self._opening:
            if self._opened and time.monotonic() < self._opened[0].until:
                return self._opened[0].secrets
            row = await self._row()
            found = [self._open(row.sealed_secret, "secret")]
            until = row.previous_until
            if row.previous_sealed_secret is not None and until and self.clock() < until:
                found.append(self._open(row.previous_sealed_secret, "previous"))
            self._opened[:] = [_Opened(tuple(found), time.monotonic() + _KEEP_SECONDS)]
            return tuple(found)

    def _open(self, sealed: bytes, group: str) -> str:
        return self.vault.system.open("hooks", _NAME, sealed, group=group).decode()

    async def _row(self) -> HookRow:
        async with self.store.begin() as tx:
            row = await HookRows(tx).get(_NAME)
            if row is None:
                fresh = secrets.token_hex(32).encode()
                sealed = self.vault.system.seal("hooks", _NAME, fresh, group="secret")
                await HookRows(tx).add(_NAME, sealed, at=self.clock())
                row = await HookRows(tx).get(_NAME)
        if row is None:
            raise RefusedError("the webhook's secret could not be kept")
        return row

    async def ensure(self) -> Registration:
        """See that Pluggy delivers to us: register the webhook, or repair it.

        Safe to call at any time and from several processes. Raises ``ProviderError`` where
        Pluggy does not answer or refuses the address.
        """
        current = (await self._secrets())[0]
        wanted = {self.settings.header: current}
        outcome: Registration = "unchanged"
        with translated():
            ours = await self._registered()
            if ours is None:
                ours = await self._register(wanted)
                outcome = "made"
            elif _differs(ours, wanted):
                ours = await self.pluggy.update_webhook(ours.id, headers=wanted, enabled=True)
                outcome = "repaired"
        async with self.store.begin() as tx:
            await HookRows(tx).set_webhook(_NAME, ours.id, at=self.clock())
        if outcome != "unchanged":
            log.info("webhook_registered", status=outcome)
        return outcome

    async def _registered(self) -> Webhook | None:
        hooks = await self.pluggy.list_webhooks()
        ours = (one for one in hooks if one.url == self.settings.url and one.event == _EVENT)
        return next(ours, None)

    async def _register(self, headers: Mapping[str, str]) -> Webhook:
        try:
            return await self.pluggy.create_webhook(_EVENT, self.settings.url, headers=headers)
        except PluggyError:
            # Pluggy takes an address once, and another process of ours may have been first.
            ours = await self._registered()
            if ours is None:
                raise
            return ours


def _differs(hook: Webhook, wanted: Mapping[str, str]) -> bool:
    """Tell whether a registration lost its header or was switched off.

    Header names are compared without case; Pluggy may not show header values, so a name without a
    value counts as right.
    """
    shown = {name.lower(): value for name, value in (hook.headers or {}).items()}
    for name, value in wanted.items():
        if name.lower() not in shown or shown[name.lower()] not in (value, "", None):
            return True
    return hook.disabled_at is not None
