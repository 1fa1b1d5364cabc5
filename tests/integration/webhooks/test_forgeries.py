"""Every kind of forged delivery, a hundred of each: refused alike, and nothing is written."""

import asyncio
import json
import os
import random
from collections.abc import Callable, Iterator
from datetime import timedelta
from ipaddress import ip_network
from typing import Any

import pytest

from tests.integration.webhooks.door import Door, Hands, Heard, Opened, Opening, Pairs, told
from tests.integration.webhooks.forging import PLUGGY, Counterfeiter, Forger, kinds
from tests.integration.webhooks.samples import TYPES, sample
from tests.integration.webhooks.signing import (
    REQUIRED,
    signed,
)
from tomada.cli.serve import serving, take_port

VARIANTS = int(os.environ.get("TOMADA_TEST_FORGERIES", "100"))
FORBIDDEN = (403, b'{"error":"Forbidden"}')


@pytest.fixture
async def doors(opened: Opened, hands: Hands) -> tuple[Door, Door, Door, str]:
    """Doors that ask for the secret; for a signature too; for Pluggy's address too."""
    plain = await opened()
    previous = plain.secret
    secrets = plain.app.upkeep.registration.secrets
    await secrets.rotate(overlap=timedelta(hours=24), force=False)
    hands.move(seconds=10)
    current = await told(plain.app)
    plain = Door(plain.app, plain.api, current)
    await plain.deliver({"event": "item/updated", "eventId": "with-the-new-secret"})
    hands.move(hours=25)
    strict = await opened(**REQUIRED)
    placed = await opened(
        webhook_source_policy="enforce", trusted_proxies=(ip_network("10.0.0.9"),)
    )
    return plain, strict, placed, previous


async def test_every_forgery_is_refused_alike_and_writes_nothing(
    doors: tuple[Door, Door, Door, str],
) -> None:
    plain, strict, placed, previous = doors
    rng = random.Random(28)
    rows = await plain.count()
    refused: dict[str, set[tuple[int, bytes, tuple[tuple[bytes, bytes], ...]]]] = {}
    count = 0
    for forger in (Forger(plain, rng, previous), Counterfeiter(strict, rng)):
        for kind in kinds(forger):
            name = kind.__name__
            if isinstance(forger, Counterfeiter) and name < "f14":
                continue
            for n in range(VARIANTS):
                one = kind()
                heard = await forger.door.knock(
                    one.body, one.headers, path=one.path, peer=f"203.0.113.{n}"
                )
                assert heard.status == one.status, (name, one.headers)
                refused.setdefault(name, set()).add((heard.status, heard.body, heard.headers))
                count += 1
            plain.api.state.refusals._seen.clear()  # type: ignore[attr-defined]
            strict.api.state.refusals._seen.clear()  # type: ignore[attr-defined]
    count += await _from_elsewhere(placed, rng)

    # F21 and F28 have tests of their own below.
    assert count == 27 * VARIANTS
    alike = {one for name, told in refused.items() if name not in _BY_SHAPE for one in told}
    assert len(alike) == 1
    assert {one[:2] for one in alike} == {FORBIDDEN}
    assert await plain.count() == rows


_BY_SHAPE = ("f26_more_than_a_body_may_have", "f27_compressed")
"""Refused for what they are, before anybody asks who sent them."""


async def _from_elsewhere(door: Door, rng: random.Random) -> int:
    """F10 to F13 again with the right secret, where Pluggy's address is asked for as well."""
    forger = Forger(door, rng)
    claims_of = [kind for kind in kinds(forger) if "f10" <= kind.__name__ < "f14"]
    for n in range(VARIANTS):
        one = claims_of[n % len(claims_of)]()
        claims = [pair for pair in one.headers if pair[0] != forger.name]
        heard = await door.knock(
            one.body if isinstance(one.body, bytes) else b"", [door.key, *claims],
            peer=f"203.0.113.{n}",
        )  # fmt: skip
        assert (heard.status, heard.body) == FORBIDDEN, one.headers
    return VARIANTS


