"""`/smart-transfers`: preauthorizations, the payer's balance, payments under them."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from starlette.routing import Route

from tomada.simulator.api.call import Call
from tomada.simulator.api.checks import Checks
from tomada.simulator.api.paging import moment_in
from tomada.simulator.encoding import instant, number
from tomada.simulator.payments.api import fields
from tomada.simulator.payments.api.shapes import PaymentShapes, debtor_shape
from tomada.simulator.payments.api.way import Way
from tomada.simulator.payments.records import (
    ErrorRecord,
    PeriodLimit,
    PreauthorizationRecord,
    TransferLimits,
    TransferRecord,
)
from tomada.simulator.payments.smart_transfers import PreauthorizationWish
from tomada.simulator.payments.transfer_limits import PERIODS
from tomada.simulator.shapes import Shape

_KIND = "smart transfer preauthorization"


@dataclass(frozen=True, slots=True, repr=False)
class SmartTransfersApi:
    """Handle smart transfers over HTTP."""

    way: Way

    def routes(self) -> list[Route]:
        """List the routes."""
        route = self.way.route
        many = "/smart-transfers/preauthorizations"
        return [
            route("POST", "/smart-transfers/payments", self.pay),
            route("GET", "/smart-transfers/payments/{id}", self.payment),
            route("POST", many, self.ask),
            route("GET", many, self.list),
            route("GET", f"{many}/{{id}}", self.one),
            route("GET", f"{many}/{{id}}/balance", self.balance),
            route("DELETE", f"{many}/{{id}}/data-consent", self.drop_data_consent),
            route("GET", f"{many}/{{id}}/payments", self.payments),
        ]

    def ask(self, call: Call) -> Any:
        """Ask the payer for a preauthorization."""
        checks = Checks(call.fields())
        connector_id = fields.number(checks, "connectorId", required=True)
        payer = fields.inside(checks, "parameters", required=True)
        cpf = cnpj = None
        if payer is not None:
            check = self.way.payments.desk.settings.check_digits
            cpf = fields.tax_number(payer, "cpf", kinds=("CPF",), check=check, required=True)
            cnpj = fields.tax_number(payer, "cnpj", kinds=("CNPJ",), check=check)
            fields.close(checks, "parameters", payer)
        recipients = fields.rows(checks, "recipientIds", required=True)
        if recipients is not None and (
            not recipients or not all(isinstance(one, str) for one in recipients)
        ):
            checks.wrong.append("recipientIds must contain at least 1 elements, each a string")
        reference = checks.text("clientPreauthorizationId")
        callbacks = fields.texts(checks, "callbackUrls", ("success", "error"))
        limits = _limits(checks)
        linked = checks.flag("linkedJourney") or False
        checks.done()
        wish = PreauthorizationWish(
            connector_id=int(connector_id or 0),
            cpf=cpf or "",
            recipient_ids=list(recipients or []),
            cnpj=cnpj,
            client_id=reference,
            callback_urls=callbacks,
            limits=limits,
            linked_journey=linked,
        )
        return self._shape(call, self.way.payments.smart_transfers.ask(wish))

    def list(self, call: Call) -> Any:
        """List preauthorizations, newest first."""
        rows = reversed(self.way.payments.desk.tables.preauthorizations.values())
        return self.way.page(call, [self._shape(call, one) for one in rows])

    def one(self, call: Call) -> Any:
        """Show a preauthorization."""
        return self._shape(call, self._found(call))

    def balance(self, call: Call) -> Any:
        """Read the balance of the payer's account."""
        given = self.way.payments.smart_transfers.balance(call.id_in_path(_KIND))
        contracted = Decimal(500)
        return {
            "balance": number(given.balance),
            "overdraft": {"contracted": contracted, "used": 0, "available": contracted},
        }

    def drop_data_consent(self, call: Call) -> Any:
        """Give the permission to read the balance back."""
        preauthorization_id = call.id_in_path(_KIND)
        given = self.way.payments.smart_transfers.drop_data_consent(preauthorization_id)
        return self._shape(call, given)

    def payments(self, call: Call) -> Any:
        """List the payments of a preauthorization, newest first."""
        zone = self.way.gate.world.settings.page_time_zone
        first = moment_in(call, "from", zone=zone)
        last = moment_in(call, "to", zone=zone, end=True)
        rows = [
            one
            for one in self.way.payments.smart_transfers.payments_of(call.id_in_path(_KIND))
            if (first is None or one.created_at >= first)
            and (last is None or one.created_at <= last)
        ]
        shapes = self.way.shapes(call)
        return self.way.page(call, [_payment_shape(shapes, one) for one in rows])

    def pay(self, call: Call) -> Any:
        """Pay under a preauthorization."""
        checks = Checks(call.fields())
        preauthorization_id = fields.identifier(checks, "preauthorizationId", required=True)
        recipient_id = fields.identifier(checks, "recipientId", required=True)
        amount = fields.amount(checks, "amount", required=True)
        description = checks.text("description")
        reference = checks.text("clientPaymentId")
        checks.done()
        made = self.way.payments.smart_transfers.pay(
            preauthorization_id=preauthorization_id or "",
            recipient_id=recipient_id or "",
            amount=amount or Decimal(0),
            description=description,
            client_payment_id=reference,
        )
        return _payment_shape(self.way.shapes(call), made)

    def payment(self, call: Call) -> Any:
        """Show a payment."""
        payment_id = call.id_in_path("smart transfer payment")
        found = self.way.payments.smart_transfers.payment(payment_id)
        return _payment_shape(self.way.shapes(call), found)

    def _found(self, call: Call) -> PreauthorizationRecord:
        return self.way.payments.smart_transfers.get(call.id_in_path(_KIND))

    def _shape(self, call: Call, given: PreauthorizationRecord) -> Shape:
        return preauthorization_shape(self.way.shapes(call), given)


