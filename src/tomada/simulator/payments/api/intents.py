"""`/payments/intents`: begin to pay, and see how it goes."""

from dataclasses import dataclass
from typing import Any

from starlette.routing import Route

from tomada.simulator.api.call import Call
from tomada.simulator.api.checks import Checks
from tomada.simulator.payments.api import fields
from tomada.simulator.payments.api.way import Way
from tomada.simulator.payments.documents import digits_of
from tomada.simulator.payments.intents import IntentWish


@dataclass(frozen=True, slots=True, repr=False)
class IntentsApi:
    """Handle payment intents over HTTP."""

    way: Way

    def routes(self) -> list[Route]:
        """List the routes."""
        return [
            self.way.route("POST", "/payments/intents", self.create),
            self.way.route("GET", "/payments/intents", self.list),
            self.way.route("GET", "/payments/intents/{id}", self.one),
        ]

    def create(self, call: Call) -> Any:
        """Begin to pay."""
        checks = Checks(call.fields())
        request_id = fields.identifier(checks, "paymentRequestId")
        bulk_id = fields.identifier(checks, "bulkPaymentId")
        connector_id = fields.number(checks, "connectorId")
        method = fields.choice(checks, "paymentMethod", ("PIS", "PIX"))
        dynamic = checks.flag("isDynamicPix")
        payer = fields.inside(checks, "parameters")
        cpf = cnpj = name = None
        if payer is not None:
            # The digits are checked by the bank: wrong ones end the intent in an error.
            cpf = payer.text("cpf", required=True)
            cnpj, name = payer.text("cnpj"), payer.text("name")
            fields.close(checks, "parameters", payer)
        checks.done()
        wish = IntentWish(
            request_id=request_id,
            bulk_id=bulk_id,
            connector_id=None if connector_id is None else int(connector_id),
            cpf=None if cpf is None else digits_of(cpf),
            cnpj=None if cnpj is None else digits_of(cnpj),
            name=name,
            method="PIX" if dynamic or method == "PIX" else "PIS",
        )
        return self.way.shapes(call).intent(self.way.payments.intents.start(wish))

    def list(self, call: Call) -> Any:
        """List the intents of a request."""
        request = self.way.payments.requests.get(call.uuid("paymentRequestId"))
        shapes = self.way.shapes(call)
        rows = self.way.payments.intents.of(request.id)
        return self.way.page(call, [shapes.intent(one) for one in rows])

    def one(self, call: Call) -> Any:
        """Show an intent."""
        intent = self.way.payments.intents.get(call.id_in_path("payment intent"))
        return self.way.shapes(call).intent(intent)
