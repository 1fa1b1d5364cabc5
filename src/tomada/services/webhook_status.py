"""How the installation's webhook stands: what Pluggy has, what is accepted, what came in."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from tomada.domain.clock import Clock
from tomada.domain.errors import ProviderError
from tomada.services.hooks import HookSettings
from tomada.services.registration import Registration
from tomada.store.hooks import HookRow
from tomada.store.inbox_desk import InboxDeskRows
from tomada.store.tx import Store

WAITS_TOO_LONG = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class WebhookStatus:
    """One look; *problems* are codes of what somebody should see to, none when all is well."""

    url: str
    registered: bool
    disabled_at: datetime | None
    row: HookRow
    previous_in_force: bool
    counts: dict[str, int]
    latest: datetime | None
    oldest_waiting: datetime | None
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WebhookWatch:
    """Looks, and changes nothing."""

    store: Store
    clock: Clock
    registration: Registration
    settings: HookSettings

    async def status(self) -> WebhookStatus:
        """Look at Pluggy's side and at ours; a Pluggy that does not answer is a problem of it."""
        problems: list[str] = []
        hook = None
        try:
            hook, drift = await self.registration.at_pluggy()
            if drift is not None:
                problems.append(f"registration_{drift}")
        except ProviderError as error:
            problems.append(f"pluggy_{error.provider_code or error.code}")
        row = await self.registration.secrets.row()
        async with self.store.begin() as tx:
            counts = await InboxDeskRows(tx).counts()
            latest, oldest = await InboxDeskRows(tx).times()
        if oldest is not None and self.clock() - oldest >= WAITS_TOO_LONG:
            problems.append("events_wait")
        problems += [f"events_{state}" for state in ("parked", "quarantined") if counts.get(state)]
        accepted = await self.registration.secrets.accepted()
        return WebhookStatus(
            url=self.settings.url,
            registered=hook is not None,
            disabled_at=None if hook is None else hook.disabled_at,
            row=row,
            previous_in_force=accepted.previous is not None,
            counts=counts,
            latest=latest,
            oldest_waiting=oldest,
            problems=tuple(problems),
        )
