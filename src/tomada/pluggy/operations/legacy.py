"""Operations that older SDKs of Pluggy have and its published API no longer names.

Their schemas are not published, so they answer decoded JSON with exact numbers. They may end
without notice; GoneError, NotFoundError and PermissionDeniedError are their usual end.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tomada.pluggy import wire
from tomada.pluggy.calls import Calls, build
from tomada.pluggy.paging import PAGE_SIZE

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Legacy:
    """``pluggy.legacy``."""

    calls: Calls

    async def acquirer_sales(self, item_id: str, *, page: int = 1) -> Json:
        """Read one page of card sales of a payment account."""
        return await self._page("/acquirer-sales", item_id, page=page)

    async def acquirer_sale(self, sale_id: str) -> Json:
        """Read one sale."""
        return await self._read("/acquirer-sales/{id}", id=sale_id)

    async def acquirer_receivables(self, item_id: str, *, page: int = 1) -> Json:
        """Read one page of what the acquirer still has to pay."""
        return await self._page("/acquirer-receivables", item_id, page=page)

    async def acquirer_receivable(self, receivable_id: str) -> Json:
        """Read one receivable."""
        return await self._read("/acquirer-receivables/{id}", id=receivable_id)

    async def acquirer_anticipations(self, item_id: str, *, page: int = 1) -> Json:
        """Read one page of advances on receivables."""
        return await self._page("/acquirer-anticipations", item_id, page=page)

    async def acquirer_anticipation(self, anticipation_id: str) -> Json:
        """Read one advance."""
        return await self._read("/acquirer-anticipations/{id}", id=anticipation_id)

    async def benefits(self, item_id: str, *, page: int = 1) -> Json:
        """Read one page of social benefits."""
        return await self._page("/benefits", item_id, page=page)

    async def benefit(self, benefit_id: str) -> Json:
        """Read one benefit."""
        return await self._read("/benefits/{id}", id=benefit_id)

    async def payroll_loans(self, item_id: str, *, page: int = 1) -> Json:
        """Read one page of loans paid from the salary."""
        return await self._page("/payroll-loans", item_id, page=page)

    async def payroll_loan(self, loan_id: str) -> Json:
        """Read one loan paid from the salary."""
        return await self._read("/payroll-loans/{id}", id=loan_id)

    async def income_reports(self, item_id: str) -> Json:
        """Read the yearly income reports of an item."""
        return await self._read("/income-reports", params={"itemId": item_id})

    async def portfolio(self, item_id: str) -> Json:
        """Read the yield of an item's investments together."""
        return await self._read("/portfolio/{itemId}", itemId=item_id)

    async def monthly_portfolio(self, item_id: str) -> Json:
        """Read the same by month."""
        return await self._read("/portfolio/{itemId}/monthly", itemId=item_id)

    async def create_bulk_payment(self, body: Mapping[str, Any]) -> Json:
        """Ask for many payments at once."""
        return await self._write("/payments/bulk", body)

    async def bulk_payments(self, *, page: int = 1) -> Json:
        """Read one page of bulk payments."""
        return await self._page("/payments/bulk", None, page=page)

    async def bulk_payment(self, bulk_id: str) -> Json:
        """Read one bulk payment."""
        return await self._read("/payments/bulk/{id}", id=bulk_id)

    async def delete_bulk_payment(self, bulk_id: str) -> None:
        """Remove a bulk payment."""
        await self.calls.nothing("DELETE", "/payments/bulk/{id}", ids={"id": bulk_id})

    async def create_receipt(self, request_id: str, body: Mapping[str, Any] | None = None) -> Json:
        """Make a receipt of a payment."""
        return await self._write("/payments/requests/{id}/receipts", body or {}, id=request_id)

    async def receipts(self, request_id: str) -> Json:
        """List the receipts of a payment."""
        return await self._read("/payments/requests/{id}/receipts", id=request_id)

    async def receipt(self, request_id: str, receipt_id: str) -> Json:
        """Read one receipt."""
        route = "/payments/requests/{payment-request-id}/receipts/{payment-receipt-id}"
        ids: dict[str, object] = {
            "payment-request-id": request_id, "payment-receipt-id": receipt_id,
        }  # fmt: skip
        return await self._send("GET", route, ids=ids)

    async def scheduled_payment(self, request_id: str, schedule_id: str) -> Json:
        """Read one planned payment of a scheduled request."""
        route = "/payments/requests/{id}/schedules/{scheduleId}"
        return await self._read(route, id=request_id, scheduleId=schedule_id)

    async def create_smart_account(self, body: Mapping[str, Any]) -> Json:
        """Open an account of the application at Pluggy."""
        return await self._write("/payments/smart-accounts", body)

    async def smart_accounts(self, *, page: int = 1) -> Json:
        """Read one page of the application's accounts."""
        return await self._page("/payments/smart-accounts", None, page=page)

    async def smart_account(self, account_id: str) -> Json:
        """Read one of these accounts."""
        return await self._read("/payments/smart-accounts/{id}", id=account_id)

    async def smart_account_balance(self, account_id: str) -> Json:
        """Read the balance of one of these accounts."""
        return await self._read("/payments/smart-accounts/{id}/balance", id=account_id)

    async def create_smart_account_transfer(self, account_id: str, body: Mapping[str, Any]) -> Json:
        """Move money out of one of these accounts."""
        return await self._write("/payments/smart-accounts/{id}/transfers", body, id=account_id)

    async def smart_account_transfer(self, account_id: str, transfer_id: str) -> Json:
        """Read one such movement."""
        route = "/payments/smart-accounts/{id}/transfers/{transfer_id}"
        return await self._read(route, id=account_id, transfer_id=transfer_id)

    async def _page(self, route: str, item_id: str | None, *, page: int) -> Json:
        params = {"itemId": item_id, "page": page, "pageSize": PAGE_SIZE}
        return await self._read(route, params=params)

    async def _read(
        self, route: str, *, params: dict[str, Any] | None = None, **ids: object
    ) -> Json:
        return await self._send("GET", route, ids=ids, params=params)

    async def _write(self, route: str, body: Mapping[str, Any], **ids: object) -> Json:
        return await self._send("POST", route, ids=ids, body=dict(body))

    async def _send(
        self,
        method: str,
        route: str,
        *,
        ids: dict[str, object],
        params: dict[str, Any] | None = None,
        body: Json | None = None,
    ) -> Json:
        request = build(method, route, ids=ids, params=params, body=body)
        return await self.calls.run(
            request, lambda answer: wire.decode(answer.body, Json) if answer.body else {}
        )
