"""How fast deliveries are taken in, beside the least that could take them in.

    python bench/webhooks.py [--seconds 10] [--senders 16] [--timing 10000] [--rate 50]

Starts an embedded PostgreSQL, the whole web application and a bare endpoint of the same framework
and driver that compares the same header, seals the body and commits one row. Both run in one
process of their own each and are sent the same events over loopback.

Prints deliveries a second of each and the ratio (goal: 0.7), the p99 and the longest answer at
*rate* deliveries a second (goals: 250 ms, 5 s), and Welch's t of the time that the handler takes
to refuse an unknown webhook, a wrong secret and a wrong signature (goal: below 4.5).
"""

import argparse
import asyncio
import contextlib
import hashlib
import hmac
import itertools
import json
import multiprocessing
import os
import random
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import httpx2
import structlog
import tink
import uvloop
from fastapi import FastAPI, Request, Response
from pydantic import SecretStr
from tink import aead

from tomada.bootstrap import App, open_app
from tomada.cli.serve import serving, take_port
from tomada.settings import Settings
from tomada.store.embedded import embedded_postgres
from tomada.web.app import create_app
from tomada.web.server import server_for

PATH = "/api/webhooks/pluggy"
HEADER = "X-Tomada-Webhook-Key"
GOAL_RATIO, GOAL_P99, GOAL_LONGEST, GOAL_T = 0.7, 0.250, 5.0, 4.5
SIGNING = "signing-secret"
_numbers = itertools.count(1)


_ITEMS = [str(UUID(int=n, version=4)) for n in range(200)]


def _event(*, of_items: bool = False) -> bytes:
    """Write an event; of one of 200 items it asks for a run of it."""
    n = next(_numbers)
    if of_items:
        item = _ITEMS[n % len(_ITEMS)]
        return json.dumps({
            "event": "item/updated", "eventId": str(UUID(int=os.getpid() << 64 | n)), "id": item,
            "itemId": item, "clientUserId": "user-42", "triggeredBy": "SYNC",
        }).encode()  # fmt: skip
    return json.dumps({
        "event": "connector/status_updated", "eventId": str(UUID(int=os.getpid() << 64 | n)),
        "id": "201", "connectorId": "201", "data": {"status": "ONLINE"},
    }).encode()  # fmt: skip


def _settings(owner: str, app: str, key: Path, port: int, **more: Any) -> Settings:
    return Settings(
        env="development", port=port, app_url=f"http://localhost:{port}",
        database_url=SecretStr(app), database_owner_url=SecretStr(owner),
        master_key=f"file://{key}", pluggy_client_id="bench", pluggy_client_secret=SecretStr("x"),
        register_webhook=False, **more,
    )  # fmt: skip


async def _secret(app: App) -> str:
    secrets = app.upkeep.registration.secrets
    return secrets.to_tell(await secrets.row())


@contextlib.asynccontextmanager
async def _bare(url: str, port: int, secret: str) -> AsyncIterator[None]:
    """Serve the least: compare the header, seal, commit one row."""
    aead.register()
    primitive = tink.new_keyset_handle(aead.aead_key_templates.AES256_GCM).primitive(aead.Aead)
    known = hashlib.sha256(secret.encode()).digest()
    api = FastAPI(openapi_url=None)
    pool = await asyncpg.create_pool(url, min_size=1, max_size=12)

    @api.post(PATH)
    async def receive(request: Request) -> Response:
        sent = request.headers.get(HEADER, "")
        if not hmac.compare_digest(hashlib.sha256(sent.encode()).digest(), known):
            return Response(status_code=403)
        body = await request.body()
        event_id = json.loads(body)["eventId"]
        async with pool.acquire() as conn, conn.transaction():
            await conn.execute(
                "INSERT INTO tomada.bare (event_id, sealed, at) VALUES ($1, $2, $3)"
                " ON CONFLICT DO NOTHING",
                event_id, primitive.encrypt(body, event_id.encode()), datetime.now(UTC),
            )  # fmt: skip
        return Response(b'{"received":true}', media_type="application/json")

    bound = take_port("127.0.0.1", port)
    server = server_for(api, host="127.0.0.1", port=port)
    task = asyncio.create_task(server.serve(sockets=[bound]))
    try:
        yield
    finally:
        server.should_exit = True
        await task
        bound.close()
        await pool.close()


