"""`/boleto-connections` and `/boletos`: issuing boletos."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from starlette.routing import Route

from tomada.simulator.api.call import Call
from tomada.simulator.api.checks import Checks
from tomada.simulator.encoding import day_instant, instant, number
from tomada.simulator.payments.api import fields
from tomada.simulator.payments.api.way import Way
from tomada.simulator.payments.boletos import BoletoWish
from tomada.simulator.payments.documents import digits_of
from tomada.simulator.payments.records import BoletoConnectionRecord, BoletoRecord, Surcharge
from tomada.simulator.shapes import Shape

_LEAST = Decimal("2.5")
_NUMBER_LENGTH = 10
_CPF_LENGTH = 11
_REQUIRED = ("taxNumber", "name", "addressState", "addressZipCode")
_OPTIONAL = ("addressStreet", "addressCity")


@dataclass(frozen=True, slots=True, repr=False)
class BoletosApi:
    """Handle boletos over HTTP."""

    way: Way

    def routes(self) -> list[Route]:
        """List the routes."""
        route = self.way.route
        return [
            route("POST", "/boleto-connections", self.connect),
            route("POST", "/boleto-connections/from-item", self.connect_item),
            route("POST", "/boletos", self.issue),
            route("GET", "/boletos/{id}", self.one),
            route("POST", "/boletos/{id}/cancel", self.cancel),
        ]

    def connect(self, call: Call) -> Any:
        """Store the credentials of an issuer."""
        checks = Checks(call.fields())
        connector_id = checks.whole("connectorId")
        credentials = checks.text_map("credentials")
        if credentials is None and "credentials" not in checks.fields:
            checks.wrong.append("credentials must be an object of strings")
        checks.done()
        return _connection_shape(self.way.payments.boletos.connect(connector_id, credentials or {}))

    def connect_item(self, call: Call) -> Any:
        """Use the credentials of an item."""
        checks = Checks(call.fields())
        item_id = fields.identifier(checks, "itemId", required=True)
        checks.done()
        return _connection_shape(self.way.payments.boletos.connect_item(item_id or ""))

    def issue(self, call: Call) -> Any:
        """Issue a boleto."""
        checks = Checks(call.fields())
        connection_id = fields.identifier(checks, "boletoConnectionId", required=True)
        inner = fields.inside(checks, "boleto", required=True)
        wish = None if inner is None else self._wish(inner, connection_id or "")
        fields.close(checks, "boleto", inner)
        checks.done()
        if wish is None:
            raise AssertionError("checked above")
        return boleto_shape(self.way.payments.boletos.issue(wish))

    def one(self, call: Call) -> Any:
        """Show a boleto."""
        return boleto_shape(self.way.payments.boletos.get(call.id_in_path("boleto")))

    def cancel(self, call: Call) -> Any:
        """Cancel a boleto."""
        return boleto_shape(self.way.payments.boletos.cancel(call.id_in_path("boleto")))

    def _wish(self, inner: Checks, connection_id: str) -> BoletoWish:
        your_number = inner.text("seuNumero", required=True)
        if your_number is not None and len(your_number) > _NUMBER_LENGTH:
            inner.wrong.append(f"seuNumero must be shorter than or equal to {_NUMBER_LENGTH}")
        amount = fields.amount(inner, "amount", required=True, least=_LEAST)
        due = fields.day(inner, "dueDate", required=True)
        payer = fields.inside(inner, "payer", required=True)
        return BoletoWish(
            connection_id=connection_id,
            your_number=your_number or "",
            amount=amount or Decimal(0),
            due=due or date.min,
            payer={} if payer is None else self._payer(inner, payer),
            fine=_surcharge(inner, "fine", ("PERCENTAGE", "FIXED")),
            interest=_surcharge(inner, "interest", ("PERCENTAGE",)),
        )

    def _payer(self, inner: Checks, payer: Checks) -> dict[str, str]:
        check = self.way.payments.desk.settings.check_digits
        fields.tax_number(payer, "taxNumber", kinds=("CPF", "CNPJ"), check=check, required=True)
        given = {name: payer.text(name, required=True) for name in _REQUIRED[1:]}
        given |= {name: payer.text(name) for name in _OPTIONAL}
        fields.close(inner, "payer", payer)
        number_of = digits_of(str(payer.fields.get("taxNumber", "")))
        person = "FISICA" if len(number_of) == _CPF_LENGTH else "JURIDICA"
        found = {name: text for name, text in given.items() if text is not None}
        return {"taxNumber": number_of, "personType": person} | found


def boleto_shape(boleto: BoletoRecord) -> Shape:
    """Show an issued boleto."""
    paid = boleto.amount_paid
    return {
        "id": boleto.id,
        "amount": number(boleto.amount),
        "status": boleto.status,
        "seuNumero": boleto.your_number,
        "dueDate": day_instant(boleto.due),
        "payer": boleto.payer,
        "pixQr": boleto.pix_code,
        "digitableLine": boleto.digitable_line,
        "nossoNumero": boleto.our_number,
        "barcode": boleto.barcode,
        "boletoConnectionId": boleto.connection_id,
        "createdAt": instant(boleto.created_at),
        "amountPaid": None if paid is None else number(paid),
        "paymentOrigin": boleto.paid_with,
        "fine": _surcharge_shape(boleto.fine),
        "interest": _surcharge_shape(boleto.interest),
        "paidAt": instant(boleto.paid_at),
    }


def _connection_shape(connection: BoletoConnectionRecord) -> Shape:
    return {
        "id": connection.id,
        "connectorId": connection.connector_id,
        "createdAt": instant(connection.created_at),
        "updatedAt": instant(connection.updated_at),
    }


def _surcharge_shape(given: Surcharge | None) -> Shape | None:
    return None if given is None else {"value": number(given.value), "type": given.type}


def _surcharge(inner: Checks, name: str, types: tuple[str, ...]) -> Surcharge | None:
    given = fields.inside(inner, name)
    if given is None:
        return None
    value = fields.number(given, "value", required=True)
    if value is not None and value < 0:
        given.wrong.append("value must not be less than 0")
    kind = fields.choice(given, "type", types, required=True)
    fields.close(inner, name, given)
    return None if value is None or kind is None else Surcharge(value, kind)
