"""A bank account or card as the ledger holds it."""

from dataclasses import dataclass
from datetime import date, datetime

from tomada.domain.ids import AccountId, ItemId


@dataclass(frozen=True, slots=True)
class BankFunds:
    """What a bank account holds beside its balance, in minor units; None is unknown.

    *closing_minor* is available plus blocked. *reserved_minor* sums up the pots in the account's
    currency that the person set aside, None where the bank says nothing of pots.
    """

    closing_minor: int | None
    invested_minor: int | None
    reserved_minor: int | None
    overdraft_limit_minor: int | None
    overdraft_used_minor: int | None
    beyond_overdraft_minor: int | None


@dataclass(frozen=True, slots=True)
class CardTerms:
    """What a bank says of a card and of the bill that is open now; None is unknown."""

    brand: str | None
    level: str | None
    status: str | None
    holder_type: str | None
    close_day: date | None
    due_day: date | None
    minimum_minor: int | None
    limit_flexible: bool | None
    other_numbers: tuple[str, ...] = ()
    """The last digits of further plastics on the account, virtual ones too."""


@dataclass(frozen=True, slots=True)
class AccountDetail:
    """What names the account or its holder, and its finer figures; always sealed at rest."""

    name: str
    number: str
    marketing_name: str | None
    owner: str | None
    tax_number: str | None
    institution: str
    funds: BankFunds | None = None
    terms: CardTerms | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """One account of an item.

    *balance_minor* is in the account's currency: available funds for ``BANK``, and for
    ``CREDIT`` the amount owed as the provider reports it, whose exact meaning differs by bank;
    None where the bank did not give it.
    *credit_limit_minor* and *available_limit_minor* are known for cards only.
    """

    id: AccountId
    item_id: ItemId
    type: str
    subtype: str
    currency: str
    balance_minor: int | None
    credit_limit_minor: int | None
    available_limit_minor: int | None
    as_of: datetime | None
    """When the bank was last read for it; None while that is unknown."""
    detail: AccountDetail
