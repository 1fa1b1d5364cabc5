"""What a bad network or server does to a call."""

import asyncio
import gzip
import json

import pytest

from tests.unit.pluggy.scripted import (
    NOW,
    Reply,
    Seen,
    Waits,
    a_client,
    a_row,
    answer,
    recorder,
    serving,
)
from tomada.pluggy import MemoryLimiter, PluggyClient, RetryPolicy, errors

ITEM = {"id": "i", "status": "UPDATED", "executionStatus": "SUCCESS"}


@pytest.mark.parametrize("status", [502, 503, 504])
async def test_a_read_survives_a_failing_gateway(status: int) -> None:
    replies = [Reply(status=status, body=b"<html>bad</html>"), answer(ITEM)]

    async with serving(lambda _: replies.pop(0)) as server, a_client(server) as pluggy:
        item = await pluggy.get_item("i")

    assert item.status == "UPDATED"
    assert len(server.seen) == 2


@pytest.mark.parametrize("status", [500, 502, 503, 504])
async def test_a_new_item_is_never_asked_for_twice_once_it_may_exist(status: int) -> None:
    async with (
        serving(lambda _: Reply(status=status, body=b"x")) as server,
        a_client(server) as pluggy,
    ):
        with pytest.raises(errors.ServerError) as caught:
            await pluggy.create_item(2, {"user": "user-ok"})

    assert len(server.seen) == 1
    assert caught.value.status == status


async def test_a_cut_answer_is_unknown_for_a_mutation_and_repeated_for_a_read() -> None:
    cut = Reply(body=json.dumps(ITEM).encode(), cut=100)
    replies = [cut, cut, answer(ITEM)]

    async with serving(lambda _: replies.pop(0)) as server, a_client(server) as pluggy:
        with pytest.raises(errors.TransportError) as caught:
            await pluggy.update_item("i")
        item = await pluggy.get_item("i")

    assert caught.value.effect == "unknown"
    assert item.id == "i"
    assert [seen.method for seen in server.seen] == ["PATCH", "GET", "GET"]


async def test_json_cut_at_any_byte_is_an_error_and_never_a_short_list() -> None:
    whole = json.dumps({"results": [a_row(1), a_row(2)], "next": None}).encode()
    length = [0]

    async with (
        serving(lambda _: Reply(body=whole[: length[0]])) as server,
        a_client(server, retry=RetryPolicy(attempts=1)) as pluggy,
    ):
        for length[0] in range(1, len(whole), 37):
            with pytest.raises(errors.ContractError) as caught:
                [row async for row in pluggy.transactions("acc")]
            assert caught.value.malformed


async def test_a_refused_connection_never_had_an_effect() -> None:
    async with serving(lambda _: answer(ITEM)) as server:
        pluggy = a_client(server)
        await pluggy.get_item("i")
    async with pluggy:
        with pytest.raises(errors.TransportError) as caught:
            await pluggy.create_item(2, {})

    assert caught.value.effect == "none"
    assert caught.value.status is None


async def test_a_wait_asked_by_the_server_is_kept() -> None:
    waits = Waits()
    replies = [
        answer({"code": 429, "message": "slow"}, status=429, Retry_After="60"),
        answer({"code": 429, "message": "slow"}, status=429, RateLimit_Reset="37"),
        answer(ITEM),
    ]

    async with (
        serving(lambda _: replies.pop(0)) as server,
        a_client(server, sleep=waits) as pluggy,
    ):
        await pluggy.update_item("i")

    assert 60 <= waits.seconds[0] <= 60.5
    assert 37 <= waits.seconds[1] <= 38


async def test_a_call_a_person_waits_for_fails_instead_of_waiting_a_minute() -> None:
    waits = Waits()
    body = {"code": 429, "message": "slow"}
    async with (
        serving(lambda _: answer(body, status=429, Retry_After="60")) as server,
        a_client(server, sleep=waits) as pluggy,
    ):
        with pytest.raises(errors.RateLimitedError) as caught:
            await pluggy.interactive.get_item("i")

    assert caught.value.reset == 60
    assert waits.seconds == []


async def test_a_refusal_silences_its_family_for_everybody_and_no_other() -> None:
    refused = answer({"code": 429, "message": "slow"}, status=429, Retry_After="40")
    replies = [refused, answer(ITEM), answer({"results": []}), answer({"results": []})]
    now = [1000.0]
    limiter = MemoryLimiter(now=lambda: now[0])
    policy = RetryPolicy(attempts=1, patience=0.05)

    async with (
        serving(lambda _: replies.pop(0)) as server,
        a_client(server, limiter=limiter, retry=policy) as pluggy,
    ):
        with pytest.raises(errors.RateLimitedError):
            await pluggy.list_accounts("i")
        with pytest.raises(errors.RateLimitedError):
            await pluggy.interactive.list_accounts("i")
        machine = asyncio.create_task(pluggy.list_accounts("i"))
        await pluggy.get_item("i")
        sent_in_the_pause, early = len(server.seen), machine.done()
        now[0] += 41
        await pluggy.interactive.list_accounts("i")
        await machine

    assert sent_in_the_pause == 2
    assert not early
    assert len(server.seen) == 4


