"""The single payments of a scheduled request: planned at consent, made on their days."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from tomada.simulator.payments.desk import Desk, failure
from tomada.simulator.payments.records import RequestRecord, ScheduledRecord
from tomada.simulator.payments.requests import Requests
from tomada.simulator.refusals import invalid, not_found


@dataclass(frozen=True, slots=True, repr=False)
class Schedules:
    """The planned payments of one world."""

    desk: Desk
    requests: Requests

    def of(self, request_id: str) -> list[ScheduledRecord]:
        """List the payments of a request, in the order of their days."""
        rows = [one for one in self.desk.tables.scheduled.values() if one.request_id == request_id]
        return sorted(rows, key=lambda one: (one.day, one.description))

    def get(self, request_id: str, scheduled_id: str) -> ScheduledRecord:
        """Find one of a request or refuse with 404."""
        self.requests.get(request_id)
        found = self.desk.tables.scheduled.get(scheduled_id)
        if found is None or found.request_id != request_id:
            raise not_found("scheduled payment")
        return found

    def plan(self, request: RequestRecord) -> None:
        """Plan the payments of *request*, whose payer has just consented."""
        if request.schedule is None:
            return
        days = request.schedule.dates
        for number, day in enumerate(days, start=1):
            made = ScheduledRecord(
                id=self.desk.ids.new("scheduled payment"),
                request_id=request.id,
                day=day,
                description=f"PAGAMENTO AGENDADO {number}/{len(days)}",
                next_at=self.desk.opening(day),
            )
            self.desk.tables.scheduled[made.id] = made
            self._tell("created", made)
        self.requests.move(request, "SCHEDULED")
        self.desk.tell("scheduled_payment/all_created", paymentRequestId=request.id)

    def cancel(self, request_id: str, scheduled_id: str) -> None:
        """Cancel one payment that is still to come."""
        row = self.get(request_id, scheduled_id)
        if row.status != "SCHEDULED":
            raise invalid(f"scheduled payment in status {row.status} can not be canceled")
        self._cancel(row)
        self._settle(self.requests.get(request_id))

    def cancel_all(self, request_id: str) -> None:
        """Take the whole authorisation back: what is still to come will not be paid."""
        request = self.requests.get(request_id)
        if request.status != "SCHEDULED":
            raise invalid(f"payment request in status {request.status} has no schedule to cancel")
        for row in self.of(request_id):
            if row.status == "SCHEDULED":
                self._cancel(row)
        self._end(request, "CANCELED")

    def waiting(self) -> Iterator[tuple[datetime, Callable[[], None]]]:
        """List what happens by itself, and when."""
        for row in self.desk.tables.scheduled.values():
            if row.next_at is not None:
                yield row.next_at, partial(self._pay, row)

    def _pay(self, row: ScheduledRecord) -> None:
        row.next_at = None
        code = self.desk.outcome("scheduled")
        if code is None:
            row.status, row.end_to_end_id = "COMPLETED", self.desk.end_to_end_id(row.id)
            self._tell("completed", row, endToEndId=row.end_to_end_id)
        else:
            row.status, row.error = "ERROR", failure(code)
            error = {"code": code, "description": code, "detail": row.error.detail}
            self._tell("error", row, error=error)
        self.desk.changed()
        request = self.desk.tables.requests.get(row.request_id)
        if request is not None:
            self._settle(request)

    def _cancel(self, row: ScheduledRecord) -> None:
        row.status, row.next_at = "CANCELED", None
        self.desk.changed()
        self._tell("canceled", row)

    def _settle(self, request: RequestRecord) -> None:
        found = {row.status for row in self.of(request.id)}
        if "SCHEDULED" in found or request.status != "SCHEDULED":
            return
        if "COMPLETED" in found:
            self.desk.tell("scheduled_payment/all_completed", paymentRequestId=request.id)
            self._end(request, "COMPLETED")
        else:
            self._end(request, "ERROR" if "ERROR" in found else "CANCELED")

    def _end(self, request: RequestRecord, status: str) -> None:
        error = failure("FALHA_AGENDAMENTO_PAGAMENTOS") if status == "ERROR" else None
        self.requests.end_consents(request, "CONSUMED" if status == "COMPLETED" else "REVOKED")
        self.requests.move(request, status, error=error)

    def _tell(self, event: str, row: ScheduledRecord, **fields: object) -> None:
        self.desk.tell(
            f"scheduled_payment/{event}",
            paymentRequestId=row.request_id,
            scheduledPaymentId=row.id,
            **fields,
        )
