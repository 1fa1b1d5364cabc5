"""The simulator's truth and our ledger in one form, to be compared."""

from decimal import Decimal
from typing import Any

import httpx2

from tests.conftest import Running
from tomada.domain.ids import EntityId
from tomada.domain.money import from_minor

Dump = dict[str, dict[str, tuple[Any, ...]]]


async def truth(tomada: Running, item_id: str) -> Dump:
    """What Pluggy holds: per account, per transaction, what must be equal here."""
    async with httpx2.AsyncClient(base_url=tomada.simulator.url) as http:
        state = (await http.get("/_simulator/state")).json(parse_float=Decimal)
    item = next(one for one in state["items"] if one["id"] == item_id)
    return {
        account["id"]: {row["id"]: _theirs(row) for row in account["transactions"]}
        for account in item["accounts"]
    }


def _theirs(row: dict[str, Any]) -> tuple[Any, ...]:
    foreign = row.get("amountInAccountCurrency")
    amount = abs(Decimal(str(foreign if foreign is not None else row["amount"])))
    sign = -1 if row["type"] == "DEBIT" else 1
    return (row["description"], sign * amount, row["status"], row.get("category"))


async def held(tomada: Running, entity: EntityId, item_id: str) -> Dump:
    """What our ledger holds of the item."""
    dump: Dump = {}
    for account in await tomada.app.ledger.accounts(entity):
        if account.item_id == item_id:
            dump[account.id] = {}
    cursor: str | None = None
    while True:
        page = await tomada.app.ledger.transactions(entity, cursor=cursor, limit=500)
        for one in page.transactions:
            if one.item_id != item_id:
                continue
            moved = one.movement
            dump[moved.account_id][moved.pluggy_id] = (
                moved.detail.description,
                from_minor(moved.signed_minor, moved.currency),
                moved.status,
                moved.detail.category,
            )
        cursor = page.next_cursor
        if cursor is None:
            return dump
