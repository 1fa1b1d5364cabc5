"""Operations on issued boletos."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tomada.pluggy.calls import Calls
from tomada.pluggy.models.boletos import (
    BoletoConnection,
    CreateBoleto,
    CreateBoletoConnection,
    IssuedBoleto,
)


@dataclass(frozen=True, slots=True)
class Boletos:
    """``pluggy.boletos``."""

    calls: Calls

    async def connect(self, connector_id: int, credentials: Mapping[str, Any]) -> BoletoConnection:
        """Store a bank's issuing credentials at Pluggy; which ones differs by bank."""
        body = CreateBoletoConnection(connector_id=connector_id, credentials=dict(credentials))
        return await self.calls.one("POST", "/boleto-connections", BoletoConnection, body=body)

    async def connect_item(self, item_id: str) -> BoletoConnection:
        """Issue with the credentials of an item."""
        return await self.calls.one(
            "POST", "/boleto-connections/from-item", BoletoConnection, body={"itemId": item_id}
        )

    async def issue(self, request: CreateBoleto) -> IssuedBoleto:
        """Issue a slip."""
        return await self.calls.one("POST", "/boletos", IssuedBoleto, body=request)

    async def get(self, boleto_id: str) -> IssuedBoleto:
        """Read a slip."""
        return await self.calls.one("GET", "/boletos/{id}", IssuedBoleto, ids={"id": boleto_id})

    async def cancel(self, boleto_id: str) -> IssuedBoleto:
        """Cancel a slip that is not paid."""
        return await self.calls.one(
            "POST", "/boletos/{id}/cancel", IssuedBoleto, ids={"id": boleto_id}
        )
