"""Boletos that are issued, and the bank connections that issue them."""

from decimal import Decimal
from typing import Any

from tomada.pluggy.dates import Instant, PlainDate
from tomada.pluggy.model import Model, Resource


class BoletoConnection(Resource, frozen=True, kw_only=True, gc=False):
    """Credentials stored at Pluggy for issuing."""

    id: str
    connector_id: int
    created_at: Instant
    updated_at: Instant


class CreateBoletoConnection(Model, frozen=True, kw_only=True, gc=False):
    """What a connection needs; the credentials differ by bank."""

    connector_id: int
    credentials: dict[str, Any]


class NewBoletoFine(Model, frozen=True, kw_only=True, gc=False):
    """The fine for late payment, as percentage or fixed amount."""

    type: str
    value: Decimal


class NewBoletoInterest(Model, frozen=True, kw_only=True, gc=False):
    """The interest for late payment."""

    type: str
    value: Decimal


class NewBoletoPayer(Model, frozen=True, kw_only=True, gc=False):
    """Who is to pay."""

    address_city: str | None = None
    address_state: str
    address_street: str | None = None
    address_zip_code: str
    name: str
    tax_number: str


class NewBoleto(Model, frozen=True, kw_only=True, gc=False):
    """The slip; *seu_numero* is the issuer's own number."""

    amount: Decimal
    due_date: PlainDate
    fine: NewBoletoFine | None = None
    interest: NewBoletoInterest | None = None
    payer: NewBoletoPayer
    seu_numero: str


class CreateBoleto(Model, frozen=True, kw_only=True, gc=False):
    """What a new slip needs."""

    boleto_connection_id: str
    boleto: NewBoleto


class IssuedBoletoPayer(Model, frozen=True, kw_only=True, gc=False):
    """Who is to pay, as the bank has it."""

    address_city: str | None = None
    address_complement: str | None = None
    address_neighborhood: str | None = None
    address_number: str | None = None
    address_state: str | None = None
    address_street: str | None = None
    address_zip_code: str | None = None
    ddd: str | None = None
    email: str | None = None
    name: str | None = None
    person_type: str | None = None
    phone_number: str | None = None
    tax_number: str | None = None


class IssuedBoletoFine(Model, frozen=True, kw_only=True, gc=False):
    """The fine for late payment."""

    type: str | None = None
    value: Decimal | None = None


class IssuedBoletoInterest(Model, frozen=True, kw_only=True, gc=False):
    """The interest for late payment."""

    type: str | None = None
    value: Decimal | None = None


class IssuedBoleto(Resource, frozen=True, kw_only=True, gc=False):
    """An issued slip."""

    id: str
    amount: Decimal
    status: str
    seu_numero: str
    due_date: PlainDate
    payer: IssuedBoletoPayer
    pix_qr: str | None = None
    digitable_line: str
    nosso_numero: str | None = None
    barcode: str
    boleto_connection_id: str
    created_at: Instant
    amount_paid: Decimal | None = None
    payment_origin: str | None = None
    fine: IssuedBoletoFine | None = None
    interest: IssuedBoletoInterest | None = None
    paid_at: Instant | None = None
