"""Call every method of Pluggy's Python SDK; run by the interpreter that has the SDK.

    python tour.py <simulator> <client id> <client secret>

Prints one JSON object: for each method that was called `null`, or how it failed; and all methods
the SDK has. A line `days <n>` before it asks whoever started the tour to let that time pass and to
answer with a line. It imports nothing of this project.
"""

import inspect
import json
import sys
import time
import traceback
import urllib.request
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pluggy_sdk

CPF, CNPJ = "52998224725", "11222333000181"
BANK, BUSINESS_BANK, OPEN_FINANCE, TWO_STEPS = 613, 620, 600, 4
_VARIANTS = ("_with_http_info", "_without_preload_content")


class Tour:
    """The SDK as a caller holds it, and a record of the calls."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.configuration = pluggy_sdk.Configuration(host=url)
        self.client = pluggy_sdk.ApiClient(self.configuration)
        self.outcomes: dict[str, str | None] = {}
        self.broken: list[str] = []
        self.owners = dict(_methods())

    def call(self, method: str, *values: Any, **named: Any) -> Any:
        """Call a method by its name; a failure is recorded and gives None."""
        api = getattr(pluggy_sdk, self.owners[method])(self.client)
        try:
            given = getattr(api, method)(*values, **named)
        except Exception as failure:  # noqa: BLE001  however it fails, the tour tells
            self.outcomes[method] = f"{type(failure).__name__}: {failure}"[:600]
            return None
        self.outcomes.setdefault(method, None)
        return given

    def model(self, name: str, content: dict[str, Any]) -> Any:
        """Make a request body as the SDK's model of it."""
        return getattr(pluggy_sdk, name).from_dict(content)

    def control(self, path: str, body: Any) -> None:
        """Be the bank."""
        self._post(f"/_simulator{path}", body)

    def days_pass(self, days: int) -> None:
        """Have the simulator's time moved."""
        sys.stdout.write(f"days {days}\n")
        sys.stdout.flush()
        sys.stdin.readline()

    def past_the_sdk(self, path: str, body: Any) -> UUID:
        """Make something that the SDK cannot say; gives its id."""
        return UUID(self._post(path, body)["id"])

    def _post(self, path: str, body: Any) -> Any:
        key = self.configuration.api_key["default"]
        request = urllib.request.Request(  # noqa: S310  the simulator's own address
            f"{self.url}{path}",
            data=json.dumps(body).encode(),
            headers={"Content-Type": "application/json", "X-API-KEY": key},
        )
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310  as above
            return json.load(answer)


def _methods() -> list[tuple[str, str]]:
    found = []
    for owner, api in inspect.getmembers(pluggy_sdk, inspect.isclass):
        if owner.endswith("Api"):
            found += [
                (name, owner)
                for name, _ in inspect.getmembers(api, inspect.isfunction)
                if not name.startswith("_") and not name.endswith(_VARIANTS)
            ]
    return found


def _settled(tour: Tour, item: Any) -> Any:
    """Wait until the item's run has ended or waits for a person."""
    for _ in range(600):
        item = tour.call("items_retrieve", item.id)
        if item is None or item.status not in {"UPDATING", "MERGING"}:
            return item
        time.sleep(0.05)
    raise TimeoutError(item)


def log_in(tour: Tour, client_id: str, client_secret: str) -> None:
    keys = tour.model("AuthRequest", {"clientId": client_id, "clientSecret": client_secret})
    tour.configuration.api_key["default"] = tour.call("auth_create", keys).api_key
    options = {"options": {"clientUserId": "somebody"}}
    tour.call("connect_token_create", tour.model("ConnectTokenRequest", options))


