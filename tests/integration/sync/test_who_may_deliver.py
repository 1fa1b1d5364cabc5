import ipaddress
import itertools
from collections.abc import Callable
from typing import Any

import httpx2
import pytest

from tests.conftest import Running
from tests.integration.sync.delivering import PATH, Courier, courier, inbox
from tomada.bootstrap import open_app
from tomada.cli.serve import serving, take_port
from tomada.settings import Settings
from tomada.simulator import Simulator

EVENT = {"event": "item/updated", "eventId": "forged", "itemId": "an-item"}
FORBIDDEN = (403, b'{"error":"Forbidden"}')


def _said(answer: httpx2.Response) -> tuple[int, bytes]:
    return answer.status_code, answer.content


async def test_a_delivery_without_the_secret_is_refused_and_leaves_nothing(
    tomada: Running, pluggy: Courier, nobody: httpx2.AsyncClient
) -> None:
    other = "0" * len(pluggy.secret)
    forged: list[list[tuple[str, str]]] = [
        [],
        [(pluggy.header, "")],
        [(pluggy.header, other)],
        [(pluggy.header, pluggy.secret[:-1])],
        [(pluggy.header, pluggy.secret + "0")],
        [(pluggy.header, pluggy.secret.upper())],
        [(pluggy.header, f"Bearer {pluggy.secret}")],
        [(pluggy.header, f"{pluggy.secret},{pluggy.secret}")],
        [("Authorization", pluggy.secret)],
        [("X-Other", pluggy.secret)],
        # Which of two would count is for every reader to guess, so neither does.
        [(pluggy.header, pluggy.secret), (pluggy.header, pluggy.secret)],
        [(pluggy.header, pluggy.secret), (pluggy.header.lower(), other)],
        [(pluggy.header, other), (pluggy.header.upper(), pluggy.secret)],
    ]

    for headers in forged:
        answer = await nobody.post(PATH, json=EVENT, headers=headers)
        assert _said(answer) == FORBIDDEN, headers

    assert await inbox(tomada) == {}
    assert (await pluggy.deliver(EVENT)).status_code == 200
    assert list(await inbox(tomada)) == ["forged"]


async def test_an_address_that_is_only_claimed_proves_nothing(
    tomada: Running, pluggy: Courier, nobody: httpx2.AsyncClient
) -> None:
    assert pluggy.secret
    names = ("X-Forwarded-For", "X-Real-IP", "Forwarded", "True-Client-IP")
    claims = ("177.71.238.212", "177.71.238.212, 127.0.0.1", "for=177.71.238.212")

    for name, claim in itertools.product(names, claims):
        answer = await nobody.post(PATH, json=EVENT, headers={name: claim})
        assert _said(answer) == FORBIDDEN, (name, claim)

    assert await inbox(tomada) == {}


@pytest.mark.parametrize(
    ("trusted", "forwarded", "allowed"),
    [
        # Pluggy's address counts only where the peer is a proxy that was named.
        ((), "177.71.238.212", False),
        (("127.0.0.1/32",), "177.71.238.212", True),
        (("127.0.0.1/32",), "10.0.0.9", False),
        (("127.0.0.1/32",), None, False),
        # What stands further left was written by whoever sent it.
        (("127.0.0.1/32",), "177.71.238.212, 10.0.0.9", False),
        (("127.0.0.1/32",), "10.0.0.9, 177.71.238.212", True),
        (("127.0.0.1/32", "10.0.0.0/8"), "177.71.238.212, 10.0.0.9", True),
        (("192.168.0.0/16",), "177.71.238.212", False),
    ],
)
async def test_where_addresses_are_enforced_the_secret_alone_is_not_enough(
    simulator: Simulator,
    settings_for: Callable[..., Settings],
    trusted: tuple[str, ...],
    forwarded: str | None,
    allowed: Any,
) -> None:
    bound = take_port("127.0.0.1", 0)
    settings = settings_for(
        simulator,
        bound.getsockname()[1],
        webhook_source_policy="enforce",
        trusted_proxies=tuple(ipaddress.ip_network(one) for one in trusted),
    )
    async with open_app(settings) as app, serving(app, listener=bound):
        tomada = Running(app, settings.origin, simulator)
        async with courier(tomada) as pluggy:
            headers = {} if forwarded is None else {"X-Forwarded-For": forwarded}

            answer = await pluggy.raw(b'{"event":"item/updated","eventId":"e"}', **headers)
            without = await pluggy.http.post(PATH, json=EVENT, headers=headers)

    assert answer.status_code == (200 if allowed else 403)
    assert _said(without) == FORBIDDEN


async def test_who_keeps_guessing_is_not_looked_at_for_a_while(
    tomada: Running, pluggy: Courier
) -> None:
    statuses = set()
    for n in range(70):
        answer = await pluggy.raw(b"{}", **{pluggy.header: f"guess {n}"})
        statuses.add(answer.status_code)

    assert statuses == {403, 429}
    assert await inbox(tomada) == {}
