"""The database, the keys, the workers, the monitor, and data that do not fit together."""

from datetime import timedelta

import httpx2

from tomada.cli.checks.looking import Check, Look
from tomada.domain.audit import INSTALLATION
from tomada.domain.backups import BACKUP_MADE, BACKUP_VERIFIED
from tomada.domain.errors import NotFoundError
from tomada.services.provider import translated
from tomada.store.figures import FigureRows
from tomada.store.inspection import InspectionRows
from tomada.web.monitoring import OURSELVES

_JOB_WAITS = timedelta(minutes=1)
_BACKED_UP = timedelta(hours=26)
_SCRAPED = timedelta(minutes=5)
_ASKED = 200
"""The most items that Pluggy is asked about: each is a call."""
_LAST_SCRAPE = "tomada_last_scrape_timestamp_seconds "


async def _components(look: Look) -> str | None:
    broken = []
    for name, ping in look.app.pings.items():
        try:
            await ping()
        except Exception:  # noqa: BLE001  (whatever is wrong with it, it does not answer)
            broken.append(name)
    return f"does not answer: {', '.join(broken)}" if broken else None


async def _role(look: Look) -> str | None:
    async with look.app.store.begin() as tx:
        rights = await InspectionRows(tx).role()
    amiss = [
        words
        for given, words in (
            (rights.superuser, "is a superuser"),
            (rights.bypasses_policies, "bypasses row-level security"),
            (rights.makes_roles, "may make roles"),
            (rights.owns > 0, f"owns {rights.owns} tables"),
        )
        if given
    ]
    return f"the serving role {', '.join(amiss)}" if amiss else None


async def _policies(look: Look) -> str | None:
    async with look.app.store.begin() as tx:
        tables = await InspectionRows(tx).unguarded()
    return f"not behind a forced policy: {', '.join(tables)}" if tables else None


async def _key_place(look: Look) -> str | None:
    settings = look.app.settings
    key, data = settings.master_key_path, settings.data_dir.resolve()
    if settings.database_url is None and key is not None and data in key.resolve().parents:
        return f"the master key {key} lies in the data directory"
    return None


async def _queue(look: Look) -> str | None:
    async with look.app.store.begin() as tx:
        now = await FigureRows(tx).now()
        queue = await FigureRows(tx).queue(now=now)
    if queue.since is None or now - queue.since < _JOB_WAITS:
        return None
    seconds = int((now - queue.since).total_seconds())
    return f"{queue.waiting} jobs wait, the oldest for {seconds} s"


async def _dead(look: Look) -> str | None:
    async with look.app.store.begin() as tx:
        queue = await FigureRows(tx).queue(now=await FigureRows(tx).now())
    return f"{queue.parked} connections are parked after twelve tries" if queue.parked else None


async def _monitored(look: Look) -> str | None:
    settings = look.app.settings
    url = f"http://{settings.metrics_host}:{settings.metrics_port}/metrics"
    if not settings.metrics_port:
        return "TOMADA_METRICS_PORT is 0: there are no figures"
    try:
        answer = await look.web.get(url, headers={"User-Agent": OURSELVES})
        lines = answer.raise_for_status().text.splitlines()
    except httpx2.HTTPError:
        return f"{url} does not answer; no process of this machine shows figures there"
    told = [line.removeprefix(_LAST_SCRAPE) for line in lines if line.startswith(_LAST_SCRAPE)]
    seconds = look.app.clock().timestamp() - float(told[0]) if told else None
    if seconds is not None and seconds < _SCRAPED.total_seconds():
        return None
    return f"nobody fetched the figures at {url} in the last five minutes"


async def _gone_at_pluggy(look: Look) -> str | None:
    await look.hooks()
    pluggy, gone = look.app.upkeep.registration.pluggy.interactive, 0
    for one in (await look.items())[:_ASKED]:
        try:
            with translated():
                await pluggy.get_item(one.id)
        except NotFoundError:
            gone += one.status != "DELETED"
    return f"Pluggy no longer has {gone} connections that stand here as alive" if gone else None


async def _unknown_here(look: Look) -> str | None:
    async with look.app.store.begin() as tx:
        count = await InspectionRows(tx).unclaimed()
    return f"Pluggy told of {count} items that nobody here owns" if count else None


async def _backups(look: Look) -> str | None:
    async with look.app.store.begin(INSTALLATION) as tx:
        latest = await FigureRows(tx).latest_actions((BACKUP_MADE, BACKUP_VERIFIED))
    made, now = latest.get((BACKUP_MADE, "done")), look.app.clock()
    if made is None:
        return "no backup was ever made with tomada db backup"
    if now - made > _BACKED_UP:
        return f"the latest backup is of {made:%Y-%m-%d %H:%M}Z"
    failed = latest.get((BACKUP_VERIFIED, "failed"))
    good = latest.get((BACKUP_VERIFIED, "done"))
    if failed is not None and (good is None or good < failed):
        return f"the trial of a restore at {failed:%Y-%m-%d %H:%M}Z failed"
    return None


async def _duplicates(look: Look) -> str | None:
    twice = sum(one.of_institution > 1 for one in await look.items())
    return f"{twice} connections are second ones at the same bank" if twice else None


CHECKS = (
    Check(
        "components",
        "security",
        "What does not answer cannot serve; /readyz says the same.",
        "For keys: see the KMS and its credentials. For the database: see its log.",
        _components,
    ),
    Check(
        "database_role",
        "security",
        "Row-level security does not hold for such a role: one mistake shows everybody's data.",
        "Serve with a plain role of TOMADA_DATABASE_URL; TOMADA_DATABASE_OWNER_URL owns.",
        _role,
    ),
    Check(
        "row_level_security",
        "security",
        "These tables show rows of every entity to whoever asks.",
        "Start the server of this version once; then find out who took the policy off, and when.",
        _policies,
    ),
    Check(
        "master_key_place",
        "security",
        "A copy of the data directory would hold the data and the key to them.",
        "Move the file and name it in TOMADA_MASTER_KEY=file:///….",
        _key_place,
    ),
    Check(
        "queue",
        "errors",
        "Nobody does the work: readings and news wait.",
        "Start `tomada worker`, or see why it does not take jobs.",
        _queue,
    ),
    Check(
        "dead_jobs",
        "errors",
        "These connections are not kept up until somebody asks or a day has passed.",
        "The log says sync_parked with the code; then refresh them or replay their events.",
        _dead,
    ),
    Check(
        "monitoring",
        "monitoring",
        "What fails at night is noticed by people first.",
        "Point Prometheus at it (deploy/prometheus), with the rules that lie there.",
        _monitored,
    ),
    Check(
        "backups",
        "security",
        "A lost disk takes everything with it; people would have to connect every bank again.",
        "Run `tomada db backup` by a timer, `tomada db verify` each week, and keep the two files apart.",
        _backups,
    ),
    Check(
        "items_gone_at_pluggy",
        "data",
        "They look connected and never change again.",
        "They are marked at the next reading; the people connect anew.",
        _gone_at_pluggy,
    ),
    Check(
        "items_unknown_here",
        "data",
        "They are billed and read for nobody, against somebody's expectation.",
        "`tomada webhooks list --state quarantined`; delete them at dashboard.pluggy.ai.",
        _unknown_here,
        severity="warning",
    ),
    Check(
        "items_twice",
        "data",
        "Sums count the same accounts twice.",
        "Disconnect the older of the two on the dashboard.",
        _duplicates,
    ),
)
