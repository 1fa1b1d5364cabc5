"""How long a search by description takes among 20,000 rows of one person.

    python bench/search.py [--rows 20000] [--repeats 9]

Starts an embedded PostgreSQL in a temporary directory, fills one account with generated rows as the
worker would, and times searches through the service. Prints milliseconds (best and median), and the
ratio to listing a page without a search. Descriptions are sealed, so a search opens every row.
"""

import argparse
import asyncio
import json
import os
import random
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog
import uvloop

from tomada.adapters.kms.local import open_local
from tomada.domain.clock import utc_now
from tomada.domain.ids import EntityId, ItemId
from tomada.pluggy import wire
from tomada.pluggy.models.accounts import Account
from tomada.pluggy.models.transactions import Transaction
from tomada.services.access import Access
from tomada.services.account_rows import account_row
from tomada.services.audit import Audit
from tomada.services.ledger import Ledger
from tomada.services.pages import Book
from tomada.services.vault import open_vault
from tomada.store.accounts import AccountRows
from tomada.store.embedded import embedded_postgres
from tomada.store.engine import migrate, open_pool
from tomada.store.items import ItemRow, ItemRows
from tomada.store.tx import Store

GOAL_MS = 200
_WORDS = (
    "Padaria", "Mercado", "Farmácia", "Posto", "Cinema", "Açougue", "Livraria", "Restaurante",
    "Aurora", "Central", "São João", "Bela Vista", "do Bairro", "Paulista", "Ipiranga",
)  # fmt: skip
_CATEGORIES = ("Groceries", "Eating out", "Health", "Transport", "Shopping")
_ITEM = ItemId("00000000-0000-4000-8000-000000000001")
_ACCOUNT = "00000000-0000-4000-8000-000000000002"


def _transactions(count: int) -> list[Transaction]:
    """Invent movements as Pluggy sends them, the newest today."""
    rng, now = random.Random(1), utc_now()
    made = []
    for n in range(count):
        at = now - timedelta(minutes=26 * n)
        name = f"{rng.choice(_WORDS)} {rng.choice(_WORDS)} {rng.randint(1, 999)}"
        party = {"name": name, "documentNumber": {"type": "CNPJ", "value": f"{n:014}"}}
        body = {
            "id": f"00000000-0000-4000-9000-{n:012}", "accountId": _ACCOUNT, "description": name,
            "descriptionRaw": name.upper(), "amount": -rng.randint(100, 99999) / 100,
            "currencyCode": "BRL", "date": at.isoformat(), "type": "DEBIT", "status": "POSTED",
            "category": rng.choice(_CATEGORIES), "categoryId": f"{rng.randint(1, 20):02}000000",
            "merchant": {"name": name, "cnpj": f"{n:014}"},
            "paymentData": {"receiver": party, "paymentMethod": "PIX"}, "order": n % 100,
            "createdAt": at.isoformat(), "updatedAt": at.isoformat(),
        }  # fmt: skip
        made.append(wire.decode(json.dumps(body).encode(), Transaction))
    return made


async def _fill(store: Store, ledger: Ledger, entity: EntityId, count: int) -> None:
    keys = await ledger.vault.keys(entity)
    account = wire.decode(
        json.dumps({"id": _ACCOUNT, "itemId": _ITEM, "type": "BANK", "balance": 0}).encode(),
        Account,
    )
    now = datetime.now(UTC)
    item = ItemRow(
        _ITEM, entity, b"", "UPDATED", "SUCCESS", None, now, now, now, sealed=b"", syncing=False
    )
    book, rows = Book(keys, _ITEM, account), _transactions(count)
    async with store.begin(entity) as tx:
        await ItemRows(tx).add(item)
        await AccountRows(tx).put(account_row(keys, account, _ITEM, "Banco", as_of=now))
    for start in range(0, count, 500):
        async with store.begin(entity) as tx:
            await book.put(tx, rows[start : start + 500], now=now)
    async with store.begin() as tx:
        await tx.conn.execute("ANALYZE")


@dataclass(frozen=True, slots=True)
class Times:
    """Milliseconds: best and median by the clock, and the least this process computed."""

    best: float
    median: float
    cpu: float
    found: int

    def __str__(self) -> str:
        return f"best {self.best:7.1f} ms   median {self.median:7.1f} ms   cpu {self.cpu:7.1f} ms"


async def _timed(work: Callable[[], Awaitable[int]], repeats: int) -> Times:
    times, computed, found = [], [], 0
    for _ in range(repeats):
        began, computing = time.perf_counter(), time.process_time()
        found = await work()
        times.append((time.perf_counter() - began) * 1000)
        computed.append((time.process_time() - computing) * 1000)
    return Times(min(times), statistics.median(times), min(computed), found)


async def main(rows: int, repeats: int) -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        async with embedded_postgres(place / "data") as cluster:
            await migrate(cluster.owner_url, app_url=cluster.app_url)
            async with open_pool(cluster.app_url) as pool:
                await _measure(Store(pool), place, rows, repeats)


async def _measure(store: Store, place: Path, rows: int, repeats: int) -> None:
    vault = await open_vault(open_local(place / "key", create=True), store, utc_now)
    access = Access(store, vault, utc_now, Audit(utc_now, vault.system))
    _, entity = await access.create_user("bench@example.com", "correct horse battery", "B")
    ledger = Ledger(store, vault, utc_now)
    began = time.perf_counter()
    await _fill(store, ledger, entity, rows)
    print(f"{rows} rows written in {time.perf_counter() - began:.1f} s")

    def found(q: str | None) -> Callable[[], Awaitable[int]]:
        async def search() -> int:
            return len((await ledger.transactions(entity, q=q)).transactions)

        return search

    listing = await _timed(found(None), repeats)
    print(f"{'list a page of 100':34} {listing}")
    slowest = 0.0
    for title, q in (
        ("search, nothing found", "xylophone"),
        ("search, two rare words", "paulista 777"),
        ("search, accents folded", "acougue sao joao 5"),
        ("search, first page full at once", "padaria"),
    ):
        taken = await _timed(found(q), repeats)
        slowest = max(slowest, taken.median)
        print(f"{title:34} {taken}   {taken.found:3} found", end="   ")
        print(f"{taken.median / listing.median:5.1f} x listing")
    print(f"{'twelve months summed':34} {await _timed(lambda: _months(ledger, entity), repeats)}")
    met = "met" if slowest < GOAL_MS else "MISSED"
    load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    print(f"goal {GOAL_MS} ms, slowest median {slowest:.1f} ms: {met} (load of the machine {load})")


async def _months(ledger: Ledger, entity: EntityId) -> int:
    return len(await ledger.months(entity))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--repeats", type=int, default=9)
    given = parser.parse_args()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main(given.rows, given.repeats))
