"""An event says that something changed, never what it changed to; and an absence needs a proof."""

import asyncio
from datetime import timedelta
from typing import Any

from tests.conftest import Running
from tests.integration.path.connecting import connect
from tests.integration.path.truth import Dump, held, truth
from tests.integration.sync.conftest import Connected
from tests.integration.sync.delivering import Courier, inbox
from tests.integration.sync.quiet import quiet
from tomada.domain.syncs import Sync
from tomada.simulator.faults import Fault

FORGED = "Forjado pelo evento"


async def _held(ana: Connected) -> Dump:
    return await held(ana.tomada, ana.caller.entity_id, ana.item)


async def _truth(ana: Connected) -> Dump:
    return await truth(ana.tomada, ana.item)


def _first_account(ana: Connected) -> tuple[str, list[str]]:
    account = ana.tomada.simulator.world.state.items[ana.item].accounts[0]
    return account.id, [row.id for row in account.transactions]


async def _latest(ana: Connected) -> Sync:
    async with ana.tomada.app.store.begin(ana.caller.entity_id) as tx:
        row = await tx.conn.fetchrow(
            "SELECT id FROM syncs ORDER BY requested_at DESC, id DESC LIMIT 1"
        )
    assert row is not None
    return await ana.tomada.app.syncs.get(ana.caller, row["id"])


async def test_no_word_of_an_event_reaches_the_ledger(ana: Connected, pluggy: Courier) -> None:
    account, ids = _first_account(ana)
    before = await _held(ana)
    said: dict[str, Any] = {
        "description": FORGED, "amount": 999999, "status": FORGED, "data": {"description": FORGED},
        "transactions": [{"id": ids[0], "description": FORGED, "amount": 1, "accountId": account}],
        "results": [{"id": "new-one", "description": FORGED, "amount": 1, "accountId": account}],
        "error": {"code": "INVALID_CREDENTIALS", "message": FORGED}, "balance": 1,
        "item": {"id": ana.item, "status": "LOGIN_ERROR"}, "transactionsCount": 10**9,
        "clientUserId": FORGED, "connectorId": 999,
    }  # fmt: skip
    names = ("transactions/created", "transactions/updated", "transactions/deleted",
             "item/created", "item/updated", "item/error", "item/deleted",
             "item/waiting_user_input", "item/waiting_user_action", "item/login_succeeded",
             "item/never_seen", "transactions/never_seen")  # fmt: skip

    for name in names:
        for part in ({}, {"transactionIds": ids[:3]}, {"transactionIds": ["unknown"]}):
            await pluggy.kept(name, itemId=ana.item, accountId=account, **said, **part)
    await quiet(ana.tomada)

    assert await _held(ana) == before == await _truth(ana)
    item = await ana.tomada.app.items.get(ana.caller.entity_id, ana.item)
    assert (item.status, item.error_code) == ("UPDATED", None)
    assert await ana.tomada.app.notices.list(ana.caller.entity_id) == []
    assert {row["state"] for row in (await inbox(ana.tomada)).values()} == {"done"}


async def test_no_time_in_an_event_stops_the_reading(ana: Connected, pluggy: Courier) -> None:
    world = ana.tomada.simulator.world
    account, _ = _first_account(ana)
    world.hooks.mode = "drop"
    times: tuple[Any, ...] = (
        "0001-01-01T00:00:00.000Z", "9999-12-31T23:59:59.999Z", "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00", "2026-11-23", "yesterday", 7, None, ["2026-01-01T00:00:00Z"],
    )  # fmt: skip

    for since in times:
        world.post(ana.item, account_id=account, description=f"Depois de {since}")
        await pluggy.kept(
            "transactions/created",
            itemId=ana.item,
            accountId=account,
            transactionsCreatedAtFrom=since,
        )
        await quiet(ana.tomada)

        assert (await _latest(ana)).state == "done", since
        assert await _held(ana) == await _truth(ana), since


async def test_rows_that_are_only_said_to_be_gone_stay(ana: Connected, pluggy: Courier) -> None:
    account, ids = _first_account(ana)
    other = ana.tomada.simulator.world.state.items[ana.item].accounts[1].id
    before = await _held(ana)

    for where in (account, other, "unknown"):
        await pluggy.kept(
            "transactions/deleted", itemId=ana.item, accountId=where, transactionIds=ids
        )
    await quiet(ana.tomada)

    assert await _held(ana) == before
    feed = await ana.tomada.app.feed.after(ana.caller.entity_id, 0)
    assert [one for one in feed if one.kind == "transactions.gone"] == []


async def test_a_row_that_the_bank_took_back_becomes_a_tombstone(ana: Connected) -> None:
    world = ana.tomada.simulator.world
    _, ids = _first_account(ana)
    head = await ana.tomada.app.feed.head(ana.caller.entity_id)

    world.take_back(ids[3])
    await quiet(ana.tomada)

    assert await _held(ana) == await _truth(ana)
    async with ana.tomada.app.store.begin(ana.caller.entity_id) as tx:
        gone = await tx.conn.fetch(
            "SELECT pluggy_id, id::text AS id FROM transactions WHERE gone_at IS NOT NULL"
        )
    assert [one["pluggy_id"] for one in gone] == [ids[3]]
    lines = await ana.tomada.app.feed.after(ana.caller.entity_id, head)
    told = [one.data["transactionIds"] for one in lines if one.kind == "transactions.gone"]
    assert told == [[gone[0]["id"]]]