def banks(tour: Tour) -> Any:
    tour.call("connectors_list", sandbox=True, countries=["BR"], types=["PERSONAL_BANK"])
    tour.call("connector_retrieve", BANK)
    login = {"user": "user-ok", "password": "password-ok"}
    tour.call("connectors_validate", BANK, login)
    made = tour.call(
        "items_create", tour.model("CreateItem", {"connectorId": BANK, "parameters": login})
    )
    item = _settled(tour, made)
    tour.call("items_update", item.id, tour.model("UpdateItem", {"parameters": login}))
    _settled(tour, item)
    tour.call("items_resources", item.id)
    tour.call("items_list_by_cursor")
    tour.call("items_disable_autosync", item.id)
    second = tour.model("CreateItem", {"connectorId": TWO_STEPS, "parameters": login})
    waiting = _settled(tour, tour.call("items_create", second))
    tour.call("items_send_mfa", waiting.id, {"token": "123456"})
    _settled(tour, waiting)
    tour.call("items_delete", waiting.id)
    return item


def money(tour: Tour, item: Any) -> None:
    accounts = tour.call("accounts_list", item.id).results
    card = next(one for one in accounts if one.type == "CREDIT")
    checking = next(one for one in accounts if one.subtype == "CHECKING_ACCOUNT")
    tour.call("accounts_retrieve", str(checking.id))
    tour.call("account_balance_get", str(checking.id))
    tour.call("account_statements_list", str(checking.id))
    bills = tour.call("bills_list", card.id)
    tour.call("bills_retrieve", bills.results[0].id)
    rows = tour.call("transactions_list_by_cursor", checking.id)
    tour.call("transactions_list_by_cursor", card.id)
    tour.call("transactions_list", checking.id, page_size=100)
    tour.call("transactions_retrieve", rows.results[0].id)
    change = tour.model("UpdateTransaction", {"categoryId": "05000000"})
    tour.call("transactions_update", rows.results[0].id, change)
    tour.call("categories_list")
    tour.call("categories_retrieve", "05000000")
    rule = {"description": rows.results[0].description, "categoryId": "05000000"}
    made = tour.call("client_category_rules_create", tour.model("CreateClientCategoryRule", rule))
    tour.call("client_category_rules_list")
    if made is not None:
        tour.call("client_category_rules_delete", made.id)
    tour.call("merchants_get_by_cnpj", cnpjs=CNPJ)


def holdings(tour: Tour, item: Any) -> None:
    identity = tour.call("identity_find_by_item", item.id)
    tour.call("identity_retrieve", identity.id)
    positions = tour.call("investments_list", item.id)
    tour.call("investments_retrieve", positions.results[0].id)
    tour.call("investment_transactions_list", positions.results[0].id)
    loans = tour.call("loans_list", item.id)
    tour.call("loans_retrieve", loans.results[0].id)


def consents(tour: Tour) -> None:
    body = {"connectorId": OPEN_FINANCE, "parameters": {"cpf": "76109277673"}}
    item = _settled(tour, tour.call("items_create", tour.model("CreateItem", body)))
    tour.control(f"/items/{item.id}/approval", {"approved": True})
    _settled(tour, item)
    given = tour.call("consents_list", item.id)
    tour.call("consent_retrieve", given.results[0].id)
    tour.call("items_retrieve_scr", item.id)
    holdings(tour, item)


def webhooks(tour: Tour) -> None:
    body = {"event": "item/updated", "url": "https://shop.example/hook"}
    # The SDK reads the answer of a 201 only; the API answers 200, so it gives None.
    assert tour.call("webhooks_create", tour.model("CreateWebhook", body)) is None
    hook = tour.call("webhooks_list").results[0]
    tour.call("webhooks_retrieve", str(hook.id))
    change = {"event": "item/error", "url": "https://shop.example/other"}
    tour.call("webhooks_update", hook.id, tour.model("UpdateWebhook", change))
    tour.call("webhooks_delete", hook.id)


