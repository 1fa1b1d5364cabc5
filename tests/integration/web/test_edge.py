import asyncio
import json
from urllib.parse import urlsplit

import httpx2
import pytest

from tests.conftest import PASSWORD, Running
from tests.integration.web.people import API, Person
from tomada.web.limits import Allowance

KIB = 1024


async def raw(tomada: Running, sent: bytes, *, pause: float = 0, then: bytes = b"") -> bytes:
    """Write bytes to the server and read until it hangs up."""
    reader, writer = await asyncio.open_connection("127.0.0.1", tomada.app.settings.port)
    writer.write(sent)
    await writer.drain()
    if then:
        await asyncio.sleep(pause)
        writer.write(then)
    try:
        return await asyncio.wait_for(reader.read(), 20)
    finally:
        writer.close()


def host(tomada: Running) -> str:
    return urlsplit(tomada.url).netloc


async def test_other_hosts_are_not_served(tomada: Running, anonymous: httpx2.AsyncClient) -> None:
    port = tomada.app.settings.port
    for name in ("evil.example", "localhost", f"localhost:{port + 1}", f"evil.example:{port}", ""):
        answer = await anonymous.get("/healthz", headers={"Host": name})

        assert answer.status_code in (400, 421), name
        assert answer.json()["code"] in ("misdirected_request", "bad_request")
    for name in ("localhost", "127.0.0.1", "[::1]", "LOCALHOST"):
        answer = await anonymous.get("/healthz", headers={"Host": f"{name}:{port}"})

        assert answer.status_code == 200, name


async def test_a_request_without_a_clear_host_or_length_is_refused(tomada: Running) -> None:
    ours = f"Host: {host(tomada)}\r\n"
    post = f"POST /api/session HTTP/1.1\r\n{ours}"
    for request in (
        "GET /healthz HTTP/1.1\r\n\r\n",
        f"GET /healthz HTTP/1.1\r\n{ours}Host: evil.example\r\n\r\n",
        f"{post}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{{}}",
        f"{post}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        f"{post}Content-Length: -1\r\n\r\n",
        f"{post}Content-Length: 2, 2\r\n\r\n{{}}",
        f"GET /healthz HTTP/1.1\r\n{ours} folded: yes\r\n\r\n",
        f"GET /healthz\r\nX: y HTTP/1.1\r\n{ours}\r\n",
    ):
        answer = await raw(tomada, request.encode())

        assert answer.startswith(b"HTTP/1.1 400 "), request
        assert answer.count(b"\r\n\r\n{") == 1, request
        assert b"x-content-type-options: nosniff" in answer.lower(), request
        assert b'"error":"Bad Request"' in answer, request


async def test_what_is_too_long_is_refused_at_its_limit(rita: Person) -> None:
    body = json.dumps({"itemId": "unknown"}).encode()
    full = body + b" " * (256 * KIB - len(body))

    async def status(path: str, content: bytes = b"", **headers: str) -> int:
        answer = await rita.client.request(
            "POST" if content else "GET", path, content=content, headers=headers
        )
        return answer.status_code

    assert await status(f"{API}/sync-data", full) == 404
    assert await status(f"{API}/sync-data", full + b" ") == 413
    assert await status("/healthz?" + "x" * (4 * KIB - 8)) == 200
    assert await status("/healthz?" + "x" * (4 * KIB - 7)) == 414
    assert await status("/healthz", X="y" * (15 * KIB)) == 200
    assert await status("/healthz", X="y" * (16 * KIB)) == 431


async def test_an_encoded_body_is_not_opened(rita: Person) -> None:
    for encoding in ("gzip", "br", "deflate", "gzip, identity"):
        answer = await rita.client.post(
            f"{API}/sync-data", content=b"x", headers={"Content-Encoding": encoding}
        )

        assert answer.status_code == 415, encoding


