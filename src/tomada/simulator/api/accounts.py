"""`/accounts` and `/bills`: where an item's transactions are."""

from dataclasses import dataclass
from typing import Any

from starlette.routing import Route

from tomada.simulator.api.call import Call, Gate
from tomada.simulator.api.items import may_touch
from tomada.simulator.api.paging import page_of
from tomada.simulator.ledger import Ledger
from tomada.simulator.refusals import forbidden, invalid, not_found
from tomada.simulator.shapes import account_shape, bill_shape, page_shape
from tomada.simulator.state import ItemRecord
from tomada.simulator.world import World


@dataclass(frozen=True, slots=True, repr=False)
class AccountsApi:
    """Show accounts and bills."""

    world: World

    def routes(self, gate: Gate) -> list[Route]:
        """List the routes."""
        return [
            Route("/accounts", gate.either(self.list), methods=["GET"]),
            Route("/accounts/{id}", gate.key(self.one), methods=["GET"]),
            Route("/bills", gate.key(self.bills), methods=["GET"]),
            Route("/bills/{id}", gate.key(self.bill), methods=["GET"]),
        ]

    def list(self, call: Call) -> Any:
        """List an item's accounts; a connect token sees them in a reduced form."""
        item = self._item(call)
        if item is not None and call.by_widget and not may_touch(call, item):
            raise forbidden()
        kind = call.query("type")
        if kind not in {None, "BANK", "CREDIT"}:
            raise invalid("type must be one of the following values: BANK, CREDIT")
        return page_shape(
            [
                account_shape(account, reduced=call.by_widget)
                for account in (item.accounts if item is not None else [])
                if kind in {None, account.type}
            ]
        )

    def one(self, call: Call) -> Any:
        """Show one account."""
        return account_shape(self._ledger(call.id_in_path("account")).account)

    def bills(self, call: Call) -> Any:
        """List the closed bills of a card, newest first."""
        account_id = call.uuid("accountId")
        ledger = self.world.ledgers.account(account_id)
        if ledger is None and self.world.settings.unknown_parent == "empty":
            return page_shape([])
        ledger = self._ledger(account_id)
        if self.world.consents.withheld(ledger.item):
            return page_shape([])
        account = ledger.account
        newest = sorted(account.bills, key=lambda bill: bill.due_date, reverse=True)
        return page_of([bill_shape(bill, account) for bill in newest], call, self.world.settings)

    def bill(self, call: Call) -> Any:
        """Show one bill."""
        found = self.world.ledgers.bill(call.id_in_path("credit card bill"))
        if found is None:
            raise not_found("credit card bill")
        ledger, bill = found
        return bill_shape(bill, ledger.account)

    def _item(self, call: Call) -> ItemRecord | None:
        item = self.world.state.items.get(call.uuid("itemId"))
        if item is None and self.world.settings.unknown_parent == "not_found":
            raise not_found("item")
        return None if item is None or self.world.consents.withheld(item) else item

    def _ledger(self, account_id: str) -> Ledger:
        ledger = self.world.ledgers.account(account_id)
        if ledger is None:
            raise not_found("account")
        return ledger
