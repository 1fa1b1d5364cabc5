"""What a program that installed the client might do with it; checked strictly, never run."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from ipaddress import ip_network
from typing import assert_type

from tomada.pluggy import (
    Account,
    Allowance,
    BankDate,
    CallRecord,
    ConnectTokenOptions,
    Item,
    ItemStatus,
    MemoryLimiter,
    Page,
    PluggyClient,
    RetryPolicy,
    Transaction,
    errors,
)
from tomada.pluggy.verification import SecretHeader, WebhookVerifier
from tomada.pluggy.webhooks import WebhookEvent, parse_event


@dataclass
class Row:
    day: date
    amount: Decimal
    merchant: str | None


def tell(*words: object) -> None:
    sys.stdout.write(" ".join(map(str, words)) + "\n")


class Unhurried:
    """A limiter of one's own."""

    async def refused(self, family: str, *, seconds: float | None, limit: int | None) -> None:
        tell(family, seconds, limit)

    async def acquire(self, family: str, *, interactive: bool, share: str = "") -> None:
        tell(family, share, interactive)


def note(call: CallRecord) -> None:
    tell(call.method, call.route, call.status or 0, round(call.seconds, 3))


def now() -> datetime:
    return datetime.now(UTC)


async def rows_of(pluggy: PluggyClient, account: Account) -> list[Row]:
    rows: list[Row] = []
    async for movement in pluggy.transactions(account.id, date_from=date(2026, 1, 1)):
        assert_type(movement, Transaction)
        assert_type(movement.amount, Decimal)
        assert_type(movement.balance, Decimal | None)
        assert_type(movement.date, BankDate)
        assert_type(movement.created_at, datetime)
        merchant = movement.merchant.name if movement.merchant else None
        rows.append(Row(movement.date.day, movement.holder_amount, merchant))
    return rows


async def cursors_of(pluggy: PluggyClient, account_id: str) -> list[str]:
    kept: list[str] = []
    async for page in pluggy.transactions(account_id).pages():
        assert_type(page, Page[Transaction])
        assert_type(page.items, list[Transaction])
        if page.next is not None:
            kept.append(page.next)
    return kept


async def connect(pluggy: PluggyClient, nonce: str) -> str:
    options = ConnectTokenOptions(client_user_id=nonce, avoid_duplicates=True)
    return await pluggy.interactive.create_connect_token(options=options)


async def describe(pluggy: PluggyClient, item_id: str) -> str:
    try:
        item = await pluggy.get_item(item_id)
    except errors.NotFoundError as gone:
        return gone.code_description or gone.code
    except errors.RateLimitedError as busy:
        return f"again in {busy.reset or 0:.0f} s"
    except errors.PluggyError as error:
        return error.code
    assert_type(item, Item)
    assert_type(item.status, str)
    if item.status == ItemStatus.UPDATED and item.connector is not None:
        return item.connector.name or ""
    return item.error.code or "" if item.error else ""


def received(headers: Mapping[str, str], body: bytes, source: str) -> WebhookEvent | None:
    verifier = WebhookVerifier(
        clock=now,
        secret=SecretHeader(name="X-Webhook-Secret", secrets=("current", "previous")),
        networks=[ip_network("177.71.238.212/32")],
    )
    if verifier.refusal(headers, body, source=source) is not None:
        return None
    return parse_event(body)


async def main() -> None:
    async with PluggyClient(
        client_id=os.environ["PLUGGY_CLIENT_ID"],
        client_secret=os.environ["PLUGGY_CLIENT_SECRET"],
        limiter=MemoryLimiter(default=Allowance(requests=100)),
        retry=RetryPolicy(attempts=2),
        on_call=note,
        timeout=10,
    ) as pluggy:
        accounts = await pluggy.list_accounts(os.environ["ITEM_ID"])
        assert_type(accounts, list[Account])
        for account in accounts:
            total = sum((row.amount for row in await rows_of(pluggy, account)), Decimal(0))
            tell(account.name, account.balance, total)
        async for position in pluggy.investments.list(os.environ["ITEM_ID"]):
            assert_type(position.balance, Decimal)
            tell(position.name, position.extra)
    async with PluggyClient(client_id="a", client_secret="b", limiter=Unhurried()) as other:
        tell(await other.request("GET", "/connectors", params={"sandbox": True}))
