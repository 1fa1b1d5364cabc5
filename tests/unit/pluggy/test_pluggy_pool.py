"""Connections: few, through the proxy that is named, to a server that proves its name."""

import asyncio
import gzip
import json
import ssl
import zlib
from pathlib import Path

import pytest

from tests.unit.pluggy.scripted import Reply, Seen, a_client, answer, serving
from tomada.pluggy import PluggyClient, RetryPolicy, errors

ITEM = {"id": "i", "status": "UPDATED", "executionStatus": "SUCCESS"}
ELSEWHERE = "http://pluggy.internal"
# Key and certificate of "localhost", signed by itself and good for a hundred years.
OWN_CA = Path(__file__).parent / "localhost.pem"


def packed(body: bytes, **headers: str) -> Reply:
    return Reply(body=body, headers={"Content-Encoding": "gzip", **headers})


async def test_a_packed_answer_is_unpacked() -> None:
    body = gzip.compress(json.dumps(ITEM).encode())

    async with serving(lambda _: packed(body)) as server, a_client(server) as pluggy:
        item = await pluggy.get_item("i")

    assert item.id == "i"
    assert server.seen[0].headers["accept-encoding"] == "gzip"


@pytest.mark.parametrize(
    "broken",
    [
        gzip.compress(json.dumps(ITEM).encode())[:-9],
        b"\x1f\x8bno gzip at all",
        zlib.compress(json.dumps(ITEM).encode()),
    ],
    ids=["cut", "garbled", "deflated"],
)
async def test_a_packed_answer_that_was_cut_or_garbled_is_read_again(broken: bytes) -> None:
    replies = [packed(broken), answer(ITEM)]

    async with serving(lambda _: replies.pop(0)) as server, a_client(server) as pluggy:
        item = await pluggy.get_item("i")

    assert item.id == "i"
    assert len(server.seen) == 2


async def test_a_packing_that_was_not_asked_for_is_refused() -> None:
    reply = packed(b"x", **{"Content-Encoding": "br"})

    async with serving(lambda _: reply) as server, a_client(server) as pluggy:
        with pytest.raises(errors.ContractError, match="not asked for"):
            await pluggy.get_item("i")


async def test_an_answer_may_not_unpack_to_a_hundred_times_its_size() -> None:
    bomb = gzip.compress(b" " * 3_000_000)
    small = gzip.compress(json.dumps(ITEM).encode() + b" " * 900_000)

    async with serving(lambda _: packed(bomb)) as server, a_client(server) as pluggy:
        with pytest.raises(errors.ContractError, match="longer than"):
            await pluggy.get_item("i")
    async with serving(lambda _: packed(small)) as server, a_client(server) as pluggy:
        await pluggy.get_item("i")

    assert len(bomb) < 5_000


async def test_a_long_answer_without_packing_is_cut_off_too() -> None:
    reply = Reply(body=b" " * (20 * 2**20 + 1))

    async with serving(lambda _: reply) as server, a_client(server) as pluggy:
        with pytest.raises(errors.ContractError, match="longer than 20971520 bytes"):
            await pluggy.get_item("i")


async def test_a_client_has_no_more_connections_than_it_may() -> None:
    gate, here, most = asyncio.Event(), 0, 0

    def script(_: Seen) -> Reply:
        nonlocal here, most
        here += 1
        most = max(most, here)
        if here == 3:
            asyncio.get_running_loop().call_later(0.2, gate.set)
        return Reply(body=json.dumps(ITEM).encode(), hold=gate)

    async with serving(script) as server, a_client(server, max_connections=3) as pluggy:
        calls = [asyncio.create_task(pluggy.get_item(f"{n}")) for n in range(5)]
        await gate.wait()
        seen_at_once = most
        await asyncio.gather(*calls)

    assert seen_at_once == 3


async def test_a_proxy_carries_the_calls() -> None:
    async with (
        serving(lambda _: answer(ITEM)) as proxy,
        a_client(proxy, base_url=ELSEWHERE, proxy=proxy.url) as pluggy,
    ):
        await pluggy.get_item("i")

    assert proxy.targets() == [f"GET {ELSEWHERE}/items/i"]


