"""`/payments/customers` and `/payments/recipients`: who pays, who is paid, at which institution."""

from dataclasses import dataclass
from typing import Any

from starlette.routing import Route

from tomada.simulator.api.call import Call
from tomada.simulator.api.checks import Checks
from tomada.simulator.payments.api import fields
from tomada.simulator.payments.api.shapes import institution_shape
from tomada.simulator.payments.api.way import Way, empty
from tomada.simulator.payments.documents import digits_of
from tomada.simulator.payments.parties import BankAccount
from tomada.simulator.refusals import invalid, not_found

_TYPES = ("INDIVIDUAL", "BUSINESS")
_ACCOUNTS = ("CHECKING_ACCOUNT", "SAVINGS_ACCOUNT", "GUARANTEED_ACCOUNT")
_INSTITUTION = "payment institution"


@dataclass(frozen=True, slots=True, repr=False)
class PartiesApi:
    """Handle customers, recipients and institutions over HTTP."""

    way: Way

    def routes(self) -> list[Route]:
        """List the routes; the fixed word `institutions` comes before any id."""
        route = self.way.route
        return [
            route("GET", "/payments/customers", self.customers),
            route("POST", "/payments/customers", self.add_customer),
            route("GET", "/payments/customers/{id}", self.customer),
            route("PATCH", "/payments/customers/{id}", self.change_customer),
            route("DELETE", "/payments/customers/{id}", self.remove_customer),
            route("GET", "/payments/recipients/institutions", self.institutions),
            route("GET", "/payments/recipients/institutions/{id}", self.institution),
            route("GET", "/payments/recipients", self.recipients),
            route("POST", "/payments/recipients", self.add_recipient),
            route("GET", "/payments/recipients/{id}", self.recipient),
            route("PATCH", "/payments/recipients/{id}", self.change_recipient),
            route("DELETE", "/payments/recipients/{id}", self.remove_recipient),
        ]

    def customers(self, call: Call) -> Any:
        """List payers; texts match anywhere, documents by their digits."""
        found = [
            one
            for one in self.way.payments.desk.tables.customers.values()
            if _has(one.name, call.query("name"))
            and _has(one.email, call.query("email"))
            and _is_number(one.cpf, call.query("cpf"))
            and _is_number(one.cnpj, call.query("cnpj"))
        ]
        shapes = self.way.shapes(call)
        return self.way.page(call, [shapes.customer(one) for one in found])

    def add_customer(self, call: Call) -> Any:
        """Register a payer."""
        checks = Checks(call.fields())
        given = self._customer_fields(checks, required=True)
        connector_id = fields.number(checks, "connectorId")
        checks.done()
        if connector_id is not None:
            given["connector_id"] = int(connector_id)
        return self.way.shapes(call).customer(self.way.payments.parties.add_customer(given))

    def customer(self, call: Call) -> Any:
        """Show a payer."""
        customer_id = call.id_in_path("payment customer")
        return self.way.shapes(call).customer(self.way.payments.parties.customer(customer_id))

    def change_customer(self, call: Call) -> Any:
        """Change a payer."""
        customer_id = call.id_in_path("payment customer")
        self.way.payments.parties.customer(customer_id)
        checks = Checks(call.fields())
        given = self._customer_fields(checks, required=False)
        checks.done()
        changed = self.way.payments.parties.change_customer(customer_id, given)
        return self.way.shapes(call).customer(changed)

    def remove_customer(self, call: Call) -> Any:
        """Forget a payer."""
        self.way.payments.parties.remove_customer(call.id_in_path("payment customer"))
        return empty()

    def institutions(self, call: Call) -> Any:
        """List institutions; the name matches anywhere."""
        wanted = call.query("name")
        found = [
            institution_shape(one)
            for one in self.way.payments.desk.institutions.values()
            if _has(one.name, wanted) or _has(one.trade_name, wanted)
        ]
        return self.way.page(call, found)

    def institution(self, call: Call) -> Any:
        """Show an institution."""
        found = self.way.payments.desk.institutions.get(call.id_in_path(_INSTITUTION))
        if found is None:
            raise not_found(_INSTITUTION)
        return institution_shape(found)

    def recipients(self, call: Call) -> Any:
        """List whom may be paid."""
        default = call.query("isDefault")
        if default not in {None, "true", "false"}:
            raise invalid("isDefault must be a boolean value")
        key = call.query("pixKey")
        found = [
            one
            for one in self.way.payments.desk.tables.recipients.values()
            if (default is None or one.is_default == (default == "true"))
            and (key is None or one.pix_key == key)
            and _has(one.name, call.query("name"))
            and _is_number(one.tax_number, call.query("taxNumber"))
        ]
        shapes = self.way.shapes(call)
        return self.way.page(call, [shapes.recipient(one) for one in found])

    def add_recipient(self, call: Call) -> Any:
        """Register a bank account, or whoever holds a PIX key, as the official client allows."""
        checks = Checks(call.fields())
        is_default = checks.flag("isDefault")
        parties = self.way.payments.parties
        key = checks.text("pixKey")
        if key is not None and "account" not in checks.fields:
            checks.done()
            made = parties.recipient_of_key(key, is_default=is_default)
            return self.way.shapes(call).recipient(made)
        name = checks.text("name", required=True)
        tax_number = self._tax_number(checks, required=True)
        institution = fields.identifier(checks, "paymentInstitutionId", required=True)
        account = _account(checks, required=True)
        checks.done()
        made = parties.add_recipient(
            name=name or "",
            tax_number=tax_number or "",
            institution_id=institution or "",
            account=account or BankAccount("", "", ""),
            is_default=is_default,
            pix_key=key,
        )
        return self.way.shapes(call).recipient(made)

    def recipient(self, call: Call) -> Any:
        """Show whom may be paid."""
        recipient_id = call.id_in_path("payment recipient")
        return self.way.shapes(call).recipient(self.way.payments.parties.recipient(recipient_id))

    def change_recipient(self, call: Call) -> Any:
        """Change a recipient."""
        recipient_id = call.id_in_path("payment recipient")
        self.way.payments.parties.recipient(recipient_id)
        checks = Checks(call.fields())
        given = {
            "name": checks.text("name"),
            "tax_number": self._tax_number(checks),
            "institution_id": fields.identifier(checks, "paymentInstitutionId"),
            "is_default": checks.flag("isDefault"),
        }
        account = _account(checks)
        checks.done()
        changes = {name: value for name, value in given.items() if value is not None}
        changed = self.way.payments.parties.change_recipient(recipient_id, changes, account)
        return self.way.shapes(call).recipient(changed)

    def remove_recipient(self, call: Call) -> Any:
        """Forget a recipient."""
        self.way.payments.parties.remove_recipient(call.id_in_path("payment recipient"))
        return empty()

    def _customer_fields(self, checks: Checks, *, required: bool) -> dict[str, Any]:
        check = self.way.payments.desk.settings.check_digits
        given = {
            "type": fields.choice(checks, "type", _TYPES, required=required),
            "name": checks.text("name", required=required),
            "email": checks.text("email"),
            "cpf": fields.tax_number(checks, "cpf", kinds=("CPF",), check=check),
            "cnpj": fields.tax_number(checks, "cnpj", kinds=("CNPJ",), check=check),
        }
        return {name: value for name, value in given.items() if value is not None}

    def _tax_number(self, checks: Checks, *, required: bool = False) -> str | None:
        check = self.way.payments.desk.settings.check_digits
        kinds = ("CPF", "CNPJ")
        return fields.tax_number(checks, "taxNumber", kinds=kinds, check=check, required=required)


def _account(checks: Checks, *, required: bool = False) -> BankAccount | None:
    inner = fields.inside(checks, "account", required=required)
    if inner is None:
        return None
    branch = inner.text("branch", required=True)
    number = inner.text("number", required=True)
    kind = fields.choice(inner, "type", _ACCOUNTS, required=True)
    fields.close(checks, "account", inner)
    return BankAccount(branch or "", number or "", kind or "")


def _has(text: str | None, wanted: str | None) -> bool:
    return wanted is None or (text is not None and wanted.casefold() in text.casefold())


def _is_number(number: str | None, wanted: str | None) -> bool:
    return wanted is None or number == digits_of(wanted)
