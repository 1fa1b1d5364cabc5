"""A bank account or card as the ledger holds it."""

from dataclasses import dataclass
from datetime import datetime

from tomada.domain.ids import AccountId, ItemId


@dataclass(frozen=True, slots=True)
class AccountDetail:
    """What names the account or its holder; always sealed at rest."""

    name: str
    number: str
    marketing_name: str | None
    owner: str | None
    tax_number: str | None
    institution: str


@dataclass(frozen=True, slots=True)
class Account:
    """One account of an item.

    *balance_minor* is in the account's currency: available funds for ``BANK``, and for
    ``CREDIT`` the amount owed as the provider reports it, whose exact meaning differs by bank.
    *credit_limit_minor* and *available_limit_minor* are known for cards only.
    """

    id: AccountId
    item_id: ItemId
    type: str
    subtype: str
    currency: str
    balance_minor: int
    credit_limit_minor: int | None
    available_limit_minor: int | None
    as_of: datetime | None
    """When the bank was last read for it; None while that is unknown."""
    detail: AccountDetail
