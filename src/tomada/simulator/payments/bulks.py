"""Smart accounts and bulk payments: what official clients still call, and nobody documents.

What these operations do beyond the types of those clients is not published.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tomada.simulator.payments.desk import Desk
from tomada.simulator.payments.parties import Parties
from tomada.simulator.payments.records import (
    AccountTransferRecord,
    BulkRecord,
    ReceiptRecord,
    RequestRecord,
    SmartAccountRecord,
)
from tomada.simulator.payments.requests import Requests
from tomada.simulator.refusals import invalid, not_found


@dataclass(frozen=True, slots=True, repr=False)
class Bulks:
    """The smart accounts, bulk payments and receipts of one world."""

    desk: Desk
    requests: Requests
    parties: Parties

    def account(self, account_id: str) -> SmartAccountRecord:
        """Find a smart account or refuse with 404."""
        found = self.desk.tables.accounts.get(account_id)
        if found is None:
            raise not_found("smart account")
        return found

    def open_account(self, fields: Mapping[str, Any]) -> SmartAccountRecord:
        """Open a smart account; its number is made up."""
        now = self.desk.now()
        number = self.desk.world_state.ids_given % 900_000 + 100_000
        made = SmartAccountRecord(
            id=self.desk.ids.new("smart account"),
            agency="0001",
            number=str(number),
            verifying_digit=str(number % 10),
            created_at=now,
            updated_at=now,
            **fields,
        )
        self.desk.tables.accounts[made.id] = made
        self.desk.changed()
        return made

    def credit(self, request: RequestRecord) -> None:
        """Put what was paid for *request* on the smart account it names."""
        account = self.desk.tables.accounts.get(request.smart_account_id or "")
        if account is not None and request.amount is not None:
            account.balance += request.amount
            account.updated_at = self.desk.now()

    def transfer(
        self, account_id: str, *, recipient_id: str, amount: Decimal, description: str | None
    ) -> AccountTransferRecord:
        """Send money from a smart account; 400 when it has not enough."""
        account = self.account(account_id)
        self.parties.payable(recipient_id)
        if account.balance < amount:
            raise invalid("the smart account has insufficient balance")
        account.balance -= amount
        now = self.desk.now()
        made = AccountTransferRecord(
            id=self.desk.ids.new("smart account transfer"),
            account_id=account.id,
            recipient_id=recipient_id,
            amount=amount,
            created_at=now,
            updated_at=now,
            description=description,
        )
        self.desk.tables.account_transfers[made.id] = made
        self.desk.changed()
        return made

    def transfer_of(self, account_id: str, transfer_id: str) -> AccountTransferRecord:
        """Find a transfer of a smart account or refuse with 404."""
        self.account(account_id)
        found = self.desk.tables.account_transfers.get(transfer_id)
        if found is None or found.account_id != account_id:
            raise not_found("smart account transfer")
        return found

    def get(self, bulk_id: str) -> BulkRecord:
        """Find a bulk payment or refuse with 404."""
        found = self.desk.tables.bulks.get(bulk_id)
        if found is None:
            raise not_found("bulk payment")
        return found

    def create(
        self,
        *,
        account_id: str,
        request_ids: Sequence[str],
        callback_urls: dict[str, str] | None = None,
    ) -> BulkRecord:
        """Put unpaid requests together."""
        if account_id not in self.desk.tables.accounts:
            raise invalid(f"smartAccountId {account_id} does not exist")
        requests = [self.desk.tables.requests.get(one) for one in request_ids]
        if not requests or any(one is None or one.status != "CREATED" for one in requests):
            raise invalid("paymentRequestIds must name payment requests in status CREATED")
        now = self.desk.now()
        made = BulkRecord(
            id=self.desk.ids.new("bulk payment"),
            account_id=account_id,
            request_ids=list(request_ids),
            created_at=now,
            updated_at=now,
            callback_urls=callback_urls,
        )
        for request in requests:
            if request is not None:
                request.bulk_id = made.id
        self.desk.tables.bulks[made.id] = made
        self.desk.changed()
        return made

    def remove(self, bulk_id: str) -> None:
        """Take a bulk apart; its requests stay."""
        bulk = self.get(bulk_id)
        if bulk.status not in {"CREATED", "ERROR"}:
            raise invalid(f"bulk payment in status {bulk.status} can not be deleted")
        for request in self.requests_of(bulk_id):
            request.bulk_id = None
        del self.desk.tables.bulks[bulk.id]
        self.desk.changed()

    def payable(self, bulk_id: str) -> list[RequestRecord]:
        """Give the requests of a bulk that may be paid now; otherwise 400."""
        bulk = self.desk.tables.bulks.get(bulk_id)
        if bulk is None:
            raise invalid(f"bulkPaymentId {bulk_id} does not exist")
        if bulk.status not in {"CREATED", "ERROR", "TOP_UP_STARTED"}:
            raise invalid(f"bulk payment in status {bulk.status} can not be paid")
        return self.requests_of(bulk_id)

    def requests_of(self, bulk_id: str) -> list[RequestRecord]:
        """List the requests of a bulk that still exist."""
        bulk = self.desk.tables.bulks.get(bulk_id)
        ids = [] if bulk is None else bulk.request_ids
        return [self.desk.tables.requests[one] for one in ids if one in self.desk.tables.requests]

    def move(self, bulk_id: str | None, status: str, *, reference_id: str | None = None) -> None:
        """Bring a bulk to another status; None names no bulk."""
        bulk = self.desk.tables.bulks.get(bulk_id or "")
        if bulk is not None:
            bulk.status, bulk.updated_at = status, self.desk.now()
            bulk.reference_id = reference_id or bulk.reference_id
            self.desk.changed()

    def issue_receipt(self, request_id: str) -> ReceiptRecord:
        """Make the proof of a payment; 400 before it is paid."""
        request = self.requests.get(request_id)
        if request.status != "COMPLETED":
            raise invalid("only a completed payment request has a receipt")
        made = ReceiptRecord(self.desk.ids.new("receipt"), request.id, self.desk.now())
        self.desk.tables.receipts[made.id] = made
        self.desk.changed()
        return made

    def receipts_of(self, request_id: str) -> list[ReceiptRecord]:
        """List the receipts of a request."""
        self.requests.get(request_id)
        return [one for one in self.desk.tables.receipts.values() if one.request_id == request_id]

    def receipt(self, request_id: str, receipt_id: str) -> ReceiptRecord:
        """Find a receipt of a request or refuse with 404."""
        for one in self.receipts_of(request_id):
            if one.id == receipt_id:
                return one
        raise not_found("payment receipt")
