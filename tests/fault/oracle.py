"""What is true, three times over: the world's own tables, all the API shows, and our ledger.

Equal are the objects themselves, field by field, and beside them what we made of each: day,
direction, minor units. Numbers are decimal text, instants UTC, everything sorted.
"""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import asyncpg
import httpx2
import msgspec

from tomada.services.vault import Keys
from tomada.simulator import World
from tomada.simulator.encoding import json_bytes
from tomada.simulator.shapes import account_shape, transaction_shape

Dump = dict[str, Any]
_BOOKKEEPING = ("createdAt", "updatedAt")
_decode = msgspec.json.Decoder(float_hook=Decimal).decode


def plain(value: Any) -> Any:
    """Write an object of Pluggy's so that equal things are equal texts."""
    if isinstance(value, dict):
        return {key: plain(one) for key, one in sorted(value.items()) if one is not None}
    if isinstance(value, list):
        return [plain(one) for one in value]
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return f"{Decimal(value).normalize():f}"
    return value


def content(shape: dict[str, Any]) -> Any:
    """Give an object without Pluggy's own bookkeeping times."""
    return plain({key: one for key, one in shape.items() if key not in _BOOKKEEPING})


def movement(row: dict[str, Any], account: dict[str, Any]) -> tuple[str, ...]:
    """Say by the provider's rules alone what a row means: day, signed centavos, currency, state."""
    foreign = row.get("amountInAccountCurrency")
    amount = Decimal(str(row["amount"] if foreign is None else foreign))
    sign = {"DEBIT": -1, "CREDIT": 1}[row["type"]]
    centavos = sign * abs(amount) * 100
    currency = row["currencyCode"] if foreign is None else account["currencyCode"]
    moment = datetime.fromisoformat(row["date"]).astimezone(UTC)
    midnight = (moment.hour, moment.minute, moment.second, moment.microsecond) == (0, 0, 0, 0)
    day = moment.date() if midnight else moment.astimezone(ZoneInfo("America/Sao_Paulo")).date()
    return day.isoformat(), str(int(centavos)), currency, row.get("status") or "POSTED"


def _item(accounts: dict[str, Any], rows: dict[str, list[dict[str, Any]]]) -> Dump:
    return {
        name: {
            "account": content(account),
            "rows": {
                row["id"]: {"content": content(row), "movement": movement(row, account)}
                for row in rows[name]
            },
        }
        for name, account in accounts.items()
    }


def truth(world: World, item_id: str) -> Dump:
    """Read the world's tables."""
    item = world.state.items[item_id]
    accounts = {one.id: _decode(json_bytes(account_shape(one))) for one in item.accounts}
    rows = {
        one.id: [_decode(json_bytes(transaction_shape(row))) for row in one.transactions]
        for one in item.accounts
    }
    return _item(accounts, rows)


async def fetched(http: httpx2.AsyncClient, world: World, item_id: str) -> Dump:
    """Read everything through the API, as the most naive client would."""
    keys = {"clientId": world.settings.client_id, "clientSecret": world.settings.client_secret}
    key = _decode((await http.post("/auth", json=keys)).content)["apiKey"]
    http.headers["X-API-KEY"] = key
    found = await _get(http, "/accounts", {"itemId": item_id})
    accounts = {one["id"]: one for one in found["results"]}
    rows = {name: await _rows(http, name) for name in accounts}
    return _item(accounts, rows)


async def _rows(http: httpx2.AsyncClient, account_id: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    query: Any = {"accountId": account_id}
    while True:
        page = await _get(http, "/v2/transactions", query)
        rows += page["results"]
        if page["next"] is None:
            return rows
        query = httpx2.URL(page["next"]).params


async def _get(http: httpx2.AsyncClient, path: str, query: Any) -> dict[str, Any]:
    answer = await http.get(path, params=query)
    answer.raise_for_status()
    content: dict[str, Any] = _decode(answer.content)
    return content


async def held(eye: asyncpg.Connection, keys: Keys, item_id: str) -> Dump:
    """Open our ledger; *eye* sees every row.

    What an account held that the bank closed is kept, and is nothing to compare.
    """
    accounts = await eye.fetch(
        "SELECT * FROM accounts WHERE item_id = $1 AND gone_at IS NULL", item_id
    )
    rows = await eye.fetch(
        "SELECT * FROM transactions WHERE account_id = ANY($1) AND gone_at IS NULL",
        [one["id"] for one in accounts],
    )
    dump: Dump = {
        one["id"]: {
            "account": content(
                _decode(keys.open("accounts", one["id"], one["sealed_raw"], group="raw"))
            ),
            "rows": {},
        }
        for one in accounts
    }
    for row in rows:
        raw = _decode(keys.open("transactions", row["id"], row["sealed_raw"], group="raw"))
        day, minor = row["day"].isoformat(), str(row["signed_minor"])
        dump[row["account_id"]]["rows"][row["pluggy_id"]] = {
            "content": content(raw),
            "movement": (day, minor, row["currency"], row["status"]),
        }
    return dump


def differences(theirs: Dump, ours: Dump) -> list[str]:
    """Say where two dumps differ, a line for each place."""
    found: list[str] = []
    for name in sorted(theirs.keys() | ours.keys()):
        one, other = theirs.get(name), ours.get(name)
        if one is None or other is None:
            found.append(f"account {name}: {'only ours' if one is None else 'missing'}")
            continue
        if one["account"] != other["account"]:
            found.append(f"account {name}: {one['account']} is not {other['account']}")
        for row in sorted(one["rows"].keys() | other["rows"].keys()):
            first, second = one["rows"].get(row), other["rows"].get(row)
            if first != second:
                found.append(f"row {row}: {first!s:.300} is not {second!s:.300}")
    return found
