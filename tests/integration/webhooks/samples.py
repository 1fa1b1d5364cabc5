"""One event of every type, as Pluggy writes them."""

import itertools
from collections.abc import Callable
from typing import Any
from uuid import UUID

from tomada.pluggy.models.webhooks import WebhookEventType

CLIENT_ID = "5b3c0b1e-7a54-4c1b-9d0e-70dada000001"
"""The simulator's application."""
TYPES = tuple(one.value for one in WebhookEventType if one.value != "all")
_numbers = itertools.count(1)


def an_id() -> str:
    """Invent an id of Pluggy's that no other sample has."""
    return str(UUID(int=(0xABCD << 112) + next(_numbers), version=4))


def sample(name: str, *, item: str | None = None, account: str | None = None) -> dict[str, Any]:
    """Write an event with an id of its own; *item* and *account* replace invented ones."""
    item, account = item or an_id(), account or an_id()
    subject = name.partition("/")[0]
    write: dict[str, Callable[[], dict[str, Any]]] = {
        "item": lambda: _item(name, item),
        "connector": lambda: {"id": "201", "connectorId": "201", "data": {"status": "ONLINE"}},
        "transactions": lambda: _transactions(name, item, account),
        "payment_intent": lambda: {"paymentIntentId": an_id(), "paymentRequestId": an_id()},
        "payment_request": lambda: {"paymentRequestId": an_id(), "data": {"status": "AUTHORIZED"}},
        "scheduled_payment": lambda: {
            "paymentRequestId": an_id(), "scheduledPaymentId": an_id(), "endToEndId": "E4447",
        },
        "automatic_pix_payment": lambda: {
            "paymentRequestId": an_id(), "automaticPixPaymentId": an_id(), "endToEndId": "E4447",
        },
        "smart_transfer_preauthorization": lambda: {
            "smartTransferPreauthorizationId": an_id(), "clientId": CLIENT_ID, "status": "COMPLETED",
        },
        "smart_transfer_payment": lambda: {
            "smartTransferPaymentId": an_id(), "smartTransferPreauthorizationId": an_id(),
            "clientId": CLIENT_ID, "status": "PAYMENT_COMPLETED",
        },
        "boleto": lambda: {"boletoId": an_id()},
    }  # fmt: skip
    body = {"event": name, "eventId": an_id(), **write[subject]()}
    if name.endswith("/error"):
        body["error"] = {"code": "INVALID_CREDENTIALS", "message": "…", "detail": "…"}
    return body


def _item(name: str, item: str) -> dict[str, Any]:
    body: dict[str, Any] = {"id": item, "itemId": item, "clientUserId": "user-42"}
    return body if name == "item/deleted" else body | {"triggeredBy": "SYNC"}


def _transactions(name: str, item: str, account: str) -> dict[str, Any]:
    body: dict[str, Any] = {"itemId": item, "accountId": account, "clientId": CLIENT_ID}
    if name != "transactions/created":
        return body | {"transactionsCount": 2, "transactionIds": [an_id(), an_id()]}
    since = "2025-02-13T17:21:53.719Z"
    link = f"https://api.pluggy.ai/v2/transactions?accountId={account}&createdAtFrom={since}"
    return body | {
        "triggeredBy": "SYNC", "transactionsCount": 332,
        "transactionsMinDate": "2025-02-12T15:00:01.000Z", "transactionsCreatedAtFrom": since,
        "createdTransactionsLink": link, "createdTransactionsLinkV2": link,
    }  # fmt: skip
