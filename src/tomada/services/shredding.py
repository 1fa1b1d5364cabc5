"""Destroying an entity's data key for good takes two people, or one who says so twice."""

from dataclasses import dataclass

from tomada.domain.clock import Clock
from tomada.domain.errors import NotFoundError, RefusedError
from tomada.domain.ids import EntityId
from tomada.services.audit import Audit
from tomada.services.vault import Vault
from tomada.store.key_work import KeyWork
from tomada.store.keys import KeyRows
from tomada.store.tx import Store


class SecondPersonError(RefusedError):
    """Who asked for it cannot be the one who agrees to it."""

    code = "second_person_required"


@dataclass(frozen=True, slots=True)
class Shredding:
    """What is asked for by one and done by another; both stand in the audit of the entity."""

    store: Store
    vault: Vault
    clock: Clock
    audit: Audit

    async def ask(self, entity: EntityId, *, operator: str) -> None:
        """Ask for it; raises ``NotFoundError`` where there is no key to destroy."""
        async with self.store.begin(entity) as tx:
            if await KeyRows(tx).entity() is None:
                raise NotFoundError("this entity has no data key")
            by = self.audit.pseudonym("operator", operator)
            await KeyWork(tx).ask(entity, by, at=self.clock())
            await self.audit.write(tx, "shred_requested", operator=operator)

    async def withdraw(self, entity: EntityId, *, operator: str) -> None:
        """Ask for it no longer; raises ``NotFoundError`` where nobody did."""
        async with self.store.begin(entity) as tx:
            if not await KeyWork(tx).withdraw(entity):
                raise NotFoundError("nobody asked for this")
            await self.audit.write(tx, "shred_withdrawn", operator=operator)

    async def agree(self, entity: EntityId, *, operator: str, alone: bool = False) -> None:
        """Destroy the key; nothing of the entity can be opened five seconds later, by anybody.

        *alone* lets who asked agree too, which the audit says. Raises ``SecondPersonError`` for
        them otherwise, ``NotFoundError`` where nobody asked or there is no key.
        """
        async with self.store.begin(entity) as tx:
            asked = await KeyWork(tx).asked_by(entity)
            if asked is None:
                raise NotFoundError("nobody asked for this; `tomada keys shred` does")
            same = asked == self.audit.pseudonym("operator", operator)
            if same and not alone:
                raise SecondPersonError("somebody else has to agree")
            if not await self.vault.destroy(tx):
                raise NotFoundError("this entity has no data key")
            await KeyWork(tx).withdraw(entity)
            await KeyWork(tx).end(entity)
            await self.audit.write(
                tx, "data_key_destroyed", operator=operator, data={"alone": same}
            )
