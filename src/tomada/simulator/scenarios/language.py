"""The words of the scenario language: every verb, its fields, and what it does.

The reader checks files against this table, the player has a method for each verb, and the
reference page lists it. A new verb is a row here and a method there.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal, get_args

from tomada.simulator.faults import Effect, HandshakeEffect
from tomada.simulator.faults_modes import modes
from tomada.simulator.hooks import Mode

Kind = Literal[
    "name", "text", "money", "whole", "seconds", "flag", "moment", "span", "names", "anything"
]
Account = Literal["checking", "card", "savings"]

# How a value of each kind is written.
KINDS: Mapping[str, str] = {
    "name": "a word that names a bank, a row, a card or a bill, such as `coffee`",
    "text": "a text",
    "money": "an amount, signed as the API signs it: `-12.50`",
    "whole": "a whole number",
    "seconds": "a number of seconds",
    "flag": "`yes` or `no`",
    "moment": "an instant (`2026-03-02T12:00:00Z`), or a distance from now: `-5d`, `+3h`, `now`",
    "span": "a length of time: `30s`, `10m`, `3h`, `2d`",
    "names": "a list of words",
    "anything": "any mapping, list or value; `$coffee` stands for the id of what is called so",
}


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a verb: the kind of its value, and the values allowed when they are few."""

    kind: Kind
    choices: tuple[str, ...] = ()
    required: bool = False


@dataclass(frozen=True, slots=True)
class Verb:
    """One thing a step can do. *main* is the value beside the verb itself."""

    main: Field
    does: str
    fields: Mapping[str, Field] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Distance:
    """A moment counted from the time at which its step is played."""

    by: timedelta


