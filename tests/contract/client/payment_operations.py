"""The operations that move money."""

from decimal import Decimal

from tests.contract.client.data_operations import DAY
from tests.contract.client.operation import Operation
from tomada.pluggy import PlainDate
from tomada.pluggy.models.automatic_pix import (
    CreateAutomaticPixPaymentRequest,
    RetryAutomaticPixPaymentRequest,
    ScheduleAutomaticPixPaymentRequest,
)
from tomada.pluggy.models.boletos import CreateBoleto, NewBoleto, NewBoletoPayer
from tomada.pluggy.models.payment_parties import (
    CreateOrUpdatePaymentCustomer,
    CreatePaymentCustomerRequestBody,
    CreatePaymentRecipient,
    PaymentRecipientAccount,
    UpdatePaymentRecipient,
)
from tomada.pluggy.models.payments import (
    CreatePaymentIntent,
    CreatePaymentRequest,
    CreatePixQrPaymentRequest,
    UpdatePaymentRequest,
)
from tomada.pluggy.models.smart_transfers import (
    CreateSmartTransferPayment,
    CreateSmartTransferPreauthorization,
    SmartTransferPreauthorizationParameter,
)
from tomada.pluggy.operations.payments import PaymentRequestFilter

ACCOUNT = PaymentRecipientAccount(branch="1", number="2", type="CHECKING_ACCOUNT")
PAYER = SmartTransferPreauthorizationParameter(cpf="1")
SLIP = CreateBoleto(
    boleto_connection_id="x",
    boleto=NewBoleto(
        amount=Decimal(1),
        due_date=PlainDate.of(DAY),
        payer=NewBoletoPayer(address_state="SP", address_zip_code="1", name="n", tax_number="1"),
        seu_numero="1",
    ),
)

