"""Who pays and who is paid: customers and recipients."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tomada.simulator.payments.desk import Desk
from tomada.simulator.payments.records import CustomerRecord, RecipientRecord
from tomada.simulator.refusals import invalid, not_found


@dataclass(frozen=True, slots=True)
class BankAccount:
    """Where a recipient has its account; *type* in the provider's words."""

    branch: str
    number: str
    type: str


@dataclass(frozen=True, slots=True, repr=False)
class Parties:
    """The customers and recipients of one world."""

    desk: Desk

    def customer(self, customer_id: str) -> CustomerRecord:
        """Find a customer or refuse with 404."""
        found = self.desk.tables.customers.get(customer_id)
        if found is None:
            raise not_found("payment customer")
        return found

    def add_customer(self, fields: Mapping[str, Any]) -> CustomerRecord:
        """Register a payer; *fields* are those of the record."""
        now = self.desk.now()
        made = CustomerRecord(
            id=self.desk.ids.new("payment customer"), created_at=now, updated_at=now, **fields
        )
        self._complete(made)
        if made.connector_id is not None:
            self.desk.connector(made.connector_id)
        self.desk.tables.customers[made.id] = made
        self.desk.changed()
        return made

    def change_customer(self, customer_id: str, fields: Mapping[str, Any]) -> CustomerRecord:
        """Change what is given."""
        customer = self.customer(customer_id)
        before = {name: getattr(customer, name) for name in fields}
        _set(customer, fields)
        try:
            self._complete(customer)
        except Exception:
            _set(customer, before)
            raise
        customer.updated_at = self.desk.now()
        self.desk.changed()
        return customer

    def remove_customer(self, customer_id: str) -> None:
        """Forget a payer; requests that named it name nobody from now on."""
        del self.desk.tables.customers[self.customer(customer_id).id]
        self.desk.changed()

    def recipient(self, recipient_id: str) -> RecipientRecord:
        """Find a recipient or refuse with 404."""
        found = self.desk.tables.recipients.get(recipient_id)
        if found is None:
            raise not_found("payment recipient")
        return found

    def payable(self, recipient_id: str | None) -> RecipientRecord:
        """Find whom a request pays: the one named, or the default one; otherwise 400."""
        if recipient_id is not None:
            found = self.desk.tables.recipients.get(recipient_id)
            if found is None:
                raise invalid(f"recipientId {recipient_id} does not exist")
            return found
        for one in self.desk.tables.recipients.values():
            if one.is_default:
                return one
        raise invalid("recipientId should not be null: there is no default recipient")

    def add_recipient(
        self,
        *,
        name: str,
        tax_number: str,
        institution_id: str,
        account: BankAccount,
        is_default: bool | None = None,
        pix_key: str | None = None,
    ) -> RecipientRecord:
        """Register a bank account; the first one becomes the default."""
        self._institution(institution_id)
        now = self.desk.now()
        first = not self.desk.tables.recipients
        made = RecipientRecord(
            id=self.desk.ids.new("payment recipient"),
            tax_number=tax_number,
            name=name,
            institution_id=institution_id,
            branch=account.branch,
            number=account.number,
            account_type=account.type,
            created_at=now,
            updated_at=now,
            is_default=first if is_default is None else is_default,
            pix_key=pix_key,
        )
        self.desk.tables.recipients[made.id] = made
        self._only_default(made)
        self.desk.changed()
        return made

    def recipient_of_key(self, pix_key: str, *, is_default: bool | None) -> RecipientRecord:
        """Register whoever the PIX directory has under a key; it is made up, and stays the same."""
        number = sum(pix_key.encode()) * 7919 % 1_000_000
        institution = list(self.desk.institutions.values())[number % len(self.desk.institutions)]
        return self.add_recipient(
            name=f"Titular da Chave {number:06d}",
            tax_number=f"{11_222_333_000_181}",
            institution_id=institution.id,
            account=BankAccount("0001", f"{number:06d}-{number % 10}", "CHECKING_ACCOUNT"),
            is_default=is_default,
            pix_key=pix_key,
        )

    def change_recipient(
        self, recipient_id: str, fields: Mapping[str, Any], account: BankAccount | None
    ) -> RecipientRecord:
        """Change what is given."""
        recipient = self.recipient(recipient_id)
        if "institution_id" in fields:
            self._institution(fields["institution_id"])
        _set(recipient, fields)
        if account is not None:
            recipient.branch, recipient.number = account.branch, account.number
            recipient.account_type = account.type
        recipient.updated_at = self.desk.now()
        self._only_default(recipient)
        self.desk.changed()
        return recipient

    def remove_recipient(self, recipient_id: str) -> None:
        """Forget a recipient."""
        del self.desk.tables.recipients[self.recipient(recipient_id).id]
        self.desk.changed()

    def _complete(self, customer: CustomerRecord) -> None:
        if customer.type == "INDIVIDUAL" and customer.cpf is None:
            raise invalid("cpf is required for INDIVIDUAL customers")
        if customer.type == "BUSINESS" and customer.cnpj is None:
            raise invalid("cnpj is required for BUSINESS customers")

    def _institution(self, institution_id: str) -> None:
        if institution_id not in self.desk.institutions:
            raise invalid(f"paymentInstitutionId {institution_id} does not exist")

    def _only_default(self, recipient: RecipientRecord) -> None:
        if not recipient.is_default:
            return
        for one in self.desk.tables.recipients.values():
            one.is_default = one is recipient


def _set(record: CustomerRecord | RecipientRecord, fields: Mapping[str, Any]) -> None:
    for name, value in fields.items():
        setattr(record, name, value)
