"""What data are read for: each purpose with its basis in the law, and what it needs."""

from collections.abc import Iterable
from dataclasses import dataclass

_CONSENT = "LGPD art. 7º, I; art. 11, I"
"""Consent; of article 11 as well, because spending tells of health, faith and unions."""


@dataclass(frozen=True, slots=True)
class Purpose:
    """One switch. *products* are Pluggy's, *permissions* Open Finance's; *retention* is a class."""

    code: str
    basis: str
    mandatory: bool
    products: tuple[str, ...]
    permissions: tuple[str, ...]
    retention: str = "R1"


PURPOSES = (
    Purpose(
        "statement",
        _CONSENT,
        mandatory=True,
        products=("ACCOUNTS", "CREDIT_CARDS", "TRANSACTIONS", "PAYMENT_DATA"),
        permissions=(
            "RESOURCES_READ",
            "ACCOUNTS_READ",
            "ACCOUNTS_BALANCES_READ",
            "ACCOUNTS_TRANSACTIONS_READ",
            "ACCOUNTS_OVERDRAFT_LIMITS_READ",
            "CREDIT_CARDS_ACCOUNTS_READ",
            "CREDIT_CARDS_ACCOUNTS_LIMITS_READ",
            "CREDIT_CARDS_ACCOUNTS_BILLS_READ",
            "CREDIT_CARDS_ACCOUNTS_BILLS_TRANSACTIONS_READ",
            "CREDIT_CARDS_ACCOUNTS_TRANSACTIONS_READ",
        ),
    ),
    Purpose(
        "investments",
        _CONSENT,
        mandatory=False,
        products=("INVESTMENTS", "INVESTMENTS_TRANSACTIONS"),
        permissions=(
            "BANK_FIXED_INCOMES_READ",
            "CREDIT_FIXED_INCOMES_READ",
            "FUNDS_READ",
            "VARIABLE_INCOMES_READ",
            "TREASURE_TITLES_READ",
        ),
    ),
    Purpose(
        "loans",
        _CONSENT,
        mandatory=False,
        products=("LOANS",),
        permissions=(
            "LOANS_READ",
            "FINANCINGS_READ",
            "UNARRANGED_ACCOUNTS_OVERDRAFT_READ",
            "INVOICE_FINANCINGS_READ",
        ),
    ),
    Purpose(
        "identity",
        _CONSENT,
        mandatory=False,
        products=("IDENTITY",),
        permissions=(
            "CUSTOMERS_PERSONAL_IDENTIFICATIONS_READ",
            "CUSTOMERS_PERSONAL_ADITTIONALINFO_READ",
        ),
    ),
)
"""All there are; a change of one, or of its products, needs a new version of the notice."""

EVERY_PURPOSE = tuple(one.code for one in PURPOSES)


def products_of(codes: Iterable[str]) -> tuple[str, ...]:
    """Give the products that the purposes named by *codes* need, in one order."""
    chosen = set(codes)
    return tuple(product for one in PURPOSES if one.code in chosen for product in one.products)
