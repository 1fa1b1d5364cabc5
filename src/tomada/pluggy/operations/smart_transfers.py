"""Operations on smart transfers."""

from dataclasses import dataclass
from datetime import date

from tomada.pluggy.calls import Calls
from tomada.pluggy.models.smart_transfers import (
    CreateSmartTransferPayment,
    CreateSmartTransferPreauthorization,
    SmartTransferPayment,
    SmartTransferPreauthorization,
    SmartTransferPreauthorizationBalance,
)
from tomada.pluggy.paging import PagedList
from tomada.pluggy.retry import Repeat

_ONE = "/smart-transfers/preauthorizations/{id}"


@dataclass(frozen=True, slots=True)
class SmartTransfers:
    """``pluggy.smart_transfers``; nothing that moves money is ever repeated by itself."""

    calls: Calls

    async def create_preauthorization(
        self, request: CreateSmartTransferPreauthorization
    ) -> SmartTransferPreauthorization:
        """Ask for a preauthorisation; the payer approves at ``consent_url``."""
        return await self.calls.one(
            "POST", "/smart-transfers/preauthorizations", SmartTransferPreauthorization,
            body=request,
        )  # fmt: skip

    def list_preauthorizations(self) -> PagedList[SmartTransferPreauthorization]:
        """List preauthorisations."""
        return self.calls.paged("/smart-transfers/preauthorizations", SmartTransferPreauthorization)

    async def get_preauthorization(self, preauthorization_id: str) -> SmartTransferPreauthorization:
        """Read one; Pluggy refreshes its permission to read the balance."""
        return await self.calls.one(
            "GET", _ONE, SmartTransferPreauthorization, ids={"id": preauthorization_id}
        )

    async def balance(self, preauthorization_id: str) -> SmartTransferPreauthorizationBalance:
        """Ask the bank for the source account's balance; counts against the monthly quota."""
        return await self.calls.one(
            "GET", _ONE + "/balance", SmartTransferPreauthorizationBalance,
            ids={"id": preauthorization_id}, repeat=Repeat.EFFECT,
        )  # fmt: skip

    async def drop_data_consent(self, preauthorization_id: str) -> SmartTransferPreauthorization:
        """Give up the permission to read the balance; safe to repeat."""
        return await self.calls.one(
            "DELETE", _ONE + "/data-consent", SmartTransferPreauthorization,
            ids={"id": preauthorization_id}, repeat=Repeat.HARMLESS,
        )  # fmt: skip

    def list_payments(
        self,
        preauthorization_id: str,
        *,
        date_from: date | None = None,
        date_to: date | None = None,
    ) -> PagedList[SmartTransferPayment]:
        """List the payments of a preauthorisation, newest first."""
        return self.calls.paged(
            _ONE + "/payments", SmartTransferPayment, ids={"id": preauthorization_id},
            params={"from": date_from, "to": date_to},
        )  # fmt: skip

    async def create_payment(self, request: CreateSmartTransferPayment) -> SmartTransferPayment:
        """Pay under a preauthorisation."""
        return await self.calls.one(
            "POST", "/smart-transfers/payments", SmartTransferPayment, body=request
        )

    async def get_payment(self, payment_id: str) -> SmartTransferPayment:
        """Read one payment."""
        return await self.calls.one(
            "GET", "/smart-transfers/payments/{id}", SmartTransferPayment, ids={"id": payment_id}
        )
