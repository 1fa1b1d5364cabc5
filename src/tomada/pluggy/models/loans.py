"""Loans: contracts, their terms and their payments; rates are fractions (1 is 100 %)."""

from decimal import Decimal

import msgspec

from tomada.pluggy.dates import BankDate, PlainDate
from tomada.pluggy.model import Model, Resource


class LoanInterestRate(Model, frozen=True, kw_only=True, gc=False):
    """One interest rate of the contract."""

    tax_type: str | None = None
    interest_rate_type: str | None = None
    tax_periodicity: str | None = None
    calculation: str | None = None
    referential_rate_indexer_type: str | None = None
    referential_rate_indexer_sub_type: str | None = None
    referential_rate_indexer_additional_info: str | None = None
    pre_fixed_rate: Decimal | None = None
    post_fixed_rate: Decimal | None = None
    additional_info: str | None = None


class LoanContractedFee(Model, frozen=True, kw_only=True, gc=False):
    """A fee agreed in the contract."""

    name: str | None = None
    code: str | None = None
    charge_type: str | None = None
    charge: str | None = None
    amount: Decimal | None = None
    rate: Decimal | None = None


class LoanContractedFinanceCharge(Model, frozen=True, kw_only=True, gc=False):
    """A charge for late payment agreed in the contract."""

    type: str | None = None
    additional_info: str | None = None
    rate: Decimal | None = None


class LoanWarranty(Model, frozen=True, kw_only=True, gc=False):
    """A collateral."""

    currency_code: str | None = None
    type: str | None = None
    subtype: str | None = None
    amount: Decimal | None = None


class LoanInstallmentBalloonPaymentAmount(Model, frozen=True, kw_only=True, gc=False):
    """Money of a balloon payment."""

    value: Decimal | None = None
    currency_code: str | None = None


class LoanInstallmentBalloonPayment(Model, frozen=True, kw_only=True, gc=False):
    """A payment outside of the regular instalments."""

    due_date: PlainDate | None = None
    amount: LoanInstallmentBalloonPaymentAmount | None = None


class LoanInstallments(Model, frozen=True, kw_only=True, gc=False):
    """How many instalments there are; each count has its unit in the field before."""

    type_number_of_installments: str | None = None
    total_number_of_installments: int | None = None
    type_contract_remaining: str | None = None
    contract_remaining_number: int | None = None
    paid_installments: int | None = None
    due_installments: int | None = None
    past_due_installments: int | None = None
    balloon_payments: list[LoanInstallmentBalloonPayment] | None = None


class LoanPaymentReleaseOverParcelFee(Model, frozen=True, kw_only=True, gc=False):
    """A fee paid outside of the plan."""

    name: str | None = None
    code: str | None = None
    amount: Decimal | None = None


class LoanPaymentReleaseOverParcelCharge(Model, frozen=True, kw_only=True, gc=False):
    """A charge paid outside of the plan."""

    type: str | None = None
    additional_info: str | None = None
    amount: Decimal | None = None


class LoanPaymentReleaseOverParcel(Model, frozen=True, kw_only=True, gc=False):
    """What a payment outside of the plan was made of."""

    fees: list[LoanPaymentReleaseOverParcelFee] | None = None
    charges: list[LoanPaymentReleaseOverParcelCharge] | None = None


class LoanPaymentRelease(Model, frozen=True, kw_only=True, gc=False):
    """One payment."""

    is_over_parcel_payment: bool | None = None
    installment_id: str | None = None
    paid_date: BankDate | None = None
    currency_code: str | None = None
    paid_amount: Decimal | None = None
    over_parcel: LoanPaymentReleaseOverParcel | None = None


class LoanPayments(Model, frozen=True, kw_only=True, gc=False):
    """What was paid and what is left."""

    contract_outstanding_balance: Decimal | None = None
    releases: list[LoanPaymentRelease] | None = None


class Loan(Resource, frozen=True, kw_only=True, gc=False):
    """A loan contract; *cet* is the yearly total cost as a fraction."""

    id: str
    item_id: str
    contract_number: str | None = None
    ipoc_code: str | None = None
    product_name: str
    type: str | None = None
    kind: str
    date: BankDate | None = None
    contract_date: PlainDate | None = None
    disbursement_dates: list[PlainDate] | None = None
    settlement_date: PlainDate | None = None
    contract_amount: Decimal | None = None
    currency_code: str
    due_date: PlainDate | None = None
    installment_periodicity: str | None = None
    installment_periodicity_additional_info: str | None = None
    first_installment_due_date: PlainDate | None = None
    cet: Decimal | None = msgspec.field(default=None, name="CET")
    amortization_scheduled: str | None = None
    amortization_scheduled_additional_info: str | None = None
    cnpj_consignee: str | None = None
    interest_rates: list[LoanInterestRate] | None = None
    contracted_fees: list[LoanContractedFee] | None = None
    contracted_finance_charges: list[LoanContractedFinanceCharge] | None = None
    warranties: list[LoanWarranty] | None = None
    installments: LoanInstallments | None = None
    payments: LoanPayments | None = None
