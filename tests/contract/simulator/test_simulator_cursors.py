"""Cursor pages are complete, in order, and stand firm while rows come and go."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import httpx2
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.contract.simulator.driver import Driver, driving
from tomada.simulator import SimulatorSettings, World, create_app, new_world
from tomada.simulator.records import AccountRecord, TransactionRecord
from tomada.simulator.state import ItemRecord
from tomada.simulator.tokens import Claims

START = datetime(2026, 11, 1, 3, tzinfo=UTC)
ACCOUNT = str(UUID(int=1, version=4))
Get = Callable[[str], Awaitable[Any]]

# Few distinct dates, so that many rows share one and only the id tells them apart.
rows_of = st.lists(
    st.tuples(st.integers(0, 5), st.integers(0, 5), st.uuids(version=4)),
    max_size=25,
    unique_by=lambda row: row[2],
)


def _row(spec: tuple[int, int, UUID]) -> TransactionRecord:
    day, taken_in, row_id = spec
    return TransactionRecord(
        description="Padaria",
        amount=Decimal("-7.50"),
        date=START + timedelta(hours=16 * day, milliseconds=day),
        type="DEBIT",
        id=str(row_id),
        account_id=ACCOUNT,
        created_at=START + timedelta(days=10, minutes=taken_in),
        updated_at=START + timedelta(days=10, minutes=taken_in),
    )


def _world(rows: list[TransactionRecord], *, page_size: int) -> World:
    world = new_world(SimulatorSettings(page_size=page_size, requests_per_minute=None))
    account = AccountRecord(
        type="BANK",
        subtype="CHECKING_ACCOUNT",
        name="Conta",
        number="1-2",
        balance=Decimal(0),
        opening_balance=Decimal(0),
        transactions=rows,
        id=ACCOUNT,
    )
    item = ItemRecord(
        id=str(UUID(int=2, version=4)),
        connector_id=613,
        parameters={},
        products=[],
        created_at=START,
        updated_at=START,
        accounts=[account],
    )
    world.state.items[item.id] = item
    world.ledgers.open(item, item.accounts)
    return world


def _asking(world: World, work: Callable[[Get], Awaitable[None]]) -> None:
    key = world.tokens.issue(Claims(kind="api", jti="test"), ttl=timedelta(hours=1))

    async def ask() -> None:
        transport = httpx2.ASGITransport(app=create_app(world))
        headers = {"X-API-KEY": key}
        async with httpx2.AsyncClient(
            transport=transport, base_url="http://simulator", headers=headers
        ) as http:

            async def get(query: str) -> Any:
                answer = await http.get(f"/v2/transactions{query}")
                assert answer.status_code == 200, answer.text
                return answer.json()

            await work(get)

    asyncio.run(ask())


async def _walk(get: Get, query: str) -> list[str]:
    page = await get(query)
    ids = [row["id"] for row in page["results"]]
    while page["next"] is not None:
        page = await get(page["next"])
        assert page["results"]
        ids += [row["id"] for row in page["results"]]
    return ids


@given(specs=rows_of, page_size=st.integers(1, 6))
@settings(max_examples=40, deadline=None)
def test_all_pages_together_are_all_rows_newest_first(
    specs: list[tuple[int, int, UUID]], page_size: int
) -> None:
    rows = [_row(spec) for spec in specs]
    expected = [row.id for row in sorted(rows, key=lambda row: (-row.date.timestamp(), row.id))]

    async def work(get: Get) -> None:
        assert await _walk(get, f"?accountId={ACCOUNT}") == expected

    _asking(_world(rows, page_size=page_size), work)


@given(
    specs=rows_of,
    page_size=st.integers(1, 4),
    lower=st.integers(0, 5),
    upper=st.integers(0, 5),
    by_creation=st.booleans(),
)
@settings(max_examples=40, deadline=None)
def test_filters_hold_on_every_page(
    specs: list[tuple[int, int, UUID]],
    page_size: int,
    lower: int,
    upper: int,
    by_creation: bool,  # noqa: FBT001  drawn by hypothesis
) -> None:
    rows = [_row(spec) for spec in specs]
    if by_creation:
        bound = START + timedelta(days=10, minutes=lower)
        query = f"createdAtFrom={bound:%Y-%m-%dT%H:%M:%S.000Z}"
        expected = {
            row.id for row in rows if row.created_at is not None and row.created_at >= bound
        }
    else:
        first, last = (START + timedelta(days=days) for days in (lower, upper))
        query = f"dateFrom={first:%Y-%m-%d}&dateTo={last:%Y-%m-%d}"
        expected = {row.id for row in rows if first.date() <= row.date.date() <= last.date()}

    async def work(get: Get) -> None:
        found = await _walk(get, f"?accountId={ACCOUNT}&{query}")
        assert len(found) == len(set(found))
        assert set(found) == expected

    _asking(_world(rows, page_size=page_size), work)


@given(
    specs=rows_of.filter(lambda specs: len(specs) > 4),
    added=st.tuples(st.integers(0, 5), st.integers(0, 5), st.uuids(version=4)),
    gone=st.integers(0, 3),
)
@settings(max_examples=40, deadline=None)
def test_rows_that_come_and_go_between_pages_hide_no_other_row(
    specs: list[tuple[int, int, UUID]], added: tuple[int, int, UUID], gone: int
) -> None:
    rows = [_row(spec) for spec in specs]
    world = _world(rows, page_size=3)
    staying = {row.id for row in rows}

    async def work(get: Get) -> None:
        page = await get(f"?accountId={ACCOUNT}")
        ids = [row["id"] for row in page["results"]]
        ledger = world.ledgers.account(ACCOUNT)
        assert ledger is not None
        taken = rows[gone]
        world.ledgers.remove(ledger, taken)
        if str(added[2]) not in staying:
            world.ledgers.add(ledger, _row(added))
        while page["next"] is not None:
            page = await get(page["next"])
            ids += [row["id"] for row in page["results"]]
        assert len(ids) == len(set(ids))
        assert staying - {taken.id} <= set(ids)

    _asking(world, work)


async def test_the_client_may_send_the_cursor_alone_with_its_own_filters() -> None:
    async with driving(page_size=50) as driver:
        item = await driver.connected()
        account = (await driver.accounts(item["id"]))[0]
        first = await driver.get("/v2/transactions", accountId=account["id"], dateFrom="2026-06-01")

        after = first["next"].partition("after=")[2]
        by_hand = await driver.get(
            "/v2/transactions", accountId=account["id"], dateFrom="2026-06-01", after=after
        )
        followed = await driver.get(f"/v2/transactions{first['next']}")

    assert first["next"].startswith(f"?accountId={account['id']}&dateFrom=2026-06-01&after=")
    assert by_hand == followed
    assert by_hand["results"]


async def test_questions_the_list_cannot_answer_are_refused(driver: Driver) -> None:
    item = await driver.connected()
    account = (await driver.accounts(item["id"]))[0]
    path = f"/v2/transactions?accountId={account['id']}"
    many = ",".join(str(UUID(int=number, version=4)) for number in range(501))

    refusals = [
        await driver.refused("GET", f"{path}&after=%21%21"),
        await driver.refused("GET", f"{path}&after=bm90aGluZw=="),
        await driver.refused("GET", f"{path}&ids={many}"),
        await driver.refused("GET", f"{path}&ids=abc"),
        await driver.refused("GET", f"{path}&dateFrom=yesterday"),
        await driver.refused("GET", f"{path}&dateFrom=2026-01-01&createdAtFrom=2026-01-01"),
    ]

    too_many = (400, "IDS_PARAMETER_EXCEEDS_MAX_LENGTH")
    assert refusals == [(400, None), (400, None), too_many, (400, None), (400, None), (400, None)]


async def test_rows_are_found_by_their_ids(driver: Driver) -> None:
    item = await driver.connected()
    account = (await driver.accounts(item["id"]))[0]
    wanted = {row["id"] for row in (await driver.rows(account["id"]))[3:9]}

    found = await driver.rows(account["id"], ids=",".join([*wanted, str(UUID(int=7, version=4))]))

    assert {row["id"] for row in found} == wanted


async def test_the_old_list_counts_pages_and_filters_by_bill(driver: Driver) -> None:
    item = await driver.connected()
    card = next(one for one in await driver.accounts(item["id"]) if one["type"] == "CREDIT")
    rows = await driver.rows(card["id"])
    bill = (await driver.get("/bills", accountId=card["id"]))["results"][2]

    page = await driver.get("/transactions", accountId=card["id"], pageSize=100, page=2)
    billed = await driver.get("/transactions", accountId=card["id"], billId=bill["id"])

    assert [row["id"] for row in page["results"]] == [row["id"] for row in rows[100:200]]
    assert (page["total"], page["totalPages"]) == (len(rows), -(-len(rows) // 100))
    assert billed["total"] > 0
    assert {row["creditCardMetadata"]["billId"] for row in billed["results"]} == {bill["id"]}


async def test_the_old_list_is_gone_where_the_setting_says_so() -> None:
    async with driving(v1_transactions="gone") as driver:
        item = await driver.connected()
        account = (await driver.accounts(item["id"]))[0]

        refusal = await driver.refused("GET", f"/transactions?accountId={account['id']}")

    assert refusal == (410, "ENDPOINT_DEPRECATED")
