"""What each control operation does and takes, in the words of OpenAPI."""

from typing import Any

_TEXT = {"type": "string"}
_NUMBER = {"type": "number"}
_WHOLE = {"type": "integer", "minimum": 1}
_FLAG = {"type": "boolean"}
_INSTANT = {"type": "string", "format": "date-time"}
_STATUS = {"type": "string", "enum": ["POSTED", "PENDING"]}
_ROW = {
    "description": _TEXT,
    "amount": _NUMBER,
    "date": _INSTANT,
    "status": _STATUS,
}

# One sentence each; an operation without one is shown by its path.
TELLS = {
    "GET /_simulator/state": "The whole truth: items with accounts, bills and every transaction",
    "GET /_simulator/overview": "The world at a glance, with the newest rows and log entries",
    "GET /_simulator/vocabulary": "The words that the verbs take: kinds, outcomes, effects, events",
    "GET /_simulator/openapi.json": "This description",
    "GET /_simulator/requests": "The API requests that came in, oldest first",
    "DELETE /_simulator/requests": "Empty the request log",
    "GET /_simulator/deliveries": "Every attempt to deliver a webhook, oldest first",
    "POST /_simulator/deliveries/{id}/again": "Send an event once more: same eventId, same bytes",
    "POST /_simulator/items/{id}/transactions": "Let a movement happen at the bank now",
    "POST /_simulator/items/{id}/run": "Start a run as auto-sync does, with an outcome of your choice",
    "POST /_simulator/items/{id}/approval": "Approve or refuse access as the person would at the bank",
    "POST /_simulator/items/{id}/reset-login": "Let the bank refuse the login until it is given anew",
    "POST /_simulator/items/{id}/events": "Fire a webhook of the item although nothing happened",
    "DELETE /_simulator/items/{id}/consent": "Withdraw the Open Finance consent at the bank",
    "DELETE /_simulator/items/{id}/quota": "Use up the month's Open Finance calls of the holder",
    "PATCH /_simulator/items/{id}/resources/{resource}": "Change whether the bank gives a resource",
    "PATCH /_simulator/transactions/{id}": "Let the bank correct a transaction",
    "DELETE /_simulator/transactions/{id}": "Let the bank take a transaction back",
    "POST /_simulator/transactions/{id}/reidentify": "Let a transaction come back under a new id",
    "PATCH /_simulator/connectors/{id}": "Change an institution's health",
    "POST /_simulator/live": "Let things keep happening by themselves; null stops them",
    "GET /_simulator/faults": "The faults in place and how often each has fired",
    "POST /_simulator/faults": "Let chosen answers go wrong",
    "DELETE /_simulator/faults": "Remove one fault by its id, or all of them",
    "POST /_simulator/hooks": "Drop, double or shuffle webhooks: the next ones, or all from now on",
    "POST /_simulator/connect-token": "Make a widget token and the Connect page's address with it",
    "POST /_simulator/reset": "Begin again with an empty world",
    "GET /_simulator/quotas": "The Open Finance calls counted this month",
    "DELETE /_simulator/quotas": "Begin the month of Open Finance calls again",
    "POST /_simulator/investments/{id}/orders": "Buy or sell units of a position",
    "POST /_simulator/payments/due": "Let every payment happen whose time has come",
    "POST /_simulator/payments/outcomes": "Say how the next payments of a kind end",
    "POST /_simulator/payments/intents/{id}/decision": "Decide about a payment as the payer at the bank",
    "POST /_simulator/payments/requests/{id}/refund": "Give the money of a payment request back",
    "POST /_simulator/payments/boletos/{id}/status": "Choose the end of a boleto",
    "GET /_simulator/clock": "The time of the world",
    "POST /_simulator/clock": "Move the time of the world, and let what falls due happen",
    "GET /_simulator/scenarios": "The scenarios there are",
    "POST /_simulator/scenarios": "Play a scenario written in the language of scenarios",
    "POST /_simulator/scenarios/{name}": "Play one of the scenarios there are",
}


def _fields(fields: dict[str, Any], *required: str) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "object", "properties": fields}
    return schema | {"required": list(required)} if required else schema


BODIES = {
    "POST /_simulator/items/{id}/transactions": _fields(
        {"kind": _TEXT, "accountId": _TEXT, "collect": _FLAG, **_ROW}
    ),
    "POST /_simulator/items/{id}/run": _fields({"outcome": _TEXT, "triggeredBy": _TEXT}),
    "POST /_simulator/items/{id}/approval": _fields({"approved": _FLAG}),
    "POST /_simulator/items/{id}/events": _fields({"event": _TEXT, "accountId": _TEXT}, "event"),
    "PATCH /_simulator/transactions/{id}": _fields(
        {**_ROW, "descriptionRaw": _TEXT, "category": _TEXT, "categoryId": _TEXT}
    ),
    "PATCH /_simulator/connectors/{id}": _fields(
        {"status": {"type": "string", "enum": ["ONLINE", "OFFLINE", "UNSTABLE"]}}, "status"
    ),
    "POST /_simulator/live": _fields({"interval": {"type": ["number", "null"]}}, "interval"),
    "POST /_simulator/faults": _fields(
        {
            "method": _TEXT,
            "path": _TEXT,
            "event": _TEXT,
            "mode": _TEXT,
            "effect": _TEXT,
            "key": _TEXT,
            "size": {"type": "integer", "minimum": 0},
            "times": _WHOLE,
            "only_last": _FLAG,
            "skip": {"type": "integer", "minimum": 0},
            "chance": {"type": "number", "minimum": 0, "maximum": 1},
            "count": {"type": ["integer", "null"]},
            "status": {"type": "integer"},
            "body": {},
            "headers": {"type": "object", "additionalProperties": _TEXT},
            "seconds": _NUMBER,
        },
    ),
    "POST /_simulator/clock": _fields(
        dict.fromkeys(("days", "hours", "minutes", "seconds"), _NUMBER)
    ),
    "POST /_simulator/scenarios": _fields({"text": _TEXT}, "text"),
    "POST /_simulator/hooks": _fields(
        {
            "mode": {"type": "string", "enum": ["normal", "drop", "duplicate", "shuffle"]},
            "count": {"type": ["integer", "null"], "minimum": 1},
        },
        "mode",
    ),
    "POST /_simulator/connect-token": _fields({"itemId": _TEXT}),
    "POST /_simulator/reset": _fields({"keepWebhooks": _FLAG}),
    "PATCH /_simulator/items/{id}/resources/{resource}": _fields({"status": _TEXT}, "status"),
    "POST /_simulator/investments/{id}/orders": _fields(
        {"side": {"type": "string", "enum": ["BUY", "SELL"]}, "amount": _NUMBER}, "side", "amount"
    ),
    "POST /_simulator/payments/outcomes": _fields(
        {"kind": _TEXT, "outcome": _TEXT, "count": _WHOLE}, "kind", "outcome"
    ),
    "POST /_simulator/payments/intents/{id}/decision": _fields(
        {"decision": _TEXT, "code": _TEXT}, "decision"
    ),
    "POST /_simulator/payments/requests/{id}/refund": _fields({"fails": _FLAG}),
    "POST /_simulator/payments/boletos/{id}/status": _fields({"status": _TEXT}, "status"),
}

QUERIES: dict[str, dict[str, Any]] = {
    "GET /_simulator/overview": {"rows": {"type": "integer", "minimum": 1, "maximum": 200}},
    "DELETE /_simulator/faults": {"id": _TEXT},
}
