"""What holds for every answer, whatever was asked: headers, methods, other origins, silence."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import product
from typing import Any
from uuid import uuid4

import asyncpg
import httpx2
import msgspec
import pytest
from fastapi import FastAPI
from pydantic import TypeAdapter
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from tests.conftest import Running
from tests.integration.web.knocking import Answered, knock
from tomada.domain import errors
from tomada.pluggy import errors as pluggy_errors
from tomada.web.app import create_app
from tomada.web.middleware import HEADERS
from tomada.web.monitoring import monitoring_of

SHOP = "https://shop.example"
METHODS = (
    "GET",
    "HEAD",
    "POST",
    "PUT",
    "PATCH",
    "DELETE",
    "OPTIONS",
    "TRACE",
    "CONNECT",
    "PROPFIND",
)
STRICT = ("object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'")


@pytest.fixture
def web(tomada: Running) -> FastAPI:
    """The same application for pages of one shop, without the server before it."""
    settings = tomada.app.settings.model_copy(
        update={"app_url": "http://localhost:80", "product_origins": (SHOP,)}
    )
    return create_app(replace(tomada.app, settings=settings))


def flat(routes: Iterable[BaseRoute]) -> Iterator[BaseRoute]:
    for route in routes:
        included = getattr(route, "original_router", None)
        yield from [route] if included is None else flat(included.routes)


def paths(web: FastAPI) -> Iterator[str]:
    for route in flat(web.routes):
        path: str = getattr(route, "path", "")
        for name in getattr(route, "param_convertors", {}):
            path = path.replace(f"{{{name}:path}}", "x").replace(f"{{{name}}}", "x")
        if path and path != "/ws":
            yield path


def policy(answer: Answered) -> list[str]:
    return answer.headers["content-security-policy"].split("; ")


async def test_every_answer_of_every_route_has_the_headers(web: FastAPI) -> None:
    asked = sorted({*paths(web), "/nowhere", "/static/x/../y", "/api/nowhere"})
    statuses: dict[int, int] = {}

    for path, method in product(asked, METHODS):
        answer = await knock(web, path, method=method)

        where = (method, path, answer.status)
        statuses[answer.status] = statuses.get(answer.status, 0) + 1
        assert set(HEADERS) <= set(answer.headers), where
        assert set(STRICT) <= set(policy(answer)) or path == "/static/x/../y", where
        assert "'unsafe-inline'" not in answer.headers["content-security-policy"], where
        assert answer.headers["x-content-type-options"] == "nosniff", where
        assert answer.headers["referrer-policy"] == "no-referrer", where
        assert answer.headers["cache-control"] == "no-store", where
        assert "server" not in answer.headers, where
        assert "access-control-allow-credentials" not in answer.headers, where
        if answer.status in (301, 302, 303, 307, 308):
            assert not path.startswith("/api/"), where
        kind = answer.headers.get("content-type", "")
        assert "charset=utf-8" in kind or not kind.startswith("text/"), where
        if method in METHODS[7:]:
            assert answer.status == 405, where

    assert len(asked) > 50
    assert {200, 303, 401, 404, 405} <= set(statuses)


async def test_the_monitors_listener_has_the_headers_and_no_name_but_its_address(
    tomada: Running,
) -> None:
    monitor = monitoring_of(tomada.app)

    for path in ("/metrics", "/healthz", "/readyz", "/nowhere"):
        for host, served in (
            ("localhost:8601", True), ("127.0.0.1:8601", True), ("[::1]:8601", True),
            ("evil.example:8601", False), ("localhost.evil.example", False), ("", False),
        ):  # fmt: skip
            answer = await knock(monitor, path, headers={"Host": host})

            assert (answer.status != 421) == served, (path, host)
            assert set(HEADERS) <= set(answer.headers), (path, host)


def origins() -> list[str | None]:
    near = [
        "http://shop.example", "https://shop.example:443", "https://shop.example:8443",
        "https://shop.example/", "https://www.shop.example", "https://shop.example.evil.example",
        "https://evilshop.example", "https://shop.example@evil.example", "https://shop.exampl",
        "https://shop.example.", "HTTPS://SHOP.EXAMPLE", "https://SHOP.example", " https://shop.example",
        "https://shop.example https://evil.example", "https://shop.example,https://evil.example",
        "https://shop.example%00.evil.example", "https://shop.example#", "https://shop.example?x",
        "https://xn--shp-0qa.example", "https://shop.example\\.evil.example", "file://shop.example",
        "chrome-extension://shop.example", "wss://shop.example", "data:text/html,x", "*", "null", "",
        "https://evil.example", "http://localhost:81", "https://localhost:80", "http://localhost",
        "http://127.0.0.1", "http://[::1]:81", "http://localhost:80/", "http://localhost.:80", "about:blank",
    ]  # fmt: skip
    return [None, *near]


async def test_only_the_pages_that_the_settings_name_may_read_the_api(web: FastAPI) -> None:
    asks = {
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization",
    }
    read = "/api/open-finance/items"

    for origin in origins():
        sent = {} if origin is None else {"Origin": origin}
        first = await knock(web, read, method="OPTIONS", headers=sent | asks)
        answer = await knock(web, read, headers=sent)

        for one in (first, answer):
            assert "access-control-allow-origin" not in one.headers, origin
            assert "Origin" in one.headers["vary"], origin
        assert first.status == 403, origin
    first = await knock(web, read, method="OPTIONS", headers={"Origin": SHOP} | asks)
    answer = await knock(web, read, headers={"Origin": SHOP})
    missing = await knock(web, "/api/nowhere", headers={"Origin": SHOP})
    for one in (first, answer, missing):
        assert one.headers["access-control-allow-origin"] == SHOP
        assert "access-control-allow-credentials" not in one.headers
    assert (first.status, first.headers["access-control-allow-headers"]) == (
        204, "Authorization, Content-Type",
    )  # fmt: skip
    assert len(origins()) >= 30
    for path in ("/", "/api/webhooks/pluggy", "/csp-reports"):
        elsewhere = await knock(web, path, method="OPTIONS", headers={"Origin": SHOP} | asks)
        assert "access-control-allow-origin" not in elsewhere.headers, path


async def test_a_cookie_does_nothing_for_the_page_of_a_product(web: FastAPI) -> None:
    for path in ("/api/session", "/api/open-finance/sync-data"):
        answer = await knock(
            web, path, method="POST", body=b"{}",
            headers={"Origin": SHOP, "Sec-Fetch-Site": "cross-site", "Content-Type": "application/json"},
        )  # fmt: skip

        assert answer.status in (401, 403), path


async def test_a_stream_is_opened_by_the_pages_that_the_settings_name(web: FastAPI) -> None:
    right = [SHOP, "http://localhost", "http://127.0.0.1", "http://[::1]"]
    wrong = [one for one in origins() if one not in right]
    wrong += [f"{SHOP}/ws", f"{SHOP}\t", f"{SHOP}\x00", "HTTP://localhost", "http://LOCALHOST"]

    for origin in (*wrong, *right):
        sent = {} if origin is None else {"Origin": origin}
        answer = await knock(web, "/ws", headers=sent, stream=True)

        assert answer.status == (101 if origin in right else 403), origin
        assert (b"cross_site" in answer.body) == (origin in wrong), origin
    assert len(wrong) + len(right) >= 40


def failures(needle: str) -> Iterator[Exception]:
    """Everything that may go wrong, each with something in it that must not come out."""
    for kind in vars(errors).values():
        if isinstance(kind, type) and issubclass(kind, errors.UnavailableError):
            yield kind(f"no master key at /etc/{needle}; {needle}")
    yield errors.StaleWriterError(needle)
    yield errors.TomadaError(needle)
    for built in (
        asyncpg.UniqueViolationError, asyncpg.UndefinedTableError, asyncpg.QueryCanceledError,
        asyncpg.InsufficientPrivilegeError, asyncpg.CannotConnectNowError, asyncpg.InterfaceError,
        KeyError, ValueError, TypeError, RuntimeError, AssertionError, IndexError, AttributeError,
        RecursionError, MemoryError, OSError, ConnectionError, TimeoutError, PermissionError,
        LookupError, ArithmeticError, NotImplementedError, StopAsyncIteration, EOFError,
    ):  # fmt: skip
        yield built(f"near '{needle}' in accounts at /srv/{needle}.py")
    yield UnicodeDecodeError("utf-8", needle.encode(), 0, 1, needle)
    yield ExceptionGroup(needle, [ValueError(needle)])
    yield httpx2.ConnectError(needle)
    for refused in (pluggy_errors.PluggyError, pluggy_errors.ServerError):
        with_note = RuntimeError(needle)
        with_note.add_note(needle)
        with_note.__cause__ = refused.__new__(refused)
        yield with_note
    try:
        TypeAdapter(int).validate_python(needle)
    except ValueError as error:
        yield error
    try:
        msgspec.json.decode(f'"{needle}"', type=int)
    except msgspec.ValidationError as error:
        yield error


async def test_five_thousand_failures_tell_nothing(
    web: FastAPI, capsys: pytest.CaptureFixture[str]
) -> None:
    coming: list[Exception] = []

    async def fails(_: Request) -> Response:
        raise coming.pop()

    web.router.add_route("/api/fails", fails)
    told: dict[tuple[int, str], int] = {}
    forced = 0
    while forced < 5_000:
        needle = f"needle{uuid4().hex}"
        for failure in failures(needle):
            coming.append(failure)
            answer = await knock(web, "/api/fails", headers={"X-Note": needle})
            forced += 1
            body: dict[str, Any] = msgspec.json.decode(answer.body)
            key = (answer.status, body["detail"])
            told[key] = told.get(key, 0) + 1

            assert answer.headers["content-type"] == "application/problem+json"
            assert body["instance"].endswith(answer.headers["x-request-id"])
            assert b"needle" not in answer.body, repr(failure)
            assert "needle" not in str(answer.headers), repr(failure)
    noted = capsys.readouterr()

    assert "needle" not in noted.out + noted.err
    assert {status for status, _ in told} == {500, 502, 503}
    # One sentence a kind: nothing of what happened can be in it.
    assert len(told) < 8
