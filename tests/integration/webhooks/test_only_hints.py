"""Whatever an authenticated event says: nothing of it is stored, and no link in it is followed."""

import asyncio
import random
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.integration.path.truth import held, truth
from tests.integration.sync.conftest import Connected
from tests.integration.sync.delivering import Courier
from tests.integration.sync.quiet import quiet
from tests.integration.webhooks.samples import TYPES, an_id, sample

NEEDLE = "agulha-7f3a"
VALUES: tuple[Any, ...] = (
    NEEDLE, -1, 10**40, 0.1, True, None, [], {}, [NEEDLE] * 3, {"id": NEEDLE, "amount": 999999},
    "2030-01-01T00:00:00Z", "0001-01-01T00:00:00Z", "x" * 400, "\u202e\u0000", "=1+1", "../../etc",
)  # fmt: skip


async def _pour(pluggy: Courier, bodies: list[dict[str, Any]]) -> set[int]:
    """Deliver many, twenty at once."""
    told: set[int] = set()
    for start in range(0, len(bodies), 20):
        part = bodies[start : start + 20]
        told |= {one.status_code for one in await asyncio.gather(*map(pluggy.deliver, part))}
    return told


def _mutated(item: str, account: str, rng: random.Random) -> Iterator[dict[str, Any]]:
    """Change every field of every kind of event, one at a time, and add some that nobody sends."""
    for name in TYPES:
        body = sample(name, item=item, account=account)
        names = [*body, "amount", "balance", "transactions", "description", "status", "data"]
        for changed in names:
            if changed == "eventId":
                continue
            one = sample(name, item=item, account=account)
            yield one | {changed: rng.choice(VALUES)}
        extra = dict.fromkeys(("description", "category", "merchant", "name"), NEEDLE)
        yield sample(name, item=item, account=account) | extra


async def _said_anywhere(ana: Connected) -> list[str]:
    """Look for what the events said in every plain column of every table but the inbox's."""
    found = []
    async with ana.tomada.app.store.begin(ana.caller.entity_id) as tx:
        tables = await tx.conn.fetch(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'tomada'"
            " AND tablename NOT LIKE 'inbox%' AND tablename <> 'schema_version'"
        )
        for table in (one["tablename"] for one in tables):
            count = await tx.conn.fetchval(
                f"SELECT count(*) FROM {table} t WHERE t::text LIKE $1",  # noqa: S608  (the catalogue's names)
                f"%{NEEDLE}%",
            )
            found += [table] * bool(count)
    return found


async def test_every_field_of_every_kind_of_event_is_a_hint_and_nothing_more(
    ana: Connected, pluggy: Courier
) -> None:
    tomada, world = ana.tomada, ana.tomada.simulator.world
    account = world.state.items[ana.item].accounts[0].id
    before = await held(tomada, ana.caller.entity_id, ana.item)
    bodies = list(_mutated(ana.item, account, random.Random(9)))

    told = await _pour(pluggy, bodies)
    await quiet(tomada, seconds=60)

    assert told == {200}
    assert len(bodies) > 31 * 7
    assert await held(tomada, ana.caller.entity_id, ana.item) == before
    assert before == await truth(tomada, ana.item)
    assert await _said_anywhere(ana) == []
    item = await tomada.app.items.get(ana.caller.entity_id, ana.item)
    assert (item.status, item.error_code) == ("UPDATED", None)
    assert await tomada.app.notices.list(ana.caller.entity_id) == []


