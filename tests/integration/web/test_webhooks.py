import asyncio
import json
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx2
import pytest

from tests.conftest import Running
from tests.integration.web.people import until
from tomada.store.embedded import EmbeddedCluster
from tomada.web.limits import Allowance

PATH = "/api/webhooks/pluggy"


def event(**more: Any) -> dict[str, Any]:
    return {"event": "connector/status_updated", "eventId": str(uuid4()), **more}


async def secret_of(tomada: Running) -> dict[str, str]:
    """Wait for the registration, and give the header that Pluggy was told to send."""

    async def registered() -> dict[str, str] | None:
        for hook in tomada.simulator.world.state.webhooks.values():
            return {str(name): str(value) for name, value in (hook.headers or {}).items()}
        return None

    found: dict[str, str] = await until(registered)
    return found


async def kept(tomada: Running) -> int:
    async with tomada.app.store.begin() as tx:
        count: int = await tx.conn.fetchval("SELECT count(*) FROM inbox")
    return count


async def test_a_delivery_of_pluggys_is_kept_once(
    tomada: Running, anonymous: httpx2.AsyncClient
) -> None:
    secret, one = await secret_of(tomada), event()

    answers = await asyncio.gather(
        *(anonymous.post(PATH, json=one, headers=secret) for _ in range(20))
    )

    assert {(a.status_code, a.text) for a in answers} == {(200, '{"received":true}')}
    assert await kept(tomada) == 1


async def test_what_is_not_json_but_authentic_is_acknowledged_and_kept(
    tomada: Running, anonymous: httpx2.AsyncClient
) -> None:
    headers = await secret_of(tomada) | {"Content-Type": "application/json; charset=utf-8"}

    for content in (b"", b"{", b"[1]", b"\xff\xfe", b'{"a":1,"a":2}', b"[" * 2000, b"NaN"):
        answer = await anonymous.post(PATH, content=content, headers=headers)

        assert (answer.status_code, answer.text) == (200, '{"received":true}'), content
    assert await kept(tomada) == 7


async def test_every_refusal_is_the_same_to_the_byte(
    tomada: Running, anonymous: httpx2.AsyncClient
) -> None:
    (name, secret), *_ = (await secret_of(tomada)).items()
    flipped = ("0" if secret[0] != "0" else "1") + secret[1:]
    forgeries: list[list[tuple[str, str]]] = [
        [],
        [(name, "")],
        [(name, flipped)],
        [(name, secret[:-1])],
        [(name, secret + "0")],
        [(name, secret.upper() + " x")],
        [("X-Another-Header", secret)],
        [(name, secret), (name, secret)],
        [(name, flipped), (name, secret)],
        [("X-Forwarded-For", "177.71.238.212")],
        [("Forwarded", "for=177.71.238.212"), ("X-Real-IP", "177.71.238.212")],
    ]

    answers = [await anonymous.post(PATH, json=event(), headers=one) for one in forgeries]

    assert {(a.status_code, a.content) for a in answers} == {(403, b'{"error":"Forbidden"}')}
    assert await kept(tomada) == 0