async def test_a_body_that_drips_is_cut_off(
    tomada: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    quick = Allowance(256 * KIB, body_seconds=0.3, handler_seconds=30)
    monkeypatch.setattr("tomada.web.limits.API", quick)
    head = f"POST /api/session HTTP/1.1\r\nHost: {host(tomada)}\r\nContent-Length: 9\r\n\r\n{{"

    answer = await raw(tomada, head.encode())

    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b"connection: close" in answer.lower()
    assert b'"code":"request_timeout"' in answer


async def test_a_head_that_drips_or_never_ends_is_cut_off(
    tomada: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tomada.web.server.HEAD_SECONDS", 0.3)
    head = f"GET /healthz HTTP/1.1\r\nHost: {host(tomada)}\r\n".encode()

    silent = await raw(tomada, b"")
    dripping = await raw(tomada, head)
    second = await raw(tomada, head + b"\r\n", pause=0.1, then=head)
    endless = await raw(tomada, head + b"X: " + b"y" * 64 * KIB)

    assert (silent, dripping) == (b"", b"")
    assert second.count(b"HTTP/1.1 200 ") == second.count(b"HTTP/1.1 ") == 1
    assert endless.startswith(b"HTTP/1.1 400 ")


async def test_an_answer_that_takes_too_long_is_given_up(
    tomada: Running, rita: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    quick = Allowance(256 * KIB, body_seconds=10, handler_seconds=0.3)
    monkeypatch.setattr("tomada.web.limits.API", quick)
    async with tomada.app.store.begin() as tx:
        await tx.conn.execute("LOCK TABLE sessions IN ROW EXCLUSIVE MODE")
        await tx.conn.execute("SELECT * FROM sessions FOR UPDATE")

        answer = await rita.client.delete("/api/session")

    assert answer.status_code == 503
    assert (answer.json()["code"], answer.headers["Retry-After"]) == ("timeout", "30")
    assert (await rita.client.delete("/api/session")).status_code == 204


async def test_json_is_read_strictly(rita: Person) -> None:
    deep = b'{"email":' + b"[" * 16 + b"]" * 16 + b"}"
    for content in (
        b"",
        b"{",
        b"nonsense",
        b"\xff",
        b'{"email": "x", "email": "y", "password": "z"}',
        b'{"email": NaN}',
        b'{"email": ' + b"1" * 65 + b"}",
        deep,
        b"[" * 100_000,
        b'"' + b'\\"' * 100_000,
    ):
        answer = await rita.client.post(
            "/api/session", content=content, headers={"Content-Type": "application/json"}
        )

        assert (answer.status_code, answer.json()["code"]) == (400, "invalid_json"), content[:50]


async def test_a_body_is_its_fields_and_no_others(rita: Person) -> None:
    good = {"email": "rita@example.com", "password": PASSWORD}
    for body, field in (
        ({**good, "role": "administrator"}, None),
        ({**good, "entityId": "x"}, None),
        ({"email": 1, "password": PASSWORD}, "email"),
        ({"email": ["rita@example.com"], "password": PASSWORD}, "email"),
        ({"email": "rita@example.com"}, "password"),
        ({**good, "password": "secret" * 1000}, "password"),
        ({**good, "email": "\ud800"}, "email"),
        ([], None),
        ("text", None),
        (None, None),
    ):
        answer = await rita.client.post(
            "/api/session",
            content=json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
        )

        assert answer.status_code == 422, body
        assert answer.json()["errors"][0]["field"] == field, body
        assert "role" not in answer.text
        assert "secretsecret" not in answer.text


async def test_parameters_of_the_address_are_checked_and_not_echoed(rita: Person) -> None:
    for query, field in (
        ("limit=0", "limit"),
        ("limit=501", "limit"),
        ("limit=many-evil", "limit"),
        ("from=20261101", "from"),
        ("to=2026-02-30", "to"),
        ("accountId=../evil", "accountId"),
        ("cursor=evil", "cursor"),
        ("q=" + "evil" * 30, "q"),
    ):
        answer = await rita.client.get(f"{API}/transactions?{query}")

        assert answer.status_code == 422, query
        assert answer.json()["errors"][0]["field"].endswith(field), query
        assert "evil" not in answer.text


async def test_a_change_needs_a_json_content_type(rita: Person) -> None:
    for kind in ({}, {"Content-Type": "text/plain"}, {"Content-Type": "multipart/form-data"}):
        answer = await rita.client.post(f"{API}/consents", content=b"{}", headers=kind)

        assert answer.status_code == 415, kind


async def test_unknown_paths_and_methods_are_problems_too(anonymous: httpx2.AsyncClient) -> None:
    missing = await anonymous.get("/api/nothing")
    wrong = await anonymous.put("/api/session")
    slash = await anonymous.get("/healthz/")

    assert (missing.status_code, missing.json()["code"]) == (404, "not_found")
    assert (wrong.status_code, wrong.json()["code"]) == (405, "method_not_allowed")
    assert set(wrong.headers["Allow"].split(", ")) <= {"GET", "POST", "DELETE"}
    assert slash.status_code == 404


async def test_the_store_being_away_is_said_without_a_word_of_it(
    tomada: Running, rita: Person
) -> None:
    await tomada.app.store.pool.close()

    answer = await rita.client.get(f"{API}/items")
    alive = await rita.client.get("/healthz")
    ready = await rita.client.get("/readyz")

    assert (answer.status_code, answer.json()["code"]) == (503, "store_unavailable")
    assert answer.headers["Retry-After"] == "30"
    assert (alive.status_code, alive.json()) == (200, {"alive": True})
    assert (ready.status_code, ready.json()["ready"]) == (503, False)


async def test_a_fault_nobody_foresaw_tells_nothing_and_is_noted(
    rita: Person, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("rita@example.com bought bread")

    monkeypatch.setattr("tomada.web.items.item_shape", broken)
    monkeypatch.setattr("tomada.web.items.ItemsShape", broken)

    answer = await rita.client.get(f"{API}/items")

    noted = capsys.readouterr()
    request_id = answer.headers["X-Request-Id"]
    assert (answer.status_code, answer.json()["code"]) == (500, "internal_error")
    assert answer.json()["instance"].endswith(request_id)
    assert "bread" not in answer.text + noted.out + noted.err
    assert request_id in noted.out + noted.err
    assert "RuntimeError" in noted.out + noted.err
