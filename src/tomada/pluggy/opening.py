"""Put the parts of a client together."""

import asyncio
import random
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Required, TypedDict

import msgspec

from tomada.pluggy.auth import ApiKeys
from tomada.pluggy.calls import CallRecord, Calls
from tomada.pluggy.limits import Limiter
from tomada.pluggy.pool import Pool, environment_proxy
from tomada.pluggy.retry import Repeat, RetryPolicy
from tomada.pluggy.transport import Sender, Transport, check_origin
from tomada.pluggy.window import MemoryLimiter

DEFAULT_BASE_URL = "https://api.pluggy.ai"


def _utc_now() -> datetime:
    return datetime.now(UTC)


class _ApiKey(msgspec.Struct, rename="camel"):
    api_key: str


class Settings(TypedDict, total=False):
    """What a client is made with; all but the two credentials have a default.

    ``base_url`` is Pluggy's own address by default. ``timeout`` (30) is the longest one attempt
    may take, in seconds. Without ``limiter`` this process keeps below Pluggy's limits by itself;
    give a shared one where several processes use one address. ``on_call`` hears of every attempt,
    in the event loop, and must not raise. ``verify`` takes a TLS context for a CA of one's own,
    ``proxy`` an address; the proxy variables of the environment count unless ``trust_env`` is
    off. ``clock``, ``sleep``, ``rng`` and ``transport`` are there for tests.
    """

    client_id: Required[str]
    client_secret: Required[str]
    base_url: str
    clock: Callable[[], datetime]
    limiter: Limiter | None
    on_call: Callable[[CallRecord], None] | None
    timeout: float
    retry: RetryPolicy
    sleep: Callable[[float], Awaitable[None]]
    rng: random.Random
    max_connections: int
    proxy: str | None
    verify: ssl.SSLContext | None
    trust_env: bool
    transport: Sender | None


def open_calls(settings: Settings) -> Calls:
    """Build the connection pool and the key holder; nothing is opened or sent yet."""
    timeout = settings.get("timeout", 30.0)
    clock = settings.get("clock", _utc_now)
    origin = check_origin(settings.get("base_url", DEFAULT_BASE_URL))
    proxy = settings.get("proxy")
    if proxy is None and settings.get("trust_env", True):
        proxy = environment_proxy(origin)
    pool = Pool(
        size=settings.get("max_connections", 20),
        timeout=timeout,
        tls=settings.get("verify"),
        proxy=proxy,
    )
    without_key = Calls(
        transport=settings.get("transport") or Transport(pool, origin, timeout),
        limiter=settings.get("limiter") or MemoryLimiter(),
        policy=settings.get("retry") or RetryPolicy(),
        clock=clock,
        sleep=settings.get("sleep", asyncio.sleep),
        rng=settings.get("rng") or random.SystemRandom(),
        on_call=settings.get("on_call"),
        # A login holds up every other call.
        interactive=True,
    )
    body = {"clientId": settings["client_id"], "clientSecret": settings["client_secret"]}

    async def login() -> str:
        found = await without_key.one("POST", "/auth", _ApiKey, body=body, repeat=Repeat.HARMLESS)
        return found.api_key

    return replace(without_key, keys=ApiKeys(login, clock=clock), interactive=False)