async def test_a_limit_that_a_refusal_lowers_is_kept_to() -> None:
    refused = answer(
        {"code": 429, "message": "slow"}, status=429, Retry_After="1", RateLimit_Limit="72"
    )
    replies = [refused]
    now = [1000.0]
    limiter = MemoryLimiter(now=lambda: now[0])

    async with (
        serving(lambda _: replies.pop() if replies else answer({"results": []})) as server,
        a_client(server, limiter=limiter, retry=RetryPolicy(attempts=1)) as pluggy,
    ):
        with pytest.raises(errors.RateLimitedError):
            await pluggy.list_accounts("i")
        now[0] += 61
        calls = [asyncio.create_task(pluggy.interactive.list_accounts("i")) for _ in range(70)]
        await asyncio.gather(*calls)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(pluggy.list_accounts("i"), 0.05)
        now[0] += 600
        await asyncio.gather(*(pluggy.list_accounts("i") for _ in range(80)))

    assert len(server.seen) == 151


async def test_the_banks_own_quota_is_not_hammered() -> None:
    body = {"code": 429, "codeDescription": "BALANCE_OPEN_FINANCE_RATE_LIMIT", "message": "x"}
    async with serving(lambda _: answer(body, status=429)) as server, a_client(server) as pluggy:
        with pytest.raises(errors.InstitutionLimitError):
            await pluggy.get_account("a")

    assert len(server.seen) == 1


async def test_a_dripping_server_is_left_at_the_deadline() -> None:
    gate = asyncio.Event()
    async with (
        serving(lambda _: Reply(hold=gate)) as server,
        a_client(server, timeout=0.3, retry=RetryPolicy(attempts=1)) as pluggy,
    ):
        with pytest.raises(errors.TransportError) as caught:
            await pluggy.get_item("i")
        gate.set()

    assert caught.value.effect == "unknown"


async def test_a_small_answer_that_unpacks_to_a_huge_one_is_refused() -> None:
    bomb = gzip.compress(b" " * 25_000_000)
    reply = Reply(body=bomb, headers={"Content-Encoding": "gzip"})

    async with serving(lambda _: reply) as server, a_client(server) as pluggy:
        with pytest.raises(errors.ContractError, match="longer than"):
            await pluggy.get_item("i")

    assert len(server.seen) == 1


async def test_a_redirect_is_never_followed_and_the_key_stays_home() -> None:
    async with serving(lambda _: answer(ITEM)) as canary:
        away = Reply(status=307, headers={"Location": canary.url + "/items/i"})
        async with serving(lambda _: away) as server, a_client(server) as pluggy:
            with pytest.raises(errors.ContractError, match="redirect 307"):
                await pluggy.get_item("i")

    assert canary.seen == []


@pytest.mark.parametrize(
    "path", ["//evil.example/x", "https://evil.example", "items", "/a?b=c", "/a#b", "/../x", "/a b"]
)
async def test_a_path_that_could_name_another_place_is_refused(path: str) -> None:
    async with serving(lambda _: answer(ITEM)) as server, a_client(server) as pluggy:
        with pytest.raises(ValueError, match="path"):
            await pluggy.request("GET", path)

    assert server.seen == []


@pytest.mark.parametrize("item_id", ["", ".", ".."])
async def test_an_id_that_is_none_is_refused(item_id: str) -> None:
    async with serving(lambda _: answer(ITEM)) as server, a_client(server) as pluggy:
        with pytest.raises(ValueError, match="id"):
            await pluggy.delete_item(item_id)

    assert server.seen == []


async def test_an_id_stays_one_segment_of_the_path() -> None:
    async with serving(lambda _: answer(ITEM)) as server, a_client(server) as pluggy:
        await pluggy.get_item("../webhooks?x=1#y")

    assert server.targets() == ["GET /items/..%2Fwebhooks%3Fx%3D1%23y"]


@pytest.mark.parametrize(
    "base_url",
    [
        "ftp://x",
        "http://api.pluggy.example",
        "https://a:b@c.example",
        "https://x.example/?a=1",
        "x",
    ],
)
def test_an_unsafe_address_is_refused(base_url: str) -> None:
    with pytest.raises(ValueError, match="base_url"):
        PluggyClient(client_id="i", client_secret="s", base_url=base_url)


