"""An application's own categorisation rules, and what they make of a new transaction."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tomada.simulator.categories import Categories
from tomada.simulator.ids import Ids
from tomada.simulator.products.records import CategoryRuleRecord
from tomada.simulator.products.settings import ProductSettings
from tomada.simulator.records import AccountRecord, TransactionRecord
from tomada.simulator.refusals import ApiError, not_found
from tomada.simulator.state import State

MATCHES: Mapping[str, Callable[[str, str], bool]] = {
    "exact": lambda text, sought: text == sought,
    "contains": lambda text, sought: sought in text,
    "startsWith": lambda text, sought: text.startswith(sought),
    "endsWith": lambda text, sought: text.endswith(sought),
}


@dataclass(frozen=True, slots=True, repr=False)
class CategoryRules:
    """The rules of one world; those of other client ids are neither shown nor applied."""

    client_id: str
    settings: ProductSettings
    state: State
    ids: Ids
    categories: Categories

    def own(self) -> list[CategoryRuleRecord]:
        """List the application's rules, oldest first."""
        return [one for one in self.state.rules.values() if one.client_id == self.client_id]

    def add(self, rule: CategoryRuleRecord) -> CategoryRuleRecord:
        """Take a checked rule in; it says nothing of transactions that are there already."""
        category = self.categories.by_id.get(rule.category_id)
        if category is None:
            raise not_found("category")
        rule.id, rule.client_id = self.ids.new("category rule"), self.client_id
        rule.category = category.description
        self.state.rules[rule.id] = rule
        self.state.changed()
        return rule

    def remove(self, rule_id: str) -> None:
        """Remove a rule; what it has categorised stays."""
        rule = self.state.rules.get(rule_id)
        if rule is None:
            raise not_found("category rule")
        if rule.client_id != self.client_id:
            text = "The category rule belongs to another client"
            raise ApiError(403, text, "CATEGORY_RULE_FORBIDDEN")
        del self.state.rules[rule_id]
        self.state.changed()

    def categorise(self, account: AccountRecord, row: TransactionRecord) -> None:
        """Give a new *row* the category of the newest rule that fits, if one does."""
        for rule in reversed(self.own()):
            if self._fits(rule, account, row):
                row.category_id, row.category = rule.category_id, rule.category
                return

    def _fits(
        self, rule: CategoryRuleRecord, account: AccountRecord, row: TransactionRecord
    ) -> bool:
        if rule.transaction_type not in {None, row.type}:
            return False
        if rule.account_type not in {None, account.subtype}:
            return False
        text, sought = row.description, rule.description
        if not self.settings.rules_match_case:
            text, sought = text.casefold(), sought.casefold()
        return MATCHES[rule.match_type](text, sought)