Moment = datetime | Distance


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One checked step; *line* is where it stands in its file."""

    line: int
    verb: str
    main: Any
    given: Mapping[str, Any]

    def get(self, name: str, otherwise: Any = None) -> Any:
        """Give a field, or *otherwise* when the step leaves it out."""
        return self.given.get(name, otherwise)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """What happens when; *complaint* is the number of the complaint it stands for, if any."""

    name: str
    title: str
    about: str
    steps: tuple[Step, ...]
    complaint: int | None = None


def verbs() -> dict[str, Verb]:
    """Give the whole language."""
    return {name: verb for group in groups().values() for name, verb in group.items()}


def groups() -> dict[str, dict[str, Verb]]:
    """Give the whole language by what the verbs are about."""
    return {
        "Connections and time": dict(_banks()),
        "Movements": dict(_rows()),
        "Cards and bills": dict(_cards()) | dict(_bills()),
        "Disturbances": dict(_disturbances()),
        "Checks": dict(_checks()),
    }


_NAME = Field("name")
_NEEDED = Field("name", required=True)
_WHERE = Field("name", choices=get_args(Account))
_TEXT, _MONEY, _WHOLE, _FLAG = Field("text"), Field("money"), Field("whole"), Field("flag")
_MOMENT, _SPAN, _NAMES, _ANYTHING = (
    Field("moment"),
    Field("span"),
    Field("names"),
    Field("anything"),
)
_STATUS = Field("text", choices=("POSTED", "PENDING"))


def _banks() -> Iterator[tuple[str, Verb]]:
    login = {"connector": _WHOLE, "user": _TEXT, "person": _TEXT, "products": _NAMES}
    yield "connect", Verb(_NAME, "Connect a bank and wait for the end of the run.", login)
    yield (
        "reconnect",
        Verb(
            _NAME,
            "Connect the bank *from* again under a new name: the same movements, all ids new. The "
            "old item is deleted unless *keep*.",
            {"from": _NEEDED, "keep": _FLAG, "person": _TEXT},
        ),
    )
    yield "disconnect", Verb(_NAME, "Delete an item, as the application may.")
    yield (
        "run",
        Verb(
            _NAME,
            "Let auto-sync run a bank. *outcome* is an execution status or error code; *failed* "
            "names the products that are not read, in the words of `statusDetail`.",
            {"outcome": _TEXT, "failed": _NAMES},
        ),
    )
    yield "answer", Verb(_NAME, "Answer the MFA prompt of a bank.", {"token": _TEXT})
    yield "approve", Verb(_NAME, "Approve access at the bank, or refuse it.", {"approved": _FLAG})
    yield (
        "consent",
        Verb(
            _NAME,
            "Withdraw the consent of a bank, or say when it *ends*. The next run notices.",
            {"withdrawn": _FLAG, "ends": _MOMENT},
        ),
    )
    yield "wait", Verb(_SPAN, "Move the clock; whatever falls due happens on the way.")


def _rows() -> Iterator[tuple[str, Verb]]:
    what = {"amount": _MONEY, "date": _MOMENT, "description": _TEXT, "status": _STATUS}
    place = {"at": _NEEDED, "account": _WHERE}
    yield (
        "post",
        Verb(
            _NAME,
            "Let a movement happen. *kind* draws a plausible one (`purchase`, `pix_in`, …) and what "
            "else is given replaces the drawn value. With `collect: no` it stays at the bank until "
            "the next run.",
            place
            | what
            | {"kind": _TEXT, "card": _ANYTHING, "payment": _ANYTHING, "collect": _FLAG},
        ),
    )
    yield (
        "settle",
        Verb(
            _NAME,
            "Let a pending row be posted; with `new_id: yes` it is deleted and comes back under "
            "another id.",
            {name: what[name] for name in ("amount", "date", "description")} | {"new_id": _FLAG},
        ),
    )
    yield (
        "change",
        Verb(_NAME, "Let the bank correct a row.", what | {"card": _ANYTHING, "category": _TEXT}),
    )
    yield "delete", Verb(_NAME, "Let the bank take a row back.")
    yield "restore", Verb(_NAME, "Let a deleted row come back under its old id.")
    yield "renumber", Verb(_NAME, "Let a row come back under a new id.")
    yield (
        "renumber_all",
        Verb(_NAME, "Let every row of an account come back under a new id.", {"account": _WHERE}),
    )
    yield (
        "repeat",
        Verb(
            _NAME,
            "Let a second row appear that is equal to the row *of* in all but its id.",
            {"of": _NEEDED},
        ),
    )
    yield (
        "schedule_pix",
        Verb(
            _NAME,
            "Show a PIX that is to leave on a later day, as a pending row dated then.",
            {"at": _NEEDED, "amount": _MONEY, "due": Field("moment", required=True)},
        ),
    )


def _cards() -> Iterator[tuple[str, Verb]]:
    yield (
        "instalments",
        Verb(
            _NAME,
            "Post a purchase in *count* parts, a month apart: `NAME.1`, `NAME.2`, …. With `totals: "
            "no` the metadata is left out and only the text tells (`PARC 02/10`).",
            {
                "at": _NEEDED,
                "count": Field("whole", required=True),
                "total": Field("money", required=True),
                "description": _TEXT,
                "totals": _FLAG,
            },
        ),
    )
    yield (
        "abroad",
        Verb(
            _NAME,
            "Buy in a foreign currency: the row, and `NAME.iof` for the tax of *iof* percent.",
            {
                "at": _NEEDED,
                "amount": Field("money", required=True),
                "rate": Field("money", required=True),
                "currency": _TEXT,
                "iof": _MONEY,
                "description": _TEXT,
            },
        ),
    )
    yield (
        "refund",
        Verb(
            _NAME,
            "Give back what the row *of* took, or *amount* of it.",
            {"of": _NEEDED, "amount": _MONEY},
        ),
    )


def _bills() -> Iterator[tuple[str, Verb]]:
    yield (
        "close_bill",
        Verb(
            _NAME,
            "Close a card bill over *rows*, which are posted and carry its id from now on.",
            {"at": _NEEDED, "rows": Field("names", required=True), "due": _MOMENT},
        ),
    )
    yield (
        "pay_bill",
        Verb(
            _NAME,
            "Pay the bill *of* from the checking account: the row, and with `synthetic: yes` "
            "`NAME.card`, the credit the card shows for it.",
            {"of": _NEEDED, "amount": _MONEY, "synthetic": _FLAG},
        ),
    )
    yield (
        "add_card",
        Verb(
            _NAME,
            "Give a bank one more card; it shares the limit of the first unless *shared* is no.",
            {"at": _NEEDED, "shared": _FLAG},
        ),
    )
    yield (
        "close_account",
        Verb(_NAME, "Let an account of a bank be gone.", {"account": _WHERE}),
    )


def _disturbances() -> Iterator[tuple[str, Verb]]:
    request = {"method": _TEXT, "path": _TEXT, "count": _WHOLE, "skip": _WHOLE}
    answer = {"status": _WHOLE, "seconds": Field("seconds"), "body": _ANYTHING}
    yield (
        "fault",
        Verb(
            Field("text", choices=(*get_args(Effect), *get_args(HandshakeEffect), *modes())),
            "Let answers or events go wrong, by an effect or a mode (`P04.nan`); see the faults. An "
            "effect without *count* lasts until `no_faults`.",
            request | answer | {"headers": _ANYTHING},
        ),
    )
    yield "no_faults", Verb(_FLAG, "Remove every fault.")
    yield (
        "hooks",
        Verb(
            Field("text", choices=get_args(Mode)),
            "Choose what becomes of the next *count* events, or of all from now on.",
            {"count": _WHOLE},
        ),
    )
    yield (
        "registration",
        Verb(
            Field("text", choices=("disabled", "deleted", "moved", "bare")),
            "Let the application's webhooks be disabled, deleted, sent elsewhere, or stripped of "
            "their headers.",
        ),
    )
    yield (
        "health",
        Verb(
            Field("text", choices=("ONLINE", "OFFLINE", "UNSTABLE")),
            "Change an institution's health.",
            {"connector": Field("whole", required=True)},
        ),
    )
    yield "use_up_quota", Verb(_NAME, "Let the month's Open Finance readings be used up.")


def _checks() -> Iterator[tuple[str, Verb]]:
    be = {"is": Field("anything", required=True)}
    yield "see", Verb(_NAME, "A row, as the API shows it, has these values.", be)
    yield "gone", Verb(_NAME, "The API answers 404 for a row.")
    yield "item", Verb(_NAME, "An item, as the API shows it, has these values.", be)
    yield (
        "account",
        Verb(
            _NAME,
            "An account of a bank, as the API shows it, has these values.",
            be | {"kind": _WHERE},
        ),
    )
    yield "bill", Verb(_NAME, "A bill, as the API shows it, has these values.", be)
    yield (
        "rows",
        Verb(
            _NAME,
            "Of all rows of an account *count* have this *description*.",
            {
                "account": _WHERE,
                "description": Field("text", required=True),
                "count": Field("whole", required=True),
            },
        ),
    )
    yield (
        "ask",
        Verb(
            _TEXT,
            "Ask the API (`GET /items/$bank`): the answer's status is *answer*, and its body has "
            "these values. *as* asks with the connect token of that bank's item.",
            {
                "query": _ANYTHING,
                "answer": Field("whole", required=True),
                "is": _ANYTHING,
                "as": _NAME,
            },
        ),
    )
