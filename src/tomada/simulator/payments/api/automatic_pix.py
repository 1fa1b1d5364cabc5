"""`/payments/requests/…/automatic-pix`: authorisations and their charges."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from starlette.routing import Route

from tomada.simulator.api.call import Call
from tomada.simulator.api.checks import Checks
from tomada.simulator.payments.api import fields
from tomada.simulator.payments.api.requests import CALLBACKS, KIND
from tomada.simulator.payments.api.shapes import charge_shape
from tomada.simulator.payments.api.way import Way, other_id
from tomada.simulator.payments.desk import ZONE
from tomada.simulator.payments.records import (
    AutomaticPixRecord,
    ChargeRecord,
    FirstPaymentRecord,
)

INTERVALS = ("WEEKLY", "MONTHLY", "QUARTERLY", "SEMESTER", "YEARLY")
_RETRY_DAYS = range(1, 8)


@dataclass(frozen=True, slots=True, repr=False)
class AutomaticPixApi:
    """Handle automatic PIX over HTTP."""

    way: Way

    def routes(self) -> list[Route]:
        """List the routes."""
        route = self.way.route
        one = "/payments/requests/{id}/automatic-pix"
        charge = f"{one}/schedules/{{paymentId}}"
        return [
            route("POST", "/payments/requests/automatic-pix", self.create),
            route("POST", f"{one}/cancel", self.revoke),
            route("POST", f"{one}/schedule", self.schedule),
            route("GET", f"{one}/schedules", self.charges),
            route("GET", charge, self.charge),
            route("POST", f"{charge}/cancel", self.cancel),
            route("POST", f"{charge}/retry", self.retry),
        ]

    def create(self, call: Call) -> Any:
        """Make a request for an authorisation."""
        checks = Checks(call.fields())
        terms = self._terms(checks)
        given: dict[str, Any] = {
            "description": checks.text("description"),
            "callback_urls": fields.texts(checks, "callbackUrls", CALLBACKS),
            "recipient_id": fields.identifier(checks, "recipientId", required=True),
            "customer_id": fields.identifier(checks, "customerId"),
            "client_payment_id": checks.text("clientPaymentId"),
            "is_sandbox": checks.flag("isSandbox") or False,
        }
        checks.done()
        made = self.way.payments.requests.create(automatic=terms, **given)
        return self.way.shapes(call).request(made)

    def schedule(self, call: Call) -> Any:
        """Ask for a charge."""
        request_id = call.id_in_path(KIND)
        self.way.payments.requests.get(request_id)
        checks = Checks(call.fields())
        amount = fields.amount(checks, "amount", required=True)
        day = fields.day(checks, "date", required=True)
        description = checks.text("description")
        reference = checks.text("clientPaymentId")
        recipient_id = fields.identifier(checks, "recipientId")
        checks.done()
        if amount is None or day is None:
            raise AssertionError("checked above")
        charge = self.way.payments.automatic_pix.schedule(
            request_id,
            amount=amount,
            day=day,
            description=description,
            client_payment_id=reference,
            recipient_id=recipient_id,
        )
        return charge_shape(charge)

    def charges(self, call: Call) -> Any:
        """List the charges of an authorisation."""
        request = self.way.payments.requests.get(call.id_in_path(KIND))
        rows = self.way.payments.automatic_pix.of(request.id)
        return self.way.page(call, [charge_shape(one) for one in rows])

    def charge(self, call: Call) -> Any:
        """Show one charge."""
        return charge_shape(self._found(call), whole=True)

    def cancel(self, call: Call) -> Any:
        """Cancel a charge."""
        charge = self._found(call)
        self.way.payments.automatic_pix.cancel(charge.request_id, charge.id)
        return self.way.no_content()

    def retry(self, call: Call) -> Any:
        """Try a failed charge again."""
        charge = self._found(call)
        checks = Checks(call.fields())
        day = fields.day(checks, "date", required=True)
        checks.done()
        self.way.payments.automatic_pix.retry(charge.request_id, charge.id, day or date.min)
        return self.way.no_content()

    def revoke(self, call: Call) -> Any:
        """End an authorisation."""
        self.way.payments.automatic_pix.revoke(call.id_in_path(KIND))
        return self.way.no_content()

    def _found(self, call: Call) -> ChargeRecord:
        charge_id = other_id(call, "paymentId", "automatic pix payment")
        return self.way.payments.automatic_pix.get(call.id_in_path(KIND), charge_id)

    def _terms(self, checks: Checks) -> AutomaticPixRecord | None:
        start = fields.day(checks, "startDate", required=True)
        interval = fields.choice(checks, "interval", INTERVALS, required=True)
        terms = AutomaticPixRecord(
            interval=interval or "",
            start=start or date.min,
            fixed=fields.amount(checks, "fixedAmount"),
            least=fields.amount(checks, "minimumVariableAmount"),
            most=fields.amount(checks, "maximumVariableAmount"),
            expires_at=_end(checks),
            retry_accepted=checks.flag("isRetryAccepted"),
            first_payment=_first(checks, start),
            retry_days=_retry_days(checks),
        )
        _read_scheduler(checks, terms)
        if start is not None:
            self._check(checks, terms)
        return terms

    def _check(self, checks: Checks, terms: AutomaticPixRecord) -> None:
        today = self.way.payments.desk.today()
        if terms.start < today:
            checks.wrong.append(f"startDate must not be before {today}")
        if terms.expires_at is not None and terms.expires_at.date() <= terms.start:
            checks.wrong.append("expiresAt must be after startDate")
        if terms.fixed is not None and (terms.least is not None or terms.most is not None):
            checks.wrong.append("fixedAmount can not be used with variable amounts")
        if terms.least is not None and terms.most is not None and terms.least > terms.most:
            checks.wrong.append("minimumVariableAmount must not exceed maximumVariableAmount")
        first = terms.first_payment
        if first is not None and (first.day or today) == terms.start:
            checks.wrong.append("firstPayment must not be on startDate")
        if first is not None and first.day is not None and first.day < today:
            checks.wrong.append(f"firstPayment.date must not be before {today}")


def _end(checks: Checks) -> datetime | None:
    value = checks.fields.get("expiresAt")
    moment = fields.moment(checks, "expiresAt")
    # A bare day still counts.
    if moment is not None and isinstance(value, str) and "T" not in value:
        return datetime.combine(moment.date(), time(), tzinfo=ZONE) + timedelta(days=1)
    return moment


def _first(checks: Checks, start: date | None) -> FirstPaymentRecord | None:
    inner = fields.inside(checks, "firstPayment")
    if inner is None:
        return None
    amount = fields.amount(inner, "amount", required=True)
    day = fields.day(inner, "date")
    description = inner.text("description")
    fields.close(checks, "firstPayment", inner)
    return None if amount is None or start is None else FirstPaymentRecord(amount, day, description)


def _retry_days(checks: Checks) -> list[int] | None:
    inner = fields.inside(checks, "automaticRetriesConfiguration")
    if inner is None:
        return None
    values = fields.rows(inner, "retryDays", required=True) or []
    if not all(isinstance(one, int) and one in _RETRY_DAYS for one in values):
        inner.wrong.append("each value in retryDays must be one of the following values: 1 to 7")
    fields.close(checks, "automaticRetriesConfiguration", inner)
    return [one for one in values if isinstance(one, int)]


def _read_scheduler(checks: Checks, terms: AutomaticPixRecord) -> None:
    inner = fields.inside(checks, "schedulerConfiguration")
    if inner is None:
        return
    terms.scheduler = inner.flag("enabled")
    if terms.scheduler is None and not inner.wrong:
        inner.wrong.append("enabled must be a boolean value")
    terms.scheduler_description = inner.text("description")
    terms.scheduler_value = fields.amount(inner, "valueForVariableAmount")
    if terms.scheduler and terms.fixed is None and terms.scheduler_value is None:
        inner.wrong.append("valueForVariableAmount is required for variable amounts")
    fields.close(checks, "schedulerConfiguration", inner)
