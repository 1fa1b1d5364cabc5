"""Smart transfers: a standing permission at the payer's bank, and payments under it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Literal

from tomada.simulator.ids import uuid_of
from tomada.simulator.payments.desk import Desk, failure
from tomada.simulator.payments.parties import Parties
from tomada.simulator.payments.records import (
    DataConsentRecord,
    PreauthorizationRecord,
    TransferLimits,
    TransferRecord,
)
from tomada.simulator.payments.transfer_limits import broken_limit
from tomada.simulator.refusals import ApiError, invalid, not_found

PaymentCode = Literal[
    "INFRASTRUCTURE_FAILURE",
    "PAYMENT_DIFFERENT_FROM_CONSENT",
    "UNKNOWN_ERROR",
    "INVALID_PAYMENT_DETAIL",
    "PAYMENT_REJECTED_BY_HOLDER",
    "PAYMENT_REJECTED_BY_SPI",
]
_FOLLOWING = {
    "CONSENT_AUTHORIZED": "PAYMENT_PENDING",
    "PAYMENT_PENDING": "PAYMENT_SETTLEMENT_PROCESSING",
    "PAYMENT_SETTLEMENT_PROCESSING": "PAYMENT_SETTLEMENT_DEBTOR_ACCOUNT",
    "PAYMENT_SETTLEMENT_DEBTOR_ACCOUNT": "PAYMENT_COMPLETED",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PreauthorizationWish:
    """What the application asks for."""

    connector_id: int
    cpf: str
    recipient_ids: list[str]
    cnpj: str | None = None
    client_id: str | None = None
    callback_urls: dict[str, str] | None = None
    limits: TransferLimits | None = None
    # Also ask for the permission to read the payer's balance.
    linked_journey: bool = False


@dataclass(frozen=True, slots=True, repr=False)
class SmartTransfers:
    """The preauthorizations of one world, and the payments under them."""

    desk: Desk
    parties: Parties

    def get(self, preauthorization_id: str) -> PreauthorizationRecord:
        """Find a preauthorization or refuse with 404."""
        found = self.desk.tables.preauthorizations.get(preauthorization_id)
        if found is None:
            raise not_found("smart transfer preauthorization")
        return found

    def ask(self, wish: PreauthorizationWish) -> PreauthorizationRecord:
        """Ask the payer for a preauthorization."""
        connector, able = self.desk.connector(wish.connector_id)
        if not able.payments:
            raise invalid(f"connector {connector.name} does not support smart transfers")
        for recipient_id in wish.recipient_ids:
            self.parties.payable(recipient_id)
        now = self.desk.now()
        made_id = self.desk.ids.new("smart transfer preauthorization")
        made = PreauthorizationRecord(
            id=made_id,
            connector_id=wish.connector_id,
            cpf=wish.cpf,
            recipient_ids=wish.recipient_ids,
            created_at=now,
            updated_at=now,
            cnpj=wish.cnpj,
            client_id=wish.client_id,
            callback_urls=wish.callback_urls,
            limits=wish.limits,
            data_consent=DataConsentRecord(now) if wish.linked_journey else None,
            balance=_balance_of(wish.cnpj or wish.cpf, wish.connector_id),
            next_at=now + self.desk.settings.consent_ttl,
        )
        self.desk.tables.preauthorizations[made.id] = made
        self.desk.changed()
        return made

    def decide(
        self,
        preauthorization_id: str,
        *,
        approved: bool,
        code: str | None = None,
        share_balance: bool = True,
    ) -> None:
        """Take the payer's decision; a refusal with *code* is a breakdown at the bank."""
        asked = self.get(preauthorization_id)
        if asked.status != "CREATED":
            raise ApiError(409, "The preauthorization is not waiting for an approval")
        if not approved:
            self._refuse(asked, code or "REJEITADO_USUARIO", "ERROR" if code else "REJECTED")
            return
        asked.debtor = self.desk.debtor(tax_number=asked.cnpj or asked.cpf)
        self._answer_data_consent(asked, None if share_balance else "CUSTOMER_MANUALLY_REJECTED")
        self._move(asked, "COMPLETED")
        self._tell("preauthorization/completed", asked)

    def revoke(self, preauthorization_id: str) -> PreauthorizationRecord:
        """Take the permission back at the bank."""
        given = self.get(preauthorization_id)
        if given.status != "COMPLETED":
            raise ApiError(409, "The preauthorization is not in force")
        self._answer_data_consent(given, "CONSENT_REVOKED")
        self._move(given, "REVOKED")
        return given

    def drop_data_consent(self, preauthorization_id: str) -> PreauthorizationRecord:
        """Give the permission to read the balance back; doing it again changes nothing."""
        given = self.get(preauthorization_id)
        if given.data_consent is None:
            raise invalid("the preauthorization has no data consent")
        self._answer_data_consent(given, "CUSTOMER_MANUALLY_REVOKED")
        return given

    def balance(self, preauthorization_id: str) -> PreauthorizationRecord:
        """Read the payer's balance; counted, as it uses up the regulator's monthly quota."""
        given = self.get(preauthorization_id)
        if given.status != "COMPLETED":
            raise invalid(f"preauthorization is in status {given.status}")
        if given.data_consent is None or given.data_consent.status != "AUTHORISED":
            raise ApiError(403, "The data consent is not authorised")
        month = self.desk.month()
        used = given.reads if given.reads_month == month else 0
        most = self.desk.settings.balance_reads_per_month
        if most is not None and used >= most:
            raise ApiError(429, "The monthly limit of balance requests was reached")
        given.reads_month, given.reads = month, used + 1
        self.desk.changed()
        return given

    def payment(self, payment_id: str) -> TransferRecord:
        """Find a payment or refuse with 404."""
        found = self.desk.tables.transfers.get(payment_id)
        if found is None:
            raise not_found("smart transfer payment")
        return found

    def payments_of(self, preauthorization_id: str) -> list[TransferRecord]:
        """List the payments of a preauthorization, newest first."""
        self.get(preauthorization_id)
        rows = self.desk.tables.transfers.values()
        return [one for one in rows if one.preauthorization_id == preauthorization_id][::-1]

    def pay(
        self,
        *,
        preauthorization_id: str,
        recipient_id: str,
        amount: Decimal,
        description: str | None = None,
        client_payment_id: str | None = None,
    ) -> TransferRecord:
        """Pay without the payer."""
        given = self.desk.tables.preauthorizations.get(preauthorization_id)
        if given is None:
            raise invalid(f"preauthorizationId {preauthorization_id} does not exist")
        if given.status != "COMPLETED":
            raise invalid(f"preauthorization is in status {given.status}")
        if recipient_id not in given.recipient_ids:
            raise invalid("recipientId is not one of the preauthorization's recipients")
        broken = broken_limit(
            given.limits, self.payments_of(given.id), amount=amount, today=self.desk.today()
        )
        if broken is not None and self.desk.settings.over_limit == "refuse":
            raise invalid(f"amount exceeds the {broken} limit of the preauthorization")
        now = self.desk.now()
        made = TransferRecord(
            id=self.desk.ids.new("smart transfer payment"),
            preauthorization_id=given.id,
            recipient_id=recipient_id,
            amount=amount,
            created_at=now,
            updated_at=now,
            description=description,
            client_payment_id=client_payment_id,
            fails_with="PAYMENT_DIFFERENT_FROM_CONSENT"
            if broken
            else self.desk.outcome("transfer"),
            next_at=self.desk.soon(),
        )
        self.desk.tables.transfers[made.id] = made
        self.desk.changed()
        return made

    def waiting(self) -> Iterator[tuple[datetime, Callable[[], None]]]:
        """List what happens by itself, and when."""
        for asked in self.desk.tables.preauthorizations.values():
            if asked.next_at is not None:
                yield (
                    asked.next_at,
                    partial(self._refuse, asked, "TEMPO_EXPIRADO_AUTORIZACAO", "REJECTED"),
                )
        for payment in self.desk.tables.transfers.values():
            if payment.next_at is not None:
                yield payment.next_at, partial(self._go_on, payment)

    def _go_on(self, payment: TransferRecord) -> None:
        given = self.desk.tables.preauthorizations[payment.preauthorization_id]
        if payment.status == "PAYMENT_PENDING":
            if payment.fails_with is None and given.balance < payment.amount:
                payment.fails_with = "PAYMENT_REJECTED_BY_HOLDER"
            if payment.fails_with is not None:
                self._reject(payment, payment.fails_with)
                return
        payment.status = _FOLLOWING[payment.status]
        payment.updated_at = self.desk.now()
        payment.next_at = self.desk.soon()
        if payment.status == "PAYMENT_COMPLETED":
            payment.next_at = None
            given.balance -= payment.amount
            self._tell_payment("completed", payment)
        self.desk.changed()

    def _reject(self, payment: TransferRecord, code: str) -> None:
        broken = code in {"INFRASTRUCTURE_FAILURE", "UNKNOWN_ERROR"}
        payment.status = "ERROR" if broken else "PAYMENT_REJECTED"
        payment.error, payment.next_at = failure(code), None
        payment.updated_at = self.desk.now()
        self.desk.changed()
        error = {"code": code, "description": code, "detail": payment.error.detail}
        self._tell_payment("error", payment, error=error)

    def _refuse(self, asked: PreauthorizationRecord, code: str, status: str) -> None:
        asked.error = failure(code)
        self._answer_data_consent(asked, "CUSTOMER_MANUALLY_REJECTED")
        self._move(asked, status)
        error = {"code": code, "description": code, "detail": asked.error.detail}
        self._tell("preauthorization/error", asked, error=error)

    def _answer_data_consent(self, given: PreauthorizationRecord, reason: str | None) -> None:
        consent = given.data_consent
        # A refused permission is refused for good.
        if consent is None or consent.status == "REJECTED":
            return
        consent.status = "AUTHORISED" if reason is None else "REJECTED"
        consent.reason, consent.updated_at = reason, self.desk.now()
        self.desk.changed()

    def _move(self, asked: PreauthorizationRecord, status: str) -> None:
        asked.status, asked.next_at = status, None
        asked.updated_at = self.desk.now()
        self.desk.changed()

    def _tell(self, event: str, asked: PreauthorizationRecord, **fields: object) -> None:
        self.desk.tell(
            f"smart_transfer_{event}",
            smartTransferPreauthorizationId=asked.id,
            clientId=self.desk.world_settings.client_id,
            status=asked.status,
            **fields,
        )

    def _tell_payment(self, event: str, payment: TransferRecord, **fields: object) -> None:
        self.desk.tell(
            f"smart_transfer_payment/{event}",
            smartTransferPaymentId=payment.id,
            smartTransferPreauthorizationId=payment.preauthorization_id,
            clientId=self.desk.world_settings.client_id,
            status=payment.status,
            **fields,
        )


def _balance_of(tax_number: str, connector_id: int) -> Decimal:
    cents = int(uuid_of("payer balance", tax_number, connector_id)[:6], 16) % 5_000_000
    return Decimal(1_000_000 + cents) / 100
