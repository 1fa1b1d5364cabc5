"""The webhook: registered rightly, reachable, over HTTPS, and its deliveries served."""

import asyncio
import ipaddress
from collections.abc import Awaitable, Callable
from datetime import timedelta
from urllib.parse import urlsplit

import aiohttp
import httpx2

from tomada.cli.checks.looking import Check, Look
from tomada.store.inbox_desk import InboxDeskRows
from tomada.store.inspection import InspectionRows

_STREAM_SECONDS = 10
_NOT_SIGNED_IN = 4401
_LATELY = timedelta(days=7)
_WAITS = timedelta(minutes=5)
_SILENT = timedelta(hours=2)
_LATE = timedelta(minutes=30)
_AMISS = {
    "absent": "Pluggy has no webhook of this installation",
    "address": "the webhook at Pluggy has another address",
    "event": "the webhook at Pluggy is not for all events",
    "disabled": "Pluggy has switched the webhook off",
    "header": "the webhook at Pluggy does not send the secret's header",
    "secret": "the webhook at Pluggy sends another secret",
}


def _drift(kind: str) -> Callable[[Look], Awaitable[str | None]]:
    async def look_for(look: Look) -> str | None:
        amiss = await look.drift() == kind
        return f"{_AMISS[kind]} ({look.app.settings.webhook_url})" if amiss else None

    return look_for


async def _twice(look: Look) -> str | None:
    ours = [one for one in await look.hooks() if one.url == look.app.settings.webhook_url]
    return f"{len(ours)} webhooks at Pluggy deliver to this address" if len(ours) > 1 else None


async def _https(look: Look) -> str | None:
    origin = urlsplit(look.app.settings.origin)
    if origin.scheme != "https":
        return f"APP_URL is {look.app.settings.origin}, which is not HTTPS"
    return None


async def _public(look: Look) -> str | None:
    host = urlsplit(look.app.settings.origin).hostname or ""
    try:
        private = not ipaddress.ip_address(host).is_global
    except ValueError:
        private = host == "localhost" or "." not in host
    return f"{host} is a name of this network only" if private else None


async def _answers(look: Look) -> str | None:
    url = f"{look.app.settings.origin}/healthz"
    try:
        answer = await look.web.get(url)
        lives = answer.json() == {"alive": True}
    except (httpx2.HTTPError, ValueError):
        lives = False
    return None if lives else f"{url} is not answered by this installation"


async def _streams(look: Look) -> str | None:
    """Knock with a ticket that opens nothing: the answer must come through at once."""
    origin = look.app.settings.origin
    address = f"{origin.replace('http', 'ws', 1)}/ws"
    try:
        async with (
            asyncio.timeout(_STREAM_SECONDS),
            look.streams.ws_connect(address, origin=origin) as stream,
        ):
            await stream.send_json({"ticket": "doctor", "after": 0})
            await stream.receive()
            code = stream.close_code
    except (OSError, TimeoutError, aiohttp.ClientError):
        code = None
    return None if code == _NOT_SIGNED_IN else f"{address} does not let streams through"


async def _elsewhere(look: Look) -> str | None:
    if not look.app.settings.webhook_sources:
        return "TOMADA_WEBHOOK_SOURCES is empty, so no address is known as Pluggy's"
    async with look.app.store.begin() as tx:
        count = await InspectionRows(tx).from_elsewhere(since=look.app.clock() - _LATELY)
    return (
        f"{count} deliveries of this week came from an address not on the list" if count else None
    )


async def _silent(look: Look) -> str | None:
    now = look.app.clock()
    due = sum(
        one.next_auto_sync_at is not None and one.next_auto_sync_at + _LATE < now
        for one in await look.items()
    )
    async with look.app.store.begin() as tx:
        latest, _ = await InboxDeskRows(tx).times()
    if not due or (latest is not None and now - latest < _SILENT):
        return None
    since = "ever" if latest is None else f"since {latest:%Y-%m-%d %H:%M}Z"
    return f"no delivery came in {since}, while {due} connections should have been read"


async def _waiting(look: Look) -> str | None:
    async with look.app.store.begin() as tx:
        _, oldest = await InboxDeskRows(tx).times()
    if oldest is None or look.app.clock() - oldest < _WAITS:
        return None
    minutes = (look.app.clock() - oldest) // timedelta(minutes=1)
    return f"the oldest event has waited for {minutes} minutes"


def _counted(state: str, words: str) -> Callable[[Look], Awaitable[str | None]]:
    async def look_for(look: Look) -> str | None:
        async with look.app.store.begin() as tx:
            count = (await InboxDeskRows(tx).counts()).get(state, 0)
        return f"{count} events {words}" if count else None

    return look_for


_REPAIR = "Run `tomada webhooks register`; the server does the same every hour."
CHECKS = (
    *(
        Check(
            f"webhook_{kind}",
            "webhook",
            "Bank events do not arrive as they should; data would get old without it.",
            _REPAIR,
            _drift(kind),
        )
        for kind in _AMISS
    ),
    Check(
        "webhook_twice",
        "webhook",
        "Every event arrives more than once and uses up the five places that Pluggy has.",
        "Delete the others at dashboard.pluggy.ai; `tomada webhooks status` names ours.",
        _twice,
    ),
    Check(
        "https",
        "webhook",
        "Pluggy delivers over HTTPS only, and the session cookie would travel in the clear.",
        "Put a proxy that speaks TLS in front (deploy/nginx.conf) and set APP_URL to its address.",
        _https,
    ),
    Check(
        "public_name",
        "webhook",
        "Pluggy refuses to deliver to a machine's own name.",
        "Set APP_URL to the public name; on a desk, to a tunnel's.",
        _public,
    ),
    Check(
        "public_address",
        "webhook",
        "What this machine cannot reach under the public name, Pluggy can hardly reach either.",
        "See the name in the DNS, the proxy's target and the firewall.",
        _answers,
    ),
    Check(
        "push_through_proxy",
        "monitoring",
        "Open pages fall back to looking every few seconds, and news come late.",
        "Let the proxy pass WebSockets, without buffering (deploy/nginx.conf).",
        _streams,
    ),
    Check(
        "webhook_sources",
        "webhook",
        "Either a proxy hides the real address, or somebody knows the secret.",
        "Name your proxies in TOMADA_TRUSTED_PROXIES; if that is done, run `tomada webhooks rotate`.",
        _elsewhere,
    ),
    Check(
        "deliveries_missing",
        "webhook",
        "Pluggy read the banks and could not tell us, or did not read them.",
        "See `tomada webhooks status`; the daily comparison reads what was missed.",
        _silent,
    ),
    Check(
        "inbox_waiting",
        "errors",
        "News wait for a worker; the screen is behind the bank.",
        "See that a worker runs and what its log says.",
        _waiting,
    ),
    Check(
        "inbox_parked",
        "errors",
        "Nobody will try these again until somebody asks.",
        "`tomada webhooks list --state parked`, then `tomada webhooks replay --state parked`.",
        _counted("parked", "are parked after twelve tries"),
    ),
    Check(
        "inbox_quarantined",
        "errors",
        "They were Pluggy's by their secret and could not be read, or were nobody's here.",
        "`tomada webhooks list --state quarantined` says why for each.",
        _counted("quarantined", "are set aside"),
        severity="warning",
    ),
)
