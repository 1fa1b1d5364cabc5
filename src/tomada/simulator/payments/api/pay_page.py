"""`/_pay/{id}`: the page a payment link leads to, on which the payer chooses a bank."""

import asyncio
from dataclasses import dataclass
from html import escape
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from tomada.simulator.payments.abilities import abilities
from tomada.simulator.payments.api.paper import choices, page, reais
from tomada.simulator.payments.documents import digits_of, is_cpf
from tomada.simulator.payments.intents import IntentWish
from tomada.simulator.payments.side import Payments
from tomada.simulator.refusals import ApiError

_PAYABLE = frozenset({"CREATED", "ERROR", "IN_PROGRESS", "TOP_UP_STARTED"})


@dataclass(frozen=True, slots=True, repr=False)
class PayPage:
    """Serve the payment link."""

    payments: Payments

    def routes(self) -> list[Route]:
        """List the routes."""
        return [
            Route("/_pay/{id}", self.ask, methods=["GET"]),
            Route("/_pay/{id}", self.pay, methods=["POST"]),
        ]

    async def ask(self, request: Request) -> Response:
        """Ask for the bank and the CPF."""
        self.payments.run_due()
        return self._form(request.path_params["id"])

    async def pay(self, request: Request) -> Response:
        """Make the intent and lead on to the bank."""
        self.payments.run_due()
        target_id = request.path_params["id"]
        sent = parse_qs((await request.body()).decode("latin-1"))
        cpf = sent.get("cpf", [""])[0]
        bank = sent.get("bank", [""])[0]
        if not is_cpf(cpf, check=self.payments.desk.settings.check_digits):
            return self._form(target_id, wrong="O CPF não é válido.")
        is_bulk = target_id in self.payments.desk.tables.bulks
        wish = IntentWish(
            request_id=None if is_bulk else target_id,
            bulk_id=target_id if is_bulk else None,
            connector_id=int(bank) if bank.isdecimal() else None,
            cpf=digits_of(cpf),
        )
        try:
            intent = self.payments.intents.start(wish)
        except ApiError as refused:
            return self._form(target_id, wrong=refused.message)
        asyncio.get_running_loop().call_soon(self.payments.run_due)
        return RedirectResponse(f"/_bank/payment?intent={intent.id}", status_code=303)

    def _form(self, target_id: str, *, wrong: str | None = None) -> Response:
        tables = self.payments.desk.tables
        bulk = tables.bulks.get(target_id)
        status = bulk.status if bulk is not None else self.payments.requests.get(target_id).status
        if status not in _PAYABLE:
            return page("Nada a pagar", "<p>Este pagamento já foi feito ou não vale mais.</p>")
        request = tables.requests.get(target_id)
        amount = None if request is None else request.amount
        catalogue = self.payments.desk.catalogue
        banks = {
            str(one.id): one.name for one in catalogue.by_id.values() if abilities(one).payments
        }
        return page(
            "Pagar" if amount is None else f"Pagar {reais(amount)}",
            ("" if wrong is None else f"<p role='alert'>{escape(wrong)}</p>")
            + f'<form method="post" action="/_pay/{escape(target_id)}">'
            + choices("bank", "Banco", banks)
            + '<label>CPF<input name="cpf" inputmode="numeric" autocomplete="off" required></label>'
            + '<button class="main">Continuar no banco</button></form>',
            status=200 if wrong is None else 400,
        )
