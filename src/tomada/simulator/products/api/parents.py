"""Find the item or account that a list is asked of."""

from dataclasses import dataclass

from tomada.simulator.api.call import Call
from tomada.simulator.ledger import Ledger
from tomada.simulator.refusals import not_found
from tomada.simulator.state import ItemRecord
from tomada.simulator.world import World


@dataclass(frozen=True, slots=True, repr=False)
class Parents:
    """What lists belong to, in one world."""

    world: World

    def item(self, call: Call) -> ItemRecord | None:
        """Find the item of a list; None when its list is to answer empty."""
        item = self.world.state.items.get(call.uuid("itemId"))
        if item is None and self.world.settings.unknown_parent == "not_found":
            raise not_found("item")
        return None if item is None or self.withheld(item) else item

    def item_in_path(self, call: Call) -> ItemRecord:
        """Find the item named in the path."""
        return self.world.items.get(call.id_in_path("item"))

    def account_in_path(self, call: Call) -> Ledger:
        """Find the account named in the path."""
        ledger = self.world.ledgers.account(call.id_in_path("account"))
        if ledger is None:
            raise not_found("account")
        return ledger

    def withheld(self, item: ItemRecord) -> bool:
        """Say whether the lists of *item* answer empty, its consent being revoked."""
        return self.world.consents.withheld(item)
