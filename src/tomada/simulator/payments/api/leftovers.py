"""Bulk payments, smart accounts, receipts: operations that only official clients know."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from starlette.routing import Route

from tomada.simulator.api.call import Call
from tomada.simulator.api.checks import Checks
from tomada.simulator.encoding import instant, number
from tomada.simulator.payments.api import fields
from tomada.simulator.payments.api.requests import CALLBACKS, KIND
from tomada.simulator.payments.api.shapes import debtor_shape, smart_account_shape
from tomada.simulator.payments.api.way import Way, empty, other_id
from tomada.simulator.payments.records import AccountTransferRecord, ReceiptRecord
from tomada.simulator.shapes import Shape

_BULK = "bulk payment"
_ACCOUNT = "smart account"


@dataclass(frozen=True, slots=True, repr=False)
class LeftoversApi:
    """Handle them over HTTP."""

    way: Way

    def routes(self) -> list[Route]:
        """List the routes."""
        route = self.way.leftover
        account = "/payments/smart-accounts/{id}"
        receipts = "/payments/requests/{id}/receipts"
        return [
            route("POST", "/payments/bulk", self.create_bulk),
            route("GET", "/payments/bulk", self.bulks),
            route("GET", "/payments/bulk/{id}", self.bulk),
            route("DELETE", "/payments/bulk/{id}", self.remove_bulk),
            route("POST", "/payments/smart-accounts", self.open_account),
            route("GET", "/payments/smart-accounts", self.accounts),
            route("GET", account, self.account),
            route("GET", f"{account}/balance", self.balance),
            route("POST", f"{account}/transfers", self.transfer),
            route("GET", f"{account}/transfers/{{transferId}}", self.transfer_of),
            route("POST", receipts, self.issue_receipt),
            route("GET", receipts, self.receipts),
            route("GET", f"{receipts}/{{receiptId}}", self.receipt),
        ]

    def create_bulk(self, call: Call) -> Any:
        """Put unpaid requests together."""
        checks = Checks(call.fields())
        account_id = fields.identifier(checks, "smartAccountId", required=True)
        request_ids = fields.rows(checks, "paymentRequestIds", required=True) or []
        callbacks = fields.texts(checks, "callbackUrls", CALLBACKS)
        checks.done()
        made = self.way.payments.bulks.create(
            account_id=account_id or "",
            request_ids=[str(one) for one in request_ids],
            callback_urls=callbacks,
        )
        return self.way.shapes(call).bulk(made)

    def bulks(self, call: Call) -> Any:
        """List bulk payments, newest first."""
        shapes = self.way.shapes(call)
        rows = reversed(self.way.payments.desk.tables.bulks.values())
        return self.way.page(call, [shapes.bulk(one) for one in rows])

    def bulk(self, call: Call) -> Any:
        """Show a bulk payment."""
        return self.way.shapes(call).bulk(self.way.payments.bulks.get(call.id_in_path(_BULK)))

    def remove_bulk(self, call: Call) -> Any:
        """Take a bulk apart."""
        self.way.payments.bulks.remove(call.id_in_path(_BULK))
        return empty()

    def open_account(self, call: Call) -> Any:
        """Open a smart account."""
        checks = Checks(call.fields())
        given = {
            "name": checks.text("name", required=True),
            "tax_number": checks.text("taxNumber", required=True),
            "email": checks.text("email", required=True),
            "phone_number": checks.text("phoneNumber", required=True),
            "is_sandbox": checks.flag("isSandbox") or False,
        }
        checks.done()
        return smart_account_shape(self.way.payments.bulks.open_account(given))

    def accounts(self, call: Call) -> Any:
        """List smart accounts."""
        rows = self.way.payments.desk.tables.accounts.values()
        return self.way.page(call, [smart_account_shape(one) for one in rows])

    def account(self, call: Call) -> Any:
        """Show a smart account."""
        return smart_account_shape(self.way.payments.bulks.account(call.id_in_path(_ACCOUNT)))

    def balance(self, call: Call) -> Any:
        """Tell what is on a smart account."""
        account = self.way.payments.bulks.account(call.id_in_path(_ACCOUNT))
        return {
            "lastUpdatedAt": instant(account.updated_at),
            "balance": number(account.balance),
            "blockedBalance": 0,
            "scheduledBalance": 0,
        }

    def transfer(self, call: Call) -> Any:
        """Send money from a smart account."""
        account_id = call.id_in_path(_ACCOUNT)
        self.way.payments.bulks.account(account_id)
        checks = Checks(call.fields())
        recipient_id = fields.identifier(checks, "recipientId", required=True)
        amount = fields.amount(checks, "amount", required=True)
        description = checks.text("description")
        checks.done()
        made = self.way.payments.bulks.transfer(
            account_id,
            recipient_id=recipient_id or "",
            amount=amount or Decimal(0),
            description=description,
        )
        return self._transfer_shape(call, made)

    def transfer_of(self, call: Call) -> Any:
        """Show a transfer."""
        transfer_id = other_id(call, "transferId", "smart account transfer")
        found = self.way.payments.bulks.transfer_of(call.id_in_path(_ACCOUNT), transfer_id)
        return self._transfer_shape(call, found)

    def issue_receipt(self, call: Call) -> Any:
        """Make the proof of a payment."""
        made = self.way.payments.bulks.issue_receipt(call.id_in_path(KIND))
        return self._receipt_shape(call, made)

    def receipts(self, call: Call) -> Any:
        """List the receipts of a request."""
        rows = self.way.payments.bulks.receipts_of(call.id_in_path(KIND))
        return self.way.page(call, [self._receipt_shape(call, one) for one in rows])

    def receipt(self, call: Call) -> Any:
        """Show a receipt."""
        receipt_id = other_id(call, "receiptId", "payment receipt")
        found = self.way.payments.bulks.receipt(call.id_in_path(KIND), receipt_id)
        return self._receipt_shape(call, found)

    def _transfer_shape(self, call: Call, transfer: AccountTransferRecord) -> Shape:
        recipient = self.way.payments.desk.tables.recipients.get(transfer.recipient_id)
        return {
            "id": transfer.id,
            "status": transfer.status,
            "amount": number(transfer.amount),
            "description": transfer.description,
            "recipient": None if recipient is None else self.way.shapes(call).recipient(recipient),
            "createdAt": instant(transfer.created_at),
            "updatedAt": instant(transfer.updated_at),
        }

    def _receipt_shape(self, call: Call, receipt: ReceiptRecord) -> Shape:
        tables = self.way.payments.desk.tables
        request = tables.requests.get(receipt.request_id)
        intents = self.way.payments.intents.of(receipt.request_id)
        paid = next((one for one in intents if one.reference_id is not None), None)
        recipient = None if request is None else tables.recipients.get(request.recipient_id or "")
        amount = None if request is None else request.amount
        return {
            "id": receipt.id,
            "paymentRequestId": receipt.request_id,
            "amount": None if amount is None else number(amount),
            "description": None if request is None else request.description,
            "date": None if request is None else instant(request.updated_at),
            "expiresAt": instant(receipt.created_at + self.way.payments.desk.settings.consent_ttl),
            "receiptUrl": f"{call.origin}/_pay/{receipt.request_id}",
            "referenceId": None if paid is None else paid.reference_id,
            "debtor": None if paid is None else debtor_shape(paid.debtor),
            "creditor": None
            if recipient is None
            else {
                "name": recipient.name,
                "taxNumber": recipient.tax_number,
                "bankAccount": {
                    "agency": recipient.branch,
                    "account": recipient.number,
                    "name": None,
                },
            },
        }
