"""Shapes of what a person writes to movements, and of the links between observations."""

from typing import Annotated, Literal

from pydantic import Field

from tomada.domain.annotations import CATEGORY_LENGTH, NOTE_LENGTH
from tomada.web.schemas import CamelBody, Instant, Shape, TransactionShape


class AnnotationBody(CamelBody):
    """What to write to a movement; what is left out stays, an empty text or null removes it."""

    note: Annotated[str, Field(max_length=NOTE_LENGTH)] | None = None
    category: Annotated[str, Field(max_length=CATEGORY_LENGTH)] | None = None
    hidden: bool | None = None


class EvidenceShape(Shape, frozen=True):
    """What a link rests on: days between the two, what is equal, the amounts in minor units."""

    days: int
    same_words: bool
    same_clock: bool
    same_provider_id: bool
    minor_before: int
    minor_after: int


class LinkShape(Shape, frozen=True):
    """One decision that two observations belong together.

    *transaction_id* is the row that stays, *other_id* the one taken into it, or the other side of a
    transfer. *confidence* is in per cent.
    """

    id: str
    kind: Literal["same", "transfer"]
    rule: str
    state: Literal["automatic", "suggested", "undone", "confirmed"]
    confidence: int
    transaction_id: str
    other_id: str
    from_pluggy_id: str
    to_pluggy_id: str
    at: Instant
    decided_at: Instant | None
    evidence: EvidenceShape


class LinkedShape(Shape, frozen=True):
    """A link with the rows it speaks of, as far as they are there."""

    link: LinkShape
    transaction: TransactionShape | None
    other: TransactionShape | None


class LinksShape(Shape, frozen=True):
    """Links, newest first, 200 at most."""

    links: list[LinkedShape]


class AccountLinkShape(Shape, frozen=True):
    """That one account goes on as another after a reconnection, or may.

    *shared* of *compared* rows are equal where both have rows; both are ids of Pluggy's.
    """

    id: str
    state: Literal["automatic", "suggested", "undone", "confirmed"]
    from_account_id: str
    to_account_id: str
    shared: int
    compared: int
    at: Instant
    decided_at: Instant | None


class AccountLinksShape(Shape, frozen=True):
    """Account links, newest first."""

    links: list[AccountLinkShape]


class MovementShape(Shape, frozen=True):
    """One movement and the history of its identity, oldest first."""

    transaction: TransactionShape
    links: list[LinkShape]
