"""Operations on PIX Automático."""

from dataclasses import dataclass

from tomada.pluggy.calls import Calls
from tomada.pluggy.models.automatic_pix import (
    AutomaticPixPayment,
    AutomaticPixPaymentDetail,
    CreateAutomaticPixPaymentRequest,
    RetryAutomaticPixPaymentRequest,
    ScheduleAutomaticPixPaymentRequest,
)
from tomada.pluggy.models.payments import PaymentRequest

_CHARGE = "/payments/requests/{id}/automatic-pix/schedules/{scheduleId}"


@dataclass(frozen=True, slots=True)
class AutomaticPixCalls:
    """``pluggy.automatic_pix``; nothing that moves money is ever repeated by itself."""

    calls: Calls

    async def create(self, request: CreateAutomaticPixPaymentRequest) -> PaymentRequest:
        """Ask for an authorisation."""
        return await self.calls.one(
            "POST", "/payments/requests/automatic-pix", PaymentRequest, body=request
        )

    async def cancel(self, request_id: str) -> None:
        """Cancel an authorisation."""
        await self.calls.nothing(
            "POST", "/payments/requests/{id}/automatic-pix/cancel", ids={"id": request_id}
        )

    async def schedule(
        self, request_id: str, charge: ScheduleAutomaticPixPaymentRequest
    ) -> AutomaticPixPayment:
        """Plan a charge, two to ten days ahead."""
        return await self.calls.one(
            "POST", "/payments/requests/{id}/automatic-pix/schedule", AutomaticPixPayment,
            ids={"id": request_id}, body=charge,
        )  # fmt: skip

    async def list_charges(self, request_id: str) -> list[AutomaticPixPayment]:
        """List the charges of an authorisation."""
        return await self.calls.every(
            "/payments/requests/{id}/automatic-pix/schedules", AutomaticPixPayment,
            ids={"id": request_id},
        )  # fmt: skip

    async def get_charge(self, request_id: str, charge_id: str) -> AutomaticPixPaymentDetail:
        """Read one charge."""
        return await self.calls.one(
            "GET", "/payments/requests/{requestId}/automatic-pix/schedules/{paymentId}",
            AutomaticPixPaymentDetail, ids={"requestId": request_id, "paymentId": charge_id},
        )  # fmt: skip

    async def cancel_charge(self, request_id: str, charge_id: str) -> None:
        """Cancel a charge."""
        ids: dict[str, object] = {"id": request_id, "scheduleId": charge_id}
        await self.calls.nothing("POST", _CHARGE + "/cancel", ids=ids)

    async def retry_charge(
        self, request_id: str, charge_id: str, retry: RetryAutomaticPixPaymentRequest
    ) -> None:
        """Try a failed charge again, three times at most."""
        ids: dict[str, object] = {"id": request_id, "scheduleId": charge_id}
        await self.calls.nothing("POST", _CHARGE + "/retry", ids=ids, body=retry)
