"""Operations on investments."""

from dataclasses import dataclass

from tomada.pluggy.calls import Calls
from tomada.pluggy.models.investments import Investment, InvestmentTransaction
from tomada.pluggy.paging import PagedList


@dataclass(frozen=True, slots=True)
class Investments:
    """``pluggy.investments``."""

    calls: Calls

    def list(self, item_id: str, *, type: str | None = None) -> PagedList[Investment]:  # noqa: A002 - the provider's word
        """List the positions of an item, of one type if given."""
        params = {"itemId": item_id, "type": type}
        return self.calls.paged("/investments", Investment, params=params)

    async def get(self, investment_id: str) -> Investment:
        """Read one position."""
        return await self.calls.one(
            "GET", "/investments/{id}", Investment, ids={"id": investment_id}
        )

    def transactions(self, investment_id: str) -> PagedList[InvestmentTransaction]:
        """List the movements of a position."""
        return self.calls.paged(
            "/investments/{id}/transactions", InvestmentTransaction, ids={"id": investment_id}
        )
