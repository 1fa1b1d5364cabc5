import asyncio
import contextlib
import json
from contextlib import AsyncExitStack
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.integration.web.people import Person, closed, until
from tomada.domain.ids import EntityId
from tomada.store.feed import FeedRows

SIGNED_OUT, NOT_ALLOWED, TOO_LATE, TRY_LATER, TOO_BIG = 4401, 4403, 4408, 1013, 1009


async def opened(person: Person, stream: ClientConnection, *, after: int = 0) -> dict[str, Any]:
    """Show a ticket and give the first message."""
    await stream.send(json.dumps({"ticket": await person.ticket(), "after": after}))
    return await heard(stream)


async def heard(stream: ClientConnection) -> dict[str, Any]:
    message: dict[str, Any] = json.loads(await asyncio.wait_for(stream.recv(), 20))
    return message


async def happens(person: Person, *, times: int = 1, id_: str = "n") -> None:
    """Let something be in the person's feed, by one commit."""
    app = person.tomada.app
    async with app.store.begin(EntityId(UUID(person.entity_id))) as tx:
        lines: list[Any] = [("notification", {"notificationId": id_})] * times
        await FeedRows(tx).append(lines, at=app.clock())


async def test_the_stream_begins_with_what_was_missed_and_goes_on(rita: Person) -> None:
    await happens(rita, times=3)

    async with rita.stream() as stream:
        first = await opened(rita, stream, after=1)
        await happens(rita)
        second = await heard(stream)

    assert first["type"] == second["type"] == "feed"
    assert [entry["n"] for entry in first["entries"]] == [2, 3]
    assert (first["last"], second["last"]) == (3, 4)
    assert second["entries"][0].keys() == {"n", "kind", "at", "data"}


async def test_a_purchase_at_the_bank_is_pushed(rita: Person) -> None:
    item = await rita.read_a_bank()

    async with rita.stream() as stream:
        seen = (await opened(rita, stream))["last"]
        account = await rita.buy(item)
        while True:
            news = await heard(stream)
            new = [one for one in news["entries"] if one["kind"] == "transactions.new"]
            if new:
                break

    assert news["last"] > seen
    assert new[0]["data"]["accountId"] == account
    assert new[0]["data"]["count"] == 1


async def test_nothing_is_lost_and_nothing_comes_twice_over_many_losses(rita: Person) -> None:
    seen: list[int] = []

    async def writing() -> None:
        for _ in range(60):
            await happens(rita)

    writer = asyncio.create_task(writing())
    while not writer.done() or len(seen) < 60:
        async with rita.stream() as stream:
            after = seen[-1] if seen else 0
            message = await opened(rita, stream, after=after)
            for _ in range(2):
                seen.extend(entry["n"] for entry in message["entries"])
                if len(seen) >= 60:
                    break
                message = await heard(stream)
            else:
                seen.extend(entry["n"] for entry in message["entries"])
    await writer

    assert seen == list(range(1, 61))


async def test_a_long_absence_is_made_up_for_in_pieces(rita: Person) -> None:
    await happens(rita, times=1_234)

    seen: list[int] = []
    async with rita.stream() as stream:
        message = await opened(rita, stream)
        seen += [entry["n"] for entry in message["entries"]]
        while len(seen) < 1_234:
            seen += [entry["n"] for entry in (await heard(stream))["entries"]]

    assert seen == list(range(1, 1_235))
    assert len(message["entries"]) == 500


async def test_a_number_beyond_the_end_is_answered_with_the_end(rita: Person) -> None:
    await happens(rita, times=2)

    async with rita.stream() as stream:
        first = await opened(rita, stream, after=99)
        await happens(rita)
        second = await heard(stream)

    assert (first["entries"], first["last"]) == ([], 2)
    assert [entry["n"] for entry in second["entries"]] == [3]


async def test_nobody_hears_what_happens_to_somebody_else(rita: Person, bento: Person) -> None:
    async with rita.stream() as ritas, bento.stream() as bentos:
        await opened(rita, ritas)
        await opened(bento, bentos)
        await happens(rita, times=2)
        await happens(bento)
        heard_by_bento = await heard(bentos)
        heard_by_rita = await heard(ritas)

    assert (heard_by_bento["last"], heard_by_rita["last"]) == (1, 2)


async def test_a_stream_is_opened_by_a_page_of_ours_only(rita: Person) -> None:
    for origin in (None, "null", "https://evil.example", "http://localhost", rita.tomada.url + "/"):
        with pytest.raises(InvalidStatus) as refused:
            async with rita.stream(origin=origin):
                pass

        assert refused.value.response.status_code == 403, origin
        assert refused.value.response.headers["X-Content-Type-Options"] == "nosniff"
        assert b"cross_site" in (refused.value.response.body or b"")


