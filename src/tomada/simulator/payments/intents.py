"""Payment intents: one try to pay, from the payer's consent to the money.

The consent phase ends when the payer decides at the bank, or too late. The payment phase then
goes through its states by itself, one each step.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Literal

from tomada.simulator.payments.automatic_pix import AutomaticPix
from tomada.simulator.payments.bulks import Bulks
from tomada.simulator.payments.codes import pix_code
from tomada.simulator.payments.desk import Desk, failure
from tomada.simulator.payments.intent_codes import BREAKDOWN, END_CONSENT, ERROR_CODES, end_status
from tomada.simulator.payments.records import ErrorRecord, IntentRecord, RequestRecord
from tomada.simulator.payments.requests import Requests
from tomada.simulator.payments.schedules import Schedules
from tomada.simulator.refusals import ApiError, invalid, not_found

Decision = Literal["approve", "reject", "second"]

_FOLLOWING = {
    "PAYMENT_PENDING": "PAYMENT_SETTLEMENT_PROCESSING",
    "PAYMENT_SETTLEMENT_PROCESSING": "PAYMENT_SETTLEMENT_DEBTOR_ACCOUNT",
}
_AWAITING = frozenset({"STARTED", "ENQUEUED", "CONSENT_AWAITING_AUTHORIZATION"})
_UNDER_WAY = frozenset(
    {"CONSENT_AUTHORIZED", "PAYMENT_PENDING", "PAYMENT_PARTIALLY_ACCEPTED", *_FOLLOWING.values()}
)
_PAYABLE = frozenset({"CREATED", "ERROR", "IN_PROGRESS"})


@dataclass(frozen=True, slots=True, kw_only=True)
class IntentWish:
    """What the application asks for."""

    request_id: str | None = None
    bulk_id: str | None = None
    connector_id: int | None = None
    cpf: str | None = None
    cnpj: str | None = None
    name: str | None = None
    # PIX shows a code to pay at any bank; PIS leads the payer to one bank.
    method: Literal["PIS", "PIX"] = "PIS"


@dataclass(frozen=True, slots=True, repr=False)
class Intents:
    """The payment intents of one world."""

    desk: Desk
    requests: Requests
    schedules: Schedules
    automatic_pix: AutomaticPix
    bulks: Bulks

    def get(self, intent_id: str) -> IntentRecord:
        """Find one or refuse with 404."""
        found = self.desk.tables.intents.get(intent_id)
        if found is None:
            raise not_found("payment intent")
        return found

    def of(self, request_id: str) -> list[IntentRecord]:
        """List the intents of a request, newest first."""
        rows = [one for one in self.desk.tables.intents.values() if one.request_id == request_id]
        return rows[::-1]

    def start(self, wish: IntentWish) -> IntentRecord:
        """Begin to pay; an earlier intent that still waits for consent is canceled."""
        requests = self._wanted(wish)
        self._check_bank(wish, requests)
        for earlier in self.desk.tables.intents.values():
            if _same_target(earlier, wish):
                if earlier.method == "PIS" and earlier.status in _UNDER_WAY:
                    raise invalid("there is a payment in progress for this payment request")
                if earlier.next_at is not None:
                    self._move(earlier, "CANCELED")
        now = self.desk.now()
        made = IntentRecord(
            id=self.desk.ids.new("payment intent"),
            created_at=now,
            updated_at=now,
            status="STARTED",
            request_id=wish.request_id,
            bulk_id=wish.bulk_id,
            connector_id=wish.connector_id,
            cpf=wish.cpf,
            cnpj=wish.cnpj,
            payer_name=wish.name,
            method=wish.method,
            next_at=self.desk.soon(),
        )
        if wish.method == "PIX":
            made.pix_code = self._code(made, requests)
        made.fails_with = self.desk.payer_is_right(cpf=wish.cpf, cnpj=wish.cnpj)
        self.desk.tables.intents[made.id] = made
        self._tell("created", made)
        for request in requests:
            self.requests.move(request, "IN_PROGRESS")
        self.bulks.move(wish.bulk_id, "TOP_UP_STARTED")
        self.desk.changed()
        return made

    def decide(self, intent_id: str, decision: Decision, *, code: str | None = None) -> None:
        """Take the payer's decision; an approval with *code* fails later with that code."""
        intent = self.get(intent_id)
        if code is not None and code not in ERROR_CODES:
            raise invalid(f"code must be one of the following values: {', '.join(ERROR_CODES)}")
        second = intent.status == "PAYMENT_PARTIALLY_ACCEPTED"
        code_waits = intent.method == "PIX" and intent.status == "PAYMENT_PENDING"
        if intent.status not in _AWAITING and not second and not code_waits:
            raise ApiError(409, "The payment intent is not waiting for an approval")
        if decision == "reject":
            self._fail(intent, code or "REJEITADO_USUARIO")
            return
        intent.fails_with = code or intent.fails_with or self.desk.outcome("intent")
        if second or code_waits:
            self._move(intent, "PAYMENT_SETTLEMENT_PROCESSING", next_at=self.desk.soon())
            return
        if intent.fails_with in END_CONSENT:
            self._fail(intent, intent.fails_with or "")
            return
        intent.second_approver = decision == "second"
        self._move(intent, "CONSENT_AUTHORIZED", next_at=self.desk.soon())

    def waiting(self) -> Iterator[tuple[datetime, Callable[[], None]]]:
        """List what happens by itself, and when."""
        for intent in self.desk.tables.intents.values():
            if intent.next_at is not None:
                yield intent.next_at, partial(self._go_on, intent)

    def _go_on(self, intent: IntentRecord) -> None:
        intent.next_at = None
        match intent.status:
            case "STARTED" if intent.fails_with in BREAKDOWN:
                self._fail(intent, intent.fails_with or "")
            case "STARTED":
                status = "CONSENT_AWAITING_AUTHORIZATION"
                if intent.method == "PIX":
                    status = "PAYMENT_PENDING"
                self._move(intent, status, next_at=self.desk.now() + self.desk.settings.consent_ttl)
            case "CONSENT_AWAITING_AUTHORIZATION" | "PAYMENT_PARTIALLY_ACCEPTED":
                self._fail(intent, "TEMPO_EXPIRADO_AUTORIZACAO")
            case "PAYMENT_PENDING" if intent.method == "PIX":
                self._fail(intent, "EXPIRED_PAYMENT_INITIATION")
            case "CONSENT_AUTHORIZED":
                self._consented(intent)
            case "PAYMENT_PENDING" if intent.second_approver:
                self._ask_second(intent)
            case "PAYMENT_PENDING" | "PAYMENT_SETTLEMENT_PROCESSING" if intent.fails_with:
                self._fail(intent, intent.fails_with)
            case "PAYMENT_PENDING" | "PAYMENT_SETTLEMENT_PROCESSING":
                self._move(intent, _FOLLOWING[intent.status], next_at=self.desk.soon())
            case _:
                self._complete(intent)

    def _consented(self, intent: IntentRecord) -> None:
        self._remember_debtor(intent)
        request = self.desk.tables.requests.get(intent.request_id or "")
        if request is not None and request.schedule is not None:
            if intent.fails_with:
                self._fail(intent, intent.fails_with)
            else:
                self.schedules.plan(request)
        elif request is not None and request.automatic is not None:
            if intent.fails_with:
                self._fail(intent, intent.fails_with)
            else:
                self.automatic_pix.authorise(request)
        else:
            self._move(intent, "PAYMENT_PENDING", next_at=self.desk.soon())

    def _ask_second(self, intent: IntentRecord) -> None:
        intent.second_approver = False
        until = self.desk.now() + self.desk.settings.consent_ttl
        self._move(intent, "PAYMENT_PARTIALLY_ACCEPTED", next_at=until)
        for request in self._requests(intent):
            self.requests.move(request, "WAITING_PAYER_AUTHORIZATION")
        self.bulks.move(intent.bulk_id, "WAITING_PAYER_AUTHORIZATION")
        self._tell("waiting_payer_authorization", intent)

    def _complete(self, intent: IntentRecord) -> None:
        self._remember_debtor(intent)
        intent.reference_id = self.desk.end_to_end_id(intent.id, intent.connector_id)
        self._move(intent, "PAYMENT_COMPLETED")
        self._tell("completed", intent, referenceId=intent.reference_id)
        for request in self._requests(intent):
            self.requests.move(request, "COMPLETED")
            self.bulks.credit(request)
        self.bulks.move(intent.bulk_id, "COMPLETED", reference_id=intent.reference_id)

    def _fail(self, intent: IntentRecord, code: str) -> None:
        intent.error = failure(code)
        self._move(intent, end_status(code))
        error = {"code": code, "description": code, "detail": intent.error.detail}
        self._tell("error", intent, error=error)
        for request in self._requests(intent):
            self.requests.move(request, "ERROR", error=ErrorRecord(code, intent.error.detail))
        self.bulks.move(intent.bulk_id, "ERROR")

    def _remember_debtor(self, intent: IntentRecord) -> None:
        tax_number = intent.cnpj or intent.cpf
        if tax_number is not None:
            intent.debtor = self.desk.debtor(tax_number=tax_number, name=intent.payer_name)

    def _wanted(self, wish: IntentWish) -> list[RequestRecord]:
        if wish.bulk_id is not None:
            return self.bulks.payable(wish.bulk_id)
        if wish.request_id is None:
            raise invalid("paymentRequestId should not be null or undefined")
        request = self.desk.tables.requests.get(wish.request_id)
        if request is None:
            raise invalid(f"paymentRequestId {wish.request_id} does not exist")
        if request.status not in _PAYABLE:
            raise invalid(f"payment request in status {request.status} can not be paid")
        return [request]

    def _check_bank(self, wish: IntentWish, requests: list[RequestRecord]) -> None:
        if wish.method == "PIX":
            if any(one.schedule or one.automatic for one in requests):
                raise invalid("a scheduled or automatic payment can not be paid with a PIX code")
            return
        if wish.connector_id is None:
            raise invalid("connectorId should not be null or undefined")
        if wish.cpf is None:
            raise invalid("parameters.cpf should not be null or undefined")
        connector, able = self.desk.connector(wish.connector_id)
        if not able.payments:
            raise invalid(f"connector {connector.name} does not support payment initiation")
        if self.desk.catalogue.status(connector.id) == "OFFLINE":
            raise invalid(f"connector {connector.name} is offline")

    def _code(self, intent: IntentRecord, requests: list[RequestRecord]) -> str:
        total = sum((one.amount or Decimal(0) for one in requests), Decimal(0))
        return pix_code(key=intent.id, name="PLUGGY SIMULADO", amount=total or None)

    def _requests(self, intent: IntentRecord) -> list[RequestRecord]:
        if intent.bulk_id is not None:
            return self.bulks.requests_of(intent.bulk_id)
        request = self.desk.tables.requests.get(intent.request_id or "")
        return [] if request is None else [request]

    def _move(self, intent: IntentRecord, status: str, *, next_at: datetime | None = None) -> None:
        intent.status, intent.next_at = status, next_at
        intent.updated_at = self.desk.now()
        self.desk.changed()

    def _tell(self, event: str, intent: IntentRecord, **fields: object) -> None:
        body: dict[str, object] = {"paymentIntentId": intent.id}
        if intent.bulk_id is not None:
            body["bulkPaymentId"] = intent.bulk_id
        else:
            body["paymentRequestId"] = intent.request_id
        self.desk.tell(f"payment_intent/{event}", **body, **fields)


def _same_target(intent: IntentRecord, wish: IntentWish) -> bool:
    if wish.bulk_id is not None:
        return intent.bulk_id == wish.bulk_id
    return intent.request_id == wish.request_id
