"""Operations on payment requests, their schedules, and attempts to pay."""

from dataclasses import dataclass
from datetime import date

from tomada.pluggy.calls import Calls
from tomada.pluggy.models.payments import (
    CreatePaymentIntent,
    CreatePaymentRequest,
    CreatePixQrPaymentRequest,
    PaymentIntent,
    PaymentRequest,
    SchedulePayment,
    UpdatePaymentRequest,
)
from tomada.pluggy.paging import PagedList
from tomada.pluggy.retry import Repeat


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentRequestFilter:
    """Conditions on payment requests; *customer* matches name, e-mail, CPF or CNPJ."""

    date_from: date | None = None
    date_to: date | None = None
    customer: str | None = None
    pix_key: str | None = None
    status: str | None = None
    client_payment_id: str | None = None


@dataclass(frozen=True, slots=True)
class Payments:
    """``pluggy.payments``; nothing that moves money is ever repeated by itself."""

    calls: Calls

    async def create_request(self, request: CreatePaymentRequest) -> PaymentRequest:
        """Ask for money, now or on a schedule."""
        return await self.calls.one("POST", "/payments/requests", PaymentRequest, body=request)

    async def create_pix_qr_request(self, request: CreatePixQrPaymentRequest) -> PaymentRequest:
        """Pay what a PIX copy-and-paste text asks for."""
        return await self.calls.one(
            "POST", "/payments/requests/pix-qr", PaymentRequest, body=request
        )

    def list_requests(
        self, conditions: PaymentRequestFilter | None = None
    ) -> PagedList[PaymentRequest]:
        """List payment requests."""
        which = conditions or PaymentRequestFilter()
        params = {
            "from": which.date_from,
            "to": which.date_to,
            "customer": which.customer,
            "pixKey": which.pix_key,
            "status": which.status,
            "clientPaymentId": which.client_payment_id,
        }
        return self.calls.paged("/payments/requests", PaymentRequest, params=params)

    async def get_request(self, request_id: str) -> PaymentRequest:
        """Read one payment request."""
        return await self.calls.one(
            "GET", "/payments/requests/{id}", PaymentRequest, ids={"id": request_id}
        )

    async def update_request(
        self, request_id: str, changes: UpdatePaymentRequest
    ) -> PaymentRequest:
        """Change an unpaid request, and read it.

        It is read by a second call, since the published answer of the change is not a whole
        request.
        """
        await self.calls.nothing(
            "PATCH", "/payments/requests/{id}", ids={"id": request_id}, body=changes,
            repeat=Repeat.HARMLESS,
        )  # fmt: skip
        return await self.get_request(request_id)

    async def delete_request(self, request_id: str) -> None:
        """Remove a request."""
        await self.calls.nothing("DELETE", "/payments/requests/{id}", ids={"id": request_id})

    async def list_scheduled(self, request_id: str) -> list[SchedulePayment]:
        """List the planned payments of a scheduled request."""
        return await self.calls.every(
            "/payments/requests/{id}/schedules", SchedulePayment, ids={"id": request_id}
        )

    async def cancel_all_scheduled(self, request_id: str) -> None:
        """Cancel a scheduled request with all its planned payments."""
        await self.calls.nothing(
            "POST", "/payments/requests/{id}/schedules/cancel", ids={"id": request_id}
        )

    async def cancel_scheduled(self, request_id: str, schedule_id: str) -> None:
        """Cancel one planned payment."""
        await self.calls.nothing(
            "POST", "/payments/requests/{id}/schedules/{scheduleId}/cancel",
            ids={"id": request_id, "scheduleId": schedule_id},
        )  # fmt: skip

    async def create_intent(self, intent: CreatePaymentIntent) -> PaymentIntent:
        """Start paying a request at a bank; the payer approves at ``consent_url``."""
        return await self.calls.one("POST", "/payments/intents", PaymentIntent, body=intent)

    async def list_intents(self, request_id: str) -> list[PaymentIntent]:
        """List the attempts to pay a request."""
        return await self.calls.every(
            "/payments/intents", PaymentIntent, params={"paymentRequestId": request_id}
        )

    async def get_intent(self, intent_id: str) -> PaymentIntent:
        """Read one attempt."""
        return await self.calls.one(
            "GET", "/payments/intents/{id}", PaymentIntent, ids={"id": intent_id}
        )
