"""The JSON shapes of requests, intents, customers, recipients, schedules and charges."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tomada.simulator.encoding import day_instant, instant, number
from tomada.simulator.payments.desk import Desk
from tomada.simulator.payments.institutions import SINCE, Institution
from tomada.simulator.payments.records import (
    AutomaticPixRecord,
    BulkRecord,
    ChargeRecord,
    CustomerRecord,
    DebtorRecord,
    ErrorRecord,
    IntentRecord,
    RecipientRecord,
    RequestRecord,
    ScheduledRecord,
    SmartAccountRecord,
)
from tomada.simulator.picture import picture_of
from tomada.simulator.shapes import ConnectorShapes, Shape


@dataclass(frozen=True, slots=True, repr=False)
class PaymentShapes:
    """Show records under the address the simulator was called by."""

    desk: Desk
    origin: str

    def connector(self, connector_id: int | None) -> Shape | None:
        """Show a connector, or null."""
        if connector_id is None or (found := self.desk.catalogue.get(connector_id)) is None:
            return None
        return ConnectorShapes(self.desk.catalogue).of(found, origin=self.origin)

    def customer(self, customer: CustomerRecord) -> Shape:
        """Show a payer."""
        return {
            "id": customer.id,
            "type": customer.type,
            "name": customer.name,
            "email": customer.email,
            "cpf": customer.cpf,
            "cnpj": customer.cnpj,
            "connector": self.connector(customer.connector_id),
            "createdAt": instant(customer.created_at),
            "updatedAt": instant(customer.updated_at),
        }

    def recipient(self, recipient: RecipientRecord) -> Shape:
        """Show whom is paid."""
        return {
            "type": "BANK_ACCOUNT",
            "id": recipient.id,
            "taxNumber": recipient.tax_number,
            "name": recipient.name,
            "paymentInstitution": institution_shape(
                self.desk.institutions[recipient.institution_id]
            ),
            "isDefault": recipient.is_default,
            "account": {
                "branch": recipient.branch,
                "number": recipient.number,
                "type": recipient.account_type,
            },
            "pixKey": recipient.pix_key,
            "createdAt": instant(recipient.created_at),
            "updatedAt": instant(recipient.updated_at),
        }

    def request(self, request: RequestRecord) -> Shape:
        """Show a payment request; automatic PIX has no amount of its own."""
        tables = self.desk.tables
        customer = tables.customers.get(request.customer_id or "")
        account = tables.accounts.get(request.smart_account_id or "")
        shape: Shape = {
            "id": request.id,
            "fees": 0 if request.is_sandbox else None,
            "description": request.description,
            "status": request.status,
            "clientPaymentId": request.client_payment_id,
            "createdAt": instant(request.created_at),
            "updatedAt": instant(request.updated_at),
            "callbackUrls": request.callback_urls,
            "recipient": self._paid(request),
            "customer": None if customer is None else self.customer(customer),
            "smartAccount": None if account is None else smart_account_shape(account),
            "paymentUrl": f"{self.origin}/_pay/{request.id}",
            "pixQrCode": request.pix_code,
            "automaticPix": None if request.automatic is None else _automatic(request.automatic),
            "schedule": None if request.schedule is None else request.schedule.rule,
            "errorDetail": _request_error(request.error),
            "isSandbox": request.is_sandbox,
        }
        if request.automatic is None and request.amount is not None:
            shape["amount"] = number(request.amount)
        return shape

    def _paid(self, request: RequestRecord) -> Shape | None:
        if request.pix_code is not None:
            return {"type": "PIX_QR_CODE", "name": request.pix_name}
        recipient = self.desk.tables.recipients.get(request.recipient_id or "")
        return None if recipient is None else self.recipient(recipient)

    def intent(self, intent: IntentRecord) -> Shape:
        """Show a payment intent, with the request it pays."""
        request = self.desk.tables.requests.get(intent.request_id or "")
        shape: Shape = {
            "id": intent.id,
            "status": intent.status,
            "createdAt": instant(intent.created_at),
            "updatedAt": instant(intent.updated_at),
            "paymentRequest": None if request is None else self.request(request),
            "connector": self.connector(intent.connector_id),
            "consentUrl": f"{self.origin}/_bank/payment?intent={intent.id}"
            if intent.method == "PIS"
            else None,
            "referenceId": intent.reference_id,
            "paymentMethod": intent.method,
            "pixData": None
            if intent.pix_code is None
            else {"value": intent.pix_code, "qr": _picture(intent.id)},
            "debtor": debtor_shape(intent.debtor),
            "errorDetail": _intent_error(intent.error),
        }
        bulk = self.desk.tables.bulks.get(intent.bulk_id or "")
        if bulk is not None:
            shape["bulkPayment"] = self.bulk(bulk, whole=False)
        return shape

    def bulk(self, bulk: BulkRecord, *, whole: bool = True) -> Shape:
        """Show a bulk payment; without its parts inside an intent."""
        tables = self.desk.tables
        requests = [tables.requests[one] for one in bulk.request_ids if one in tables.requests]
        total = sum((one.amount or Decimal(0) for one in requests), Decimal(0))
        shape: Shape = {
            "id": bulk.id,
            "status": bulk.status,
            "referenceId": bulk.reference_id,
            "createdAt": instant(bulk.created_at),
            "updatedAt": instant(bulk.updated_at),
            "totalAmount": number(total),
            "feesAmount": 0,
            "grossAmount": number(total),
            "paymentUrl": f"{self.origin}/_pay/{bulk.id}",
            "callbackUrls": bulk.callback_urls,
        }
        if not whole:
            return shape
        account = tables.accounts[bulk.account_id]
        return shape | {
            "paymentRequests": [self.request(one) for one in requests],
            "smartAccount": smart_account_shape(account),
        }


def institution_shape(institution: Institution) -> Shape:
    """Show an institution."""
    return {
        "id": institution.id,
        "name": institution.name,
        "tradeName": institution.trade_name,
        "ispb": institution.ispb,
        "compe": institution.compe,
        "createdAt": instant(SINCE),
        "updatedAt": instant(SINCE),
    }


def scheduled_shape(row: ScheduledRecord) -> Shape:
    """Show one payment of a schedule."""
    error = row.error
    return {
        "id": row.id,
        "description": row.description,
        "status": row.status,
        "scheduledDate": row.day.isoformat(),
        "endToEndId": row.end_to_end_id,
        "errorDetail": None
        if error is None
        else {"code": error.code, "description": error.code, "detail": error.detail},
    }


def charge_shape(charge: ChargeRecord, *, whole: bool = False) -> Shape:
    """Show one charge of an automatic PIX; *whole* as it is read alone."""
    shape: Shape = {
        "id": charge.id,
        "status": charge.status,
        "amount": number(charge.amount),
        "description": charge.description,
        "date": charge.day.isoformat(),
        "endToEndId": charge.end_to_end_id,
        "errorDetail": _charge_error(charge.error),
        "clientPaymentId": charge.client_payment_id,
        "recipientId": charge.recipient_id,
        "isFirstPayment": charge.is_first,
        "attempts": [
            {
                "id": attempt.id,
                "status": attempt.status,
                "endToEndId": attempt.end_to_end_id,
                "date": attempt.day.isoformat(),
                "errorDetail": _charge_error(attempt.error),
            }
            for attempt in charge.attempts
        ],
    }
    return shape | {"scheduledStatusReached": charge.was_scheduled} if whole else shape


def debtor_shape(debtor: DebtorRecord | None) -> Shape | None:
    """Show whose account paid, or null."""
    if debtor is None:
        return None
    return {
        "name": debtor.name,
        "taxNumber": debtor.tax_number,
        "bankAccount": {
            "agency": debtor.agency,
            "account": debtor.account,
            "name": "Conta corrente",
        },
    }


def smart_account_shape(account: SmartAccountRecord) -> Shape:
    """Show a smart account."""
    return {
        "id": account.id,
        "agency": account.agency,
        "number": account.number,
        "verifyingDigit": account.verifying_digit,
        "type": "CHECKING_ACCOUNT",
        "isSandbox": account.is_sandbox,
        "owner": account.name,
        "pixKey": account.email,
    }


def _automatic(terms: AutomaticPixRecord) -> Shape:
    first = terms.first_payment
    shape: dict[str, Any] = {
        "fixedAmount": terms.fixed,
        "minimumVariableAmount": terms.least,
        "maximumVariableAmount": terms.most,
        "startDate": day_instant(terms.start),
        "expiresAt": instant(terms.expires_at),
        "isRetryAccepted": terms.retry_accepted,
        "firstPayment": None
        if first is None
        else {
            "amount": number(first.amount),
            "date": None if first.day is None else day_instant(first.day),
            "description": first.description,
        },
        "interval": terms.interval,
        "automaticRetriesConfiguration": None
        if terms.retry_days is None
        else {"retryDays": terms.retry_days},
        "schedulerConfiguration": None
        if terms.scheduler is None
        else {
            "enabled": terms.scheduler,
            "description": terms.scheduler_description,
            "valueForVariableAmount": terms.scheduler_value,
        },
    }
    return shape


def _picture(intent_id: str) -> str:
    # Not a QR code: a picture of some digits of the id, which nobody can scan by mistake.
    return picture_of("".join(sign for sign in intent_id if sign.isdecimal())[:6])


def _request_error(error: ErrorRecord | None) -> Shape | None:
    return None if error is None else {"code": error.code, "providerMessage": error.detail}


def _intent_error(error: ErrorRecord | None) -> Shape | None:
    if error is None:
        return None
    return {
        "code": error.code,
        "providerCode": error.code,
        "providerTitle": error.code.replace("_", " ").capitalize(),
        "providerDetail": error.detail,
    }


def _charge_error(error: ErrorRecord | None) -> Shape | None:
    return None if error is None else {"code": error.code, "detail": error.detail}
