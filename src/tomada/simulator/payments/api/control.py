"""`/_simulator/payments`: the hand that pays, refuses, refunds, and lets things go wrong."""

from dataclasses import dataclass
from typing import Any, cast

from starlette.routing import Route

from tomada.simulator.api.call import Call
from tomada.simulator.api.checks import Checks
from tomada.simulator.payments.api import fields
from tomada.simulator.payments.api.boletos import boleto_shape
from tomada.simulator.payments.api.smart_transfers import preauthorization_shape
from tomada.simulator.payments.api.way import Way
from tomada.simulator.payments.desk import KINDS
from tomada.simulator.payments.intents import Decision

DECISIONS = ("approve", "reject", "second")


@dataclass(frozen=True, slots=True, repr=False)
class PaymentControl:
    """Drive payments from outside."""

    way: Way

    def routes(self) -> list[Route]:
        """List the routes."""
        control = self.way.control
        one = "/payments/preauthorizations/{id}"
        return [
            control("POST", "/payments/due", self.run_due),
            control("POST", "/payments/outcomes", self.let_fail),
            control("POST", "/payments/intents/{id}/decision", self.decide),
            control("POST", "/payments/requests/{id}/refund", self.refund),
            control("POST", f"{one}/decision", self.decide_preauthorization),
            control("POST", f"{one}/revoke", self.revoke),
            control("POST", "/payments/boletos/{id}/status", self.choose),
        ]

    def run_due(self, _call: Call) -> Any:
        """Let everything happen whose time has come; the gate has just done so."""
        return {"count": self.way.payments.run_due()}

    def let_fail(self, call: Call) -> Any:
        """Say how the next payments of a kind end."""
        checks = Checks(call.fields())
        kind = fields.choice(checks, "kind", KINDS, required=True)
        outcome = checks.text("outcome", required=True)
        count = fields.whole(checks, "count", least=1, most=1000) if "count" in checks.fields else 1
        checks.done()
        self.way.payments.let_fail(kind or "", outcome or "", count=count or 1)
        return {"outcomes": self.way.payments.desk.tables.outcomes}

    def decide(self, call: Call) -> Any:
        """Decide about an intent as the payer does at the bank."""
        checks = Checks(call.fields())
        decision = fields.choice(checks, "decision", DECISIONS, required=True)
        code = checks.text("code")
        checks.done()
        intent_id = call.id_in_path("payment intent")
        self.way.payments.intents.decide(intent_id, cast("Decision", decision), code=code)
        return self.way.shapes(call).intent(self.way.payments.intents.get(intent_id))

    def refund(self, call: Call) -> Any:
        """Give the money of a request back, or with `fails` try to."""
        checks = Checks(call.fields())
        fails = checks.flag("fails") or False
        checks.done()
        request_id = call.id_in_path("payment request")
        request = self.way.payments.requests.refund(request_id, fails=fails)
        return self.way.shapes(call).request(request)

    def decide_preauthorization(self, call: Call) -> Any:
        """Decide about a preauthorization as the payer does at the bank."""
        checks = Checks(call.fields())
        decision = fields.choice(checks, "decision", DECISIONS[:2], required=True)
        share = checks.flag("shareBalance")
        code = checks.text("code")
        checks.done()
        preauthorization_id = call.id_in_path("smart transfer preauthorization")
        transfers = self.way.payments.smart_transfers
        transfers.decide(
            preauthorization_id,
            approved=decision == "approve",
            code=code,
            share_balance=share is not False,
        )
        return preauthorization_shape(self.way.shapes(call), transfers.get(preauthorization_id))

    def revoke(self, call: Call) -> Any:
        """Take a preauthorization back at the bank."""
        preauthorization_id = call.id_in_path("smart transfer preauthorization")
        given = self.way.payments.smart_transfers.revoke(preauthorization_id)
        return preauthorization_shape(self.way.shapes(call), given)

    def choose(self, call: Call) -> Any:
        """Choose the end of a boleto."""
        checks = Checks(call.fields())
        status = checks.text("status", required=True)
        checks.done()
        boleto_id = call.id_in_path("boleto")
        return boleto_shape(self.way.payments.boletos.choose(boleto_id, status or ""))
