"""Automatic PIX: what happens under an authorisation, charge by charge.

A charge is asked for two to ten days before its day, by the application or, when its scheduler
is on, by the provider. A failed one may be tried again three times within seven days.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial

from tomada.simulator.payments.desk import ZONE, Desk, failure
from tomada.simulator.payments.occurrences import months_later
from tomada.simulator.payments.parties import Parties
from tomada.simulator.payments.records import (
    AttemptRecord,
    AutomaticPixRecord,
    ChargeRecord,
    RequestRecord,
)
from tomada.simulator.payments.requests import Requests
from tomada.simulator.refusals import invalid, not_found

EARLIEST, LATEST = 2, 10
RETRIES = 3
RETRY_SPAN = timedelta(days=7)
_LAST_HOUR = 22
_MONTHS = {"MONTHLY": 1, "QUARTERLY": 3, "SEMESTER": 6, "YEARLY": 12}


@dataclass(frozen=True, slots=True, repr=False)
class AutomaticPix:
    """The automatic PIX authorisations of one world, and their charges."""

    desk: Desk
    requests: Requests
    parties: Parties

    def of(self, request_id: str) -> list[ChargeRecord]:
        """List the charges of an authorisation, newest day first."""
        rows = [one for one in self.desk.tables.charges.values() if one.request_id == request_id]
        return sorted(rows, key=lambda one: one.day, reverse=True)

    def get(self, request_id: str, charge_id: str) -> ChargeRecord:
        """Find one of an authorisation or refuse with 404."""
        self.requests.get(request_id)
        found = self.desk.tables.charges.get(charge_id)
        if found is None or found.request_id != request_id:
            raise not_found("automatic pix payment")
        return found

    def authorise(self, request: RequestRecord) -> None:
        """Begin: the payer has consented."""
        self.requests.move(request, "AUTHORIZED")
        terms = request.automatic
        if terms is None:
            return
        # A day that has passed before consent is not charged.
        while due_day(terms, terms.planned) < self.desk.today():
            terms.planned += 1
        first = terms.first_payment
        if first is not None:
            day = first.day or self.desk.today()
            self._charge(request, first.amount, day, description=first.description, is_first=True)

    def schedule(
        self,
        request_id: str,
        *,
        amount: Decimal,
        day: date,
        description: str | None = None,
        client_payment_id: str | None = None,
        recipient_id: str | None = None,
    ) -> ChargeRecord:
        """Ask for one charge."""
        request = self._authorised(request_id)
        earliest, latest = self.desk.days_ahead(EARLIEST), self.desk.days_ahead(LATEST)
        if not earliest <= day <= latest:
            raise invalid(f"date must be between {earliest} and {latest}")
        _check_amount(request.automatic, amount)
        if recipient_id is not None:
            self._check_recipient(request, recipient_id)
        return self._charge(
            request,
            amount,
            day,
            description=description,
            client_payment_id=client_payment_id,
            recipient_id=recipient_id,
        )

    def retry(self, request_id: str, charge_id: str, day: date) -> None:
        """Try a failed charge again on another day."""
        request = self._authorised(request_id)
        charge = self.get(request_id, charge_id)
        if charge.status != "ERROR":
            raise invalid(f"automatic pix payment in status {charge.status} can not be retried")
        if request.automatic is None or not request.automatic.retry_accepted:
            raise invalid("the authorization does not accept retries")
        if len(charge.attempts) > RETRIES:
            raise invalid(f"automatic pix payment was already retried {RETRIES} times")
        local = self.desk.now().astimezone(ZONE)
        earliest = self.desk.days_ahead(1 if local.hour < _LAST_HOUR else 2)
        latest = charge.first_day + RETRY_SPAN
        if not earliest <= day <= latest:
            raise invalid(f"date must be between {earliest} and {latest}")
        self._try_again(charge, day)

    def cancel(self, request_id: str, charge_id: str) -> None:
        """Cancel a charge that is still to come."""
        charge = self.get(request_id, charge_id)
        if charge.status not in {"CREATED", "SCHEDULED"}:
            raise invalid(f"automatic pix payment in status {charge.status} can not be canceled")
        self._cancel(charge)

    def revoke(self, request_id: str) -> None:
        """End the authorisation, with what is still to come under it."""
        request = self._authorised(request_id)
        self._end(request, "CANCELED", "REVOKED")

    def waiting(self) -> Iterator[tuple[datetime, Callable[[], None]]]:
        """List what happens by itself, and when."""
        for charge in self.desk.tables.charges.values():
            if charge.next_at is not None:
                step = self._scheduled if charge.status == "CREATED" else self._pay
                yield charge.next_at, partial(step, charge)
        for request in self.desk.tables.requests.values():
            terms = request.automatic
            if terms is None or request.status != "AUTHORIZED":
                continue
            if terms.expires_at is not None:
                yield terms.expires_at, partial(self._end, request, "EXPIRED", "CONSUMED")
            if terms.scheduler:
                day = due_day(terms, terms.planned)
                if terms.expires_at is None or self.desk.opening(day) < terms.expires_at:
                    at = self.desk.opening(day - timedelta(days=LATEST))
                    yield at, partial(self._plan, request, terms, day)

    def _authorised(self, request_id: str) -> RequestRecord:
        request = self.requests.get(request_id)
        if request.automatic is None:
            raise invalid("payment request is not an automatic pix authorization")
        if request.status != "AUTHORIZED":
            raise invalid(f"automatic pix authorization is in status {request.status}")
        return request

    def _charge(
        self,
        request: RequestRecord,
        amount: Decimal,
        day: date,
        *,
        description: str | None = None,
        client_payment_id: str | None = None,
        recipient_id: str | None = None,
        is_first: bool = False,
    ) -> ChargeRecord:
        made = ChargeRecord(
            id=self.desk.ids.new("automatic pix payment"),
            request_id=request.id,
            recipient_id=recipient_id or request.recipient_id or "",
            amount=amount,
            day=day,
            first_day=day,
            description=description or request.description,
            client_payment_id=client_payment_id,
            is_first=is_first,
            next_at=self.desk.soon(),
        )
        made.attempts.append(AttemptRecord(self.desk.ids.new("attempt"), day))
        self.desk.tables.charges[made.id] = made
        self.desk.changed()
        self._tell("created", made)
        return made

    def _plan(self, request: RequestRecord, terms: AutomaticPixRecord, day: date) -> None:
        terms.planned += 1
        amount = terms.scheduler_value if terms.fixed is None else terms.fixed
        if amount is not None:
            self._charge(request, amount, day, description=terms.scheduler_description)
        self.desk.changed()

    def _scheduled(self, charge: ChargeRecord) -> None:
        charge.status, charge.was_scheduled = "SCHEDULED", True
        charge.next_at = self.desk.opening(charge.day)
        self.desk.changed()

    def _pay(self, charge: ChargeRecord) -> None:
        charge.next_at = None
        attempt = charge.attempts[-1]
        code = self.desk.outcome("charge")
        if code is None:
            reference = self.desk.end_to_end_id(attempt.id)
            charge.status, charge.error, charge.end_to_end_id = "COMPLETED", None, reference
            attempt.status, attempt.end_to_end_id = "COMPLETED", reference
            self._tell("completed", charge, endToEndId=reference)
        else:
            charge.status = attempt.status = "ERROR"
            charge.error = attempt.error = failure(code)
            error = {"code": code, "detail": charge.error.detail}
            self._tell("error", charge, error=error)
            self._retry_by_itself(charge)
        self.desk.changed()

    def _retry_by_itself(self, charge: ChargeRecord) -> None:
        request = self.desk.tables.requests.get(charge.request_id)
        terms = None if request is None else request.automatic
        if terms is None or not terms.retry_days or len(charge.attempts) > RETRIES:
            return
        later = (charge.first_day + timedelta(days=days) for days in sorted(terms.retry_days))
        day = next((one for one in later if one > charge.day), None)
        if day is not None:
            self._try_again(charge, day)

    def _try_again(self, charge: ChargeRecord, day: date) -> None:
        charge.day, charge.status, charge.error = day, "SCHEDULED", None
        charge.next_at = self.desk.opening(day)
        charge.attempts.append(AttemptRecord(self.desk.ids.new("attempt"), day))
        self.desk.changed()

    def _cancel(self, charge: ChargeRecord) -> None:
        charge.status, charge.next_at = "CANCELED", None
        charge.attempts[-1].status = "CANCELED"
        self.desk.changed()
        self._tell("canceled", charge)

    def _end(self, request: RequestRecord, status: str, consent: str) -> None:
        for charge in self.of(request.id):
            if charge.status in {"CREATED", "SCHEDULED"}:
                self._cancel(charge)
        self.requests.end_consents(request, consent)
        self.requests.move(request, status)

    def _check_recipient(self, request: RequestRecord, recipient_id: str) -> None:
        other = self.parties.payable(recipient_id)
        agreed = self.parties.payable(request.recipient_id)
        if other.tax_number != agreed.tax_number:
            raise invalid("recipientId must have the tax number of the authorized recipient")

    def _tell(self, event: str, charge: ChargeRecord, **fields: object) -> None:
        self.desk.tell(
            f"automatic_pix_payment/{event}",
            paymentRequestId=charge.request_id,
            automaticPixPaymentId=charge.id,
            **fields,
        )


def due_day(terms: AutomaticPixRecord, number: int) -> date:
    """Name the day of the *number*-th charge (from 0) of an authorisation."""
    if terms.interval == "WEEKLY":
        return terms.start + timedelta(weeks=number)
    return months_later(terms.start, _MONTHS[terms.interval] * number)


def _check_amount(terms: AutomaticPixRecord | None, amount: Decimal) -> None:
    if terms is None:
        return
    if terms.fixed is not None and amount != terms.fixed:
        raise invalid(f"amount must be {terms.fixed}")
    if terms.least is not None and amount < terms.least:
        raise invalid(f"amount must not be less than {terms.least}")
    if terms.most is not None and amount > terms.most:
        raise invalid(f"amount must not be greater than {terms.most}")
