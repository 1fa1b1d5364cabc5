"""``tomada doctor``: goes through the production checklist and says what is amiss."""

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated

import aiohttp
import asyncpg
import httpx2
from cyclopts import Parameter
from pydantic import ValidationError

from tomada.bootstrap import App, open_app
from tomada.cli.app import sentence
from tomada.cli.checks import installation, provider, webhook
from tomada.cli.checks.looking import Area, Check, Examined, Finding, Look, go_through
from tomada.cli.checks.round import sandbox_round
from tomada.domain.errors import KeyUnavailableError, SchemaBehindError, TomadaError
from tomada.settings import Settings
from tomada.store.embedded_errors import EmbeddedError
from tomada.telemetry import set_up

CHECKS: Sequence[Check] = (*provider.CHECKS, *webhook.CHECKS, *installation.CHECKS)
_PATIENCE = 10


async def doctor(
    *,
    as_json: Annotated[bool, Parameter(name="--json", negative=())] = False,
    sandbox: Annotated[bool, Parameter(negative=())] = False,
) -> None:
    """Go through the production checklist; exits with 1 where something is a problem.

    Changes nothing, and is safe while the service runs. Run it where the server runs, with the
    server's environment.

    Parameters
    ----------
    as_json
        Print one JSON object.
    sandbox
        Also connect a sandbox bank from here, read it, wait for its webhook, and delete it again.
        Needs TOMADA_ENV=development and keys that may use sandbox banks.
    """
    set_up(level="CRITICAL")
    examined = await examine()
    steps = await sandbox_round() if sandbox and examined.healthy else ()
    if as_json:
        told = {**asdict(examined), "healthy": examined.healthy, "sandbox": steps}
        print(json.dumps(told))
    else:
        _print(examined, steps)
    if not examined.healthy or (sandbox and not steps):
        sys.exit(1)


async def examine() -> Examined:
    """Look at the installation that the environment describes; never raises for what is amiss."""
    try:
        settings = Settings()
    except ValidationError as error:
        return _refused("; ".join(sentence(one) for one in error.errors()))
    except OSError as error:
        return _refused(str(error))
    return await examine_with(settings)


async def examine_with(settings: Settings) -> Examined:
    """Look at an installation with these settings."""
    try:
        async with (
            httpx2.AsyncClient(timeout=_PATIENCE, trust_env=False) as web,
            aiohttp.ClientSession() as streams,
            open_app(settings, changes=False) as app,
        ):
            return await examine_app(app, web, streams)
    except SchemaBehindError as error:
        return _closed(
            "migrations", "data", str(error), "Code and tables do not fit together.",
            "Start the server once with TOMADA_DATABASE_OWNER_URL; it brings the tables up.",
        )  # fmt: skip
    except KeyUnavailableError as error:
        return _closed(
            "master_key", "security", str(error), "Nothing that was sealed can be read.",
            "Name the right key in TOMADA_MASTER_KEY, or bring it back from its backup.",
        )  # fmt: skip
    except (TomadaError, EmbeddedError, asyncpg.PostgresError) as error:
        return _closed(
            "database", "data", str(error), "Nothing can be served or kept.",
            "See that the server runs, and the addresses in TOMADA_DATABASE_URL and its owner's.",
        )  # fmt: skip


async def examine_app(
    app: App, web: httpx2.AsyncClient, streams: aiohttp.ClientSession
) -> Examined:
    """Look at an opened installation."""
    return await go_through(CHECKS, Look(app, web, streams))


def _refused(what: str) -> Examined:
    return _closed(
        "settings", "security", what, "It does not start with them.",
        "docs/reference/settings.md says what each may be.",
    )  # fmt: skip


def _closed(code: str, area: Area, what: str, why: str, remedy: str) -> Examined:
    """Tell of what keeps everything else from being looked at."""
    finding = Finding(code, area, "problem", what, why, remedy)
    return Examined((finding,), (), tuple(check.code for check in CHECKS))


def _print(examined: Examined, steps: Sequence[str]) -> None:
    for one in examined.findings:
        print(f"{one.severity.upper():>8}  {one.code} ({one.area}): {one.what}")
        print(f"{'why':>8}  {one.why}")
        print(f"{'do':>8}  {one.remedy}\n")
    for step in steps:
        print(f"{'sandbox':>8}  {step}")
    if examined.unknown:
        print(f"Not looked at, because of the above: {', '.join(examined.unknown)}")
    print(f"{len(examined.passed)} checks found nothing, {len(examined.findings)} something.")
