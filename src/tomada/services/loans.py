"""Loans: read from Pluggy into the ledger."""

from dataclasses import dataclass
from functools import partial

from tomada.domain.clock import Clock
from tomada.domain.holdings import LoanDetail
from tomada.domain.ids import ItemId, LoanId
from tomada.domain.products import Product
from tomada.pluggy import PluggyClient
from tomada.pluggy.models.loans import Loan
from tomada.services.listing import RAW_GROUP, Stamp, Taker, same_item
from tomada.services.normalise import minor_or_none
from tomada.services.provider import translated
from tomada.services.reach import Reach
from tomada.services.runs import Run, Runs
from tomada.services.sealed import seal
from tomada.services.vault import Keys
from tomada.store.holdings import LOANS, LoanRow


@dataclass(frozen=True, slots=True)
class LoanReader:
    """Reads the contracts of an item, in one commit."""

    runs: Runs
    clock: Clock
    pluggy: PluggyClient
    product: Product = "LOANS"
    of_accounts: bool = False

    async def read(self, run: Run, reach: Reach) -> None:
        """Read them whole."""
        with translated():
            loans = await self.pluggy.loans.list(run.item_id)
        same_item(loans, run.item_id)
        taker = Taker(run.keys, "loan", LOANS, partial(_row, run.keys))
        async with self.runs.writing(run) as tx:
            changes = await taker.whole(tx, run.item_id, loans, now=self.clock(), sound=reach.sound)
            await self.runs.tell(tx, run, self.product, changes, kind="loans.changed")


def _row(keys: Keys, one: Loan, stamp: Stamp) -> LoanRow:
    currency, parts, paid = one.currency_code, one.installments, one.payments
    detail = LoanDetail(
        product_name=one.product_name,
        contract_number=one.contract_number,
        type=one.type,
        instalments=None if parts is None else parts.total_number_of_installments,
        paid=None if parts is None else parts.paid_installments,
        left=None if parts is None else parts.due_installments,
        past_due=None if parts is None else parts.past_due_installments,
    )
    outstanding = None if paid is None else paid.contract_outstanding_balance
    return LoanRow(
        id=LoanId(one.id),
        item_id=ItemId(one.item_id),
        kind=one.kind,
        currency=currency,
        contract_minor=minor_or_none(one.contract_amount, currency),
        outstanding_minor=minor_or_none(outstanding, currency),
        contract_day=None if one.contract_date is None else one.contract_date.day,
        due_day=None if one.due_date is None else one.due_date.day,
        content_digest=stamp.digest,
        sealed=seal(keys, "loans", one.id, detail),
        sealed_raw=keys.seal("loans", one.id, one.raw, group=RAW_GROUP),
        first_seen_at=stamp.now,
        changed_at=stamp.now,
    )