def recipient(tour: Tour) -> Any:
    institutions = tour.call("payment_recipients_institution_list", name="a")
    tour.call("payment_recipient_institutions_retrieve", institutions.results[0].id)
    body = {
        "name": "Padaria Boa Hora",
        "taxNumber": CNPJ,
        "paymentInstitutionId": str(institutions.results[0].id),
        "account": {"branch": "0001", "number": "123456-7", "type": "CHECKING_ACCOUNT"},
    }
    made = tour.call("payment_recipient_create", tour.model("CreatePaymentRecipient", body))
    tour.call("payment_recipients_list")
    tour.call("payment_recipient_retrieve", made.id)
    change = tour.model("UpdatePaymentRecipient", {"name": "Padaria Melhor Hora"})
    tour.call("payment_recipient_update", made.id, change)
    return made


def payments(tour: Tour, payee: Any) -> None:
    customer = {"type": "INDIVIDUAL", "name": "Ana Teste", "email": "ana@shop.example", "cpf": CPF}
    made = tour.call(
        "payment_customer_create", tour.model("CreatePaymentCustomerRequestBody", customer)
    )
    tour.call("payment_customers_list")
    tour.call("payment_customer_retrieve", made.id)
    change = tour.model("CreateOrUpdatePaymentCustomer", {"name": "Ana de Teste"})
    tour.call("payment_customer_update", made.id, change)
    asked = {"amount": 49.9, "recipientId": str(payee.id), "description": "Pão"}
    request = tour.call("payment_request_create", tour.model("CreatePaymentRequest", asked))
    tour.call("payment_requests_list")
    tour.call("payment_request_retrieve", request.id)
    tour.call(
        "payment_request_update", request.id, tour.model("UpdatePaymentRequest", {"amount": 50})
    )
    intent = _intent(tour, request.id)
    tour.call("payment_intent_retrieve", intent.id)
    tour.call("payment_intents_list", request.id)
    code = {"pixQrCode": _QR}
    tour.call("payment_request_create_pix_qr", tour.model("CreatePixQrPaymentRequest", code))
    second = tour.call("payment_request_create", tour.model("CreatePaymentRequest", asked))
    tour.call("payment_request_delete", second.id)
    tour.call("payment_customer_delete", made.id)
    # The SDK takes a schedule as a string only, so one that the API understands goes past it.
    plan = {"type": "MONTHLY", "startDate": _day(2), "dayOfMonth": 5, "occurrences": 3}
    planned = tour.past_the_sdk("/payments/requests", asked | {"schedule": plan})
    _paid(tour, planned)
    schedules = tour.call("payment_schedules_list", planned)
    tour.call("payment_schedules_cancel_specific", planned, schedules.results[0].id)
    tour.call("payment_schedules_cancel", planned)


def _intent(tour: Tour, request_id: Any) -> Any:
    body = {
        "paymentRequestId": str(request_id),
        "connectorId": BANK,
        "parameters": {"cpf": CPF},
    }
    return tour.call("payment_intent_create", tour.model("CreatePaymentIntent", body))


def _paid(tour: Tour, request_id: Any) -> None:
    intent = _intent(tour, request_id)
    tour.control(f"/payments/intents/{intent.id}/decision", {"decision": "approve"})


def automatic_pix(tour: Tour, payee: Any) -> None:
    body = {
        "fixedAmount": 30,
        "interval": "MONTHLY",
        "startDate": _day(5),
        "recipientId": str(payee.id),
        "isRetryAccepted": True,
    }
    asked = tour.model("CreateAutomaticPixPaymentRequest", body)
    request = tour.call("payment_request_create_automatic_pix", asked)
    _paid(tour, request.id)
    day = {"date": _day(6), "amount": 30, "description": "Pão de cada mês"}
    one = tour.model("ScheduleAutomaticPixPaymentRequest", day)
    made = tour.call("payment_request_create_automatic_pix_schedule", request.id, one)
    tour.call("payment_request_get_automatic_pix_schedules", request.id)
    tour.control("/payments/outcomes", {"kind": "charge", "outcome": "SALDO_INSUFICIENTE"})
    tour.days_pass(6)
    tour.call("payment_request_get_automatic_pix_schedule", request.id, made.id)
    again = tour.model("RetryAutomaticPixPaymentRequest", {"date": _day(8)})
    tour.call("retry_automatic_pix_schedule", request.id, made.id, again)
    tour.call("cancel_automatic_pix_schedule", request.id, made.id)
    tour.call("payment_request_cancel_automatic_pix_consent", request.id)