async def test_real_and_forged_deletions_in_one_event_are_told_apart(
    ana: Connected, pluggy: Courier
) -> None:
    world = ana.tomada.simulator.world
    account, ids = _first_account(ana)
    world.hooks.mode = "drop"
    for taken in ids[:5]:
        world.take_back(taken)

    await pluggy.kept(
        "transactions/deleted", itemId=ana.item, accountId=account, transactionIds=ids[:250]
    )
    await quiet(ana.tomada)

    assert await _held(ana) == await _truth(ana)


async def test_a_row_that_comes_back_under_its_id_lives_again(ana: Connected) -> None:
    world = ana.tomada.simulator.world
    account, ids = _first_account(ana)
    row = world.state.items[ana.item].accounts[0].transactions[0]
    world.take_back(ids[0])
    await quiet(ana.tomada)

    ledger = world.ledgers.account(account)
    assert ledger is not None
    world.ledgers.add(ledger, row)
    world.edit(row.id, description="De volta")
    await quiet(ana.tomada)

    assert await _held(ana) == await _truth(ana)


async def test_empty_lists_take_nothing_away(ana: Connected) -> None:
    before = await _held(ana)
    nothing = {"results": [], "page": 1, "total": 0, "totalPages": 1, "next": None}
    for path in ("/v2/transactions", "/accounts"):
        fault = Fault(path=path, effect="status", status=200, body=nothing, count=None)
        ana.tomada.simulator.world.faults.add(fault)

        await ana.tomada.app.syncs.want(ana.caller.entity_id, ana.item, reason="user", full=True)
        await quiet(ana.tomada)

        assert fault.fired > 0
        assert (await _latest(ana)).state == "done"
        assert await _held(ana) == before


async def test_an_absence_at_a_connection_that_is_not_well_proves_nothing(
    ana: Connected, pluggy: Courier
) -> None:
    world = ana.tomada.simulator.world
    account, ids = _first_account(ana)
    before = await _held(ana)
    world.run(ana.item, outcome="INVALID_CREDENTIALS")
    await quiet(ana.tomada)
    empty = Fault(
        path="/v2/transactions", effect="status", status=200, body={"results": []}, count=None
    )
    world.faults.add(empty)

    await pluggy.kept(
        "transactions/deleted", itemId=ana.item, accountId=account, transactionIds=ids[:9]
    )
    await quiet(ana.tomada)

    assert empty.fired > 0
    assert await _held(ana) == before


async def test_a_connection_that_is_only_said_to_be_deleted_stays(
    ana: Connected, pluggy: Courier
) -> None:
    await pluggy.kept("item/deleted", itemId=ana.item)
    await quiet(ana.tomada)

    item = await ana.tomada.app.items.get(ana.caller.entity_id, ana.item)
    assert item.status == "UPDATED"
    assert await _held(ana) == await _truth(ana)


async def test_a_connection_deleted_at_pluggy_is_shown_so_and_keeps_its_data(
    ana: Connected,
) -> None:
    before = await _held(ana)

    ana.tomada.simulator.world.items.delete(ana.item)
    await quiet(ana.tomada)

    item = await ana.tomada.app.items.get(ana.caller.entity_id, ana.item)
    assert item.status == "DELETED"
    assert await _held(ana) == before


async def test_links_in_events_are_not_followed(ana: Connected, pluggy: Courier) -> None:
    visitors: list[bytes] = []

    async def canary(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        visitors.append(await reader.readline())
        writer.close()

    server = await asyncio.start_server(canary, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    account, _ = _first_account(ana)
    async with server:
        for link in (f"http://127.0.0.1:{port}/", f"http://localhost:{port}@x/", "file:///etc"):
            await pluggy.kept(
                "transactions/created", itemId=ana.item, accountId=account,
                createdTransactionsLink=link, createdTransactionsLinkV2=link, next=link,
            )  # fmt: skip
        await quiet(ana.tomada)

    assert visitors == []
    assert (await _latest(ana)).state == "done"


async def test_events_about_another_persons_rows_change_neither(
    tomada: Running, ana: Connected, pluggy: Courier
) -> None:
    bia = await tomada.someone("bia@example.com")
    hers = await connect(tomada, bia)
    await quiet(tomada)
    account, ids = _first_account(ana)

    for name in ("transactions/deleted", "transactions/updated"):
        await pluggy.kept(name, itemId=hers, accountId=account, transactionIds=ids)
    await quiet(tomada)

    assert await _held(ana) == await _truth(ana)
    assert await held(tomada, bia.entity_id, hers) == await truth(tomada, hers)


async def test_rows_late_in_bearing_their_creation_time_are_found(ana: Connected) -> None:
    world = ana.tomada.simulator.world
    bought = world.purchase(ana.item, description="Primeira")
    await quiet(ana.tomada)
    late = world.purchase(ana.item, description="Atrasada", collect=False)
    world.hooks.mode = "drop"
    world.purchase(ana.item, description="Junto")
    assert bought.created_at is not None
    late.created_at = bought.created_at - timedelta(minutes=5)
    world.hooks.mode = "normal"
    world.purchase(ana.item, description="Aviso")
    await quiet(ana.tomada)

    assert await _held(ana) == await _truth(ana)