async def test_a_replay_within_the_window_is_a_duplicate_without_effect(
    doors: tuple[Door, Door, Door, str],
) -> None:
    strict, now = doors[1], doors[1].app.clock()
    bodies = [json.dumps(sample(TYPES[n % len(TYPES)])).encode() for n in range(VARIANTS)]
    first = [await strict.deliver(one, *signed(one, now)) for one in bodies]
    before = [await strict.count(table) for table in ("inbox", "pgqueuer", "work")]

    again = [await strict.deliver(one, *signed(one, now)) for one in bodies]

    answers = {(one.status, one.body) for one in first + again}
    assert answers == {(200, b'{"received":true}')}
    assert [await strict.count(table) for table in ("inbox", "pgqueuer", "work")] == before


def _broken_heads(rng: random.Random, key: str) -> Iterator[tuple[bytes, set[int]]]:
    """F28: heads that two readers could read differently, all with the right secret."""
    body = b'{"event":"item/updated","eventId":"smuggled"}'
    length = b"Content-Length: %d\r\n" % len(body)
    start, rest = b"POST /api/webhooks/pluggy HTTP/1.1\r\n", b"Content-Type: application/json\r\n"
    head = start + b"Host: localhost\r\n" + rest
    secret = key.encode()
    for n in range(VARIANTS):
        other = b"Content-Length: %d\r\n" % rng.randrange(1, len(body))
        forms = [
            head + secret + length + other,
            head + secret + other + length,
            head + secret + length + b"Transfer-Encoding: chunked\r\n",
            head + length + secret.replace(b": ", b":\r\n\t"),
            head + b"X-A: 1\r\n " + secret + length,
            head + secret.replace(b": ", b" : ") + length,
            head + secret + b"Content-Length: +%d\r\n" % len(body),
            head + secret + b"Content-Length: 0x2d\r\n",
            b"POST /api/webhooks/pluggy HTTP/1.0\r\n" + rest + secret + length,
            b"POST /api/webhooks/pluggy HTTP/1.0\r\n" + rest + length,
        ]
        yield forms[n % len(forms)] + b"\r\n" + body, {400, 403}


async def test_a_head_that_can_be_read_in_two_ways_is_refused(
    doors: tuple[Door, Door, Door, str],
) -> None:
    plain = doors[0]
    bound = take_port("127.0.0.1", 0)
    port = bound.getsockname()[1]
    rows = await plain.count()
    statuses = []
    async with serving(plain.app, listener=bound):
        for head, allowed in _broken_heads(random.Random(1), ": ".join(plain.key) + "\r\n"):
            status = await _spoken(port, head.replace(b"localhost", b"localhost:8600"))
            assert status in allowed, head
            statuses.append(status)

    assert len(statuses) == VARIANTS
    assert await plain.count() == rows


async def _spoken(port: int, request: bytes) -> int:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request)
    line = await reader.readline()
    writer.close()
    return int(line.split()[1])


async def test_genuine_deliveries_pass_in_every_configuration(
    opening: Opening, opened: Opened, hands: Hands
) -> None:
    count = int(os.environ.get("TOMADA_TEST_GENUINE", "1000"))
    placed: dict[str, Any] = {"webhook_source_policy": "enforce"}
    plain = await opened()
    previous = plain.secret
    secrets = plain.app.upkeep.registration.secrets
    await secrets.rotate(overlap=timedelta(hours=24), force=False)
    hands.move(seconds=10)
    current = await told(plain.app)
    signers: dict[str, Callable[[bytes], Pairs]] = {
        "none": lambda _: [],
        "current": lambda body: signed(body, hands()),
        "previous": lambda body: signed(body, hands(), secret="signing-secret-of-yesterday"),
    }
    allowed: tuple[tuple[dict[str, Any], str, str], ...] = (
        ({}, current, "none"), ({}, previous, "none"), (REQUIRED, current, "current"),
        (REQUIRED, previous, "previous"), (placed, current, "none"),
        (placed | REQUIRED, current, "current"), (REQUIRED | {"webhook_header": ""}, "", "current"),
    )  # fmt: skip

    answers: list[Heard] = []
    for settings, secret, signer in allowed:
        async with opening(**settings) as door:
            header = [(door.app.settings.webhook_header, secret)] if secret else []
            for start in range(0, count, 50):
                bodies = [
                    json.dumps(sample(TYPES[n % len(TYPES)])).encode()
                    for n in range(start, start + 50)
                ]
                answers += await asyncio.gather(
                    *(
                        door.knock(one, [*header, *signers[signer](one)], peer=PLUGGY)
                        for one in bodies
                    )
                )

    assert {(one.status, one.body) for one in answers} == {(200, b'{"received":true}')}
    assert len(answers) == 7 * count == await plain.count()
