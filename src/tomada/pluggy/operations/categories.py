"""Operations on categories, one's own rules, and merchants."""

from collections.abc import Sequence
from dataclasses import dataclass

from tomada.pluggy.calls import Calls
from tomada.pluggy.models.transactions import (
    Category,
    ClientCategoryRule,
    MerchantSearch,
    Transaction,
)
from tomada.pluggy.options import given
from tomada.pluggy.retry import Repeat


@dataclass(frozen=True, slots=True)
class Categories:
    """``pluggy.categories``."""

    calls: Calls

    async def get(self, category_id: str) -> Category:
        """Read one category."""
        return await self.calls.one("GET", "/categories/{id}", Category, ids={"id": category_id})

    async def assign(self, transaction_id: str, category_id: str) -> Transaction:
        """Give a movement another category; it is lost when Pluggy gives the movement a new id."""
        return await self.calls.one(
            "PATCH", "/transactions/{id}", Transaction, ids={"id": transaction_id},
            body={"categoryId": category_id}, repeat=Repeat.HARMLESS,
        )  # fmt: skip

    async def list_rules(self) -> list[ClientCategoryRule]:
        """List the application's own rules."""
        return await self.calls.every("/categories/rules", ClientCategoryRule)

    async def add_rule(
        self,
        description: str,
        category_id: str,
        *,
        match_type: str | None = None,
        transaction_type: str | None = None,
        account_type: str | None = None,
    ) -> ClientCategoryRule:
        """Categorise movements by their description from now on.

        *match_type* is ``exact`` (the default), ``contains``, ``startsWith`` or ``endsWith``;
        *account_type* is ``CHECKING_ACCOUNT`` or ``CREDIT_CARD``.
        """
        body = given(
            description=description,
            categoryId=category_id,
            matchType=match_type,
            transactionType=transaction_type,
            accountType=account_type,
        )
        return await self.calls.one("POST", "/categories/rules", ClientCategoryRule, body=body)

    async def remove_rule(self, rule_id: str) -> None:
        """Remove a rule; what it has categorised stays."""
        await self.calls.nothing("DELETE", "/categories/rules/{id}", ids={"id": rule_id})

    async def merchants(self, cnpjs: Sequence[str]) -> MerchantSearch:
        """Look companies up by CNPJ, which may hold letters."""
        return await self.calls.one(
            "GET", "/merchants", MerchantSearch, params={"cnpjs": list(cnpjs)}
        )