async def test_the_shape_of_a_request_is_looked_at_first(
    tomada: Running, anonymous: httpx2.AsyncClient
) -> None:
    secret, body = await secret_of(tomada), json.dumps(event()).encode()
    largest = body + b" " * (4 * 2**20 - len(body))

    async def status(content: bytes, **headers: str) -> int:
        sent = secret | {"Content-Type": "application/json"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        return (await anonymous.post(PATH, content=content, headers=sent)).status_code

    assert await status(largest) == 200
    assert await status(largest + b" ") == 413
    assert await status(body, Content_Type="text/plain") == 415
    assert await status(body, Content_Type="application/json; charset=latin-1") == 415
    assert await status(body, Content_Encoding="gzip") == 415
    assert (await anonymous.get(PATH)).status_code == 405


async def test_who_does_not_bear_the_secret_may_send_64_kib(
    tomada: Running, anonymous: httpx2.AsyncClient
) -> None:
    secret = await secret_of(tomada)
    json_type = {"Content-Type": "application/json"}
    small, large = b" " * (64 * 1024), b" " * (64 * 1024 + 1)

    async def chunks(size: int) -> Any:
        for _ in range(size // 1024 + 1):
            yield b" " * 1024

    async def status(content: Any, **headers: str) -> int:
        answer = await anonymous.post(PATH, content=content, headers=json_type | headers)
        return answer.status_code

    wrong = dict.fromkeys(secret, "0" * 64)
    assert [await status(small), await status(large)] == [403, 413]
    assert [await status(small, **wrong), await status(large, **wrong)] == [403, 413]
    assert await status(chunks(64 * 1024)) == 413
    assert await status(chunks(64 * 1024), **secret) == 200
    assert await status(chunks(4 * 2**20), **secret) == 413


async def test_an_event_of_as_many_deletions_as_an_account_has_rows_is_kept(
    tomada: Running, anonymous: httpx2.AsyncClient
) -> None:
    secret = await secret_of(tomada)

    for count in (1_700, 100_000):
        ids = [str(UUID(int=n)) for n in range(count)]
        deleted = event(transactionIds=ids) | {"event": "transactions/deleted"}
        answer = await anonymous.post(PATH, json=deleted, headers=secret)

        assert answer.status_code == 200, count
    assert await kept(tomada) == 2


async def test_a_guesser_is_answered_sixty_times_a_minute_and_genuine_deliveries_always(
    tomada: Running, anonymous: httpx2.AsyncClient
) -> None:
    secret = await secret_of(tomada)
    guesses = [(await anonymous.post(PATH, json=event())).status_code for _ in range(62)]

    genuine = [
        (await anonymous.post(PATH, json=event(), headers=secret)).status_code for _ in range(3)
    ]
    again = (await anonymous.post(PATH, json=event())).status_code

    assert guesses == [403] * 60 + [429] * 2
    assert genuine == [200] * 3
    assert again == 429


async def test_a_delivery_that_cannot_be_kept_is_asked_for_again(
    tomada: Running, emptied: EmbeddedCluster, anonymous: httpx2.AsyncClient
) -> None:
    secret = await secret_of(tomada)
    await anonymous.post(PATH, json=event(), headers=secret)
    owner = await asyncpg.connect(emptied.owner_url)
    await owner.execute("ALTER TABLE tomada.inbox RENAME TO inbox_away")
    try:
        lost = await anonymous.post(PATH, json=event(), headers=secret)
    finally:
        await owner.execute("ALTER TABLE tomada.inbox_away RENAME TO inbox")
        await owner.close()
    again = await anonymous.post(PATH, json=event(), headers=secret)

    assert (lost.status_code, lost.headers["Retry-After"]) == (503, "30")
    assert "inbox" not in lost.text
    assert again.status_code == 200


async def test_a_store_that_hangs_is_not_waited_for(
    tomada: Running,
    emptied: EmbeddedCluster,
    anonymous: httpx2.AsyncClient,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    quick = {"/api/webhooks/pluggy": Allowance(64 * 1024, body_seconds=5, handler_seconds=0.5)}
    monkeypatch.setattr("tomada.web.limits.ALLOWANCES", quick)
    secret = await secret_of(tomada)
    await anonymous.post(PATH, json=event(), headers=secret)
    owner = await asyncpg.connect(emptied.owner_url)
    async with owner.transaction():
        await owner.execute("LOCK TABLE tomada.inbox")
        late = await anonymous.post(PATH, json=event(), headers=secret)
    await owner.close()

    assert (late.status_code, late.headers["Retry-After"]) == (503, "30")
    assert (await anonymous.post(PATH, json=event(), headers=secret)).status_code == 200
