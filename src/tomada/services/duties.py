"""Duties in the installation: who has which, and what is done by them to other people's data.

A duty is given and taken by whoever runs the installation, from the command line, and is recorded
there. What somebody does by a duty to another's data stands in the audit of that other's entity,
with the reason, before it happens.
"""

from dataclasses import dataclass, replace

from tomada.domain.access import DUTIES, Caller, Reason, Role
from tomada.domain.clock import Clock
from tomada.domain.errors import InvalidInputError, NotFoundError
from tomada.domain.ids import EntityId
from tomada.services.audit import Audit
from tomada.services.profiles import Profiles, fold
from tomada.services.vault import Vault
from tomada.store.access import SessionRows, UserRow, UserRows
from tomada.store.roles import EntityRows, RoleRows
from tomada.store.tx import Store


@dataclass(frozen=True, slots=True)
class Duties:
    """Gives and takes duties, and lets them be done."""

    store: Store
    vault: Vault
    clock: Clock
    audit: Audit

    async def give(self, email: str, role: str, *, actor: str) -> bool:
        """Give somebody a duty; False where they had it.

        Their sessions end, since what a session may do is fixed when it is opened. Raises
        ``NotFoundError`` for an unknown e-mail, ``InvalidInputError`` for what is no duty.
        """
        return await self._change(email, role, actor=actor, give=True)

    async def take(self, email: str, role: str, *, actor: str) -> bool:
        """Take a duty away, as ``give`` gives it; False where they had it not."""
        return await self._change(email, role, actor=actor, give=False)

    async def visit(self, caller: Caller, entity: EntityId, reason: Reason, *, what: str) -> Caller:
        """Let *caller* act for another entity, and note it there with the reason.

        *what* is the method and the route, without ids. Raises ``NotFoundError`` where there is no
        such entity.
        """
        visitor = replace(caller, entity_id=entity, reason=reason)
        async with self.store.begin(entity) as tx:
            if not await EntityRows(tx).exists():
                raise NotFoundError("there is no such entity")
            told = {"reason": reason.kind, "case": reason.case, "route": what}
            subject = ("entity", str(entity))
            await self.audit.write(tx, "visited", caller=visitor, subject=subject, data=told)
        return visitor

    async def _change(self, email: str, role: str, *, actor: str, give: bool) -> bool:
        duty = _duty(role)
        user = await self._user(email)
        async with self.store.begin() as tx:
            rows = RoleRows(tx)
            if give:
                changed = await rows.give(user.id, duty, at=self.clock())
            else:
                changed = await rows.take(user.id, duty)
            if changed:
                await SessionRows(tx).end_all(user.id)
                await self.audit.write(
                    tx, "role_given" if give else "role_taken", operator=actor,
                    subject=("user", str(user.id)), data={"role": duty},
                )  # fmt: skip
        return changed

    async def _user(self, email: str) -> UserRow:
        digest = Profiles(self.vault).email_digest(fold(email))
        async with self.store.begin() as tx:
            user = await UserRows(tx).by_email(digest)
        if user is None:
            raise NotFoundError("there is no user with this e-mail")
        return user


def _duty(role: str) -> Role:
    for duty in DUTIES:
        if duty == role:
            return duty
    raise InvalidInputError(f"a duty is one of {', '.join(DUTIES)}", field="role")
