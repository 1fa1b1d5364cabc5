"""What a person wants to be told by mail."""

from dataclasses import dataclass

from tomada.domain.access import Caller
from tomada.domain.clock import Clock
from tomada.domain.notifications import Wishes
from tomada.store.preferences import PreferenceRows
from tomada.store.tx import Store


@dataclass(frozen=True, slots=True)
class Preferences:
    """Each person's own; nobody sets another's."""

    store: Store
    clock: Clock

    async def get(self, caller: Caller) -> Wishes:
        """Give what the caller wants."""
        async with self.store.begin(caller.entity_id) as tx:
            return await PreferenceRows(tx).get(caller.user_id)

    async def set(self, caller: Caller, wishes: Wishes) -> None:
        """Keep what the caller wants, from the next letter on."""
        async with self.store.begin(caller.entity_id) as tx:
            await PreferenceRows(tx).set(caller.user_id, wishes, at=self.clock())
