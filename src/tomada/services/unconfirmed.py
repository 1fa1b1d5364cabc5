"""Items of which Pluggy does not say who made them, and how often somebody may ask Pluggy at all.

Items of MeuPluggy come back without the ``clientUserId`` that would name their connect session.
Then three things speak for the person who names the item: its id, which only their browser was
given; a connect session of theirs for that bank, whose token lived when the item was made; and that
nobody else had one then. That is enough to ask the person, and their word is enough to bind.
"""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from tomada.domain.access import Caller
from tomada.domain.clock import Clock
from tomada.pluggy.models.items import Item as PluggyItem
from tomada.services.consents import institution_digest
from tomada.services.vault import Vault
from tomada.store.access import AttemptRows
from tomada.store.consents import ConnectSessionRows, NonceRoutes
from tomada.store.tx import Store

TOKEN_LIVES = timedelta(minutes=30)
CLAIMABLE = timedelta(hours=24)
"""How long after the token an item may still be bound: the browser may have been closed."""
CLOCKS_DIFFER = timedelta(minutes=1)
LOOKS = 20
LOOKS_WINDOW = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Unconfirmed:
    """What can be known of an item that nobody's nonce names."""

    store: Store
    vault: Vault
    clock: Clock

    async def may_look(self, caller: Caller) -> bool:
        """Take one question to Pluggy from the caller's share of twenty in ten minutes.

        Without a connect session that could still claim an item there is nothing to ask about.
        """
        now = self.clock()
        door = self.vault.system.digest("item looks", caller.entity_id.bytes)
        async with self.store.begin(caller.entity_id) as tx:
            if not await ConnectSessionRows(tx).any_open(now=now):
                return False
            attempts = AttemptRows(tx)
            await attempts.lock([door])
            looks, _ = await attempts.since(door, now - LOOKS_WINDOW)
            if looks >= LOOKS:
                return False
            await attempts.add(door, at=now)
        return True

    async def session_of(self, caller: Caller, item: PluggyItem) -> UUID | None:
        """Find the connect session of the caller that alone can have made the item."""
        if item.created_at is None or item.connector is None:
            return None
        keys, now = await self.vault.keys(caller.entity_id), self.clock()
        connector = int(item.connector.id)
        earliest, latest = item.created_at - TOKEN_LIVES - CLOCKS_DIFFER, item.created_at
        async with self.store.begin(caller.entity_id) as tx:
            # A session ends a day after it was opened, and others' own rows are not ours to see.
            others = await NonceRoutes(tx).others_with(
                connector_digest(self.vault, connector), ending_from=earliest + CLAIMABLE
            )
            if others:
                return None
            return await ConnectSessionRows(tx).unclaimed(
                institution_digest(keys, connector),
                earliest=earliest,
                latest=latest + CLOCKS_DIFFER,
                now=now,
            )


def connector_digest(vault: Vault, connector: int) -> bytes:
    """Name a bank among the open connect sessions of the installation."""
    return vault.system.digest("connector", str(connector).encode())
