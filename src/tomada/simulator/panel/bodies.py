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
    "GET /_sim/state": "The whole truth: items with accounts, bills and every transaction",
    "GET /_sim/overview": "The world at a glance, with the newest rows and log entries",
    "GET /_sim/vocabulary": "The words that the verbs take: kinds, outcomes, effects, events",
    "GET /_sim/openapi.json": "This description",
    "GET /_sim/requests": "The API requests that came in, oldest first",
    "DELETE /_sim/requests": "Empty the request log",
    "GET /_sim/deliveries": "Every attempt to deliver a webhook, oldest first",
    "POST /_sim/deliveries/{id}/again": "Send an event once more: same eventId, same bytes",
    "POST /_sim/items/{id}/transactions": "Let a movement happen at the bank now",
    "POST /_sim/items/{id}/run": "Start a run as auto-sync does, with an outcome of your choice",
    "POST /_sim/items/{id}/approval": "Approve or refuse access as the person would at the bank",
    "POST /_sim/items/{id}/reset-login": "Let the bank refuse the login until it is given anew",
    "POST /_sim/items/{id}/events": "Fire a webhook of the item although nothing happened",
    "DELETE /_sim/items/{id}/consent": "Withdraw the Open Finance consent at the bank",
    "DELETE /_sim/items/{id}/quota": "Use up the month's Open Finance calls of the holder",
    "PATCH /_sim/items/{id}/resources/{resource}": "Change whether the bank gives a resource",
    "PATCH /_sim/transactions/{id}": "Let the bank correct a transaction",
    "DELETE /_sim/transactions/{id}": "Let the bank take a transaction back",
    "POST /_sim/transactions/{id}/reidentify": "Let a transaction come back under a new id",
    "PATCH /_sim/connectors/{id}": "Change an institution's health",
    "POST /_sim/live": "Let things keep happening by themselves; null stops them",
    "GET /_sim/faults": "The faults in place and how often each has fired",
    "POST /_sim/faults": "Let chosen answers go wrong",
    "DELETE /_sim/faults": "Remove one fault by its id, or all of them",
    "POST /_sim/hooks": "Drop, double or shuffle webhooks: the next ones, or all from now on",
    "POST /_sim/connect-token": "Make a widget token and the Connect page's address with it",
    "POST /_sim/reset": "Begin again with an empty world",
    "GET /_sim/quotas": "The Open Finance calls counted this month",
    "DELETE /_sim/quotas": "Begin the month of Open Finance calls again",
    "POST /_sim/investments/{id}/orders": "Buy or sell units of a position",
    "POST /_sim/payments/due": "Let every payment happen whose time has come",
    "POST /_sim/payments/outcomes": "Say how the next payments of a kind end",
    "POST /_sim/payments/intents/{id}/decision": "Decide about a payment as the payer at the bank",
    "POST /_sim/payments/requests/{id}/refund": "Give the money of a payment request back",
    "POST /_sim/payments/boletos/{id}/status": "Choose the end of a boleto",
    "GET /_sim/clock": "The time of the world",
    "POST /_sim/clock": "Move the time of the world, and let what falls due happen",
    "GET /_sim/scenarios": "The scenarios there are",
    "POST /_sim/scenarios": "Play a scenario written in the language of scenarios",
    "POST /_sim/scenarios/{name}": "Play one of the scenarios there are",
}


def _fields(fields: dict[str, Any], *required: str) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "object", "properties": fields}
    return schema | {"required": list(required)} if required else schema


BODIES = {
    "POST /_sim/items/{id}/transactions": _fields(
        {"kind": _TEXT, "accountId": _TEXT, "collect": _FLAG, **_ROW}
    ),
    "POST /_sim/items/{id}/run": _fields({"outcome": _TEXT, "triggeredBy": _TEXT}),
    "POST /_sim/items/{id}/approval": _fields({"approved": _FLAG}),
    "POST /_sim/items/{id}/events": _fields({"event": _TEXT, "accountId": _TEXT}, "event"),
    "PATCH /_sim/transactions/{id}": _fields(
        {**_ROW, "descriptionRaw": _TEXT, "category": _TEXT, "categoryId": _TEXT}
    ),
    "PATCH /_sim/connectors/{id}": _fields(
        {"status": {"type": "string", "enum": ["ONLINE", "OFFLINE", "UNSTABLE"]}}, "status"
    ),
    "POST /_sim/live": _fields({"interval": {"type": ["number", "null"]}}, "interval"),
    "POST /_sim/faults": _fields(
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
    "POST /_sim/clock": _fields(dict.fromkeys(("days", "hours", "minutes", "seconds"), _NUMBER)),
    "POST /_sim/scenarios": _fields({"text": _TEXT}, "text"),
    "POST /_sim/hooks": _fields(
        {
            "mode": {"type": "string", "enum": ["normal", "drop", "duplicate", "shuffle"]},
            "count": {"type": ["integer", "null"], "minimum": 1},
        },
        "mode",
    ),
    "POST /_sim/connect-token": _fields({"itemId": _TEXT}),
    "POST /_sim/reset": _fields({"keepWebhooks": _FLAG}),
    "PATCH /_sim/items/{id}/resources/{resource}": _fields({"status": _TEXT}, "status"),
    "POST /_sim/investments/{id}/orders": _fields(
        {"side": {"type": "string", "enum": ["BUY", "SELL"]}, "amount": _NUMBER}, "side", "amount"
    ),
    "POST /_sim/payments/outcomes": _fields(
        {"kind": _TEXT, "outcome": _TEXT, "count": _WHOLE}, "kind", "outcome"
    ),
    "POST /_sim/payments/intents/{id}/decision": _fields(
        {"decision": _TEXT, "code": _TEXT}, "decision"
    ),
    "POST /_sim/payments/requests/{id}/refund": _fields({"fails": _FLAG}),
    "POST /_sim/payments/boletos/{id}/status": _fields({"status": _TEXT}, "status"),
}

QUERIES: dict[str, dict[str, Any]] = {
    "GET /_sim/overview": {"rows": {"type": "integer", "minimum": 1, "maximum": 200}},
    "DELETE /_sim/faults": {"id": _TEXT},
}
