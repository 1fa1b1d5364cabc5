"""Objects as Pluggy sends them, made from what a test cares about."""

import json
from decimal import Decimal
from typing import Any

from tomada.pluggy import wire
from tomada.pluggy.models.accounts import Account
from tomada.pluggy.models.transactions import Transaction

ACCOUNT = "00000000-0000-4000-8000-000000000002"
ITEM = "00000000-0000-4000-8000-000000000001"


def an_account(kind: str, **fields: Any) -> Account:
    body = {
        "id": ACCOUNT, "itemId": ITEM, "type": kind, "balance": 0, "currencyCode": "BRL", **fields,
    }  # fmt: skip
    return wire.decode(json.dumps(body).encode(), Account)


def a_transaction(
    *, amount: Decimal | str = "-12.50", in_account: Decimal | None = None, **fields: Any
) -> Transaction:
    """Make one; amounts keep their digits. A field that is None is left out."""
    body = {
        "id": "00000000-0000-4000-8000-000000000003", "accountId": ACCOUNT,
        "description": "Padaria", "date": "2026-11-23T15:00:00.000Z", "currencyCode": "BRL",
        "createdAt": "2026-11-23T16:00:00.000Z", "type": "DEBIT", **fields,
    }  # fmt: skip
    present = {name: value for name, value in body.items() if value is not None}
    other = "" if in_account is None else f', "amountInAccountCurrency": {in_account}'
    text = json.dumps(present)[:-1] + f', "amount": {amount}{other}}}'
    return wire.decode(text.encode(), Transaction)
