"""One login for everybody, renewed in time."""

import asyncio
import contextlib
from datetime import datetime, timedelta

import pytest

from tests.contract.limits.windows import fullest
from tests.unit.pluggy.scripted import NOW, Reply, Seen, a_client, a_key, answer, serving
from tomada.pluggy import Allowance, MemoryLimiter, errors
from tomada.pluggy.limits import LOGINS

ITEM = {"id": "i", "status": "UPDATED", "executionStatus": "SUCCESS"}


async def test_a_thousand_calls_with_a_refused_key_make_one_more_login() -> None:
    good = a_key(number=2)

    def script(seen: Seen) -> Reply:
        if seen.headers["x-api-key"] == good:
            return answer(ITEM)
        return answer({"code": 403, "message": "no"}, status=403)

    async with serving(script) as server, a_client(server, max_connections=50) as pluggy:
        first = await pluggy.get_item("i")
        logins = server.logins
        server.login_reply = lambda _: answer({"apiKey": a_key(number=3)})
        good = a_key(number=3)
        items = await asyncio.gather(*(pluggy.get_item(str(n)) for n in range(1000)))

    assert first.id == "i"
    assert logins == 2
    assert len(items) == 1000
    assert server.logins == 3


async def test_a_second_refusal_is_final_and_names_no_key() -> None:
    refuse = lambda _: answer({"code": 403, "message": "no"}, status=403)  # noqa: E731 - a script

    async with serving(refuse) as server, a_client(server) as pluggy:
        with pytest.raises(errors.AuthenticationError) as caught:
            await pluggy.get_item("abc")

    assert len(server.seen) == 2
    assert str(caught.value) == "GET /items/{id}: 403"


async def test_a_refusal_with_a_code_is_about_permission_and_costs_no_login() -> None:
    body = {"code": 403, "codeDescription": "BALANCE_CONSENT_ERROR", "message": "no"}

    async with serving(lambda _: answer(body, status=403)) as server, a_client(server) as pluggy:
        with pytest.raises(errors.PermissionDeniedError):
            await pluggy.get_account("a")

    assert server.logins == 1


async def test_wrong_keys_are_told_once_to_all_who_wait() -> None:
    body = {"code": 401, "codeDescription": "CLIENT_KEYS_UNAUTHORIZED", "message": "bad"}

    async with serving(lambda _: answer(ITEM)) as server, a_client(server) as pluggy:
        server.login_reply = lambda _: answer(body, status=401)
        calls = (pluggy.get_item("i") for _ in range(20))
        found = await asyncio.gather(*calls, return_exceptions=True)

    assert {type(error) for error in found} == {errors.AuthenticationError}
    assert server.logins == 1
    assert server.seen == []


async def test_a_key_is_renewed_before_it_ends() -> None:
    now = [NOW]
    async with (
        serving(lambda _: answer(ITEM)) as server,
        a_client(server, clock=lambda: now[0]) as pluggy,
    ):
        server.login_reply = lambda n: answer({"apiKey": a_key(number=n, now=now[0])})
        await pluggy.get_item("i")
        now[0] += timedelta(minutes=114)
        await pluggy.get_item("i")
        before = server.logins
        now[0] += timedelta(minutes=2)
        await pluggy.get_item("i")

    assert before == 1
    assert server.logins == 2


async def test_a_clock_that_is_days_wrong_does_not_shorten_the_key() -> None:
    async with (
        serving(lambda _: answer(ITEM)) as server,
        a_client(server, clock=lambda: NOW + timedelta(days=3)) as pluggy,
    ):
        await pluggy.get_item("i")
        await pluggy.get_item("i")

    assert server.logins == 1


