"""`/payments/requests`: single and scheduled requests, and those from a PIX code."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal, cast

from starlette.routing import Route

from tomada.simulator.api.call import Call
from tomada.simulator.api.checks import Checks
from tomada.simulator.api.paging import moment_in
from tomada.simulator.payments.api import fields
from tomada.simulator.payments.api.shapes import scheduled_shape
from tomada.simulator.payments.api.way import Way, empty, other_id
from tomada.simulator.payments.documents import digits_of
from tomada.simulator.payments.occurrences import (
    LEAST,
    MOST,
    SPAN,
    WEEKDAYS,
    Repetition,
    days_of,
)
from tomada.simulator.payments.records import RequestRecord, ScheduledRecord, ScheduleRecord
from tomada.simulator.refusals import invalid

STATUSES = (
    "CREATED",
    "IN_PROGRESS",
    "COMPLETED",
    "SCHEDULED",
    "WAITING_PAYER_AUTHORIZATION",
    "ERROR",
    "EXPIRED",
    "AUTHORIZED",
    "CANCELED",
)
CALLBACKS = ("success", "pending", "error")
KIND = "payment request"
_SCHEDULES = ("SINGLE", "DAILY", "WEEKLY", "MONTHLY", "CUSTOM")
_MOST_DATES = 60


@dataclass(frozen=True, slots=True, repr=False)
class RequestsApi:
    """Handle payment requests and their schedules over HTTP."""

    way: Way

    def routes(self) -> list[Route]:
        """List the routes."""
        route = self.way.route
        one = "/payments/requests/{id}"
        return [
            route("POST", "/payments/requests", self.create),
            route("GET", "/payments/requests", self.search),
            route("POST", "/payments/requests/pix-qr", self.create_from_code),
            route("GET", one, self.one),
            route("PATCH", one, self.change),
            route("DELETE", one, self.remove),
            route("GET", f"{one}/schedules", self.schedules),
            route("POST", f"{one}/schedules/cancel", self.cancel_schedules),
            route("POST", f"{one}/schedules/{{scheduleId}}/cancel", self.cancel_scheduled),
            self.way.leftover("GET", f"{one}/schedules/{{scheduleId}}", self.scheduled),
        ]

    def create(self, call: Call) -> Any:
        """Make a request."""
        checks = Checks(call.fields())
        given = self._fields(checks) | {
            "amount": fields.amount(checks, "amount", required=True),
            "schedule": self._schedule(checks),
            "smart_account_id": fields.identifier(checks, "smartAccountId"),
        }
        checks.done()
        return self._shape(call, self.way.payments.requests.create(**given))

    def create_from_code(self, call: Call) -> Any:
        """Make a request that pays a copy-and-paste code."""
        checks = Checks(call.fields())
        code = checks.text("pixQrCode", required=True)
        given = self._fields(checks)
        checks.done()
        del given["recipient_id"]
        made = self.way.payments.requests.create_from_code(code or "", **given)
        return self._shape(call, made)

    def search(self, call: Call) -> Any:
        """List requests, newest first."""
        status = call.query("status")
        if status is not None and status not in STATUSES:
            raise invalid(f"status must be one of the following values: {', '.join(STATUSES)}")
        zone = self.way.gate.world.settings.page_time_zone
        first = moment_in(call, "from", zone=zone)
        last = moment_in(call, "to", zone=zone, end=True)
        reference = call.query("clientPaymentId")
        found = [
            one
            for one in reversed(self.way.payments.desk.tables.requests.values())
            if (status is None or one.status == status)
            and (first is None or one.created_at >= first)
            and (last is None or one.created_at <= last)
            and (reference is None or one.client_payment_id == reference)
            and self._is_of(one, call.query("customer"))
            and self._pays_key(one, call.query("pixKey"))
        ]
        return self.way.page(call, [self._shape(call, one) for one in found])

    def one(self, call: Call) -> Any:
        """Show a request."""
        return self._shape(call, self._found(call))

    def change(self, call: Call) -> Any:
        """Change an unpaid request."""
        request = self._found(call)
        checks = Checks(call.fields())
        given = self._fields(checks) | {"amount": fields.amount(checks, "amount")}
        checks.done()
        changes = {name: value for name, value in given.items() if value is not None}
        if "isSandbox" not in checks.fields:
            del changes["is_sandbox"]
        return self._shape(call, self.way.payments.requests.change(request.id, changes))

    def remove(self, call: Call) -> Any:
        """Forget a request."""
        self.way.payments.requests.remove(call.id_in_path(KIND))
        return empty()

    def schedules(self, call: Call) -> Any:
        """List the payments of a scheduled request."""
        rows = self.way.payments.schedules.of(self._found(call).id)
        if not self.way.payments.desk.settings.show_canceled_schedules:
            rows = [one for one in rows if one.status != "CANCELED"]
        return self.way.page(call, [scheduled_shape(one) for one in rows])

    def scheduled(self, call: Call) -> Any:
        """Show one payment of a schedule; only the official client knows this operation."""
        return scheduled_shape(self._found_scheduled(call))

    def cancel_schedules(self, call: Call) -> Any:
        """Take the whole authorisation back."""
        self.way.payments.schedules.cancel_all(call.id_in_path(KIND))
        return self.way.no_content()

    def cancel_scheduled(self, call: Call) -> Any:
        """Cancel one payment of a schedule."""
        row = self._found_scheduled(call)
        self.way.payments.schedules.cancel(row.request_id, row.id)
        return self.way.no_content()

    def _found(self, call: Call) -> RequestRecord:
        return self.way.payments.requests.get(call.id_in_path(KIND))

    def _found_scheduled(self, call: Call) -> ScheduledRecord:
        request_id = call.id_in_path(KIND)
        scheduled_id = other_id(call, "scheduleId", "scheduled payment")
        return self.way.payments.schedules.get(request_id, scheduled_id)

    def _shape(self, call: Call, request: RequestRecord) -> Any:
        return self.way.shapes(call).request(request)

    def _fields(self, checks: Checks) -> dict[str, Any]:
        return {
            "description": checks.text("description"),
            "callback_urls": fields.texts(checks, "callbackUrls", CALLBACKS),
            "recipient_id": fields.identifier(checks, "recipientId"),
            "customer_id": fields.identifier(checks, "customerId"),
            "client_payment_id": checks.text("clientPaymentId"),
            "is_sandbox": checks.flag("isSandbox") or False,
        }

    def _is_of(self, request: RequestRecord, wanted: str | None) -> bool:
        if wanted is None:
            return True
        customer = self.way.payments.desk.tables.customers.get(request.customer_id or "")
        if customer is None:
            return False
        texts = (customer.name, customer.email or "")
        numbers = {customer.cpf, customer.cnpj} - {None}
        return digits_of(wanted) in numbers or any(
            wanted.casefold() in text.casefold() for text in texts
        )

    def _pays_key(self, request: RequestRecord, wanted: str | None) -> bool:
        recipient = self.way.payments.desk.tables.recipients.get(request.recipient_id or "")
        return wanted is None or (recipient is not None and recipient.pix_key == wanted)

    def _schedule(self, checks: Checks) -> ScheduleRecord | None:
        inner = fields.inside(checks, "schedule")
        if inner is None:
            return None
        kind = fields.choice(inner, "type", _SCHEDULES, required=True)
        days = [] if kind is None else _days(inner, kind)
        if not inner.wrong:
            self._check_days(inner, days)
        fields.close(checks, "schedule", inner)
        return None if inner.wrong else ScheduleRecord(dict(inner.fields), days)

    def _check_days(self, inner: Checks, days: list[date]) -> None:
        tomorrow = self.way.payments.desk.days_ahead(1)
        if days[0] < tomorrow:
            inner.wrong.append(f"the first payment must not be before {tomorrow}")
        if days[-1] > tomorrow + SPAN or days[-1] - days[0] > SPAN:
            inner.wrong.append("the last payment must not be later than 2 years after the first")


def _days(inner: Checks, kind: str) -> list[date]:
    if kind == "SINGLE":
        day = fields.day(inner, "date", required=True)
        return [] if day is None else [day]
    if kind == "CUSTOM":
        return _listed(inner)
    start = fields.day(inner, "startDate", required=True)
    count = fields.whole(inner, "occurrences", least=LEAST, most=MOST[kind])
    place: int | None = 0
    if kind == "WEEKLY":
        name = fields.choice(inner, "dayOfWeek", WEEKDAYS, required=True)
        place = None if name is None else WEEKDAYS.index(name)
    elif kind == "MONTHLY":
        place = fields.whole(inner, "dayOfMonth", least=1, most=30)
    if start is None or count is None or place is None:
        return []
    repeated = cast("Literal['DAILY', 'WEEKLY', 'MONTHLY']", kind)
    if start > date.max - timedelta(days=_MOST_DATES * 31):
        inner.wrong.append("startDate is too late")
        return []
    return days_of(Repetition(repeated, start, count, place))


def _listed(inner: Checks) -> list[date]:
    values = fields.rows(inner, "dates", required=True) or []
    if not 1 <= len(values) <= _MOST_DATES:
        inner.wrong.append(f"dates must have between 1 and {_MOST_DATES} days")
    found = []
    for place, value in enumerate(values):
        one = Checks({f"dates.{place}": value})
        day = fields.day(one, f"dates.{place}", required=True)
        inner.wrong += one.wrong
        if day is not None:
            found.append(day)
    if len(set(found)) != len(found):
        inner.wrong.append("dates must not repeat")
    return sorted(found)
