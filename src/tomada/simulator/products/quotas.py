"""Open Finance's monthly limits: readings per person, institution and product.

Over the limit nothing fails. The run ends in PARTIAL_SUCCESS with a warning, and what was read
before stays and is answered as if nothing were amiss.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from tomada.simulator.connectors import Catalogue
from tomada.simulator.products.settings import ProductSettings
from tomada.simulator.sandbox import Script, login_of
from tomada.simulator.state import ItemRecord, State

# The keys of `statusDetail` that are read from the institution, by product.
READ = {
    "ACCOUNTS": "accounts",
    "CREDIT_CARDS": "creditCards",
    "TRANSACTIONS": "transactions",
    "INVESTMENTS": "investments",
    "INVESTMENTS_TRANSACTIONS": "investmentsTransactions",
    "IDENTITY": "identity",
    "LOANS": "loans",
}
BALANCE = "balance"


@dataclass(frozen=True, slots=True, repr=False)
class Quotas:
    """What each person has used this month, kept with the world."""

    settings: ProductSettings
    state: State
    catalogue: Catalogue
    clock: Callable[[], datetime]

    def count_run(self, item: ItemRecord, script: Script) -> Script:
        """Count a run's readings, and take what is over the limit out of the run."""
        if not self._counts(item):
            return script
        limited = tuple(
            key
            for product, key in READ.items()
            if product in item.products
            and key not in script.failed
            and not self._spend(item, key, self.settings.runs_per_month)
        )
        if not limited:
            return script
        return replace(
            script,
            outcome="PARTIAL_SUCCESS",
            failed=(*script.failed, *limited),
            limited=limited,
        )

    def count_balance(self, item: ItemRecord) -> bool:
        """Count a call of the live balance; False when the month's calls are used up."""
        return not self._counts(item) or self._spend(
            item, BALANCE, self.settings.balances_per_month
        )

    def exhausted(self, item: ItemRecord) -> bool:
        """Say whether another run would bring no transactions this month."""
        limit = self.settings.runs_per_month
        if limit is None or not self._counts(item):
            return False
        return self.state.quotas.get(self._name(item, "transactions"), 0) >= limit

    def use_up(self, item: ItemRecord) -> None:
        """Let the person's month be over for every product, as many duplicate items do."""
        for key, limit in (
            *((key, self.settings.runs_per_month) for key in READ.values()),
            (BALANCE, self.settings.balances_per_month),
        ):
            if limit is not None:
                self.state.quotas[self._name(item, key)] = limit
        self.state.changed()

    def clear(self) -> None:
        """Begin the month again for everybody."""
        self.state.quotas.clear()
        self.state.changed()

    def _counts(self, item: ItemRecord) -> bool:
        return self.catalogue.by_id[item.connector_id].is_open_finance

    def _spend(self, item: ItemRecord, key: str, limit: int | None) -> bool:
        name = self._name(item, key)
        used = self.state.quotas.get(name, 0)
        if limit is not None and used >= limit:
            return False
        self.state.quotas[name] = used + 1
        self.state.changed()
        return True

    def _name(self, item: ItemRecord, key: str) -> str:
        month = self.clock().astimezone(ZoneInfo("America/Sao_Paulo"))
        person = login_of(item.parameters)
        return f"{person}|{item.connector_id}|{key}|{month:%Y-%m}"
