"""The figures of a card, each under its own name; never one "balance"."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from tomada.domain.accounts import Account
from tomada.domain.bill_payments import Payment
from tomada.domain.bills import Bill
from tomada.domain.statements import Outlook

BillPaid = Literal["paid", "partly", "unpaid", "unknown"]


@dataclass(frozen=True, slots=True)
class Figures:
    """What is known of a card in minor units; None is unknown.

    *open_bill_minor* grows now; *posted_debt_minor* is what the latest closed bill asks and nobody
    has paid yet; *to_come_minor* are known rows of later bills; *unplaced_minor* are posted rows
    that name no bill. *reported_minor* is what the provider calls the balance, whose meaning
    differs by bank (`pluggy-api.md` 3.0).
    """

    open_bill_minor: int
    posted_debt_minor: int | None
    to_come_minor: int
    unplaced_minor: int
    limit_minor: int | None
    available_minor: int | None
    reported_minor: int | None

    @property
    def used_minor(self) -> int | None:
        """How much of the limit is used."""
        if self.limit_minor is None or self.available_minor is None:
            return None
        return self.limit_minor - self.available_minor


def figures(
    card: Account, bills: Sequence[Bill], view: Outlook, payments: Iterable[Payment]
) -> Figures:
    """Name the figures of *card*; *bills* are its closed bills, the latest due first."""
    debt = None
    if bills:
        paid, _ = paid_of(bills[0], None, payments)
        debt = max(bills[0].total_minor - paid, 0)
    return Figures(
        open_bill_minor=view.open.amount_minor,
        posted_debt_minor=debt,
        to_come_minor=sum(one.amount_minor for one in view.coming),
        unplaced_minor=sum(one.amount_minor for one in view.unplaced),
        limit_minor=card.credit_limit_minor,
        available_minor=card.available_limit_minor,
        reported_minor=card.balance_minor,
    )


def paid_of(
    bill: Bill, following: Bill | None, payments: Iterable[Payment]
) -> tuple[int, BillPaid]:
    """Add up what was paid of *bill*, and say what that means.

    The bank lists the payments of a bill with the *following* one; until then, and where it does
    not, the rows tell. A bill that has a follower and no sign of a payment is unknown.
    """
    listed = 0
    if following is not None:
        listed = sum(one.amount_minor or 0 for one in following.detail.payments)
    paid = listed or sum(one.amount_minor for one in payments if one.bill_id == bill.id)
    if paid >= bill.total_minor:
        return paid, "paid"
    if paid > 0:
        return paid, "partly"
    return paid, "unpaid" if following is None else "unknown"
