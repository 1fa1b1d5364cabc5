"""Operations on payers, recipients and the institutions that hold their accounts."""

from dataclasses import dataclass

from tomada.pluggy.calls import Calls
from tomada.pluggy.models.payment_parties import (
    CreateOrUpdatePaymentCustomer,
    CreatePaymentCustomerRequestBody,
    CreatePaymentRecipient,
    PaymentCustomer,
    PaymentInstitution,
    PaymentRecipient,
    UpdatePaymentRecipient,
)
from tomada.pluggy.paging import PagedList
from tomada.pluggy.retry import Repeat


@dataclass(frozen=True, slots=True)
class PaymentCustomers:
    """``pluggy.payment_customers``."""

    calls: Calls

    async def create(self, customer: CreatePaymentCustomerRequestBody) -> PaymentCustomer:
        """Register a payer."""
        return await self.calls.one("POST", "/payments/customers", PaymentCustomer, body=customer)

    def list(
        self,
        *,
        name: str | None = None,
        email: str | None = None,
        cpf: str | None = None,
        cnpj: str | None = None,
    ) -> PagedList[PaymentCustomer]:
        """List payers."""
        params = {"name": name, "email": email, "cpf": cpf, "cnpj": cnpj}
        return self.calls.paged("/payments/customers", PaymentCustomer, params=params)

    async def get(self, customer_id: str) -> PaymentCustomer:
        """Read one payer."""
        return await self.calls.one(
            "GET", "/payments/customers/{id}", PaymentCustomer, ids={"id": customer_id}
        )

    async def update(
        self, customer_id: str, changes: CreateOrUpdatePaymentCustomer
    ) -> PaymentCustomer:
        """Change a payer."""
        return await self.calls.one(
            "PATCH", "/payments/customers/{id}", PaymentCustomer, ids={"id": customer_id},
            body=changes, repeat=Repeat.HARMLESS,
        )  # fmt: skip

    async def delete(self, customer_id: str) -> None:
        """Remove a payer."""
        await self.calls.nothing("DELETE", "/payments/customers/{id}", ids={"id": customer_id})


@dataclass(frozen=True, slots=True)
class PaymentRecipients:
    """``pluggy.payment_recipients``."""

    calls: Calls

    async def create(self, recipient: CreatePaymentRecipient) -> PaymentRecipient:
        """Register somebody to pay."""
        return await self.calls.one(
            "POST", "/payments/recipients", PaymentRecipient, body=recipient
        )

    def list(
        self,
        *,
        is_default: bool | None = None,
        pix_key: str | None = None,
        name: str | None = None,
        tax_number: str | None = None,
    ) -> PagedList[PaymentRecipient]:
        """List recipients."""
        params = {
            "isDefault": is_default, "pixKey": pix_key, "name": name, "taxNumber": tax_number,
        }  # fmt: skip
        return self.calls.paged("/payments/recipients", PaymentRecipient, params=params)

    async def get(self, recipient_id: str) -> PaymentRecipient:
        """Read one recipient."""
        return await self.calls.one(
            "GET", "/payments/recipients/{id}", PaymentRecipient, ids={"id": recipient_id}
        )

    async def update(self, recipient_id: str, changes: UpdatePaymentRecipient) -> PaymentRecipient:
        """Change a recipient."""
        return await self.calls.one(
            "PATCH", "/payments/recipients/{id}", PaymentRecipient, ids={"id": recipient_id},
            body=changes, repeat=Repeat.HARMLESS,
        )  # fmt: skip

    async def delete(self, recipient_id: str) -> None:
        """Remove a recipient."""
        await self.calls.nothing("DELETE", "/payments/recipients/{id}", ids={"id": recipient_id})

    def list_institutions(self, *, name: str | None = None) -> PagedList[PaymentInstitution]:
        """List the institutions that can hold a recipient's account."""
        return self.calls.paged(
            "/payments/recipients/institutions", PaymentInstitution, params={"name": name}
        )

    async def get_institution(self, institution_id: str) -> PaymentInstitution:
        """Read one of these institutions."""
        return await self.calls.one(
            "GET", "/payments/recipients/institutions/{id}", PaymentInstitution,
            ids={"id": institution_id},
        )  # fmt: skip
