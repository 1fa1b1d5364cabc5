"""The product's back end is told the feed: signed, in order, at least once, whatever fails."""

import asyncio
import base64
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from pydantic import SecretStr

from tests.conftest import Running
from tests.integration.outgoing.conftest import SECRET, BackEnd, Told
from tests.integration.path.connecting import connect
from tests.integration.sync.quiet import quiet
from tomada.adapters.channels.webhook import secret_bytes, sign
from tomada.bootstrap import open_app
from tomada.domain.errors import InvalidInputError
from tomada.domain.feed import FeedKind
from tomada.domain.outgoing import GIVEN_UP_AFTER, JITTER, PAUSES
from tomada.services.outgoing import Outgoing
from tomada.settings import Settings
from tomada.simulator import Simulator
from tomada.worker import Worker

HOUR = timedelta(hours=1)
LINES: list[FeedKind] = ["item.status"] * 12


async def test_what_a_sync_did_is_told_as_the_feed_has_it(
    tomada: Running, product: BackEnd
) -> None:
    told = Told(tomada.app, product)
    outgoing = told.outgoing()
    caller = await tomada.someone()
    await outgoing.deliver()
    item = await connect(tomada, caller)
    await quiet(tomada)
    while await outgoing.deliver():
        pass

    feed = await tomada.app.feed.after(caller.entity_id, 0)
    entity = str(caller.entity_id)
    assert [one.said["type"] for one in product.heard] == [entry.kind for entry in feed]
    assert product.numbers() == [entry.n for entry in feed]
    assert all(one.said["data"]["entityId"] == entity for one in product.heard)
    done = next(one for one in product.heard if one.said["type"] == "open_finance.sync_completed")
    accounts = await tomada.app.ledger.accounts(caller.entity_id, item_id=item)
    assert done.said["data"]["itemId"] == item
    assert done.said["data"]["accountsCount"] == len(accounts)
    assert done.said["data"]["transactionsCount"] > 0
    assert tomada.app.telling.product.deliver in [chore for _, chore in Worker(tomada.app).chores()]


async def test_a_message_that_is_not_taken_is_sent_again_later_and_later(told: Told) -> None:
    ana, rui = await told.someone("ana@example.com"), await told.someone("rui@example.com")
    outgoing, product = told.outgoing(), told.product
    await told.happens(ana, "item.status", "accounts.changed")
    await told.happens(rui, "item.status")
    anas = str(ana)
    product.before = lambda said: 500 if said["data"]["entityId"] == anas else None

    assert await outgoing.deliver() == 1
    for pause in (*PAUSES, PAUSES[-1]):
        tries = len(product.heard)
        told.later += pause * (100 - JITTER) / 100 - timedelta(seconds=2)
        await outgoing.deliver()
        assert len(product.heard) == tries
        told.later += pause * 2 * JITTER / 100 + timedelta(seconds=4)
        await outgoing.deliver()
        assert len(product.heard) == tries + 1
    tried = [one for one in product.heard if one.said["data"]["entityId"] == anas]
    product.before = lambda _: None
    told.later += 12 * HOUR
    assert await outgoing.deliver() == 2

    # One id for all tries, each signed with the time of its own.
    assert len({one.id for one in tried}) == 1
    assert len({one.at for one in tried}) == len(tried) == len(PAUSES) + 2
    assert [one.said["data"]["n"] for one in product.heard[-2:]] == [1, 2]
    assert await outgoing.deliver() == 0


async def test_an_address_that_takes_nothing_for_five_days_is_given_up_until_somebody_says_so(
    told: Told,
) -> None:
    ana = await told.someone("ana@example.com")
    outgoing, product = told.outgoing(), told.product
    product.usual = 503
    await told.happens(ana, "item.status")
    await outgoing.deliver()
    told.later += GIVEN_UP_AFTER - HOUR
    await outgoing.deliver()
    told.later += 13 * HOUR
    await outgoing.deliver()
    tries = len(product.heard)
    told.later += 100 * HOUR
    await told.happens(ana, "accounts.changed")
    product.usual = 204

    assert await outgoing.deliver() == 0
    assert len(product.heard) == tries == 3
    status = await outgoing.status()
    assert status is not None
    assert status.channel.stopped_at is not None
    assert (status.entries, status.entities) == (2, 1)
    await outgoing.resume()
    assert await outgoing.deliver() == 2
    status = await outgoing.status()
    assert status is not None
    assert (status.channel.stopped_at, status.channel.failing_since) == (None, None)
    assert status.entries == 0


