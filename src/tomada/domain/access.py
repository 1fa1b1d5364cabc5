"""Who is asking, for whom, and how they proved it."""

from dataclasses import dataclass
from datetime import datetime

from tomada.domain.ids import EntityId, UserId


@dataclass(frozen=True, slots=True)
class Caller:
    """A signed-in user acting for one entity; every service asks for one."""

    user_id: UserId
    entity_id: EntityId
    request_id: str


@dataclass(frozen=True, slots=True)
class Session:
    """A sign-in. *csrf_token* is for the page that belongs to it."""

    user_id: UserId
    entity_id: EntityId
    name: str
    email: str
    csrf_token: str
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class SignIn:
    """A fresh session and the one secret that opens it; the secret is shown only here."""

    token: str
    session: Session
