"""The shapes of consents: what is agreed to, what is kept of it, what proves it."""

from typing import Annotated, Any, Literal

from pydantic import Field

from tomada.web.schemas import CamelBody, ConnectorId, Instant, Shape


class ConsentBody(CamelBody):
    """The agreement to one notice, as it was shown."""

    connector_id: ConnectorId
    notice_version: Annotated[str, Field(max_length=64)]
    notice_sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    purposes: Annotated[list[Annotated[str, Field(max_length=32)]], Field(max_length=32)]
    adult: bool
    locale: Literal["pt-BR", "en"] = "pt-BR"


class RevocationBody(CamelBody):
    """Whether what was read goes too, as it does unless the person says otherwise."""

    history: Literal["erase", "keep"] = "erase"


class ReceiptShape(Shape, frozen=True):
    """What a withdrawal did at once; *event_sha256* names the events that prove it."""

    receipt_id: str
    at: Instant
    institution: str
    history: Literal["erase", "keep"]
    consents: list[str]
    item_ids: list[str]
    event_sha256: list[str]


class ParagraphShape(Shape, frozen=True):
    """One part of a notice."""

    heading: str
    text: str


class PurposeShape(Shape, frozen=True):
    """One switch; *basis* is the article it rests on."""

    code: str
    label: str
    text: str
    basis: str
    mandatory: bool


class NoticeShape(Shape, frozen=True):
    """The text to agree to; version and sha256 go back with the agreement."""

    connector_id: int
    institution: str
    version: str
    sha256: str
    locale: str
    title: str
    paragraphs: list[ParagraphShape]
    purposes: list[PurposeShape]
    adult_label: str
    agree_label: str
    form_sha256: str


class ConsentShape(Shape, frozen=True):
    """The record of one agreement."""

    id: str
    connector_id: int
    institution: str
    status: str
    in_force: bool
    notice_version: str
    granted_at: Instant
    valid_until: Instant
    review_at: Instant | None
    revoked_at: Instant | None
    purposes: tuple[str, ...]


class ConsentsShape(Shape, frozen=True):
    """Agreements, newest first."""

    consents: list[ConsentShape]


class ProofEventShape(Shape, frozen=True):
    """One event of a consent; *sha256* is of *text*, byte for byte."""

    text: str
    sha256: str


class ProofShape(Shape, frozen=True):
    """What proves a consent; ``sha256`` of the notice is over the JSON that *notice_exact* is."""

    consent_id: str
    notice: dict[str, Any]
    notice_exact: str
    notice_sha256: str
    events: list[ProofEventShape]
    audit: list[dict[str, Any]]