async def test_a_product_that_is_gone_is_left_alone_at_once_and_a_new_address_is_not(
    told: Told,
) -> None:
    ana = await told.someone("ana@example.com")
    told.product.answers = [410]
    await told.happens(ana, "item.status")

    assert await told.outgoing().deliver() == 0
    told.later += 24 * HOUR
    assert await told.outgoing().deliver() == 0
    assert await told.outgoing(told.product.url + "?moved").deliver() == 1


@pytest.mark.parametrize("answer", [307, 400, 404, 500])
async def test_only_success_takes_a_message_and_no_redirect_is_followed(
    told: Told, answer: int
) -> None:
    ana = await told.someone("ana@example.com")
    told.product.answers = [answer]
    await told.happens(ana, "item.status")

    assert await told.outgoing().deliver() == 0
    assert len(told.product.heard) == 1


async def test_two_processes_tell_each_entry_once_and_in_order(told: Told) -> None:
    people = [await told.someone(f"{n}@example.com") for n in range(4)]
    for entity in people:
        await told.happens(entity, *LINES)
    first, second = told.outgoing(), told.outgoing()

    taken = await asyncio.gather(*(one.deliver() for one in (first, second, first, second)))

    assert sum(taken) == len(told.product.heard) == 48
    for entity in people:
        mine = [one for one in told.product.heard if one.said["data"]["entityId"] == str(entity)]
        assert [one.said["data"]["n"] for one in mine] == list(range(1, 13))


async def test_a_process_that_dies_after_sending_leaves_its_message_to_be_sent_again(
    told: Told,
) -> None:
    ana = await told.someone("ana@example.com")
    await told.happens(ana, "item.status", "accounts.changed")
    dying = told.outgoing()

    class Dies:
        async def send(self, message_id: str, body: bytes) -> None:
            assert dying.channel is not None
            await dying.channel.send(message_id, body)
            raise SystemError

    with pytest.raises(SystemError):
        await Outgoing(told.app.store, told.clock, Dies(), told.product.url).deliver()
    assert await told.outgoing().deliver() == 0
    told.later += timedelta(minutes=2)
    assert await told.outgoing().deliver() == 2

    ids = [one.id for one in told.product.heard]
    assert ids[0] == ids[1] != ids[2]


async def test_what_happened_before_the_address_was_set_is_not_told(told: Told) -> None:
    ana = await told.someone("ana@example.com")
    told.later -= HOUR
    await told.happens(ana, "item.status")
    told.later += HOUR
    await told.happens(ana, "accounts.changed")

    assert await told.outgoing().deliver() == 1
    assert told.product.numbers() == [2]


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"product_webhook_url": "http://hooks.example/"}, "PRODUCT_WEBHOOK_URL"),
        ({"product_webhook_url": "https://hooks.example/"}, "PRODUCT_WEBHOOK_SECRET"),
        (
            {
                "product_webhook_url": "https://hooks.example/",
                "product_webhook_secret": SecretStr("whsec_weak"),
            },
            "PRODUCT_WEBHOOK_SECRET",
        ),
    ],
)
async def test_an_address_or_a_secret_that_cannot_be_right_is_refused_at_the_start(
    simulator: Simulator,
    settings_for: Callable[..., Settings],
    settings: dict[str, Any],
    said: str,
) -> None:
    with pytest.raises(InvalidInputError, match=said):
        async with open_app(settings_for(simulator, 8600, **settings)):
            pass


def test_while_the_secret_is_changed_both_sign() -> None:
    other = "whsec_" + base64.b64encode(b"another key, of as many bytes").decode()

    signatures = sign([secret_bytes(other), secret_bytes(SECRET)], "m", 1, b"{}").split()

    assert signatures[1] == sign([secret_bytes(SECRET)], "m", 1, b"{}")
    assert signatures[0] != signatures[1]
