"""Open Finance consents: given with the first good run, withdrawn at the bank, renewed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from tomada.simulator.ids import uuid_of
from tomada.simulator.state import ConsentRecord, ItemRecord, State

_PERMISSIONS = {
    "ACCOUNTS": ("ACCOUNTS_ALL",),
    "CREDIT_CARDS": ("CREDIT_CARDS_ALL",),
    "IDENTITY": ("REGISTRATION_ALL",),
    "INVESTMENTS": ("INVESTMENTS_ALL",),
    "LOANS": ("CREDIT_OPERATIONS_ALL",),
}


@dataclass(frozen=True, slots=True, repr=False)
class Consents:
    """The consents of one world."""

    state: State
    clock: Callable[[], datetime]

    def of(self, item_id: str) -> list[ConsentRecord]:
        """List the consents of an item, oldest first."""
        return [one for one in self.state.consents.values() if one.item_id == item_id]

    def grant(self, item: ItemRecord) -> None:
        """See that the item has a consent in force; they are open-ended, as by regulation."""
        consents = self.of(item.id)
        if any(one.revoked_at is None for one in consents):
            return
        given = ConsentRecord(
            id=uuid_of(item.id, "consent", len(consents)),
            item_id=item.id,
            products=list(item.products),
            permissions=[
                name for product in item.products for name in _PERMISSIONS.get(product, ())
            ],
            created_at=self.clock(),
        )
        self.state.consents[given.id] = given

    def revoke(self, item: ItemRecord) -> None:
        """Note that the person withdrew access at the bank."""
        for one in self.of(item.id):
            one.revoked_at = one.revoked_at or self.clock()

    def forget(self, item: ItemRecord) -> None:
        """Drop the consents of a deleted item."""
        for one in self.of(item.id):
            del self.state.consents[one.id]
