"""An account of Pluggy's as a row of ours."""

from datetime import datetime
from decimal import Decimal

from tomada.domain.ids import AccountId, ItemId
from tomada.pluggy.models.accounts import Account
from tomada.services.normalise import account_detail, content, minor_of
from tomada.services.sealed import seal
from tomada.services.vault import Keys
from tomada.store.accounts import AccountRow

RAW_GROUP = "raw"
DIGEST = "account/3"
"""A new name has every account written anew, with what an earlier version did not keep."""


def account_row(
    keys: Keys, account: Account, item_id: ItemId, institution: str, *, as_of: datetime | None
) -> AccountRow:
    """Seal what names the account and keep its figures; *as_of* is when the bank was read.

    Raises ``ProviderError`` for a figure that no bank can mean.
    """
    currency = account.currency_code
    credit = account.credit_data

    def minor(amount: Decimal | None) -> int | None:
        return None if amount is None else minor_of(amount, currency).units

    return AccountRow(
        id=AccountId(account.id),
        item_id=item_id,
        type=account.type,
        subtype=account.subtype or "",
        currency=currency,
        balance_minor=minor(account.balance),
        credit_limit_minor=minor(credit.credit_limit) if credit is not None else None,
        available_limit_minor=minor(credit.available_credit_limit) if credit is not None else None,
        as_of=as_of,
        content_digest=digest_of(keys, account),
        sealed=seal(keys, "accounts", account.id, account_detail(account, institution=institution)),
        sealed_raw=keys.seal("accounts", account.id, account.raw, group=RAW_GROUP),
    )


def digest_of(keys: Keys, account: Account) -> bytes:
    """Name what Pluggy says of the account: equal digests, equal content."""
    return keys.digest(DIGEST, content(account.raw))
