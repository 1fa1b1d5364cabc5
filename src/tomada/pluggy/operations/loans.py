"""Operations on loans."""

from dataclasses import dataclass

from tomada.pluggy.calls import Calls
from tomada.pluggy.models.loans import Loan


@dataclass(frozen=True, slots=True)
class Loans:
    """``pluggy.loans``."""

    calls: Calls

    async def list(self, item_id: str) -> list[Loan]:
        """List the loans of an item."""
        return await self.calls.every("/loans", Loan, params={"itemId": item_id})

    async def get(self, loan_id: str) -> Loan:
        """Read one loan."""
        return await self.calls.one("GET", "/loans/{id}", Loan, ids={"id": loan_id})
