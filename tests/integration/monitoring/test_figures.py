"""The monitor's listener on a whole installation: what happened is in the figures, nobody is."""

import math
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import timedelta

import asyncpg
import httpx2
import pytest

from tests.conftest import PASSWORD, Running
from tests.integration.sync.delivering import courier
from tests.integration.web.people import sign_up, until, visitor
from tests.integration.web.test_stream import heard, opened
from tests.unit.metrics.test_metrics import MOST_SERIES, series
from tomada.bootstrap import App
from tomada.cli.serve import monitored, take_port
from tomada.domain.errors import KeyUnavailableError
from tomada.store.tx import Store

UUIDS = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}")
Figures = dict[tuple[str, tuple[str, ...]], float]


@dataclass(frozen=True, slots=True)
class Monitor:
    http: httpx2.AsyncClient
    app: App

    async def text(self) -> str:
        answer = await self.http.get("/metrics")
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
        return answer.text

    async def figures(self) -> Figures:
        await self.text()
        return series(self.app.metrics)


@pytest.fixture
async def monitor(tomada: Running) -> AsyncIterator[Monitor]:
    bound = take_port("127.0.0.1", 0)
    url = f"http://127.0.0.1:{bound.getsockname()[1]}"
    async with (
        monitored(tomada.app, listener=bound),
        httpx2.AsyncClient(base_url=url) as http,
    ):
        yield Monitor(http, tomada.app)


async def test_what_happened_is_in_the_figures_and_nobody_is(
    tomada: Running, monitor: Monitor
) -> None:
    async with AsyncExitStack() as stack:
        rita = await stack.enter_async_context(sign_up(tomada, "rita"))
        stranger = await stack.enter_async_context(visitor(tomada))
        pluggy = await stack.enter_async_context(courier(tomada))
        wrong = {"email": rita.email, "password": "another one entirely"}
        await stranger.post("/api/session", json=wrong)
        item = await rita.read_a_bank()
        stream = await stack.enter_async_context(rita.stream())
        await opened(rita, stream)
        await rita.buy(item)
        await heard(stream)
        await pluggy.kept("connector/status_updated")
        again = pluggy.event("connector/status_updated")
        await pluggy.deliver(again)
        await pluggy.deliver(again)
        await replace(pluggy, secret="guessed").deliver(again)
        await tomada.app.figures.count_items()

        async def served() -> bool:
            return series(tomada.app.metrics)["tomada_event_visible_seconds_count", ()] >= 1

        await until(served)
        figures = await monitor.figures()
        text = await monitor.text()

    def counted(name: str, *labels: str) -> float:
        return figures[f"tomada_{name}", labels]

    assert counted("syncs_total", "done") >= 1
    assert counted("syncs_total", "parked") == 0
    assert counted("webhook_deliveries_total", "done") >= 2
    assert counted("webhook_deliveries_total", "duplicate") == 1
    assert counted("webhook_deliveries_total", "refused") == 1
    assert counted("webhook_refusals_total", "secret") == 1
    assert counted("webhook_answer_seconds_count") >= 4
    assert counted("event_visible_seconds_count") >= 1
    assert counted("push_connections") == 1
    assert counted("push_delay_seconds_count") >= 1
    assert counted("pluggy_calls_total", "items", "ok") >= 1
    assert counted("pluggy_allowance_used", "items") >= 1
    assert counted("pluggy_allowance", "items") == 350
    assert counted("sign_ins_total", "wrong") == 1
    assert counted("sign_ins_total", "done") == 1
    assert counted("http_requests_total", "/api/open-finance/accounts", "2xx") >= 1
    assert counted("jobs_total", "sync_item", "done") >= 1
    assert counted("items", "UPDATED") == 1
    assert 0 <= counted("freshness_seconds", "TRANSACTIONS") < 3600
    assert counted("component_up", "database") == 1
    assert counted("webhook_last_delivery_timestamp_seconds") > 0
    assert counted("webhook_checked_timestamp_seconds") > 0
    assert counted("scrapes_total") >= 1
    assert abs(counted("clock_skew_seconds")) < 5
    assert not UUIDS.search(text)
    assert not [one for one in (item, rita.entity_id, "rita", "Padaria", PASSWORD) if one in text]
    assert len(figures) <= MOST_SERIES


async def test_events_that_wait_and_work_that_is_parked_have_their_age(
    tomada: Running, monitor: Monitor
) -> None:
    app = tomada.app
    before = app.clock() - timedelta(minutes=9)
    async with app.store.begin() as tx:
        await tx.conn.execute(
            "INSERT INTO inbox (event_id, event, body_digest, state, received_at)"
            " VALUES ('e', 'item/updated', '', 'new', $1), ('f', 'x', '', 'quarantined', $1)",
            before,
        )
    async with app.store.begin() as tx:
        await tx.conn.execute("UPDATE hooks SET drift = 'disabled', drift_at = $1", app.clock())

    figures = await monitor.figures()

    assert 539 < figures["tomada_inbox_age_seconds", ()] < 700
    assert figures["tomada_inbox_events", ("new",)] == 1
    assert figures["tomada_inbox_events", ("quarantined",)] == 1
    assert figures["tomada_jobs_dead", ()] == 0


async def test_a_database_that_is_away_makes_figures_unknown_and_not_old(
    tomada: Running, monitor: Monitor
) -> None:
    await monitor.figures()
    address = tomada.app.settings.database_url
    assert address is not None
    pool = await asyncpg.create_pool(address.get_secret_value(), min_size=1)
    await pool.close()

    await replace(tomada.app.figures, store=Store(pool)).gather({"database": False})

    known = series(tomada.app.metrics)
    assert math.isnan(known["tomada_inbox_age_seconds", ()])
    assert ("tomada_inbox_events", ("new",)) not in known
    assert known["tomada_component_up", ("database",)] == 0


async def test_a_master_key_that_cannot_be_used_is_counted(
    tomada: Running, monitor: Monitor
) -> None:
    with pytest.raises(KeyUnavailableError):
        await tomada.app.vault.provider.unwrap(b"changed", context=b"ping")

    figures = await monitor.figures()

    assert figures["tomada_kms_errors_total", ("unwrap",)] == 1


async def test_the_listener_says_whether_the_process_lives_and_can_serve(monitor: Monitor) -> None:
    alive = await monitor.http.get("/healthz")
    ready = await monitor.http.get("/readyz")
    elsewhere = await monitor.http.get("/api/session")

    assert (alive.status_code, alive.json()) == (200, {"alive": True})
    assert ready.json() == {"ready": True, "components": {"database": True, "keys": True}}
    assert elsewhere.status_code == 404


async def test_people_do_not_find_the_figures(tomada: Running) -> None:
    async with visitor(tomada) as stranger:
        answer = await stranger.get("/metrics")

    assert answer.status_code == 404


async def test_a_look_of_our_own_is_no_monitor(monitor: Monitor) -> None:
    await monitor.http.get("/metrics", headers={"User-Agent": "tomada-doctor"})

    assert series(monitor.app.metrics)["tomada_scrapes_total", ()] == 0
