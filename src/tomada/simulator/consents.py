"""Open Finance consents: given with the first good run, withdrawn at the bank, renewed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from tomada.simulator.ids import uuid_of
from tomada.simulator.products.settings import ProductSettings
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

    settings: ProductSettings
    state: State
    clock: Callable[[], datetime]

    def of(self, item_id: str) -> list[ConsentRecord]:
        """List the consents of an item, oldest first."""
        return [one for one in self.state.consents.values() if one.item_id == item_id]

    def grant(self, item: ItemRecord) -> None:
        """See that the item has a consent in force; a new authorisation replaces the old one."""
        consents = self.of(item.id)
        if item.authorising and (self.lapsed(item) or self.expires_at(item) is not None):
            self.revoke(item)
        elif any(one.revoked_at is None for one in consents):
            return
        lasts = self.settings.consent_lasts
        given = ConsentRecord(
            id=uuid_of(item.id, "consent", len(consents)),
            item_id=item.id,
            products=list(item.products),
            permissions=[
                name for product in item.products for name in _PERMISSIONS.get(product, ())
            ],
            created_at=self.clock(),
            expires_at=None if lasts is None else self.clock() + lasts,
        )
        self.state.consents[given.id] = given

    def withdraw(self, item: ItemRecord) -> None:
        """Let the person withdraw access at the bank; the API knows after the next run."""
        for one in self.of(item.id):
            if one.revoked_at is None:
                one.withdrawn_at = self.clock()
        self.state.changed()

    def lapsed(self, item: ItemRecord) -> bool:
        """Say whether the bank would refuse a reading: all was withdrawn, revoked or is over."""
        consents = self.of(item.id)
        return bool(consents) and not any(map(self._in_force, consents))

    def withheld(self, item: ItemRecord) -> bool:
        """Say whether the lists of *item* are to answer empty after a revocation."""
        if self.settings.revoked_lists == "kept":
            return False
        consents = self.of(item.id)
        return bool(consents) and all(one.revoked_at is not None for one in consents)

    def expires_at(self, item: ItemRecord) -> datetime | None:
        """Tell when the consent in force ends; None is never, or that there is none."""
        ends = [one.expires_at for one in self.of(item.id) if one.revoked_at is None]
        return ends[-1] if ends else None

    def _in_force(self, one: ConsentRecord) -> bool:
        over = one.expires_at is not None and one.expires_at <= self.clock()
        return one.revoked_at is None and one.withdrawn_at is None and not over

    def revoke(self, item: ItemRecord) -> None:
        """Note that the person withdrew access at the bank."""
        for one in self.of(item.id):
            one.revoked_at = one.revoked_at or self.clock()

    def forget(self, item: ItemRecord) -> None:
        """Drop the consents of a deleted item."""
        for one in self.of(item.id):
            del self.state.consents[one.id]
