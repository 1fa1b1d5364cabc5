"""Users and entities by the names that the embedding product has for them.

The names are kept as digests only. A person whom the product names for the first time gets a user
and an entity with a data key, where the settings allow it.
"""

from dataclasses import dataclass

from uuid_utils.compat import uuid7

from tomada.domain.clock import Clock
from tomada.domain.errors import UnauthenticatedError
from tomada.domain.ids import EntityId, UserId
from tomada.services.audit import Audit
from tomada.services.profiles import Profile, Profiles
from tomada.services.vault import Vault
from tomada.store.access import UserRow, UserRows
from tomada.store.keys import KeyRows
from tomada.store.product_users import ProductUserRows
from tomada.store.tx import Store


@dataclass(frozen=True, slots=True)
class ProductUsers:
    """Finds them, and makes them at first sight where *creates*."""

    store: Store
    vault: Vault
    clock: Clock
    audit: Audit
    creates: bool

    async def resolve(self, issuer: str, user: str, entity: str) -> tuple[UserId, EntityId]:
        """Find the user and the entity; raises ``UnauthenticatedError``.

        That is for those who are not there and may not be made, and for who is suspended. A user
        whom the product names for an entity becomes a member of it.
        """
        who = self._digest("product user", issuer, user)
        whose = self._digest("product entity", issuer, entity)
        while True:
            async with self.store.begin() as tx:
                known = await ProductUserRows(tx).find(user_digest=who, entity_digest=whose)
            if known.suspended:
                raise UnauthenticatedError("this token opens nothing")
            if known.user_id is not None and known.entity_id is not None and known.member:
                return known.user_id, known.entity_id
            if not self.creates:
                raise UnauthenticatedError("this token opens nothing")
            await self._make(who, whose, known.entity_id)

    async def _make(self, who: bytes, whose: bytes, there: EntityId | None) -> None:
        """Make what is missing; of several who come at once, one makes it and the others look."""
        user_id, entity_id = UserId(uuid7()), there or EntityId(uuid7())
        _, wrapped = await self.vault.make(entity_id)
        now = self.clock()
        async with self.store.begin(entity_id) as tx:
            rows = ProductUserRows(tx)
            await rows.lock(who, whose)
            known = await rows.find(user_digest=who, entity_digest=whose)
            if known.entity_id != there:
                return
            if there is None:
                await KeyRows(tx).add_entity_row(at=now)
                await KeyRows(tx).add_entity(wrapped, at=now)
                await rows.name_entity(whose)
            if known.user_id is None:
                # No password: nobody signs in as them here.
                sealed = Profiles(self.vault).seal(user_id, Profile(email="", name=""))
                await UserRows(tx).add(UserRow(user_id, sealed, ""), email_digest=who, at=now)
            if not known.member:
                user = known.user_id or user_id
                await UserRows(tx).join(user, entity_id, role="subject")
                await self.audit.write(tx, "user_created", subject=("user", str(user)))

    def _digest(self, label: str, issuer: str, name: str) -> bytes:
        return self.vault.system.digest(label, f"{issuer}\x00{name}".encode())
