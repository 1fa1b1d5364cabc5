"""Card bills: read from Pluggy into the ledger, and from the ledger for those who ask."""

from dataclasses import dataclass

from tomada.domain.bills import Bill, BillDetail, BillPayment, FinanceCharge
from tomada.domain.clock import Clock
from tomada.domain.errors import ProviderError
from tomada.domain.ids import AccountId, BillId, EntityId, ItemId
from tomada.domain.products import Product
from tomada.pluggy import PluggyClient
from tomada.pluggy.models import accounts as wire
from tomada.services.listing import RAW_GROUP, Stamp, Taker
from tomada.services.normalise import minor_of, minor_or_none
from tomada.services.provider import translated
from tomada.services.reach import Reach
from tomada.services.runs import Run, Runs
from tomada.services.sealed import seal, unseal
from tomada.services.vault import Keys, Vault
from tomada.store.bills import BILLS, BillRow
from tomada.store.listed import ListedRows
from tomada.store.tx import Store


@dataclass(frozen=True, slots=True)
class BillReader:
    """Reads the bills of an item's cards, one commit for each card."""

    runs: Runs
    clock: Clock
    pluggy: PluggyClient
    product: Product = "CREDIT_CARDS"
    of_accounts: bool = True

    async def read(self, run: Run, reach: Reach) -> None:
        """Read the bills of every card.

        Raises ``ProviderError`` where a bill says that it is another account's.
        """
        for card in reach.accounts:
            if card.type == "CREDIT":
                await self._card(run, AccountId(card.id), sound=reach.sound)

    async def _card(self, run: Run, account_id: AccountId, *, sound: bool) -> None:
        with translated():
            bills = await self.pluggy.list_bills(account_id)
        if any(one.account_id not in (None, account_id) for one in bills):
            raise ProviderError("Pluggy sent another card's bills", provider_code="unreadable")

        def make(bill: wire.Bill, stamp: Stamp) -> BillRow:
            return bill_row(run.keys, bill, run.item_id, account_id, stamp=stamp)

        taker = Taker(run.keys, "bill", BILLS, make)
        async with self.runs.writing(run) as tx:
            changes = await taker.whole(tx, account_id, bills, now=self.clock(), sound=sound)
            await self.runs.tell(
                tx, run, self.product, changes, kind="bills.changed", accountId=account_id
            )


def bill_row(
    keys: Keys, bill: wire.Bill, item_id: ItemId, account_id: AccountId, *, stamp: Stamp
) -> BillRow:
    """Seal a bill's lines and keep its figures.

    Raises ``ProviderError`` for an amount that no bank can mean.
    """
    currency = bill.total_amount_currency_code
    closing = bill.bill_closing_date
    return BillRow(
        id=BillId(bill.id),
        item_id=item_id,
        account_id=account_id,
        due_day=bill.due_date.day,
        closing_day=None if closing is None else closing.day,
        currency=currency,
        total_minor=minor_of(bill.total_amount, currency).units,
        minimum_minor=minor_or_none(bill.minimum_payment_amount, currency),
        content_digest=stamp.digest,
        sealed=seal(keys, "bills", bill.id, _detail(bill)),
        sealed_raw=keys.seal("bills", bill.id, bill.raw, group=RAW_GROUP),
        first_seen_at=stamp.now,
        changed_at=stamp.now,
    )


def _detail(bill: wire.Bill) -> BillDetail:
    return BillDetail(
        charges=tuple(_charge(one, bill) for one in bill.finance_charges or ()),
        payments=tuple(_payment(one, bill) for one in bill.payments or ()),
        allows_installments=bill.allows_installments,
    )


def _charge(one: wire.BillFinanceCharge, bill: wire.Bill) -> FinanceCharge:
    currency = one.currency_code or bill.total_amount_currency_code
    return FinanceCharge(
        id=one.id,
        type=one.type,
        amount_minor=minor_or_none(one.amount, currency),
        currency=currency,
        info=one.additional_info,
    )


def _payment(one: wire.BillPayment, bill: wire.Bill) -> BillPayment:
    currency = one.currency_code or bill.total_amount_currency_code
    return BillPayment(
        id=one.id,
        value_type=one.value_type,
        day=None if one.payment_date is None else one.payment_date.day,
        mode=one.payment_mode,
        amount_minor=minor_or_none(one.amount, currency),
        currency=currency,
    )


@dataclass(frozen=True, slots=True)
class Bills:
    """The bills of the installation's entities."""

    store: Store
    vault: Vault

    async def list(self, entity: EntityId, *, account_id: AccountId | None = None) -> list[Bill]:
        """List bills by due day, the latest first, of one card where given."""
        keys = await self.vault.keys(entity)
        async with self.store.begin(entity) as tx:
            rows = await ListedRows(tx, BILLS).live(
                *(() if account_id is None else ("account_id", account_id))
            )
        return [opened_bill(keys, row) for row in rows]


def opened_bill(keys: Keys, row: BillRow) -> Bill:
    """Open a stored bill."""
    return Bill(
        id=row.id,
        item_id=row.item_id,
        account_id=row.account_id,
        due_day=row.due_day,
        closing_day=row.closing_day,
        currency=row.currency,
        total_minor=row.total_minor,
        minimum_minor=row.minimum_minor,
        detail=unseal(keys, "bills", row.id, row.sealed, BillDetail),
        first_seen_at=row.first_seen_at,
        changed_at=row.changed_at,
    )