def _serve(kind: str, settings: Settings, secret: str, ready: Any, stop: Any) -> None:
    """Serve one of the two in a process of its own."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))

    async def run() -> None:
        assert settings.database_url is not None  # noqa: S101
        url = settings.database_url.get_secret_value()
        async with contextlib.AsyncExitStack() as stack:
            if kind == "bare":
                await stack.enter_async_context(_bare(url, settings.port, secret))
            else:
                app = await stack.enter_async_context(open_app(settings))
                bound = take_port("127.0.0.1", settings.port)
                await stack.enter_async_context(serving(app, listener=bound))
            ready.set()
            while not stop.is_set():  # noqa: ASYNC110  (an event of another process)
                await asyncio.sleep(0.1)

    uvloop.run(run())


@contextlib.contextmanager
def _process(kind: str, settings: Settings, secret: str) -> Any:
    context = multiprocessing.get_context("spawn")
    ready, stop = context.Event(), context.Event()
    child = context.Process(target=_serve, args=(kind, settings, secret, ready, stop))
    child.start()
    try:
        if not ready.wait(60):
            raise RuntimeError(f"{kind} did not start")
        yield
    finally:
        stop.set()
        child.join(20)


async def _flood(
    port: int, secret: str, *, of_items: bool, seconds: float, senders: int
) -> tuple[float, list[float]]:
    """Send as fast as answers come; gives deliveries a second, and each one's seconds."""
    times: list[float] = []
    until = time.perf_counter() + seconds
    headers = {HEADER: secret, "Content-Type": "application/json"}
    async with httpx2.AsyncClient(base_url=f"http://localhost:{port}", timeout=30) as http:

        async def send() -> None:
            while time.perf_counter() < until:
                began = time.perf_counter()
                answer = await http.post(PATH, content=_event(of_items=of_items), headers=headers)
                assert answer.status_code == 200, answer.status_code  # noqa: S101, PLR2004
                times.append(time.perf_counter() - began)

        began = time.perf_counter()
        await asyncio.gather(*(send() for _ in range(senders)))
        return len(times) / (time.perf_counter() - began), times


async def _steady(port: int, secret: str, *, seconds: float, rate: int) -> list[float]:
    """Send *rate* a second whatever the answers do; gives each one's seconds."""
    headers = {HEADER: secret, "Content-Type": "application/json"}
    times: list[float] = []
    async with httpx2.AsyncClient(base_url=f"http://localhost:{port}", timeout=30) as http:

        async def one() -> None:
            began = time.perf_counter()
            answer = await http.post(PATH, content=_event(), headers=headers)
            assert answer.status_code == 200, answer.status_code  # noqa: S101, PLR2004
            times.append(time.perf_counter() - began)

        start = time.perf_counter()
        async with asyncio.TaskGroup() as group:
            for n in range(int(seconds * rate)):
                await asyncio.sleep(max(0.0, start + n / rate - time.perf_counter()))
                group.create_task(one())
    return times


def _p99(times: list[float]) -> float:
    return sorted(times)[int(len(times) * 0.99)]


def _welch(one: list[float], other: list[float]) -> float:
    spread = statistics.variance(one) / len(one) + statistics.variance(other) / len(other)
    return float((statistics.fmean(one) - statistics.fmean(other)) / spread**0.5)


async def _timing(settings: Settings, count: int) -> dict[str, float]:
    """Time the handler for three kinds of forgeries, in turn; gives Welch's t of each pair."""
    async with open_app(settings) as app:
        api = create_app(app)
        secret = await _secret(app)
        body = _event()
        kinds: dict[str, Callable[[], tuple[str, str]]] = {
            "unknown webhook": lambda: (f"{PATH}/{os.urandom(20).hex()}", secret),
            "wrong secret": lambda: (PATH, os.urandom(32).hex()),
            "wrong signature": lambda: (PATH, secret),
        }
        times: dict[str, list[float]] = {name: [] for name in kinds}
        for n in range(count):
            # The limit on guesses answers otherwise, so each comes from somebody else.
            peer = f"10.{n >> 16 & 255}.{n >> 8 & 255}.{n & 255}"
            for name in random.sample(list(kinds), len(kinds)):
                path, key = kinds[name]()
                signature = os.urandom(32).hex()
                began = time.perf_counter_ns()
                status = await _knock(api, path, body, key, signature, peer)
                times[name].append(time.perf_counter_ns() - began)
                assert status == 403, status  # noqa: S101, PLR2004
        cut = {name: sorted(found)[: int(len(found) * 0.95)] for name, found in times.items()}
    return {
        f"{one} / {other}": _welch(cut[one], cut[other])
        for one, other in itertools.combinations(cut, 2)
    }