PAYMENTS = (
    Operation(
        "POST /payments/requests",
        "payments.create_request",
        "payments.createPaymentRequest",
        lambda p: p.payments.create_request(CreatePaymentRequest(amount=Decimal(1))),
    ),
    Operation(
        "GET /payments/requests",
        "payments.list_requests",
        "payments.fetchPaymentRequests",
        lambda p: p.payments.list_requests(
            PaymentRequestFilter(
                date_from=DAY,
                date_to=DAY,
                customer="c",
                pix_key="k",
                status="CREATED",
                client_payment_id="r",
            )
        ),
    ),
    Operation(
        "POST /payments/requests/automatic-pix",
        "automatic_pix.create",
        "payments.createPaymentRequestPixAutomatico",
        lambda p: p.automatic_pix.create(
            CreateAutomaticPixPaymentRequest(
                start_date=PlainDate.of(DAY), interval="MONTHLY", recipient_id="x"
            )
        ),
    ),
    Operation(
        "POST /payments/requests/pix-qr",
        "payments.create_pix_qr_request",
        "",
        lambda p: p.payments.create_pix_qr_request(CreatePixQrPaymentRequest(pix_qr_code="x")),
    ),
    Operation(
        "GET /payments/requests/{id}",
        "payments.get_request",
        "payments.fetchPaymentRequest",
        lambda p: p.payments.get_request("x"),
    ),
    Operation(
        "PATCH /payments/requests/{id}",
        "payments.update_request",
        "",
        lambda p: p.payments.update_request("x", UpdatePaymentRequest(description="d")),
    ),
    Operation(
        "DELETE /payments/requests/{id}",
        "payments.delete_request",
        "payments.deletePaymentRequest",
        lambda p: p.payments.delete_request("x"),
    ),
    Operation(
        "POST /payments/requests/{id}/automatic-pix/cancel",
        "automatic_pix.cancel",
        "payments.cancelAutomaticPixAuthorization",
        lambda p: p.automatic_pix.cancel("x"),
    ),
    Operation(
        "POST /payments/requests/{id}/automatic-pix/schedule",
        "automatic_pix.schedule",
        "payments.scheduleAutomaticPixPayment",
        lambda p: p.automatic_pix.schedule(
            "x", ScheduleAutomaticPixPaymentRequest(amount=Decimal(1), date=PlainDate.of(DAY))
        ),
    ),
    Operation(
        "GET /payments/requests/{id}/automatic-pix/schedules",
        "automatic_pix.list_charges",
        "payments.fetchAutomaticPixPayments",
        lambda p: p.automatic_pix.list_charges("x"),
    ),
    Operation(
        "GET /payments/requests/{requestId}/automatic-pix/schedules/{paymentId}",
        "automatic_pix.get_charge",
        "payments.fetchAutomaticPixPayment",
        lambda p: p.automatic_pix.get_charge("x", "x"),
    ),
    Operation(
        "POST /payments/requests/{id}/automatic-pix/schedules/{scheduleId}/cancel",
        "automatic_pix.cancel_charge",
        "payments.cancelAutomaticPixPayment",
        lambda p: p.automatic_pix.cancel_charge("x", "x"),
    ),
    Operation(
        "POST /payments/requests/{id}/automatic-pix/schedules/{scheduleId}/retry",
        "automatic_pix.retry_charge",
        "payments.retryAutomaticPixPayment",
        lambda p: p.automatic_pix.retry_charge(
            "x", "x", RetryAutomaticPixPaymentRequest(date=PlainDate.of(DAY))
        ),
    ),
    Operation(
        "GET /payments/requests/{id}/schedules",
        "payments.list_scheduled",
        "payments.fetchScheduledPayments",
        lambda p: p.payments.list_scheduled("x"),
    ),
    Operation(
        "POST /payments/requests/{id}/schedules/cancel",
        "payments.cancel_all_scheduled",
        "payments.cancelScheduledPayments",
        lambda p: p.payments.cancel_all_scheduled("x"),
    ),
    Operation(
        "POST /payments/requests/{id}/schedules/{scheduleId}/cancel",
        "payments.cancel_scheduled",
        "payments.cancelScheduledPayment",
        lambda p: p.payments.cancel_scheduled("x", "x"),
    ),
    Operation(
        "POST /payments/intents",
        "payments.create_intent",
        "payments.createPaymentIntent",
        lambda p: p.payments.create_intent(CreatePaymentIntent(payment_request_id="x")),
    ),
    Operation(
        "GET /payments/intents",
        "payments.list_intents",
        "payments.fetchPaymentIntents",
        lambda p: p.payments.list_intents("x"),
    ),
    Operation(
        "GET /payments/intents/{id}",
        "payments.get_intent",
        "payments.fetchPaymentIntent",
        lambda p: p.payments.get_intent("x"),
    ),
    Operation(
        "POST /payments/customers",
        "payment_customers.create",
        "payments.createPaymentCustomer",
        lambda p: p.payment_customers.create(
            CreatePaymentCustomerRequestBody(type="INDIVIDUAL", name="n")
        ),
    ),
    Operation(
        "GET /payments/customers",
        "payment_customers.list",
        "payments.fetchPaymentCustomers",
        lambda p: p.payment_customers.list(name="n", email="e", cpf="1", cnpj="2"),
    ),
    Operation(
        "GET /payments/customers/{id}",
        "payment_customers.get",
        "payments.fetchPaymentCustomer",
        lambda p: p.payment_customers.get("x"),
    ),
    Operation(
        "PATCH /payments/customers/{id}",
        "payment_customers.update",
        "payments.updatePaymentCustomer",
        lambda p: p.payment_customers.update("x", CreateOrUpdatePaymentCustomer(name="n")),
    ),
    Operation(
        "DELETE /payments/customers/{id}",
        "payment_customers.delete",
        "payments.deletePaymentCustomer",
        lambda p: p.payment_customers.delete("x"),
    ),
    Operation(
        "POST /payments/recipients",
        "payment_recipients.create",
        "payments.createPaymentRecipient",
        lambda p: p.payment_recipients.create(
            CreatePaymentRecipient(
                tax_number="1", name="n", payment_institution_id="x", account=ACCOUNT
            )
        ),
    ),
    Operation(
        "GET /payments/recipients",
        "payment_recipients.list",
        "payments.fetchPaymentRecipients",
        lambda p: p.payment_recipients.list(is_default=True, pix_key="k", name="n", tax_number="1"),
    ),
    Operation(
        "GET /payments/recipients/{id}",
        "payment_recipients.get",
        "payments.fetchPaymentRecipient",
        lambda p: p.payment_recipients.get("x"),
    ),
    Operation(
        "PATCH /payments/recipients/{id}",
        "payment_recipients.update",
        "payments.updatePaymentRecipient",
        lambda p: p.payment_recipients.update("x", UpdatePaymentRecipient(name="n")),
    ),
    Operation(
        "DELETE /payments/recipients/{id}",
        "payment_recipients.delete",
        "payments.deletePaymentRecipient",
        lambda p: p.payment_recipients.delete("x"),
    ),
    Operation(
        "GET /payments/recipients/institutions",
        "payment_recipients.list_institutions",
        "payments.fetchPaymentInstitutions",
        lambda p: p.payment_recipients.list_institutions(name="n"),
    ),
    Operation(
        "GET /payments/recipients/institutions/{id}",
        "payment_recipients.get_institution",
        "payments.fetchPaymentInstitution",
        lambda p: p.payment_recipients.get_institution("x"),
    ),
    Operation(
        "POST /smart-transfers/preauthorizations",
        "smart_transfers.create_preauthorization",
        "payments.createSmartTransferPreauthorization",
        lambda p: p.smart_transfers.create_preauthorization(
            CreateSmartTransferPreauthorization(
                connector_id=1, parameters=PAYER, recipient_ids=["x"]
            )
        ),
    ),
    Operation(
        "GET /smart-transfers/preauthorizations",
        "smart_transfers.list_preauthorizations",
        "payments.fetchSmartTransferPreauthorizations",
        lambda p: p.smart_transfers.list_preauthorizations(),
    ),
    Operation(
        "GET /smart-transfers/preauthorizations/{id}",
        "smart_transfers.get_preauthorization",
        "payments.fetchSmartTransferPreauthorization",
        lambda p: p.smart_transfers.get_preauthorization("x"),
    ),
    Operation(
        "GET /smart-transfers/preauthorizations/{id}/balance",
        "smart_transfers.balance",
        "",
        lambda p: p.smart_transfers.balance("x"),
    ),
    Operation(
        "DELETE /smart-transfers/preauthorizations/{id}/data-consent",
        "smart_transfers.drop_data_consent",
        "",
        lambda p: p.smart_transfers.drop_data_consent("x"),
    ),
    Operation(
        "GET /smart-transfers/preauthorizations/{id}/payments",
        "smart_transfers.list_payments",
        "",
        lambda p: p.smart_transfers.list_payments("x", date_from=DAY, date_to=DAY),
    ),
    Operation(
        "POST /smart-transfers/payments",
        "smart_transfers.create_payment",
        "payments.createSmartTransferPayment",
        lambda p: p.smart_transfers.create_payment(
            CreateSmartTransferPayment(preauthorization_id="x", recipient_id="x", amount=Decimal(1))
        ),
    ),
    Operation(
        "GET /smart-transfers/payments/{id}",
        "smart_transfers.get_payment",
        "payments.fetchSmartTransferPayment",
        lambda p: p.smart_transfers.get_payment("x"),
    ),
    Operation(
        "POST /boleto-connections",
        "boletos.connect",
        "",
        lambda p: p.boletos.connect(1, {}),
    ),
    Operation(
        "POST /boleto-connections/from-item",
        "boletos.connect_item",
        "",
        lambda p: p.boletos.connect_item("x"),
    ),
    Operation(
        "POST /boletos",
        "boletos.issue",
        "",
        lambda p: p.boletos.issue(SLIP),
    ),
    Operation(
        "GET /boletos/{id}",
        "boletos.get",
        "",
        lambda p: p.boletos.get("x"),
    ),
    Operation(
        "POST /boletos/{id}/cancel",
        "boletos.cancel",
        "",
        lambda p: p.boletos.cancel("x"),
    ),
)