async def test_a_deletion_repeated_after_a_lost_answer_is_done() -> None:
    replies = [
        Reply(status=502, body=b""),
        answer({"code": 404, "codeDescription": "ITEM_NOT_FOUND", "message": "x"}, status=404),
    ]

    async with serving(lambda _: replies.pop(0)) as server, a_client(server) as pluggy:
        await pluggy.delete_item("i")

    assert [seen.method for seen in server.seen] == ["DELETE", "DELETE"]


@pytest.mark.parametrize("first", [None, 429])
async def test_deleting_what_is_unknown_says_so(first: int | None) -> None:
    missing = {"code": 404, "codeDescription": "ITEM_NOT_FOUND", "message": "x"}
    replies = [answer({"code": first}, status=first)] if first else []
    replies.append(answer(missing, status=404))

    async with serving(lambda _: replies.pop(0)) as server, a_client(server) as pluggy:
        with pytest.raises(errors.NotFoundError) as caught:
            await pluggy.delete_item("i")

    assert caught.value.code_description == "ITEM_NOT_FOUND"
    assert replies == []


async def test_every_attempt_is_told_without_ids() -> None:
    records, hook = recorder()
    replies = [Reply(status=503, body=b""), answer(ITEM, X_Request_Id="r-1")]

    async with (
        serving(lambda _: replies.pop(0)) as server,
        a_client(server, on_call=hook) as pluggy,
    ):
        await pluggy.get_item("secret-id")

    told = [(r.method, r.route, r.attempt, r.outcome, r.status) for r in records]
    assert told == [
        ("POST", "/auth", 1, "ok", 200),
        ("GET", "/items/{id}", 1, "server", 503),
        ("GET", "/items/{id}", 2, "ok", 200),
    ]
    assert records[-1].request_id == "r-1"
    assert "secret-id" not in repr(records)


async def test_direct_requests_share_key_and_exact_numbers() -> None:
    def script(seen: Seen) -> Reply:
        assert seen.headers["x-api-key"]
        return Reply(body=b'{"rate": 0.1, "big": 12345678901234567890.123456789}')

    async with serving(script) as server, a_client(server) as pluggy:
        found = await pluggy.request("GET", "/benefits", params={"itemId": "i", "on": True})

    assert str(found["rate"]) == "0.1"
    assert str(found["big"]) == "12345678901234567890.123456789"
    assert server.seen[0].query == {"itemId": "i", "on": "true"}


async def test_no_error_text_repeats_a_body() -> None:
    body = {
        "code": 400,
        "message": "user JOANA SECRETA is wrong",
        "codeDescription": "CONNECTOR_VALIDATION_ERROR",
        "details": [{"code": "001", "parameter": "user", "message": "JOANA SECRETA"}],
        "errorId": "e-1",
    }
    async with serving(lambda _: answer(body, status=400)) as server, a_client(server) as pluggy:
        with pytest.raises(errors.ValidationError) as caught:
            await pluggy.create_item(0, {"user": "x"})

    assert "JOANA" not in str(caught.value) + repr(caught.value)
    assert str(caught.value) == "POST /items: 400 CONNECTOR_VALIDATION_ERROR (id e-1)"
    assert caught.value.details[0].parameter == "user"
    assert caught.value.error_id == "e-1"


async def test_a_refresh_asked_too_early_says_when() -> None:
    body = {
        "code": 409,
        "codeDescription": "CLIENT_IS_UPDATING_BEFORE_ALLOWED_FREQUENCY",
        "message": "x",
        "data": {"minUpdateFrequencyAllowedInHours": 24, "lastUpdatedAt": "2026-11-23T10:00:00Z"},
    }
    async with serving(lambda _: answer(body, status=409)) as server, a_client(server) as pluggy:
        with pytest.raises(errors.TooEarlyError) as caught:
            await pluggy.update_item("i")

    assert caught.value.when is not None
    assert (caught.value.when - NOW).total_seconds() == 22 * 3600


async def test_a_known_login_names_the_items_that_hold_it() -> None:
    body = {"codeDescription": "ITEM_USER_ALREADY_EXISTS", "message": "x", "items": ["a", "b"]}
    async with serving(lambda _: answer(body, status=400)) as server, a_client(server) as pluggy:
        with pytest.raises(errors.DuplicateItemError) as caught:
            await pluggy.create_item(0, {"user": "x"})

    assert caught.value.item_ids == ("a", "b")


async def test_credentials_are_in_no_repr() -> None:
    pluggy = PluggyClient(client_id="i", client_secret="very-secret", trust_env=False)

    shown = repr(pluggy)
    await pluggy.aclose()

    assert "very-secret" not in shown
