"""Stopping a user or an entity, and letting them go on.

Nothing of theirs happens any more within five seconds: requests and tickets are refused from the
commit on, streams end at their next look, runs are overtaken and none begins, the product's back
end is told nothing more. What was wanted stays wanted and is done when they go on.
"""

from dataclasses import dataclass
from datetime import datetime

from tomada.domain.clock import Clock
from tomada.domain.errors import NotFoundError
from tomada.domain.ids import EntityId, UserId
from tomada.services.audit import Audit
from tomada.services.profiles import Profiles, fold
from tomada.services.vault import Vault
from tomada.store.access import SessionRows, UserRows
from tomada.store.suspensions import SuspensionRows
from tomada.store.tx import Store


@dataclass(frozen=True, slots=True)
class User:
    """A user as the operator sees them; *hint* is the e-mail without what names the person."""

    id: UserId
    hint: str
    created_at: datetime
    suspended: bool
    roles: tuple[str, ...]
    entities: tuple[EntityId, ...]


@dataclass(frozen=True, slots=True)
class Suspensions:
    """Stops and lets go on."""

    store: Store
    vault: Vault
    clock: Clock
    audit: Audit

    async def suspend_user(self, email: str, *, actor: str) -> bool:
        """Stop a user, and the entities that nobody else is left for; False where they are stopped.

        Raises ``NotFoundError`` for an unknown e-mail.
        """
        user, now = await self._user(email), self.clock()
        async with self.store.begin() as tx:
            stopped = await SuspensionRows(tx).suspend_user(user, at=now)
            await SessionRows(tx).end_all(user)
            alone = await SuspensionRows(tx).left_alone(user)
            if stopped:
                subject = ("user", str(user))
                await self.audit.write(tx, "user_suspended", operator=actor, subject=subject)
        for entity in alone:
            await self._stop(entity, actor=actor, with_user=user)
        return stopped

    async def resume_user(self, email: str, *, actor: str) -> bool:
        """Let a user go on, with the entities that were stopped with them; False where they do."""
        user = await self._user(email)
        async with self.store.begin() as tx:
            resumed = await SuspensionRows(tx).resume_user(user)
            stopped = await SuspensionRows(tx).stopped_with(user)
            if resumed:
                subject = ("user", str(user))
                await self.audit.write(tx, "user_resumed", operator=actor, subject=subject)
        for entity in stopped:
            await self.resume_entity(entity, actor=actor)
        return resumed

    async def suspend_entity(self, entity: EntityId, *, actor: str) -> bool:
        """Stop an entity for everybody; False where it is stopped or not there."""
        return await self._stop(entity, actor=actor, with_user=None)

    async def resume_entity(self, entity: EntityId, *, actor: str) -> bool:
        """Let an entity go on; False where it was not stopped."""
        async with self.store.begin(entity) as tx:
            resumed = await SuspensionRows(tx).resume_entity()
            if resumed:
                await self.audit.write(tx, "entity_resumed", operator=actor)
        return resumed

    async def users(self) -> list[User]:
        """List all users, the oldest first."""
        async with self.store.begin() as tx:
            rows = await SuspensionRows(tx).users()
        profiles = Profiles(self.vault)
        return [
            User(
                row.id,
                _hint(profiles.open(row.id, row.sealed).email),
                row.created_at,
                row.suspended_at is not None,
                tuple(row.roles),
                tuple(row.entities),
            )
            for row in rows
        ]

    async def _stop(self, entity: EntityId, *, actor: str, with_user: UserId | None) -> bool:
        async with self.store.begin(entity) as tx:
            stopped = await SuspensionRows(tx).suspend_entity(at=self.clock(), with_user=with_user)
            if stopped:
                await self.audit.write(tx, "entity_suspended", operator=actor)
        return stopped

    async def _user(self, email: str) -> UserId:
        digest = Profiles(self.vault).email_digest(fold(email))
        async with self.store.begin() as tx:
            user = await UserRows(tx).by_email(digest)
        if user is None:
            raise NotFoundError("there is no user with this e-mail")
        return user.id


def _hint(email: str) -> str:
    local, _, domain = email.partition("@")
    return f"{local[:1]}…@{domain}" if domain else "of the product"
