"""The failures of a provider by name: families P01 to P18, each mode a rule with its defaults.

A mode is where a rule begins; whatever else is given with it replaces its values. Families that
are about what happens at the banks, and not about answers, are scenarios: see `SCENARIOS`.
"""

from collections.abc import Mapping
from typing import Any, get_args

import msgspec

from tomada.simulator.faults import (
    Effect,
    EventEffect,
    EventFault,
    Fault,
    HandshakeEffect,
    HandshakeFault,
    Rule,
)
from tomada.simulator.refusals import invalid

# Where the modes of these families are: in scenarios that come with the simulator.
SCENARIOS: Mapping[str, str] = {
    "P10": "rows_change_identity",
    "P11": "rows_and_accounts_go",
    "P12": "item_life",
    "P13": "consent_life",
    "P15": "registration",
}
# What each family is about, and where else there is something of it.
FAMILIES: Mapping[str, str] = {
    "P01": "rate limits",
    "P02": "server errors",
    "P03": "time; `P03.connect` where the simulator was started with `--tls`",
    "P04": "bodies",
    "P05": "schema drift",
    "P06": "credentials",
    "P07": "delivery of events",
    "P08": "visibility",
    "P09": "paging; rows that come, change and go between pages: `post`, `change`, `delete`",
    "P10": "identity of rows",
    "P11": "deletion",
    "P12": "life of items",
    "P13": "consents",
    "P14": "the provider's clock",
    "P15": "registration of webhooks",
    "P16": "hostile content; texts of your own: `post` with a `description`",
    "P17": "TLS, where the simulator was started with `--tls`",
    "P18": "deprecation",
}
_CANARY = "https://canary.example/"
_ROWS = "/v2/transactions"
_DAY = 86400.0


def modes() -> dict[str, dict[str, Any]]:
    """Give every mode with the fields of its rule."""
    return _answers() | _bodies() | _contents() | _events() | _handshakes()


def fault_of(fields: Mapping[str, Any]) -> Rule:
    """Make a rule of what was asked: a `mode`, fields, or a mode with fields that differ."""
    given = dict(fields)
    name = given.pop("mode", None)
    if name is not None:
        known = modes()
        if name not in known:
            raise invalid(f"mode must be one of the following values: {', '.join(known)}")
        given = known[name] | given
    kind, effects = _kind(given)
    unknown = sorted(set(given) - set(kind.__dataclass_fields__))
    if unknown:
        raise invalid([f"property {one} should not exist" for one in unknown])
    try:
        return msgspec.convert(given, kind)
    except msgspec.ValidationError as failure:
        raise invalid(f"{failure}; effects are {', '.join(get_args(effects))}") from failure


def _kind(given: Mapping[str, Any]) -> tuple[type[Rule], Any]:
    """Tell what a rule is about, and the effects there are on that."""
    if "event" in given:
        return EventFault, EventEffect
    if given.get("effect") in get_args(HandshakeEffect):
        return HandshakeFault, HandshakeEffect
    return Fault, Effect


def _status(status: int, code: str | None = None, **more: Any) -> dict[str, Any]:
    body: dict[str, Any] = {"code": status, "message": "A fault was asked for"}
    if code is not None:
        body["codeDescription"] = code
    return {"effect": "status", "status": status, "body": body} | more


def _answers() -> dict[str, dict[str, Any]]:
    """List what is answered instead of the truth, or late, or not at all."""
    limited = {"Retry-After": "1", "RateLimit-Limit": "360", "RateLimit-Reset": "1"}
    wrong = {"Retry-After": "soon", "RateLimit-Reset": "-1"}
    return {
        "P01.burst": _status(429, headers=limited, count=5),
        "P01.no_headers": _status(429),
        "P01.wrong_headers": _status(429, headers=wrong),
        "P01.mid_run": _status(429, headers=limited, skip=2),
        "P01.limit_halved": {"effect": "halve_limit", "skip": 2, "count": None},
        "P01.other_tenant": {"effect": "use_up", "size": 300},
        "P02.internal": _status(500),
        "P02.bad_gateway": _status(502),
        "P02.unavailable": _status(503),
        "P02.gateway_timeout": _status(504),
        "P02.in_a_row": _status(503, count=4),
        "P02.last_page": _status(500, path=_ROWS, only_last=True),
        "P02.error_in_200": {
            "effect": "status",
            "status": 200,
            "body": {"code": 500, "message": "Internal error"},
        },
        "P02.no_content": _status(204, method="GET", path="/webhooks"),
        "P03.hang": {"effect": "hang"},
        "P03.slow": {"effect": "delay", "seconds": 6.0},
        "P03.effect_then_late": {"effect": "late", "seconds": 60.0},
        "P03.effect_then_nothing": {"effect": "no_answer"},
        "P03.drip": {"effect": "drip", "seconds": 1.0},
        "P03.half_close": {"effect": "close"},
        "P06.key_expires": _status(403, path=_ROWS, skip=1),
        "P06.storm": _status(401, count=20),
        "P06.consent": _status(403, "CONSENT_REVOKED", path=_ROWS),
        "P06.client_disabled": _status(403, "CLIENT_DISABLED", path="/auth", count=None),
        "P06.secret_rotated": _status(401, "CLIENT_KEYS_INVALID", path="/auth", count=None),
        "P09.cursor_invalid": _status(400, "INVALID_CURSOR", path=_ROWS, skip=1),
        "P16.redirect_302": _status(302, headers={"Location": _CANARY}),
        "P16.redirect_307": _status(307, headers={"Location": _CANARY}),
        "P16.redirect_308": _status(308, headers={"Location": _CANARY}),
        "P18.gone": _status(410, "ENDPOINT_DEPRECATED", path="/transactions", count=None),
    }


