"""Operations on the authorisations given at the bank."""

from dataclasses import dataclass

from tomada.pluggy.calls import Calls
from tomada.pluggy.models.items import Consent


@dataclass(frozen=True, slots=True)
class Consents:
    """``pluggy.consents``."""

    calls: Calls

    async def list(self, item_id: str) -> list[Consent]:
        """List the consents of an item."""
        return await self.calls.every("/consents", Consent, params={"itemId": item_id})

    async def get(self, consent_id: str) -> Consent:
        """Read one consent."""
        return await self.calls.one("GET", "/consents/{id}", Consent, ids={"id": consent_id})
