import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from tests.integration.web.people import API, Person, until

SAO_PAULO = ZoneInfo("America/Sao_Paulo")


async def exact(person: Person, path: str, **params: Any) -> Any:
    """Read an answer without a float in between."""
    answer = await person.client.get(f"{API}{path}", params=params)
    assert answer.status_code == 200, answer.text
    return json.loads(answer.text, parse_float=Decimal)


def truth(person: Person) -> dict[str, Any]:
    """What the bank holds, by Pluggy's id."""
    ledgers = person.tomada.simulator.world.ledgers
    rows: dict[str, Any] = {}
    for item in person.tomada.simulator.world.state.items.values():
        for account in item.accounts:
            ledger = ledgers.account(account.id)
            assert ledger is not None
            rows |= {row.id: row for row in ledger.ordered()}
    return rows


async def every_row(person: Person, **params: Any) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    page = await exact(person, "/transactions", limit=500, **params)
    rows += page["transactions"]
    while page["nextCursor"]:
        page = await exact(person, "/transactions", limit=500, cursor=page["nextCursor"], **params)
        rows += page["transactions"]
    return rows


async def test_every_movement_is_served_once_newest_first_and_exact(rita: Person) -> None:
    await rita.read_a_bank()

    rows = await every_row(rita)

    held = truth(rita)
    assert {row["metadata"]["pluggyTransactionId"] for row in rows} == set(held)
    assert len(rows) == len(held) == len({row["id"] for row in rows})
    assert [row["day"] for row in rows] == sorted((row["day"] for row in rows), reverse=True)
    for row in rows:
        theirs = held[row["metadata"]["pluggyTransactionId"]]
        sign = -1 if row["type"] == "DEBIT" else 1
        assert isinstance(row["amount"], Decimal)
        in_reais = theirs.amount_in_account_currency
        assert row["amount"] == abs(theirs.amount if in_reais is None else in_reais)
        assert row["signedAmount"] == sign * row["amount"]
        assert row["amountMinor"] == row["amount"] * 100
        assert row["description"] == theirs.description
        assert row["merchant"]
        instant = datetime.fromisoformat(row["date"])
        assert row["date"].endswith("Z")
        assert instant.astimezone(SAO_PAULO).date().isoformat() == row["day"]


async def test_a_movement_has_the_names_that_products_read(rita: Person) -> None:
    item = await rita.read_a_bank()

    row = (await rita.get("/transactions", limit=1))["transactions"][0]

    assert {
        "id", "entityId", "accountId", "date", "day", "description", "amount", "signedAmount",
        "amountMinor", "currency", "type", "category", "merchant", "source", "status",
        "freshness", "metadata",
    } <= row.keys()  # fmt: skip
    assert {"pluggyTransactionId", "paymentMethod", "balance", "status"} <= row["metadata"].keys()
    assert (row["entityId"], row["source"], row["currency"]) == (rita.entity_id, "pluggy", "BRL")
    assert row["freshness"]["itemId"] == row["itemId"] == item
    assert row["freshness"]["complete"] is True


async def test_movements_are_found_by_account_by_day_and_by_words(rita: Person) -> None:
    item = await rita.read_a_bank()
    rows = await every_row(rita)
    account, day = rows[0]["accountId"], rows[len(rows) // 2]["day"]
    word = rows[0]["description"].split()[0]

    by_account = await every_row(rita, accountId=account)
    by_day = await every_row(rita, **{"from": day, "to": day})
    by_word = await every_row(rita, q=word.upper())
    by_item = await every_row(rita, itemId=item)

    def ids(found: list[dict[str, Any]]) -> list[str]:
        return [row["id"] for row in found]

    assert ids(by_account) == [row["id"] for row in rows if row["accountId"] == account]
    assert ids(by_day) == [row["id"] for row in rows if row["day"] == day]
    assert ids(by_item) == ids(rows)
    assert rows[0]["id"] in ids(by_word)
    assert len(by_word) < len(rows)


async def test_accounts_and_connections_say_how_fresh_they_are(rita: Person) -> None:
    item = await rita.read_a_bank()

    accounts = await exact(rita, "/accounts")
    items = await rita.get("/items")

    one = items["items"][0]
    fresh = accounts["freshness"][0]
    assert (one["id"], one["connectionStatus"], one["lastError"]) == (item, "active", None)
    assert (fresh["itemId"], fresh["complete"]) == (item, True)
    assert fresh["syncedAt"] == one["syncedAt"]
    for account in accounts["accounts"]:
        assert isinstance(account["balance"], Decimal)
        assert account["balanceMinor"] == account["balance"] * 100


async def test_months_are_exact_numbers_this_one_last(rita: Person) -> None:
    await rita.read_a_bank()

    months = (await exact(rita, "/months", count=3))["months"]

    now = datetime.now(UTC).astimezone(SAO_PAULO)
    assert len(months) == 3
    assert months[-1]["month"] == f"{now:%Y-%m}"
    assert all(isinstance(month["income"], Decimal) for month in months)
    assert sum(month["spendingMinor"] for month in months) > 0


async def test_the_feed_is_read_in_pieces_without_gaps(rita: Person) -> None:
    await rita.read_a_bank()
    whole = await rita.get("/feed")

    pieces, after = [], 0
    while (piece := await rita.get("/feed", after=after, limit=1))["entries"]:
        pieces += piece["entries"]
        after = piece["last"]

    assert pieces == whole["entries"]
    assert [entry["n"] for entry in pieces] == list(range(1, len(pieces) + 1))
    assert after == whole["last"]
    assert "open_finance.sync_completed" in {entry["kind"] for entry in pieces}
    assert (await rita.get("/feed", after=10**9))["last"] == after


async def test_a_broken_connection_says_so_and_its_notice_is_read_once(rita: Person) -> None:
    item = await rita.read_a_bank()
    rita.tomada.simulator.world.run(item, outcome="INVALID_CREDENTIALS", triggered_by="SYNC")

    async def notices() -> Any:
        return (await rita.get("/notifications"))["notifications"]

    notice = (await until(notices))[0]
    read = await rita.post(f"/notifications/{notice['id']}/read")
    unknown = await rita.post("/notifications/0193a000-0000-7000-8000-000000000000/read")

    broken = (await rita.get("/items"))["items"][0]
    assert (notice["title"], notice["type"]) == ("Erro de Conexão Bancária", "error")
    assert (notice["action"], notice["actionRequired"]) == ("reconnect", True)
    assert (broken["connectionStatus"], broken["nextStep"]) == ("error", "reconnect")
    assert broken["lastError"]["code"]
    assert (read.status_code, unknown.status_code) == (204, 404)
    assert (await notices())[0]["readAt"] is not None


async def test_a_cursor_of_nobodys_making_is_refused(rita: Person) -> None:
    await rita.read_a_bank()
    page = await rita.get("/transactions", limit=1)

    for cursor in ("x", "AAAA", page["nextCursor"][:-4], page["nextCursor"] + "AAAA", "é"):
        answer = await rita.client.get(f"{API}/transactions", params={"cursor": cursor})

        assert answer.status_code == 422, cursor
        assert answer.json()["errors"][0]["field"] == "cursor"


async def test_ready_names_its_parts_in_development(rita: Person) -> None:
    answer = await rita.client.get("/readyz")

    assert answer.status_code == 200
    assert answer.json()["ready"] is True
    assert answer.json()["components"]["database"] is True
