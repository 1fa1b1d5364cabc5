"""The lists beside accounts and movements, compared in the same way: truth, API, ledger."""

from decimal import Decimal
from typing import Any

import asyncpg
import httpx2
import msgspec

from tests.fault.oracle import content
from tomada.services.vault import Keys
from tomada.simulator import World
from tomada.simulator.encoding import json_bytes
from tomada.simulator.products.shapes import (
    identity_shape,
    investment_shape,
    loan_shape,
    movement_shape,
)
from tomada.simulator.shapes import bill_shape, consent_shape

TABLES = (
    *("bills", "investments", "investment_transactions", "loans", "identities"),
    "bank_consents",
)
_OF_LISTED_ACCOUNTS = " AND account_id IN (SELECT id FROM accounts WHERE gone_at IS NULL)"
Lists = dict[str, dict[str, Any]]
_decode = msgspec.json.Decoder(float_hook=Decimal).decode


def _named(shapes: list[dict[str, Any]]) -> dict[str, Any]:
    return {one["id"]: content(one) for one in shapes}


def truth(world: World, item_id: str) -> Lists:
    """Read the world's tables."""
    item = world.state.items[item_id]
    shapes: dict[str, list[Any]] = {
        "bills": [bill_shape(bill, one) for one in item.accounts for bill in one.bills],
        "investments": [investment_shape(one) for one in item.investments],
        "investment_transactions": [
            movement_shape(movement) for one in item.investments for movement in one.movements
        ],
        "loans": [loan_shape(one) for one in item.loans],
        "identities": [identity_shape(item)] if item.identity is not None else [],
        "bank_consents": [consent_shape(one) for one in world.consents.of(item_id)],
    }
    return {name: _named(_decode(json_bytes(found))) for name, found in shapes.items()}


async def fetched(http: httpx2.AsyncClient, item_id: str) -> Lists:
    """Read every list through the API with a key that *http* has."""
    accounts = await _all(http, "/accounts", {"itemId": item_id})
    cards = [one["id"] for one in accounts if one["type"] == "CREDIT"]
    investments = await _all(http, "/investments", {"itemId": item_id})
    holder = await http.get("/identity", params={"itemId": item_id})
    return {
        "bills": _named(
            [b for one in cards for b in await _all(http, "/bills", {"accountId": one})]
        ),
        "investments": _named(investments),
        "investment_transactions": _named(
            [
                movement
                for one in investments
                for movement in await _all(http, f"/investments/{one['id']}/transactions", {})
            ]
        ),
        "loans": _named(await _all(http, "/loans", {"itemId": item_id})),
        "identities": _named([_decode(holder.content)] if holder.status_code == 200 else []),
        "bank_consents": _named(await _all(http, "/consents", {"itemId": item_id})),
    }


async def _all(http: httpx2.AsyncClient, path: str, query: dict[str, str]) -> list[Any]:
    rows: list[Any] = []
    number, pages = 0, 1
    while number < pages:
        number += 1
        answer = await http.get(path, params={**query, "page": str(number)})
        answer.raise_for_status()
        found = _decode(answer.content)
        rows += found["results"]
        pages = found.get("totalPages", 1)
    return rows


async def held(eye: asyncpg.Connection, keys: Keys, item_id: str) -> Lists:
    """Open our rows; *eye* sees everybody's. The bills of a card that was closed are kept."""
    lists: Lists = {}
    for table in TABLES:
        kept = _OF_LISTED_ACCOUNTS if table == "bills" else ""
        rows = await eye.fetch(
            f"SELECT id, sealed_raw FROM {table} WHERE item_id = $1 AND gone_at IS NULL{kept}",  # noqa: S608
            item_id,
        )
        lists[table] = _named(
            [_decode(keys.open(table, one["id"], one["sealed_raw"], group="raw")) for one in rows]
        )
    return lists


def differences(theirs: Lists, ours: Lists) -> list[str]:
    """Say where two sets of lists differ."""
    return [
        f"{table} {name}: {theirs[table].get(name)!s:.300} is not {ours[table].get(name)!s:.300}"
        for table in TABLES
        for name in sorted(theirs[table].keys() | ours[table].keys())
        if theirs[table].get(name) != ours[table].get(name)
    ]
