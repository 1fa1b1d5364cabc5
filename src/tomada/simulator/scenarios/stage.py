"""What a play has named so far: banks, rows, cards and bills, and how to find them again."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from tomada.simulator.ledger import Ledger, to_millisecond
from tomada.simulator.records import AccountRecord, BillRecord, TransactionRecord
from tomada.simulator.scenarios.language import Distance, Moment
from tomada.simulator.state import ItemRecord
from tomada.simulator.world import World

_SUBTYPES = {"checking": "CHECKING_ACCOUNT", "savings": "SAVINGS_ACCOUNT", "card": "CREDIT_CARD"}


class NotThereError(Exception):
    """A step speaks of something that is not there."""


@dataclass(slots=True, repr=False)
class Stage:
    """One world and the names given in one play."""

    world: World
    # Name of a bank: id of its item.
    banks: dict[str, str]
    rows: dict[str, str] = field(default_factory=dict)
    bills: dict[str, str] = field(default_factory=dict)
    cards: dict[str, str] = field(default_factory=dict)
    # Rows that were deleted, for those that come back.
    removed: dict[str, tuple[Ledger, TransactionRecord]] = field(default_factory=dict)

    def item(self, name: str) -> ItemRecord:
        """Find the item of a bank."""
        found = self.world.state.items.get(self.banks.get(name, ""))
        if found is None:
            raise NotThereError(f"there is no bank {name!r}")
        return found

    def account(self, bank: str, kind: str = "checking") -> AccountRecord:
        """Find an account of a bank: its first of that kind."""
        subtype = _SUBTYPES[kind]
        for one in self.item(bank).accounts:
            if one.subtype == subtype:
                return one
        raise NotThereError(f"the bank {bank!r} has no {kind} account")

    def row(self, name: str) -> tuple[Ledger, TransactionRecord]:
        """Find a row that has been collected, with its ledger."""
        found = self.world.ledgers.row(self.rows.get(name, ""))
        if found is None:
            raise NotThereError(f"there is no row {name!r}, or no run has collected it yet")
        return found

    def bill(self, name: str) -> tuple[Ledger, BillRecord]:
        """Find a bill and the card's ledger."""
        found = self.world.ledgers.bill(self.bills.get(name, ""))
        if found is None:
            raise NotThereError(f"there is no bill {name!r}")
        return found

    def moment(self, when: Moment | None) -> datetime | None:
        """Turn a moment of a scenario into an instant."""
        if isinstance(when, Distance):
            return to_millisecond(self.world.clock()) + when.by
        return when

    def filled(self, content: Any) -> Any:
        """Put ids where *content* says `$name`, `$bank.card` or the like."""
        if isinstance(content, dict):
            return {key: self.filled(value) for key, value in content.items()}
        if isinstance(content, list):
            return [self.filled(value) for value in content]
        if isinstance(content, str) and content.startswith("$"):
            return self._id_of(content[1:])
        if isinstance(content, Decimal):
            return content.normalize()
        return content

    def _id_of(self, name: str) -> str:
        for names in (self.rows, self.bills, self.cards, self.banks):
            if name in names:
                return names[name]
        bank, _, kind = name.partition(".")
        if bank in self.banks and kind in _SUBTYPES:
            return self.account(bank, kind).id
        raise NotThereError(f"nothing is called {name!r}")
