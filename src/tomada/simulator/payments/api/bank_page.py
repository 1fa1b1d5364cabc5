"""`/_bank/payment`: the payer's bank, where a payment or a preauthorization is decided."""

import asyncio
from dataclasses import dataclass
from html import escape
from typing import cast
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from tomada.simulator.payments.api.paper import choices, page, reais
from tomada.simulator.payments.intent_codes import ERROR_CODES
from tomada.simulator.payments.intents import Decision
from tomada.simulator.payments.records import IntentRecord, PreauthorizationRecord
from tomada.simulator.payments.side import Payments

_OPEN = frozenset({"STARTED", "CONSENT_AWAITING_AUTHORIZATION", "PAYMENT_PARTIALLY_ACCEPTED"})
_WELL = {"": "sem erro"}


@dataclass(frozen=True, slots=True, repr=False)
class BankPage:
    """Serve the page where the payer says yes or no."""

    payments: Payments

    def routes(self) -> list[Route]:
        """List the routes."""
        return [
            Route("/_bank/payment", self.ask, methods=["GET"]),
            Route("/_bank/payment", self.decide, methods=["POST"]),
        ]

    async def ask(self, request: Request) -> Response:
        """Show what is to be authorised."""
        self.payments.run_due()
        if "preauthorization" in request.query_params:
            return self._ask_preauthorization(self._preauthorization(request))
        return self._ask_intent(self._intent(request))

    async def decide(self, request: Request) -> Response:
        """Take the decision and lead back to where the application wants the payer."""
        self.payments.run_due()
        sent = parse_qs((await request.body()).decode("latin-1"))
        decision = sent.get("decision", ["approve"])[0]
        code = sent.get("code", [""])[0] or None
        if "preauthorization" in request.query_params:
            asked = self._preauthorization(request)
            self.payments.smart_transfers.decide(
                asked.id, approved=decision != "reject", share_balance=decision == "approve"
            )
            urls = asked.callback_urls
        else:
            intent = self._intent(request)
            if decision not in {"approve", "reject", "second"}:
                decision = "approve"
            # A code chosen by mistake beside a refusal is of no account.
            chosen = None if decision == "reject" else code
            self.payments.intents.decide(intent.id, cast("Decision", decision), code=chosen)
            urls = self._callbacks(intent)
        asyncio.get_running_loop().call_soon(self.payments.run_due)
        outcome = "error" if decision == "reject" or code else "success"
        if decision == "second":
            outcome = "pending"
        target = (urls or {}).get(outcome)
        if target is not None:
            return RedirectResponse(target, status_code=303)
        text = "Pedido recusado." if decision == "reject" else "Pedido autorizado."
        return page(text, "<p>Você já pode fechar esta janela.</p>")

    def _ask_intent(self, intent: IntentRecord) -> Response:
        if intent.status not in _OPEN or intent.method != "PIS":
            return _answered()
        tables = self.payments.desk.tables
        request = tables.requests.get(intent.request_id or "")
        amount = None if request is None else request.amount
        recipient = None if request is None else tables.recipients.get(request.recipient_id or "")
        what = "um pagamento" if amount is None else f"<strong>{reais(amount)}</strong>"
        whom = "" if recipient is None else f" para <strong>{escape(recipient.name)}</strong>"
        again = ""
        if intent.status != "PAYMENT_PARTIALLY_ACCEPTED":
            again = '<button name="decision" value="second">Autorizar a primeira de duas</button>'
        options = _WELL | {code: code for code in ERROR_CODES}
        return page(
            "Autorizar pagamento",
            f"<p>Pagar {what}{whom} pelo {escape(self._bank(intent.connector_id))}.</p>"
            f'<form method="post" action="/_bank/payment?intent={escape(intent.id)}">'
            + choices("code", "Depois de autorizado, terminar", options)
            + '<button name="decision" value="approve" class="main">Autorizar</button>'
            + '<button name="decision" value="reject">Recusar</button>'
            + again
            + "</form>",
        )

    def _ask_preauthorization(self, asked: PreauthorizationRecord) -> Response:
        if asked.status != "CREATED":
            return _answered()
        without = ""
        if asked.data_consent is not None:
            without = '<button name="decision" value="without">Autorizar sem mostrar saldo</button>'
        return page(
            "Autorizar transferências",
            "<p>Permitir transferências futuras, sem nova autorização, pelo "
            f"{escape(self._bank(asked.connector_id))}.</p>"
            f'<form method="post" action="/_bank/payment?preauthorization={escape(asked.id)}">'
            '<button name="decision" value="approve" class="main">Autorizar</button>'
            f'<button name="decision" value="reject">Recusar</button>{without}</form>',
        )

    def _bank(self, connector_id: int | None) -> str:
        found = self.payments.desk.catalogue.get(connector_id or 0)
        return "banco" if found is None else found.name

    def _callbacks(self, intent: IntentRecord) -> dict[str, str] | None:
        tables = self.payments.desk.tables
        request = tables.requests.get(intent.request_id or "")
        bulk = tables.bulks.get(intent.bulk_id or "")
        if request is not None:
            return request.callback_urls
        return None if bulk is None else bulk.callback_urls

    def _intent(self, request: Request) -> IntentRecord:
        return self.payments.intents.get(request.query_params.get("intent", ""))

    def _preauthorization(self, request: Request) -> PreauthorizationRecord:
        wanted = request.query_params.get("preauthorization", "")
        return self.payments.smart_transfers.get(wanted)


def _answered() -> Response:
    return page("Nada a autorizar", "<p>Este pedido já foi respondido ou expirou.</p>")