async def test_another_host_gets_no_stream(rita: Person) -> None:
    with pytest.raises(InvalidStatus) as refused:
        async with rita.stream(additional_headers={"Host": "evil.example"}):
            pass

    assert refused.value.response.status_code in (400, 421)


async def test_a_ticket_opens_one_stream(rita: Person) -> None:
    ticket = await rita.ticket()
    shown = json.dumps({"ticket": ticket, "after": 0})

    async with rita.stream() as first, rita.stream() as second:
        await first.send(shown)
        assert (await heard(first))["type"] == "feed"
        await second.send(shown)

        assert await closed(second) == SIGNED_OUT


async def test_what_is_no_first_message_ends_the_stream(rita: Person) -> None:
    ticket = await rita.ticket()
    for message, code in (
        ("{}", NOT_ALLOWED),
        ("nonsense", NOT_ALLOWED),
        ("[]", NOT_ALLOWED),
        ('{"ticket": 1}', NOT_ALLOWED),
        ('{"ticket": "x", "ticket": "y"}', NOT_ALLOWED),
        ('{"ticket": "x", "after": -1}', NOT_ALLOWED),
        ('{"ticket": "x", "after": 1.5}', NOT_ALLOWED),
        ('{"ticket": "x", "after": true}', NOT_ALLOWED),
        ('{"ticket": "x", "after": 9223372036854775808}', NOT_ALLOWED),
        (json.dumps({"ticket": ticket, "channel": "all"}), NOT_ALLOWED),
        (b"\x00\x01", NOT_ALLOWED),
        ('{"ticket": "invented"}', SIGNED_OUT),
        ('{"ticket": "\\u0000"}', SIGNED_OUT),
        (json.dumps({"ticket": "x" * 5000}), TOO_BIG),
    ):
        async with rita.stream() as stream:
            await stream.send(message)

            assert await closed(stream) == code, message


async def test_who_says_nothing_is_not_waited_for(
    rita: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tomada.web.push.FIRST_MESSAGE_SECONDS", 0.2)

    async with rita.stream() as stream:
        assert await closed(stream) == TOO_LATE


async def test_a_ping_is_answered_and_other_talk_ends_the_stream(rita: Person) -> None:
    async with rita.stream() as stream:
        await opened(rita, stream)
        await stream.send('{"type": "ping"}')
        assert await heard(stream) == {"type": "pong"}
        await stream.send('{"type": "subscribe"}')

        assert await closed(stream) == NOT_ALLOWED


async def test_who_talks_too_much_is_not_listened_to(rita: Person) -> None:
    async with rita.stream() as stream:
        await opened(rita, stream)
        talking = asyncio.create_task(talk(stream, times=100))
        code = await closed(stream)
        await talking

    assert code == NOT_ALLOWED


async def test_signing_out_ends_the_stream_within_five_seconds(rita: Person) -> None:
    loop = asyncio.get_running_loop()
    async with rita.stream() as stream:
        await opened(rita, stream)
        signed_out = loop.time()
        await rita.client.delete("/api/session")

        code = await closed(stream)

    assert code == SIGNED_OUT
    assert loop.time() - signed_out < 5


async def test_a_sixth_stream_is_refused_until_one_ends(
    rita: Person, bento: Person, stack: AsyncExitStack
) -> None:
    streams = [await stack.enter_async_context(rita.stream()) for _ in range(6)]
    for stream in streams[:5]:
        await opened(rita, stream)
    await streams[5].send(json.dumps({"ticket": await rita.ticket()}))
    refused = await closed(streams[5])
    async with bento.stream() as other:
        somebody_else = await opened(bento, other)
    await streams[0].close()

    assert refused == TRY_LATER
    assert somebody_else["type"] == "feed"
    assert await until(partial(let_in, rita))


async def test_a_client_that_does_not_read_is_dropped(
    rita: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tomada.web.push.SEND_SECONDS", 0.3)
    monkeypatch.setattr("tomada.web.streams.PER_USER", 1)

    async with rita.stream(max_size=None, close_timeout=0.1) as stream:
        await opened(rita, stream)
        stream.transport.pause_reading()
        # More than the buffers of both sides of the connection hold.
        for _ in range(12):
            await happens(rita, times=500, id_="n" * 2_000)

        assert await until(partial(let_in, rita))


async def talk(stream: ClientConnection, *, times: int) -> None:
    with contextlib.suppress(ConnectionClosed):
        for _ in range(times):
            await stream.send('{"type": "ping"}')


async def let_in(person: Person) -> bool:
    """Tell whether there is room for another stream."""
    async with person.stream(max_size=None) as stream:
        await stream.send(json.dumps({"ticket": await person.ticket(), "after": 10**6}))
        try:
            await heard(stream)
        except ConnectionClosed:
            return False
        return True