def _bodies() -> dict[str, dict[str, Any]]:
    """List bodies that no parser should trust."""
    names = (
        *("truncate", "wrong_length", "gzip_bomb", "bom", "nan", "duplicate_keys", "huge_number"),
        *("deep", "bad_utf8", "lone_surrogate"),
    )
    return {f"P04.{name}": {"effect": name} for name in names} | {
        "P04.html": {"effect": "content_type"}
    }


def _contents() -> dict[str, dict[str, Any]]:
    """List JSON that says something else than the world is."""
    schema = (
        *("new_enum", "new_field", "missing_field", "null_field"),
        *("string_for_number", "number_for_string"),
    )
    rows: dict[str, Any] = {"method": "GET", "path": _ROWS}
    nothing: dict[str, Any] = {"results": [], "next": None}
    return {f"P05.{name}": rows | {"effect": name} for name in schema} | {
        "P08.event_first": rows | {"effect": "status", "status": 200, "body": nothing},
        "P08.item_flips": {"method": "GET", "path": "/items/*", "effect": "flip"},
        "P08.replicas": rows | {"effect": "stale", "count": None},
        "P09.next_loop": rows | {"effect": "next_loop"},
        "P09.next_foreign": rows | {"effect": "next_foreign"},
        "P09.empty_with_next": rows | {"effect": "next_empty"},
        "P09.too_many": rows | {"effect": "too_many"},
        "P14.ahead": rows | {"effect": "shift_times", "seconds": _DAY, "count": None},
        "P14.behind": rows | {"effect": "shift_times", "seconds": -_DAY, "count": None},
        "P14.back_and_forth": rows
        | {"effect": "shift_times", "seconds": -3600.0, "chance": 0.5, "count": None},
        "P14.equal_times": rows | {"effect": "equal_times", "count": None},
        "P16.hostile_text": rows | {"effect": "hostile_text"},
        "P16.big_text": rows | {"effect": "big_text"},
        "P16.canary_link": rows | {"effect": "next_foreign"},
    }


def _events() -> dict[str, dict[str, Any]]:
    """List what becomes of events."""
    any_event: dict[str, Any] = {"event": "*"}
    return {
        "P07.duplicate": any_event | {"effect": "duplicate", "times": 2},
        "P07.duplicate_many": any_event | {"effect": "duplicate", "times": 1000},
        "P07.burst": any_event | {"effect": "duplicate", "times": 10_000},
        "P07.late": any_event | {"effect": "delay", "seconds": 600.0},
        "P07.week_late": any_event | {"effect": "delay", "seconds": 7 * _DAY},
        "P07.out_of_order": any_event
        | {"effect": "delay", "seconds": 0.5, "chance": 0.5, "count": None},
        "P07.lost": any_event | {"effect": "drop"},
        "P07.other_body": any_event | {"effect": "other_body"},
        "P07.unknown_event": any_event | {"effect": "unknown_event"},
        "P07.no_event_id": any_event | {"effect": "no_event_id"},
        "P07.lost_receipt": any_event | {"effect": "lost_receipt", "seconds": 1.0},
        "P08.event_late": {"event": "transactions/*", "effect": "delay", "seconds": 600.0},
    }


def _handshakes() -> dict[str, dict[str, Any]]:
    """List what a client meets before it has sent anything."""
    of_tls = [one for one in get_args(HandshakeEffect) if one != "tls_silent"]
    return {f"P17.{one.removeprefix('tls_')}": {"effect": one} for one in of_tls} | {
        # Nobody answers, so the client's own time for connecting runs out.
        "P03.connect": {"effect": "tls_silent"},
    }