@pytest.mark.parametrize("name", ["http_proxy", "all_proxy"])
async def test_the_environments_proxy_counts_unless_it_is_switched_off(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with serving(lambda _: answer(ITEM)) as proxy, serving(lambda _: answer(ITEM)) as server:
        monkeypatch.setenv(name, proxy.url.removeprefix("http://"))
        async with a_client(server, trust_env=True) as pluggy:
            await pluggy.get_item("through")
        async with a_client(server, trust_env=False) as pluggy:
            await pluggy.get_item("direct")
        monkeypatch.setenv("no_proxy", "127.0.0.1")
        async with a_client(server, trust_env=True) as pluggy:
            await pluggy.get_item("excepted")

    assert proxy.targets() == [f"GET {server.url}/items/through"]
    assert server.targets() == ["GET /items/direct", "GET /items/excepted"]


async def test_a_proxy_that_refuses_means_nothing_was_sent() -> None:
    async with (
        serving(lambda _: Reply(status=407, body=b"")) as proxy,
        a_client(proxy, base_url="https://pluggy.example", proxy=proxy.url) as pluggy,
    ):
        with pytest.raises(errors.TransportError) as caught:
            await pluggy.create_item(2, {})

    assert caught.value.effect == "none"
    assert proxy.targets()[0] == "CONNECT pluggy.example:443"


async def test_nothing_of_the_machine_or_of_an_earlier_answer_is_sent_along(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login joana password secret\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    reply = answer(ITEM, Set_Cookie="session=1; Path=/")

    async with serving(lambda _: reply) as server, a_client(server, trust_env=True) as pluggy:
        await pluggy.get_item("i")
        await pluggy.get_item("i")

    sent = {name for seen in server.seen for name in seen.headers}
    assert not sent & {"cookie", "authorization"}


async def test_a_server_is_believed_only_by_a_known_authority() -> None:
    own = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    own.load_cert_chain(OWN_CA)
    trusting = ssl.create_default_context(cafile=str(OWN_CA))

    async with serving(lambda _: answer(ITEM), tls=own) as server:
        safe = server.url.replace("http://127.0.0.1", "https://localhost")
        async with a_client(server, base_url=safe, verify=trusting) as pluggy:
            item = await pluggy.get_item("i")
        other = safe.replace("localhost", "127.0.0.1")
        for url, verify in ((safe, None), (other, trusting)):
            async with a_client(
                server, base_url=url, verify=verify, retry=RetryPolicy(attempts=1)
            ) as pluggy:
                with pytest.raises(errors.TransportError) as caught:
                    await pluggy.get_item("i")
                assert caught.value.effect == "none"

    assert item.id == "i"
    assert len(server.seen) == 1


async def test_a_closed_client_stays_closed() -> None:
    async with serving(lambda _: answer(ITEM)) as server:
        pluggy = a_client(server)
        await pluggy.get_item("i")
        await pluggy.aclose()
        await pluggy.aclose()
        with pytest.raises(RuntimeError, match="closed"):
            await pluggy.get_item("i")


def test_a_client_can_be_made_before_there_is_an_event_loop() -> None:
    pluggy = PluggyClient(client_id="i", client_secret="s", trust_env=False)

    asyncio.run(pluggy.aclose())


async def test_an_abandoned_call_leaves_its_connection_to_nobody() -> None:
    arrived, gate = asyncio.Event(), asyncio.Event()
    replies = [Reply(body=json.dumps(ITEM | {"id": "late"}).encode(), hold=gate), answer(ITEM)]

    def script(_: Seen) -> Reply:
        arrived.set()
        return replies.pop(0)

    async with (
        serving(script) as server,
        a_client(server, max_connections=1) as pluggy,
    ):
        first = asyncio.create_task(pluggy.get_item("late"))
        await arrived.wait()
        first.cancel()
        item = await pluggy.get_item("i")
        gate.set()

    assert item.id == "i"
    assert first.cancelled()


async def test_answers_without_a_body_are_answers() -> None:
    async with (
        serving(lambda _: Reply(status=204, body=b"")) as server,
        a_client(server, timeout=2, retry=RetryPolicy(attempts=1)) as pluggy,
    ):
        for _ in range(3):
            await pluggy.delete_item("i")

    assert len(server.seen) == 3
