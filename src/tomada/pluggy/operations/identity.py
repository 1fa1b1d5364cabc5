"""Operations on identities."""

from dataclasses import dataclass

from tomada.pluggy.calls import Calls
from tomada.pluggy.models.identity import IdentityResponse


@dataclass(frozen=True, slots=True)
class Identities:
    """``pluggy.identities``."""

    calls: Calls

    async def of_item(self, item_id: str) -> IdentityResponse:
        """Read who holds the accounts of an item."""
        return await self.calls.one(
            "GET", "/identity", IdentityResponse, params={"itemId": item_id}
        )

    async def get(self, identity_id: str) -> IdentityResponse:
        """Read the same by its own id."""
        return await self.calls.one(
            "GET", "/identity/{id}", IdentityResponse, ids={"id": identity_id}
        )
