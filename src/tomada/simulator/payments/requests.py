"""Payment requests: made, changed while unpaid, removed, expired, refunded."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from tomada.simulator.payments.codes import read_pix_code
from tomada.simulator.payments.desk import Desk, failure
from tomada.simulator.payments.parties import Parties
from tomada.simulator.payments.records import ErrorRecord, RequestRecord
from tomada.simulator.refusals import ApiError, invalid, not_found

# What subscribers are told of (`payment_request/updated`); other changes are silent.
_TOLD = frozenset({"AUTHORIZED", "CANCELED", "COMPLETED", "ERROR"})
_REMOVABLE = frozenset({"CREATED", "ERROR", "EXPIRED", "CANCELED"})


@dataclass(frozen=True, slots=True, repr=False)
class Requests:
    """The payment requests of one world."""

    desk: Desk
    parties: Parties

    def get(self, request_id: str) -> RequestRecord:
        """Find one or refuse with 404."""
        found = self.desk.tables.requests.get(request_id)
        if found is None:
            raise not_found("payment request")
        return found

    def create(self, **fields: Any) -> RequestRecord:
        """Make one; *fields* are those of the record. Without a recipient the default is paid."""
        to_account = fields.get("smart_account_id") is not None or fields.get("pix_code")
        if not to_account:
            fields["recipient_id"] = self.parties.payable(fields.get("recipient_id")).id
        self._check_customer(fields.get("customer_id"))
        now = self.desk.now()
        ttl = self.desk.settings.request_ttl
        made = RequestRecord(
            id=self.desk.ids.new("payment request"),
            created_at=now,
            updated_at=now,
            next_at=None if ttl is None else now + ttl,
            **fields,
        )
        self.desk.tables.requests[made.id] = made
        self.desk.changed()
        return made

    def create_from_code(self, code: str, **fields: Any) -> RequestRecord:
        """Make one that pays a copy-and-paste code; amount and name are the code's."""
        read = read_pix_code(code)
        if read is None:
            raise invalid("pixQrCode must be a valid PIX copy and paste code")
        return self.create(pix_code=code, pix_name=read.name, amount=read.amount, **fields)

    def change(self, request_id: str, fields: Mapping[str, Any]) -> RequestRecord:
        """Change what is given, while nobody has begun to pay."""
        request = self.get(request_id)
        if request.status != "CREATED":
            raise invalid(f"payment request in status {request.status} can not be updated")
        if "recipient_id" in fields:
            self.parties.payable(fields["recipient_id"])
        self._check_customer(fields.get("customer_id"))
        for name, value in fields.items():
            setattr(request, name, value)
        request.updated_at = self.desk.now()
        self.desk.changed()
        return request

    def remove(self, request_id: str) -> None:
        """Forget one, with its intents, unless money is under way or has moved."""
        request = self.get(request_id)
        if request.status not in _REMOVABLE:
            raise invalid(f"payment request in status {request.status} can not be deleted")
        tables = self.desk.tables
        del tables.requests[request.id]
        for intent in [one for one in tables.intents.values() if one.request_id == request.id]:
            del tables.intents[intent.id]
        self.desk.changed()

    def move(
        self, request: RequestRecord, status: str, *, error: ErrorRecord | None = None
    ) -> None:
        """Bring one to another status, and tell subscribers of those they are told of."""
        if request.status == status:
            return
        request.status, request.error, request.next_at = status, error, None
        request.updated_at = self.desk.now()
        self.desk.changed()
        if status in _TOLD:
            data = {"status": status}
            self.desk.tell("payment_request/updated", paymentRequestId=request.id, data=data)

    def refund(self, request_id: str, *, fails: bool = False) -> RequestRecord:
        """Give the money back, or fail to, after one step."""
        request = self.get(request_id)
        if request.status != "COMPLETED":
            raise ApiError(409, "only a completed payment request can be refunded")
        self.move(request, "REFUND_IN_PROGRESS")
        if fails:
            request.error = failure("REFUND_ERROR", "A devolução foi recusada.")
        request.next_at = self.desk.soon()
        return request

    def end_consents(self, request: RequestRecord, status: str) -> None:
        """Bring the consents under which *request* pays later to their end."""
        for intent in self.desk.tables.intents.values():
            if intent.request_id == request.id and intent.status == "CONSENT_AUTHORIZED":
                intent.status, intent.next_at = status, None
                intent.updated_at = self.desk.now()

    def waiting(self) -> Iterator[tuple[datetime, Callable[[], None]]]:
        """List what happens by itself, and when."""
        for request in self.desk.tables.requests.values():
            if request.next_at is None:
                continue
            if request.status == "CREATED":
                yield request.next_at, partial(self.move, request, "EXPIRED")
            elif request.status == "REFUND_IN_PROGRESS":
                yield request.next_at, partial(self._refunded, request)

    def _refunded(self, request: RequestRecord) -> None:
        error = request.error
        self.move(request, "REFUNDED" if error is None else "REFUND_ERROR", error=error)

    def _check_customer(self, customer_id: str | None) -> None:
        if customer_id is not None and customer_id not in self.desk.tables.customers:
            raise invalid(f"customerId {customer_id} does not exist")
