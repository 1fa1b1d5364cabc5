"""Accounts as Pluggy lists them, and as rows of ours."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from tomada.domain.ids import AccountId, ItemId
from tomada.domain.products import Product
from tomada.pluggy.models.accounts import Account
from tomada.services.listing import RAW_GROUP, Changes, missed
from tomada.services.normalise import account_detail, content, minor_of
from tomada.services.outlook import Outlook, advanced
from tomada.services.runs import Run, Runs
from tomada.services.sealed import seal
from tomada.services.vault import Keys
from tomada.store.accounts import ACCOUNTS, AccountRow, AccountRows
from tomada.store.listed import ListedRows

DIGEST = "account/3"
"""A new name has every account written anew, with what an earlier version did not keep."""


@dataclass(frozen=True, slots=True)
class AccountTaker:
    """Takes an item's list of accounts into the ledger.

    A balance is as old as its product: *views* say what the last run collected, and an account of
    a product that it did not keeps its age. Where the list is *sound*, what it is without twice,
    six hours apart, is gone.
    """

    runs: Runs
    views: Mapping[Product, Outlook]
    sound: bool

    async def put(self, run: Run, accounts: Sequence[Account]) -> dict[AccountId, AccountRow]:
        """Apply the list in one commit; gives all accounts of the item as stored."""
        async with self.runs.writing(run) as tx:
            before = {row.id: row for row in await AccountRows(tx).all(run.item_id)}
            rows = [self._row(run, one, before.get(AccountId(one.id))) for one in accounts]
            written = [row.id for row in rows if await AccountRows(tx).put(row)]
            present = [row.id for row in rows]
            await ListedRows(tx, ACCOUNTS).seen(present)
            changes = Changes(
                read=len(rows),
                added=tuple(one for one in written if one not in before),
                changed=tuple(one for one in written if one in before),
            ) + await missed(
                tx, ACCOUNTS, run.item_id, present, now=self.runs.clock(), sound=self.sound
            )
            await self.runs.count_accounts(tx, run, len(rows))
            await self.runs.tell(tx, run, "ACCOUNTS", changes, kind="accounts.changed")
            return {row.id: row for row in await AccountRows(tx).all(run.item_id)}

    def _row(self, run: Run, account: Account, before: AccountRow | None) -> AccountRow:
        known = None if before is None else before.as_of
        view = self.views.get("CREDIT_CARDS" if account.type == "CREDIT" else "ACCOUNTS")
        as_of = known if view is None else advanced(known, view)
        return account_row(run.keys, account, run.item_id, run.institution, as_of=as_of)


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
