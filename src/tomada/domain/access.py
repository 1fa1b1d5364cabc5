"""Who is asking, for whom, and how they proved it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from tomada.domain.ids import EntityId, UserId

Role = Literal["subject", "administrator", "operator", "auditor", "dpo"]
"""Everybody who signs in is the subject of their own data; the others are duties beyond it."""
DUTIES: tuple[Role, ...] = ("administrator", "operator", "auditor", "dpo")

Scope = Literal["read", "connect", "write"]
"""What a key of a product's back end may be for."""
SCOPES: tuple[Scope, ...] = ("read", "connect", "write")

ActorKind = Literal["user", "api_key"]
"""A person, signed in here or by the product that embeds us; or the product's back end itself."""

STEP_UP_LASTS = timedelta(minutes=5)
"""How long after a proof of who they are a person may do what needs one."""

ReasonKind = Literal["support", "incident", "rights_request", "legal_order", "audit"]
REASON_KINDS: tuple[ReasonKind, ...] = (
    "support", "incident", "rights_request", "legal_order", "audit",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reason:
    """Why somebody acts on another's data: a kind, and the case it belongs to.

    *case* is a number of a ticket or the like, in signs that leave no room for a story.
    """

    kind: ReasonKind
    case: str


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody acting for one entity; every service asks for one.

    *user_id* is a user's, or a key's where *kind* says so. *reason* is there where the entity is
    not the user's own.
    """

    user_id: UserId
    entity_id: EntityId
    request_id: str
    reason: Reason | None = None
    kind: ActorKind = "user"


@dataclass(frozen=True, slots=True)
class Session:
    """A sign-in. *csrf_token* is for the page that belongs to it.

    *proved_at* is when the person last showed who they are: at the sign-in, or since.
    """

    user_id: UserId
    entity_id: EntityId
    name: str
    email: str
    csrf_token: str
    created_at: datetime
    expires_at: datetime
    proved_at: datetime
    roles: frozenset[Role]


@dataclass(frozen=True, slots=True)
class SignIn:
    """A fresh session and the one secret that opens it; the secret is shown only here."""

    token: str
    session: Session


@dataclass(frozen=True, slots=True)
class Bearer:
    """What a request without a cookie showed: a key, or a token of the product that embeds us.

    *scopes* None is all that a person may. *proved_at* is when the product last saw the person
    prove who they are. At *until* it opens nothing any more.
    """

    kind: ActorKind
    user_id: UserId
    entity_id: EntityId
    scopes: frozenset[Scope] | None
    proved_at: datetime | None
    until: datetime