async def _knock(
    api: Callable[..., Awaitable[None]], path: str, body: bytes, key: str, signature: str, peer: str
) -> int:
    heads = {"host": "localhost:8600", "content-type": "application/json", HEADER.lower(): key,
             "content-length": str(len(body)), "x-sig": signature}  # fmt: skip
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST",
        "scheme": "http", "path": path, "raw_path": path.encode(), "query_string": b"",
        "root_path": "", "client": (peer, 1), "server": ("127.0.0.1", 8600),
        "headers": [(name.encode(), value.encode()) for name, value in heads.items()],
    }  # fmt: skip
    told: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        told.append(message)

    await api(scope, receive, send)
    return int(told[0]["status"])


async def _measure(asked: argparse.Namespace, owner: str, url: str, key: Path) -> None:
    settings = _settings(owner, url, key, 8600)
    async with open_app(settings) as app:
        secret = await _secret(app)
    conn = await asyncpg.connect(owner)
    await conn.execute(
        "CREATE TABLE tomada.bare (event_id text PRIMARY KEY, sealed bytea NOT NULL,"
        " at timestamptz NOT NULL); GRANT ALL ON tomada.bare TO PUBLIC"
    )
    entity = UUID(int=1)
    await conn.execute("INSERT INTO tomada.entities VALUES ($1, now())", entity)
    for item in _ITEMS:
        await conn.execute("INSERT INTO tomada.item_routes VALUES ($1, $2)", item, entity)
        await conn.execute("INSERT INTO tomada.work (item_id) VALUES ($1)", item)
    await conn.close()
    ports = {"bare": 8651, "ours": 8652}
    made = {name: _settings(owner, url, key, port) for name, port in ports.items()}
    with _process("bare", made["bare"], secret), _process("ours", made["ours"], secret):
        for name, of_items in (
            ("events that ask for nothing", False),
            ("events of 200 items", True),
        ):
            await _compare(asked, ports, secret, name, of_items=of_items)
        steady = await _steady(ports["ours"], secret, seconds=asked.seconds, rate=asked.rate)
    print(
        f"at {asked.rate} a second: p99 {_p99(steady) * 1000:.0f} ms (goal: {GOAL_P99 * 1000:.0f}),"
        f" longest {max(steady) * 1000:.0f} ms (goal: {GOAL_LONGEST * 1000:.0f})"
    )
    if asked.timing:
        signed = {"webhook_hmac": "required", "webhook_hmac_header": "X-Sig",
                  "webhook_hmac_secret": SecretStr(SIGNING)}  # fmt: skip
        for pair, t in (
            await _timing(_settings(owner, url, key, 8600, **signed), asked.timing)
        ).items():
            print(f"t of {pair}: {t:.2f}   (goal: below {GOAL_T})")


async def _compare(
    asked: argparse.Namespace, ports: dict[str, int], secret: str, name: str, *, of_items: bool
) -> None:
    """Flood both in turn, so that what else the machine does meets both alike."""
    rates: dict[str, list[float]] = {one: [] for one in ports}
    for port in ports.values():
        await _flood(port, secret, of_items=of_items, seconds=1, senders=asked.senders)
    for _ in range(asked.rounds):
        for one, port in ports.items():
            seconds = asked.seconds / asked.rounds
            rate, _ = await _flood(
                port, secret, of_items=of_items, seconds=seconds, senders=asked.senders
            )
            rates[one].append(rate)
    ratio = statistics.median(
        ours / bare for ours, bare in zip(rates["ours"], rates["bare"], strict=True)
    )
    print(
        f"{name}: bare {statistics.median(rates['bare']):.0f} a second,"
        f" tomada {statistics.median(rates['ours']):.0f}, ratio {ratio:.2f} (goal: {GOAL_RATIO})"
    )


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--senders", type=int, default=16)
    parser.add_argument("--rate", type=int, default=50)
    parser.add_argument("--timing", type=int, default=10_000)
    asked = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    with tempfile.TemporaryDirectory() as place:
        log = structlog.get_logger("bench")
        async with embedded_postgres(Path(place) / "data", log=log) as cluster:
            await _measure(asked, cluster.owner_url, cluster.app_url, Path(place) / "master.key")


if __name__ == "__main__":
    uvloop.run(main())
