"""Pluggy: the keys, the clock, the request limits, and reading by itself."""

import os
from datetime import timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path

import httpx2

from tomada.cli.checks.looking import Check, Look, refusal
from tomada.store.inspection import InspectionRows

_SKEW = timedelta(seconds=3)
_REFUSED = "keys_refused"
_SHARED = 0o077
_LOOKS = 3
_OURS = ("TOMADA_", "PLUGGY_", "VAULT_")


async def _reachable(look: Look) -> str | None:
    error = await refusal(look)
    if error is None or error.provider_code == _REFUSED:
        return None
    return f"{look.app.settings.pluggy_url} does not answer as it should ({error.provider_code})"


async def _credentials(look: Look) -> str | None:
    error = await refusal(look)
    refused = error is not None and error.provider_code == _REFUSED
    return "Pluggy refuses the client id or the secret" if refused else None


async def _production(look: Look) -> str | None:
    if look.app.settings.env == "production":
        return None
    return "TOMADA_ENV is development: sandbox banks are offered, unsafe settings are accepted"


async def _secret_files(_: Look) -> str | None:
    ours = [
        Path(path)
        for name, path in os.environ.items()
        if path and name.endswith("_FILE") and name.startswith(_OURS)
    ]
    readable = [path for path in ours if path.exists() and path.stat().st_mode & _SHARED]
    return f"readable by others: {', '.join(map(str, readable))}" if readable else None


async def _clock(look: Look) -> str | None:
    """Compare with Pluggy's own clock; an answer without a date says nothing.

    The date was written between question and answer. What is slow looks like a skew, so the best
    of three looks counts.
    """
    found: list[timedelta] = []
    while len(found) < _LOOKS and (not found or abs(found[-1]) > _SKEW):
        asked = look.app.clock()
        try:
            answer = await look.web.head(look.app.settings.pluggy_url)
            told = parsedate_to_datetime(answer.headers["date"])
        except (httpx2.HTTPError, KeyError, ValueError):
            return None
        found.append(min(asked - told, look.app.clock() - told, key=abs))
    skew = min(found, key=abs)
    if abs(skew) <= _SKEW:
        return None
    return f"this machine's clock is {skew.total_seconds():+.0f} s from Pluggy's"


async def _limits(look: Look) -> str | None:
    async with look.app.store.begin() as tx:
        refused = await InspectionRows(tx).refused_until(now=look.app.clock())
    return f"Pluggy refused us by its rate limit: {', '.join(refused)}" if refused else None


async def _auto_sync(look: Look) -> str | None:
    off = sum(
        one.status == "UPDATED" and one.next_auto_sync_at is None for one in await look.items()
    )
    return f"Pluggy will not read {off} connections again by itself" if off else None


CHECKS = (
    Check(
        "pluggy_reachable",
        "credentials",
        "Nothing can be connected or read while Pluggy cannot be asked.",
        "See that this machine may call the address over HTTPS, and status.pluggy.ai.",
        _reachable,
    ),
    Check(
        "credentials",
        "credentials",
        "Every call to Pluggy fails without them.",
        "Take both from dashboard.pluggy.ai into PLUGGY_CLIENT_ID and PLUGGY_CLIENT_SECRET.",
        _credentials,
    ),
    Check(
        "production",
        "credentials",
        "People would see test banks, and settings that are unsafe do not stop the start.",
        "Set TOMADA_ENV=production, with the keys of the production application.",
        _production,
        severity="warning",
    ),
    Check(
        "secret_files",
        "credentials",
        "Whoever else uses this machine can read a secret of the installation.",
        "chmod 600 each of them, owned by the user that runs Tomada.",
        _secret_files,
    ),
    Check(
        "clock",
        "monitoring",
        "Signed deliveries, sessions and one-time codes are judged by this clock.",
        "Run a time service (chrony, systemd-timesyncd) on this machine.",
        _clock,
    ),
    Check(
        "rate_limits",
        "rate limiting",
        "Our own limiter stays below Pluggy's limits; a refusal means that somebody else uses the"
        " same address, or several installations do not share one database.",
        "Find who else calls Pluggy from this address; give all processes one database.",
        _limits,
    ),
    Check(
        "auto_sync",
        "rate limiting",
        "Without Pluggy's own reading the data get old until somebody asks.",
        "Switch auto-sync on for the application at dashboard.pluggy.ai; where an Open Finance"
        " consent has ended, the person connects anew.",
        _auto_sync,
    ),
)