def preauthorization_shape(shapes: PaymentShapes, given: PreauthorizationRecord) -> Shape:
    """Show a preauthorization."""
    known = shapes.desk.tables.recipients
    consent = given.data_consent
    shape: Shape = {
        "id": given.id,
        "status": given.status,
        "consentUrl": f"{shapes.origin}/_bank/payment?preauthorization={given.id}",
        "clientPreauthorizationId": given.client_id,
        "callbackUrls": given.callback_urls,
        "recipients": [shapes.recipient(known[one]) for one in given.recipient_ids if one in known],
        "connector": shapes.connector(given.connector_id),
        "createdAt": instant(given.created_at),
        "updatedAt": instant(given.updated_at),
        "configuration": None if given.limits is None else _limits_shape(given.limits),
        "errorDetail": _error_shape(given.error),
        "dataConsent": None
        if consent is None
        else {
            "status": consent.status,
            "rejectionReason": consent.reason,
            "updatedAt": instant(consent.updated_at),
        },
        "debtor": debtor_shape(given.debtor),
    }
    return shape


def _payment_shape(shapes: PaymentShapes, payment: TransferRecord) -> Shape:
    recipient = shapes.desk.tables.recipients.get(payment.recipient_id)
    return {
        "id": payment.id,
        "preauthorizationId": payment.preauthorization_id,
        "status": payment.status,
        "amount": number(payment.amount),
        "description": payment.description,
        "recipient": None if recipient is None else shapes.recipient(recipient),
        "clientPaymentId": payment.client_payment_id,
        "createdAt": instant(payment.created_at),
        "updatedAt": instant(payment.updated_at),
        "errorDetail": _error_shape(payment.error),
    }


def _error_shape(error: ErrorRecord | None) -> Shape | None:
    if error is None:
        return None
    return {"code": error.code, "description": error.code, "detail": error.detail}


def _limits_shape(limits: TransferLimits) -> Shape:
    periods = limits.periods
    return {
        "totalAllowedAmount": limits.total,
        "transactionLimit": limits.each,
        "periodicLimits": None
        if periods is None
        else {
            name: {"quantityLimit": one.quantity, "transactionLimit": one.amount}
            for name, one in periods.items()
        },
    }


def _limits(checks: Checks) -> TransferLimits | None:
    inner = fields.inside(checks, "configuration")
    if inner is None:
        return None
    limits = TransferLimits(
        total=fields.amount(inner, "totalAllowedAmount"),
        each=fields.amount(inner, "transactionLimit"),
    )
    periods = fields.inside(inner, "periodicLimits")
    if periods is not None:
        limits.periods = {}
        for name in PERIODS:
            one = fields.inside(periods, name)
            if one is None:
                continue
            quantity = fields.amount(one, "quantityLimit", least=Decimal(1))
            amount = fields.amount(one, "transactionLimit")
            if quantity is None and amount is None and not one.wrong:
                one.wrong.append("quantityLimit or transactionLimit must be given")
            fields.close(periods, name, one)
            limits.periods[name] = PeriodLimit(quantity, amount)
        fields.close(inner, "periodicLimits", periods)
    fields.close(checks, "configuration", inner)
    return limits
