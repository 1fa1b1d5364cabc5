"""Bodies that are cut, bent or strange, of every product: an object is taken whole or not at all."""

import asyncio
import json
import random
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from tests.conftest import Running
from tests.integration.sync.by_hand import connected
from tomada.domain.errors import NotFoundError, ProviderError
from tomada.domain.ids import EntityId, ItemId
from tomada.pluggy import PluggyClient
from tomada.pluggy.model import Resource
from tomada.services.reach import ProductReader, Reach
from tomada.services.runs import Run
from tomada.settings import Settings
from tomada.simulator import Simulator
from tomada.simulator.faults import Effect, Fault

CASES = 120
PLACES = {
    "CREDIT_CARDS": ("/bills", "bills", ("totalAmount", "dueDate", "payments", "id")),
    "INVESTMENTS": ("/investments", "investments", ("balance", "name", "date", "type", "id")),
    "INVESTMENTS_TRANSACTIONS": (
        "/investments/*/transactions", "investment_transactions", ("amount", "date", "id"),
    ),
    "LOANS": ("/loans", "loans", ("contractAmount", "kind", "installments", "productName", "id")),
    "IDENTITY": ("/identity", "identities", ("fullName", "addresses", "itemId", "id")),
}  # fmt: skip
BYTES: tuple[Effect, ...] = (
    "truncate", "content_type", "wrong_length", "bom", "nan", "duplicate_keys", "huge_number",
    "deep", "bad_utf8", "lone_surrogate", "gzip_bomb", "close",
)  # fmt: skip
FIELDS: tuple[Effect, ...] = (
    "new_enum", "new_field", "missing_field", "null_field", "string_for_number",
    "number_for_string", "hostile_text",
)  # fmt: skip
# Another id is another object, which is not what is tried here.
_TAKEN_AWAY = ("missing_field", "null_field", "number_for_string")


@dataclass(frozen=True, slots=True)
class Bench:
    """A connected bank whose products are read one by one, under one run."""

    tomada: Running
    entity: EntityId
    item: ItemId
    run: Run
    pluggy: PluggyClient
    readers: dict[str, ProductReader]

    async def read(self, product: str) -> str | None:
        """Read one product; gives the code of what it failed with."""
        accounts = await self.pluggy.list_accounts(self.item)
        try:
            await self.readers[product].read(self.run, Reach(accounts, sound=True))
        except ProviderError as error:
            return error.provider_code or error.code
        except NotFoundError as error:
            return error.code
        return None

    async def held(self, table: str) -> dict[str, Any]:
        """Open what is kept, the digest's content and the detail alike; each must open."""
        app = self.tomada.app
        keys = await app.vault.keys(self.entity)
        async with app.store.begin(self.entity) as tx:
            rows = await tx.conn.fetch(f"SELECT id, sealed, sealed_raw, gone_at FROM {table}")  # noqa: S608  (names from above)
        assert [row["id"] for row in rows if row["gone_at"] is not None] == []
        assert all(keys.open(table, row["id"], row["sealed"]) for row in rows)
        return {
            row["id"]: json.loads(
                keys.open(table, row["id"], row["sealed_raw"], group="raw"), parse_float=Decimal
            )
            for row in rows
        }

    async def truth(self, product: str) -> dict[str, Any]:
        """Read what Pluggy has of it."""
        pluggy = self.pluggy
        investments = [one async for one in pluggy.investments.list(self.item)]
        found: list[Resource] = []
        match product:
            case "CREDIT_CARDS":
                for account in await pluggy.list_accounts(self.item, type="CREDIT"):
                    found += await pluggy.list_bills(account.id)
            case "INVESTMENTS":
                found += investments
            case "INVESTMENTS_TRANSACTIONS":
                for one in investments:
                    found += [row async for row in pluggy.investments.transactions(one.id)]
            case "LOANS":
                found += await pluggy.loans.list(self.item)
            case _:
                found.append(await pluggy.identities.of_item(self.item))
        return {one.json["id"]: one.json for one in found}

    def rewrite(self, n: int) -> None:
        """Change every object, so that each reading has something to write."""
        item = self.tomada.simulator.world.state.items[self.item]
        for account in item.accounts:
            for bill in account.bills:
                bill.total_amount += Decimal("0.01")
        for one in item.investments:
            one.balance += Decimal("0.01")
            for movement in one.movements:
                movement.description = f"Movimento {n}"
        for loan in item.loans:
            loan.product_name = f"Contrato {n}"
        if item.identity is not None:
            item.identity["jobTitle"] = f"Cargo {n}"


@pytest.fixture
async def bench(
    simulator: Simulator, settings_for: Callable[[Simulator, int], Settings]
) -> AsyncIterator[Bench]:
    async with connected(simulator, settings_for) as (tomada, caller, item):
        app, settings = tomada.app, tomada.app.settings
        hasty = PluggyClient(
            client_id=settings.pluggy_client_id,
            client_secret=settings.pluggy_client_secret.get_secret_value(),
            base_url=settings.pluggy_url,
            sleep=lambda _: asyncio.sleep(0),
        )
        await app.reading.run(item)
        await app.syncs.want(caller.entity_id, item, reason="user", full=False)
        run = await app.reading.runs.take(item, uuid4())
        assert run is not None
        readers: dict[str, ProductReader] = {
            one.product: replace(one, pluggy=hasty)  # type: ignore[type-var]  # dataclasses all
            for one in app.reading.rounds.readers
        }
        async with hasty:
            yield Bench(tomada, caller.entity_id, item, run, hasty, readers)


def _faults(rng: random.Random) -> Iterator[tuple[str, Fault]]:
    """Draw a product and what is wrong with its next answers."""
    while True:
        product = rng.choice(sorted(PLACES))
        path, _, fields = PLACES[product]
        effect = rng.choice((*BYTES, *FIELDS))
        key = rng.choice(fields if effect in _TAKEN_AWAY else fields[:-1])
        size = rng.randrange(1, 4_000) if effect == "truncate" else 10_000
        yield product, Fault(
            path=path, effect=effect, key=key, size=size, count=None,
            skip=rng.randrange(2) if product == "INVESTMENTS_TRANSACTIONS" else 0,
        )  # fmt: skip


@pytest.mark.slow
@pytest.mark.timeout(300)
async def test_no_strange_body_of_any_product_is_taken_in_part(bench: Bench) -> None:
    rng = random.Random(20261126)
    faults = bench.tomada.simulator.world.faults
    refused = 0
    drawn = _faults(rng)
    for n in range(CASES):
        product, fault = next(drawn)
        table = PLACES[product][1]
        before = await bench.held(table)
        bench.rewrite(n)
        faults.faults[:] = [fault]

        code = await bench.read(product)

        now = await bench.held(table)
        what = (n, product, fault.effect, fault.key, code)
        assert fault.seen > 0, what
        assert before.keys() <= now.keys(), what
        if code is not None:
            refused += 1
            assert code in ("unreadable", "unreachable", "server_error"), what
        if fault.effect in BYTES and product != "INVESTMENTS_TRANSACTIONS" and code is not None:
            assert now == before, what
        faults.clear()
        assert await bench.read(product) is None, what
    for product, (_, table, _) in PLACES.items():
        bench.rewrite(CASES)
        assert await bench.read(product) is None
        held = await bench.held(table)
        async with bench.tomada.app.store.begin(bench.entity) as tx:
            missing = await tx.conn.fetchval(
                f"SELECT count(*) FROM {table} WHERE missing_since IS NOT NULL"  # noqa: S608  (names from above)
            )
        assert missing == 0, product
        assert held == await bench.truth(product), product
    assert refused > CASES // 3
