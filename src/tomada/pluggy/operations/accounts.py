"""Operations on accounts and bills beyond the usual ones."""

from dataclasses import dataclass

from tomada.pluggy.calls import Calls
from tomada.pluggy.models.accounts import AccountBalance, AccountStatement, Bill
from tomada.pluggy.retry import Repeat


@dataclass(frozen=True, slots=True)
class Accounts:
    """``pluggy.accounts``."""

    calls: Calls

    async def balance(self, account_id: str) -> AccountBalance:
        """Ask the institution for the balance now, outside of any run.

        Each call counts against the person's monthly quota at the bank, so it is never repeated
        by itself. Pluggy stores the answer on the account, without a webhook.
        """
        return await self.calls.one(
            "GET", "/accounts/{id}/balance", AccountBalance, ids={"id": account_id},
            repeat=Repeat.EFFECT,
        )  # fmt: skip

    async def statements(self, account_id: str) -> list[AccountStatement]:
        """List the monthly statement files; their addresses live 30 minutes."""
        return await self.calls.every(
            "/accounts/{id}/statements", AccountStatement, ids={"id": account_id}
        )

    async def bill(self, bill_id: str) -> Bill:
        """Read one closed bill of a card."""
        return await self.calls.one("GET", "/bills/{id}", Bill, ids={"id": bill_id})
