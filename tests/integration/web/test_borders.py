"""What is let in at a limit and refused one beyond it; clients that drip; streams that must end."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest
from fastapi import FastAPI
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from tests.conftest import Running, Start
from tests.integration.web.knocking import knock
from tests.integration.web.people import Person, closed, sign_up
from tests.integration.web.test_edge import host
from tests.integration.web.test_stream import happens, heard, opened
from tomada.web.app import create_app
from tomada.web.limits import (
    ALLOWANCES,
    API,
    HEADER_BYTES,
    REPORTS_PATH,
    SYNC_PATH,
    URL_BYTES,
    WEBHOOK_PATH,
    Allowance,
)
from tomada.web.push import MESSAGE_BYTES

SIGNED_OUT, NOT_ALLOWED, TOO_BIG = 4401, 4403, 1009
KIB = 1024
SOCKETS = 25


@pytest.fixture
def web(tomada: Running) -> FastAPI:
    return create_app(tomada.app)


async def test_a_body_is_let_in_to_the_byte(tomada: Running, web: FastAPI) -> None:
    own = {"Host": host(tomada), "Content-Type": "application/json"}
    for path, most, inside in (
        (SYNC_PATH, API.body_bytes, 401),
        (WEBHOOK_PATH, 64 * KIB, 403),
        (REPORTS_PATH, 16 * KIB, 415),
    ):
        at = await knock(web, path, method="POST", headers=own, body=b" " * most)
        beyond = await knock(web, path, method="POST", headers=own, body=b" " * (most + 1))

        assert (at.status, beyond.status) == (inside, 413), path


async def test_an_address_and_headers_are_let_in_to_the_byte(tomada: Running, web: FastAPI) -> None:
    own = {"Host": host(tomada)}
    # What `knock` adds of its own, as the limit counts it: name, value and four more.
    taken = len("host") + len(host(tomada)) + 4 + len("content-length") + len("0") + 4
    filler = HEADER_BYTES - taken - len("x") - 4
    path = "/healthz"

    at = await knock(web, path, headers={**own, "X": "y" * filler})
    beyond = await knock(web, path, headers={**own, "X": "y" * (filler + 1)})
    near = await knock(web, path, headers=own, query="q" * (URL_BYTES - len(path)))
    far = await knock(web, path, headers=own, query="q" * (URL_BYTES - len(path) + 1))

    assert (at.status, beyond.status) == (200, 431)
    assert (near.status, far.status) == (200, 414)


async def test_a_message_of_a_stream_is_let_in_to_the_byte(rita: Person) -> None:
    async with rita.stream() as stream:
        await opened(rita, stream)
        await stream.send('{"type": "ping"}'.ljust(MESSAGE_BYTES))
        assert await heard(stream) == {"type": "pong"}
        # Nothing is packed, so that a small message cannot be a large one.
        assert not stream.protocol.extensions
        await stream.send('{"type": "ping"}'.ljust(MESSAGE_BYTES + 1))

        assert await closed(stream) == TOO_BIG


@pytest.fixture
async def impatient(start: Start, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Running]:
    """An installation whose patience is short."""
    for name in ("HEAD_SECONDS", "IDLE_SECONDS"):
        monkeypatch.setattr(f"tomada.web.server.{name}", 1)
    monkeypatch.setattr("tomada.web.limits.API", Allowance(256 * KIB, 1, 30))
    short = Allowance(64 * KIB, body_seconds=1, handler_seconds=4)
    monkeypatch.setitem(ALLOWANCES, WEBHOOK_PATH, short)
    async with start() as running:
        yield running


async def test_whoever_drips_is_cut_off_and_others_are_served(impatient: Running) -> None:
    own = f"Host: {host(impatient)}\r\n"
    post = f"{own}Content-Type: application/json\r\nContent-Length: 60000\r\n\r\n{{"
    kinds = {
        "head": f"GET /healthz HTTP/1.1\r\n{own}X: ",
        "body": f"POST /api/session HTTP/1.1\r\n{post}",
        "delivery": f"POST {WEBHOOK_PATH} HTTP/1.1\r\n{post}",
        "idle": f"GET /healthz HTTP/1.1\r\n{own}\r\n",
    }
    ended: dict[str, int] = dict.fromkeys(kinds, 0)

    async def drip(kind: str) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", impatient.app.settings.port)
        writer.write(kinds[kind].encode())
        reading = asyncio.create_task(reader.read())
        while not reading.done():
            if kind != "idle":
                with contextlib.suppress(ConnectionError):
                    writer.write(b" ")
                    await writer.drain()
            await asyncio.wait([reading], timeout=0.2)
        with contextlib.suppress(ConnectionError):
            await reading
        ended[kind] += 1
        writer.close()

    async with asyncio.timeout(90), asyncio.TaskGroup() as crowd:
        for kind in kinds:
            for _ in range(SOCKETS):
                crowd.create_task(drip(kind))
        async with sign_up(impatient, "rita") as rita:
            assert (await rita.client.get("/api/session")).status_code == 200

    assert ended == dict.fromkeys(kinds, SOCKETS)


async def test_no_stream_hears_anything_after_its_person_has_left(
    tomada: Running, stack: AsyncExitStack
) -> None:
    people = [await stack.enter_async_context(sign_up(tomada, f"p{n}")) for n in range(4)]
    streams: list[tuple[Person, ClientConnection]] = []
    for one in people:
        for _ in range(5):
            stream = await stack.enter_async_context(one.stream())
            await opened(one, stream)
            streams.append((one, stream))

    for one in people:
        await one.client.delete("/api/session")
    codes = await asyncio.gather(*(closed(stream) for _, stream in streams))
    for one in people:
        await happens(one)

    assert codes == [SIGNED_OUT] * 20
    for _, stream in streams:
        with pytest.raises(ConnectionClosed):
            await stream.recv()


async def test_the_address_a_bank_sends_people_back_to_is_not_the_callers_to_choose(
    rita: Person,
) -> None:
    connector = await rita.bank()
    await rita.agree(connector)
    for goal in ("https://evil.example", "//evil.example", "javascript:alert(1)", rita.tomada.url):
        for name in ("oauthRedirectUri", "redirectUri", "options"):
            answer = await rita.post(
                "/create-connect-token", {"connectorId": connector, name: goal}
            )

            assert answer.status_code == 422, (name, goal)
            assert goal not in answer.text
    token = await rita.post("/create-connect-token", {"connectorId": connector})
    assert token.status_code == 200
    assert "evil" not in json.dumps(token.json())