@dataclass(slots=True)
class Canary:
    """Somebody who must never be visited."""

    port: int = 0
    visits: list[bytes] = field(default_factory=list)

    def links(self) -> Iterator[str]:
        """Give sixty addresses that lead here, or where nobody should go."""
        here = f"127.0.0.1:{self.port}"
        path = "/v2/transactions?accountId=x&createdAtFrom=2026-01-01T00:00:00Z"
        hosts = (
            here, f"localhost:{self.port}", f"api.pluggy.ai@{here}", f"api.pluggy.ai:x@{here}",
            f"[::1]:{self.port}", f"[::ffff:127.0.0.1]:{self.port}", f"2130706433:{self.port}",
            f"0x7f.1:{self.port}", f"127.1:{self.port}", f"api.pluggy.ai.localhost:{self.port}",
            "xn--pggy-5pa.ai", "\u0430pi.pluggy.ai", "api.pluggy.ai:22", "169.254.169.254",
            f"api.pluggy.ai%2f@{here}", f"api.pluggy.ai\\@{here}", f"api.pluggy.ai#@{here}",
        )  # fmt: skip
        for scheme in ("http", "https", "HTTP"):
            yield from (f"{scheme}://{host}{path}" for host in hosts)
        yield from (
            "file:///etc/passwd", "gopher://127.0.0.1/", "ftp://127.0.0.1/", f"//{here}{path}",
            "data:application/json,{}", "javascript:alert(1)", "unix:///run/x.sock", "/v2/transactions",
            "", f"http:{here}", f"http://{here}/\r\nX-API-KEY: x",
        )  # fmt: skip


@asynccontextmanager
async def _canary() -> AsyncIterator[Canary]:
    canary = Canary()

    async def hear(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        canary.visits.append(await reader.read(1000))
        writer.close()

    server = await asyncio.start_server(hear, "127.0.0.1", 0)
    async with server:
        canary.port = server.sockets[0].getsockname()[1]
        yield canary


async def test_sixty_hostile_links_are_not_visited_by_anybody(
    ana: Connected, pluggy: Courier
) -> None:
    tomada, world = ana.tomada, ana.tomada.simulator.world
    account = world.state.items[ana.item].accounts[0].id
    async with _canary() as canary:
        links = list(canary.links())
        bodies = [
            sample("transactions/created", item=ana.item, account=account)
            | dict.fromkeys(("createdTransactionsLink", "createdTransactionsLinkV2"), link)
            | {"next": link, "url": link, "webhookUrl": link, "accountId": where}
            for link in links
            for where in (account, link)
        ]

        told = await _pour(pluggy, bodies)
        await quiet(tomada, seconds=60)

    assert len(links) >= 60
    assert told == {200}
    assert canary.visits == []
    assert await held(tomada, ana.caller.entity_id, ana.item) == await truth(tomada, ana.item)


async def test_a_thousand_forged_deletions_among_a_thousand_real_ones_delete_nothing_else(
    ana: Connected, pluggy: Courier
) -> None:
    tomada, world = ana.tomada, ana.tomada.simulator.world
    rng = random.Random(11)
    item = world.state.items[ana.item]
    accounts = {account.id: account for account in item.accounts}
    world.hooks.mode = "drop"
    # Enough rows that a thousand may go and as many stay.
    first = next(iter(accounts))
    for n in range(max(0, 2_200 - len(accounts[first].transactions))):
        world.post(ana.item, account_id=first, description=f"Lançamento {n}", collect=False)
    world.run(ana.item)
    await world.settled()
    await tomada.app.syncs.want(ana.caller.entity_id, ana.item, reason="user", full=True)
    await quiet(tomada, seconds=90)
    rows = [row.id for row in accounts[first].transactions]
    real, rest = rows[:1_000], rows[1_000:]
    forged = rng.sample(rest, 1_000)
    kept = (await held(tomada, ana.caller.entity_id, ana.item))[first].keys() - set(real)
    for one in real:
        world.take_back(one)
    ids = [*real, *forged]
    rng.shuffle(ids)
    bodies = [
        sample("transactions/deleted", item=ana.item, account=first)
        | {"transactionIds": ids[n : n + 40]}
        for n in range(0, len(ids), 40)
    ]
    bodies += [sample("item/deleted", item=ana.item) for _ in range(10)]
    bodies += [
        sample("transactions/deleted", item=an_id(), account=first)
        | {"transactionIds": forged[:40]}
    ]

    told = await _pour(pluggy, bodies)
    await quiet(tomada, seconds=90)

    left = (await held(tomada, ana.caller.entity_id, ana.item))[first].keys()
    assert told == {200}
    assert left == kept
    assert await held(tomada, ana.caller.entity_id, ana.item) == await truth(tomada, ana.item)
    assert (await tomada.app.items.get(ana.caller.entity_id, ana.item)).status == "UPDATED"
