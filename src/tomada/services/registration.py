"""The installation's one webhook at Pluggy: registered, looked at every hour, put right."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from tomada.domain.clock import Clock
from tomada.pluggy import PluggyClient, Webhook
from tomada.pluggy.errors import PluggyError
from tomada.services.hook_secrets import NAME, SETTLED_AFTER, HookSecrets
from tomada.services.hooks import HookSettings
from tomada.services.provider import translated
from tomada.store.hooks import HookRow, HookRows
from tomada.store.tx import Store
from tomada.telemetry import log

EVENT = "all"
CHECKED_EVERY = timedelta(hours=1)
MOST_OF_AN_EVENT = 5
"""Pluggy's limit, which other programs of the application share."""

Pause = Callable[[int], Awaitable[object]]
Outcome = Literal["made", "repaired", "unchanged"]
Drift = Literal["absent", "address", "event", "disabled", "header", "secret", "limit"]


@dataclass(frozen=True, slots=True)
class Registered:
    """What a check found and did; *drift* is what was amiss before."""

    webhook_id: str
    outcome: Outcome
    drift: Drift | None


@dataclass(frozen=True, slots=True)
class Registration:
    """Keeps Pluggy knowing where to deliver, and with which secret."""

    store: Store
    clock: Clock
    pluggy: PluggyClient
    secrets: HookSecrets
    settings: HookSettings

    async def due(self) -> bool:
        """Tell whether the last check, by whichever process, was an hour ago."""
        checked = (await self.secrets.row()).checked_at
        return checked is None or self.clock() - checked >= CHECKED_EVERY

    async def at_pluggy(self) -> tuple[Webhook | None, Drift | None]:
        """Look at the registration and change nothing; raises ``ProviderError``."""
        row = await self.secrets.row()
        with translated():
            found = _ours(await self.pluggy.list_webhooks(), row, self.settings.url)
        return found, self._drift(found, self._headers(row))

    async def rotate(self, *, overlap: timedelta, force: bool, pause: Pause = asyncio.sleep) -> str:
        """Change the secret: make a new one, let every process learn it, tell Pluggy.

        Gives what Pluggy calls the webhook. Interrupted, the next check tells Pluggy. Raises
        ``RotationUnderWayError`` while an earlier change is not over, ``ProviderError`` where
        Pluggy could not be told; then the secret before goes on being accepted.
        """
        await self.secrets.rotate(overlap=overlap, force=force)
        await pause(SETTLED_AFTER // timedelta(seconds=1))
        return (await self.ensure()).webhook_id

    async def ensure(self) -> Registered:
        """See that Pluggy delivers to us: register the webhook, or put right what is amiss.

        Safe to call at any time and from several processes. What was amiss is logged and kept.
        Raises ``ProviderError`` where Pluggy does not answer or refuses the address.
        """
        row = await self.secrets.row()
        headers = self._headers(row)
        settled = not self.secrets.settling(row)
        with translated():
            hooks = await self.pluggy.list_webhooks()
            found = _ours(hooks, row, self.settings.url)
            drift = self._drift(found, headers)
            amiss = None if drift == "absent" and row.webhook_id is None else drift
            if found is None:
                await self._note_limit(row, hooks)
                ours = await self._register(row, headers)
            elif drift is not None or (settled and _untold(row)):
                ours = await self._repair(found, row, headers, drift=drift)
            else:
                ours = found
        outcome = _outcome(found, ours)
        told = settled and outcome != "unchanged"
        await self._keep(ours.id, drift=amiss, told=told)
        if outcome != "unchanged":
            log.info("webhook_registered", status=outcome)
        return Registered(ours.id, outcome, amiss)

    async def _repair(
        self, hook: Webhook, row: HookRow, headers: Mapping[str, str], *, drift: Drift | None
    ) -> Webhook:
        if drift != "event":
            return await self.pluggy.update_webhook(
                hook.id, url=self.settings.url, headers=headers, enabled=True
            )
        # What a webhook subscribes to cannot be changed by the published API.
        await self.pluggy.delete_webhook(hook.id)
        return await self._register(row, headers)

    async def _register(self, row: HookRow, headers: Mapping[str, str]) -> Webhook:
        url = self.settings.url
        try:
            return await self.pluggy.create_webhook(EVENT, url, headers=headers)
        except PluggyError:
            # Pluggy takes an address once, and another process of ours may have been first.
            ours = _ours(await self.pluggy.list_webhooks(), row, url)
            if ours is None:
                raise
            return ours

    async def _note_limit(self, row: HookRow, hooks: Sequence[Webhook]) -> None:
        if sum(one.event == EVENT for one in hooks) >= MOST_OF_AN_EVENT:
            await self._keep(row.webhook_id, drift="limit", told=False, checked=False)

    async def _keep(
        self, webhook_id: str | None, *, drift: Drift | None, told: bool, checked: bool = True
    ) -> None:
        now = self.clock()
        async with self.store.begin() as tx:
            rows = HookRows(tx)
            await rows.mark_checked(
                NAME, webhook_id, drift=drift, at=now, told=told, checked=checked
            )
        if drift is not None:
            log.error("webhook_drift", reason=drift)

    def _headers(self, row: HookRow) -> dict[str, str]:
        name = self.settings.header
        return {} if name is None else {name: self.secrets.to_tell(row)}

    def _drift(self, hook: Webhook | None, headers: Mapping[str, str]) -> Drift | None:
        """Name the first thing that is amiss.

        Header names are compared without case; Pluggy may not show header values, so a name
        without a value counts as right.
        """
        if hook is None:
            return "absent"
        if hook.url != self.settings.url:
            return "address"
        if hook.event != EVENT:
            return "event"
        if hook.disabled_at is not None:
            return "disabled"
        return _header_drift(hook, headers)


def _header_drift(hook: Webhook, headers: Mapping[str, str]) -> Drift | None:
    shown = {name.lower(): value for name, value in (hook.headers or {}).items()}
    for name, value in headers.items():
        if name.lower() not in shown:
            return "header"
        if shown[name.lower()] not in (value, "", None):
            return "secret"
    return None


def _ours(hooks: Sequence[Webhook], row: HookRow, url: str) -> Webhook | None:
    """Find our webhook: by what it does, or, where somebody changed that, by its id."""
    exact = (one for one in hooks if (one.url, one.event) == (url, EVENT))
    known = (one for one in hooks if one.id == row.webhook_id)
    return next(exact, None) or next(known, None)


def _untold(row: HookRow) -> bool:
    """Tell whether Pluggy was not told the current secret since it was made."""
    if row.rotated_at is None:
        return False
    return row.registered_at is None or row.registered_at < row.rotated_at


def _outcome(before: Webhook | None, after: Webhook) -> Outcome:
    if before is None:
        return "made"
    return "unchanged" if after is before else "repaired"
