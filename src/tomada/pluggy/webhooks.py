"""Read what Pluggy announces; every value of it is a hint to look again, never a fact to store."""

import json
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

import msgspec

from tomada.pluggy.errors import ContractError

MAX_DEPTH = 16
MAX_BYTES = 8 * 2**20
_LONGEST_NAME = 255
_ID_KEYS = {
    "item": "itemId",
    "connector": "connectorId",
    "transactions": "accountId",
    "payment_intent": "paymentIntentId",
    "payment_request": "paymentRequestId",
    "scheduled_payment": "scheduledPaymentId",
    "automatic_pix_payment": "automaticPixPaymentId",
    "smart_transfer_preauthorization": "smartTransferPreauthorizationId",
    "smart_transfer_payment": "smartTransferPaymentId",
    "boleto": "boletoId",
}


class Trigger(StrEnum):
    """Known causes of a run: the widget, the API, Pluggy's own refresh, Pluggy's staff."""

    USER = "USER"
    CLIENT = "CLIENT"
    SYNC = "SYNC"
    INTERNAL = "INTERNAL"


@dataclass(frozen=True, slots=True)
class EventError:
    """The error inside an event; its texts are left out, read them from the API."""

    code: str | None
    parameter: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookEvent:
    """One event.

    *event_id* is equal for all endpoints and all retries, so it tells duplicates. Links in the
    payload are not offered: build the call from *account_id* and *transactions_created_at_from*.
    *subject* is the part of the name before the slash; *subject_id* the id that belongs to it.
    """

    event: str
    event_id: str | None
    subject: str
    subject_id: str | None
    item_id: str | None
    account_id: str | None
    client_user_id: str | None
    client_id: str | None
    connector_id: str | None
    triggered_by: str | None
    transaction_ids: tuple[str, ...]
    transactions_count: int | None
    transactions_created_at_from: datetime | None
    transactions_min_date: datetime | None
    status: str | None
    error: EventError | None
    raw: bytes

    @property
    def known(self) -> bool:
        """Whether the subject is one this version knows; others are kept and acknowledged."""
        return self.subject in _ID_KEYS

    def __repr__(self) -> str:
        return f"<WebhookEvent {self.event} {self.event_id}>"


def parse_event(raw: bytes) -> WebhookEvent:
    """Read one delivery; raise ContractError if it is no event.

    Strict about the text (no duplicate keys, no NaN, no nesting beyond 16), since two readers of
    one ambiguous text could understand two different things; tolerant about the fields.
    """
    body = _object(raw)
    name = _text(body.get("event"))
    if not name:
        raise ContractError("a webhook without an event", where="$.event")
    subject = name.partition("/")[0]
    data = body.get("data")
    return WebhookEvent(
        event=name,
        event_id=_text(body.get("eventId")),
        subject=subject,
        subject_id=_text(body.get(_ID_KEYS.get(subject, "id"))) or _text(body.get("id")),
        item_id=_text(body.get("itemId")) or _legacy_item_id(body, subject),
        account_id=_text(body.get("accountId")),
        client_user_id=_text(body.get("clientUserId")),
        client_id=_text(body.get("clientId")),
        connector_id=_text(body.get("connectorId")),
        triggered_by=_text(body.get("triggeredBy")),
        transaction_ids=_texts(body.get("transactionIds")),
        transactions_count=_count(body.get("transactionsCount")),
        transactions_created_at_from=_instant(body.get("transactionsCreatedAtFrom")),
        transactions_min_date=_instant(body.get("transactionsMinDate")),
        status=_text(body.get("status"))
        or (_text(data.get("status")) if isinstance(data, dict) else None),
        error=_error(body.get("error")),
        raw=raw,
    )


def _object(raw: bytes) -> dict[str, Any]:
    """Read strict JSON with an object at the top."""
    if len(raw) > MAX_BYTES:
        raise ContractError("a webhook longer than any event")
    try:
        body = msgspec.json.Decoder(float_hook=Decimal).decode(raw)
        # The second reader shows keys as pairs, so that a repeated one is seen.
        json.loads(raw, object_pairs_hook=_distinct, parse_int=str, parse_float=str)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise ContractError("a webhook that is not JSON", malformed=True) from None
    if not isinstance(body, dict):
        raise ContractError("a webhook that is no object", where="$")
    if _deeper_than(body, MAX_DEPTH):
        raise ContractError("a webhook nested too deeply")
    return body


def _deeper_than(value: Any, levels: int) -> bool:
    parts = value.values() if isinstance(value, dict) else value
    if not isinstance(value, (dict, list)):
        return False
    return levels == 0 or any(_deeper_than(part, levels - 1) for part in parts)


def _distinct(pairs: list[tuple[str, Any]]) -> None:
    if len(pairs) != len({name for name, _ in pairs}):
        raise ContractError("a webhook that names a key twice")


def _legacy_item_id(body: dict[str, Any], subject: str) -> str | None:
    """Take the item's id from the older ``id`` of item events."""
    return _text(body.get("id")) if subject == "item" else None


def _text(value: Any) -> str | None:
    """Take a short text or number; anything else counts as absent."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if isinstance(value, str) and 0 < len(value) <= _LONGEST_NAME and value.isprintable():
        return value
    return None


def _texts(value: Any) -> tuple[str, ...]:
    found = (_text(part) for part in value) if isinstance(value, list) else ()
    return tuple(text for text in found if text)


def _count(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _instant(value: Any) -> datetime | None:
    """Read an instant; one that cannot be read counts as absent."""
    try:
        found = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None
    return found if found.tzinfo else None


def _error(value: Any) -> EventError | None:
    if not isinstance(value, dict):
        return None
    return EventError(code=_text(value.get("code")), parameter=_text(value.get("parameter")))
