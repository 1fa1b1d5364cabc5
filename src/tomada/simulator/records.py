"""What the simulated banks hold: accounts, movements and bills, in Pluggy's words.

Amounts are signed as Pluggy signs them: on bank accounts money out is negative; on cards a
purchase is positive and a payment or refund negative. Instants are aware UTC.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal


@dataclass(slots=True)
class TransactionRecord:
    """One movement as the API shows it; ids and ingestion times are given by the world."""

    description: str
    amount: Decimal
    date: datetime
    type: Literal["DEBIT", "CREDIT"]
    status: Literal["POSTED", "PENDING"] = "POSTED"
    currency_code: str = "BRL"
    amount_in_account_currency: Decimal | None = None
    description_raw: str | None = None
    balance: Decimal | None = None
    category: str | None = None
    category_id: str | None = None
    operation_type: str | None = None
    provider_id: str | None = None
    provider_code: str | None = None
    order: int = 0
    payment_data: dict[str, Any] | None = None
    credit_card_metadata: dict[str, Any] | None = None
    merchant: dict[str, Any] | None = None
    id: str = ""
    account_id: str = ""
    created_at: datetime | None = None
    updated_at: datetime | None = None


@dataclass(slots=True)
class BillRecord:
    """One closed card bill."""

    due_date: date
    closing_date: date
    total_amount: Decimal
    minimum_payment_amount: Decimal
    currency_code: str = "BRL"
    finance_charges: list[dict[str, Any]] = field(default_factory=list)
    payments: list[dict[str, Any]] = field(default_factory=list)
    id: str = ""


@dataclass(slots=True)
class AccountRecord:
    """One bank account or card with everything the bank knows of it.

    *balance* is available funds for BANK and the amount owed for CREDIT. For BANK accounts it
    equals *opening_balance* plus the sum of the POSTED movements, to the cent.
    """

    type: Literal["BANK", "CREDIT"]
    subtype: Literal["CHECKING_ACCOUNT", "SAVINGS_ACCOUNT", "CREDIT_CARD"]
    name: str
    number: str
    balance: Decimal
    opening_balance: Decimal
    marketing_name: str | None = None
    owner: str | None = None
    tax_number: str | None = None
    currency_code: str = "BRL"
    bank_data: dict[str, Any] | None = None
    credit_data: dict[str, Any] | None = None
    transactions: list[TransactionRecord] = field(default_factory=list)
    bills: list[BillRecord] = field(default_factory=list)
    id: str = ""
    item_id: str = ""
    created_at: datetime | None = None
    updated_at: datetime | None = None


@dataclass(slots=True)
class BankRecord:
    """One person's relationship with one institution: what an item of that connector collects."""

    connector_id: int
    owner: str
    tax_number: str
    accounts: list[AccountRecord]
