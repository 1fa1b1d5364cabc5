"""What a movement does to the balance of its account."""

from decimal import Decimal
from typing import Any

from tomada.simulator.encoding import number
from tomada.simulator.records import AccountRecord, TransactionRecord


def contribution(account: AccountRecord, row: TransactionRecord) -> Decimal:
    """Give what *row* adds to the balance of *account*.

    A bank account counts what is posted. A card owes a purchase from the moment it is made.
    """
    if account.type == "BANK" and row.status == "PENDING":
        return Decimal(0)
    if row.amount_in_account_currency is not None:
        return row.amount_in_account_currency
    return row.amount


def shift(account: AccountRecord, amount: Decimal) -> None:
    """Move the balance by *amount*, and with it what the bank derives from it."""
    account.balance += amount
    if account.type == "BANK":
        account.bank_data = _moved(account.bank_data, "closingBalance", amount)
        if account.bank_data is not None and "overdraftUsedLimit" in account.bank_data:
            account.bank_data["overdraftUsedLimit"] = number(max(Decimal(0), -account.balance))
    else:
        account.credit_data = _moved(account.credit_data, "availableCreditLimit", -amount)


def _moved(details: dict[str, Any] | None, key: str, amount: Decimal) -> dict[str, Any] | None:
    if details is None or details.get(key) is None:
        return details and {**details}
    # Details read back from the state file hold plain numbers.
    return {**details, key: number(Decimal(str(details[key])) + amount)}