def smart_transfers(tour: Tour, payee: Any) -> None:
    body = {"connectorId": BANK, "parameters": {"cpf": CPF}, "recipientIds": [str(payee.id)]}
    body["linkedJourney"] = True
    asked = tour.model("CreateSmartTransferPreauthorization", body)
    given = tour.call("smart_transfer_preauthorization_create", asked)
    path = f"/payments/preauthorizations/{given.id}/decision"
    tour.control(path, {"decision": "approve"})
    tour.call("smart_tranfers_preauthorizations_list")
    tour.call("smart_transfer_preauthorization_retrieve", given.id)
    tour.call("smart_transfer_preauthorization_balance_retrieve", given.id)
    transfer = {"preauthorizationId": str(given.id), "recipientId": str(payee.id), "amount": 10}
    made = tour.call(
        "smart_transfer_payment_create", tour.model("CreateSmartTransferPayment", transfer)
    )
    tour.call("smart_transfer_paymentretrieve", made.id)
    tour.call("smart_transfer_preauthorization_payments_list", given.id)
    tour.call("smart_transfer_preauthorization_data_consent_delete", given.id)


def boletos(tour: Tour) -> None:
    credentials = dict.fromkeys(("clientId", "clientSecret", "certificate", "privateKey"), "x")
    asked = {"connectorId": BUSINESS_BANK, "credentials": credentials}
    made = tour.call("boleto_connection_create", tour.model("CreateBoletoConnection", asked))
    login = {"user": "user-ok", "password": "password-ok"}
    body = {"connectorId": BUSINESS_BANK, "parameters": login}
    item = _settled(tour, tour.call("items_create", tour.model("CreateItem", body)))
    tour.call(
        "boleto_connection_create_from_item",
        tour.model("CreateBoletoConnectionFromItem", {"itemId": str(item.id)}),
    )
    payer = {
        "taxNumber": CPF,
        "name": "Ana Teste",
        "addressState": "SP",
        "addressZipCode": "01001000",
    }
    paper = {"seuNumero": "0001", "amount": 120.5, "dueDate": _day(10), "payer": payer}
    body = {"boletoConnectionId": str(made.id), "boleto": paper}
    boleto = tour.call("boleto_create", tour.model("CreateBoleto", body))
    tour.call("boleto_get", boleto.id)
    tour.call("boleto_cancel", boleto.id)


def _day(ahead: int) -> str:
    today: date = (datetime.now(UTC) - timedelta(hours=3)).date()
    return (today + timedelta(days=ahead)).isoformat()


_QR = (
    "00020126580014br.gov.bcb.pix0136123e4567-e12b-12d1-a456-4266554400005204000053039865802BR"
    "5913Fulano de Tal6008BRASILIA62070503***63041D3D"
)


def main(url: str, client_id: str, client_secret: str) -> None:
    tour = Tour(url)
    log_in(tour, client_id, client_secret)
    item = banks(tour)
    payee = recipient(tour)
    attempt(tour, money, item)
    for stop in (payments, smart_transfers):
        attempt(tour, stop, payee)
    for lone in (consents, webhooks, boletos):
        attempt(tour, lone)
    # Time passes here, so it comes last.
    attempt(tour, automatic_pix, payee)
    tour.call("payment_recipient_delete", payee.id)
    told = {"outcomes": tour.outcomes, "broken": tour.broken, "methods": sorted(tour.owners)}
    sys.stdout.write(json.dumps(told))


def attempt(tour: Tour, stop: Any, *values: Any) -> None:
    """Go to a stop; where one breaks off the rest of the tour still tells something."""
    try:
        stop(tour, *values)
    except Exception:  # noqa: BLE001  however it breaks, the tour tells
        tour.broken.append(traceback.format_exc()[-600:])


if __name__ == "__main__":
    main(*sys.argv[1:])