async def test_the_old_key_serves_while_renewal_cannot_reach_pluggy() -> None:
    now = [NOW]
    async with (
        serving(lambda _: answer(ITEM)) as server,
        a_client(server, clock=lambda: now[0]) as pluggy,
    ):
        await pluggy.get_item("i")
        now[0] += timedelta(minutes=117)
        server.login_reply = lambda _: Reply(status=503, body=b"<html>")
        served = await pluggy.get_item("i")
        now[0] += timedelta(minutes=5)
        with pytest.raises(errors.ServerError):
            await pluggy.get_item("i")

    assert served.id == "i"


@pytest.mark.parametrize("key", ["opaque", "a.b.c", "..", "e30.e30.x", "e30.bnVsbA.x"])
async def test_a_key_that_tells_no_end_is_used_all_the_same(key: str) -> None:
    now: list[datetime] = [NOW]
    async with (
        serving(lambda _: answer(ITEM)) as server,
        a_client(server, clock=lambda: now[0]) as pluggy,
    ):
        server.login_reply = lambda _: answer({"apiKey": key})
        await pluggy.get_item("i")
        await pluggy.get_item("i")
        before = server.logins
        now[0] += timedelta(hours=1)
        await pluggy.get_item("i")

    assert server.seen[0].headers["x-api-key"] == key
    assert before == 1
    assert server.logins == 2


async def test_a_cancelled_caller_leaves_the_login_to_the_others() -> None:
    gate = asyncio.Event()
    async with serving(lambda _: answer(ITEM)) as server, a_client(server) as pluggy:
        server.login_reply = lambda _: Reply(
            body=b'{"apiKey":"' + a_key().encode() + b'"}', hold=gate
        )
        impatient = asyncio.create_task(pluggy.get_item("i"))
        await asyncio.wait_for(server.login_came.wait(), 30)
        patient = asyncio.create_task(pluggy.get_item("i"))
        await asyncio.sleep(0)
        impatient.cancel()
        gate.set()
        item = await patient

    assert item.id == "i"
    assert server.logins == 1
    assert impatient.cancelled()


async def test_a_key_that_ends_after_three_requests_makes_no_loop_of_logins() -> None:
    uses: dict[str, int] = {}
    expiries = 0

    def script(seen: Seen) -> Reply:
        nonlocal expiries
        key = seen.headers["x-api-key"]
        uses[key] = uses.get(key, 0) + 1
        expiries += uses[key] == 4
        if uses[key] > 3:
            return answer({"code": 403, "message": "expired"}, status=403)
        return answer(ITEM)

    loop = asyncio.get_running_loop()
    logins: list[float] = []

    def login(number: int) -> Reply:
        logins.append(loop.time())
        return answer({"apiKey": a_key(number=number)})

    tenth = Allowance(requests=10, seconds=1.0, reserve=0)
    limiter = MemoryLimiter(special={LOGINS: tenth})
    async with serving(script) as server, a_client(server, limiter=limiter) as pluggy:
        server.login_reply = login

        async def work() -> None:
            for _ in range(4):
                with contextlib.suppress(errors.AuthenticationError):
                    await pluggy.get_item("i")

        await asyncio.gather(*(work() for _ in range(20)))

    assert expiries > 3
    assert server.logins <= expiries + 1
    # Ten in the tenth of a minute that stands for one here.
    assert fullest(logins, 0.95) <= 10


async def test_refused_keys_are_not_tried_again_for_a_minute() -> None:
    now = [NOW]
    body = {"code": 401, "codeDescription": "CLIENT_DISABLED", "message": "no"}
    async with (
        serving(lambda _: answer(ITEM)) as server,
        a_client(server, clock=lambda: now[0]) as pluggy,
    ):
        server.login_reply = lambda _: answer(body, status=401)
        for _ in range(5):
            with pytest.raises(errors.AuthenticationError):
                await pluggy.get_item("i")
        in_the_minute = server.logins
        server.login_reply = lambda n: answer({"apiKey": a_key(number=n)})
        now[0] += timedelta(seconds=61)
        item = await pluggy.get_item("i")

    assert in_the_minute == 1
    assert item.id == "i"
