"""The shapes of a person's own data: what is held, who looked, copies, erasure."""

from typing import Literal

from tomada.web.schemas import CamelBody, Instant, Shape


class ErasureBody(CamelBody):
    """The confirmation; anything but true is refused."""

    confirm: Literal[True]


class ControllerShape(Shape, frozen=True):
    """Who answers for the data."""

    name: str
    cnpj: str
    contact: str
    dpo_name: str
    dpo_contact: str
    transfers: list[str]


class AccessShape(Shape, frozen=True):
    """One thing that was done with the data."""

    at: Instant
    who: Literal["you", "system", "operator", "somebody"]
    action: str
    outcome: str
    reason: str | None
    case: str | None


class AccessesShape(Shape, frozen=True):
    """What was done, the newest first."""

    accesses: list[AccessShape]


class EndingShape(Shape, frozen=True):
    """A connection that must end at Pluggy; *confirmed_at* is when it was seen gone."""

    item_id: str
    requested_at: Instant
    confirmed_at: Instant | None


class CopyShape(Shape, frozen=True):
    """A copy; it can be taken once while its state is ``ready``."""

    id: str
    state: str
    requested_at: Instant
    ready_at: Instant | None
    expires_at: Instant | None


class HeldShape(Shape, frozen=True):
    """What is held of the person, at once."""

    counts: dict[str, int]
    institutions: list[str]
    controller: ControllerShape
    retention: dict[str, str]
    endings: list[EndingShape]
    copies: list[CopyShape]


class ErasurePlanShape(Shape, frozen=True):
    """What an erasure would delete, by table, and what stays and why."""

    rows: dict[str, int]
    kept: dict[str, str]


class ErasureShape(Shape, frozen=True):
    """An erasure; *id* is the receipt."""

    id: str
    state: str
    requested_at: Instant
    done_at: Instant | None
