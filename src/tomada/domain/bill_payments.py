"""Bill payments: the bank account's debit and the card's "Pagamento recebido" are one event.

Both are shown, neither is spending: the purchases were. A card's side may be missing (the bank
shows no row) and so may the bank's (the bill was paid from elsewhere).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from tomada.domain.bills import Bill
from tomada.domain.ids import AccountId, BillId, TransactionId

Rule = Literal["amount_and_day", "bill_lists", "bill_total", "parts_of_bill", "one_side"]
"""By what the two sides, or the payment and its bill, were brought together."""

Left = Mapping[BillId, int]
"""What nobody has paid yet of each bill."""

_APART = timedelta(days=5)
"""A payment made before a long weekend may be booked by the card after it."""
_LATE = timedelta(days=45)
_CLOSES_BEFORE_DUE = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Side:
    """A row that pays a bill; *amount_minor* is what was paid."""

    id: TransactionId
    account_id: AccountId
    day: date
    amount_minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class Payment:
    """One payment of a bill; at least one of its sides is there.

    *certain* is False where another pairing was as good.
    """

    bank_id: TransactionId | None
    card_id: TransactionId | None
    account_id: AccountId | None
    """The card's account, where it is known."""
    bill_id: str | None
    day: date
    amount_minor: int
    currency: str
    rule: Rule
    certain: bool


def closed_on(bill: Bill) -> date:
    """Give the day a bill closed; where the bank does not say, a week before it is due."""
    return bill.closing_day or bill.due_day - _CLOSES_BEFORE_DUE


def match(bank: Iterable[Side], card: Iterable[Side], bills: Sequence[Bill]) -> list[Payment]:
    """Bring both sides of each payment together, each side once, and name the bill it paid."""
    debits = sorted(bank, key=lambda one: (one.day, one.id))
    found: list[Payment] = []
    for credit in sorted(card, key=lambda one: (one.day, one.id)):
        fitting = [one for one in debits if _same(one, credit)]
        debit = min(fitting, key=lambda one: (abs(one.day - credit.day), one.id), default=None)
        if debit is not None:
            debits.remove(debit)
        bill = _paid_by(credit.account_id, credit.day, bills)
        found.append(
            Payment(
                bank_id=None if debit is None else debit.id,
                card_id=credit.id,
                account_id=credit.account_id,
                bill_id=None if bill is None else bill.id,
                day=credit.day,
                amount_minor=credit.amount_minor,
                currency=credit.currency,
                rule="one_side" if debit is None else "amount_and_day",
                certain=len({one.day for one in fitting}) == len(fitting),
            )
        )
    left = {bill.id: bill.total_minor for bill in bills}
    for one in found:
        if one.bill_id is not None:
            left[BillId(one.bill_id)] -= one.amount_minor
    return [*found, *_without_card_side(debits, bills, left)]


def _same(debit: Side, credit: Side) -> bool:
    return (
        debit.amount_minor == credit.amount_minor
        and debit.currency == credit.currency
        and abs(debit.day - credit.day) <= _APART
    )


def _paid_by(account_id: AccountId, day: date, bills: Sequence[Bill]) -> Bill | None:
    """Find the bill that a payment of *day* pays: the latest one that had closed."""
    closed = [one for one in bills if one.account_id == account_id and closed_on(one) <= day]
    return max(closed, key=lambda one: one.due_day, default=None)


def _without_card_side(
    debits: list[Side], bills: Sequence[Bill], left: dict[BillId, int]
) -> list[Payment]:
    """Find the bill of debits that no card's row answers, by what is *left* to pay of each."""
    found: list[Payment] = []
    for rule, pick in _PICKS:
        for bill in sorted(bills, key=lambda one: (one.due_day, one.id)):
            if left[bill.id] <= 0:
                continue
            chosen, alone = pick(bill, debits, bills, left)
            for debit in chosen:
                debits.remove(debit)
                left[bill.id] -= debit.amount_minor
                found.append(_link(debit, bill, rule, certain=alone))
    return [*found, *(_link(debit, None, "one_side", certain=True) for debit in debits)]


def _link(debit: Side, bill: Bill | None, rule: Rule, *, certain: bool) -> Payment:
    return Payment(
        bank_id=debit.id,
        card_id=None,
        account_id=None if bill is None else bill.account_id,
        bill_id=None if bill is None else bill.id,
        day=debit.day,
        amount_minor=debit.amount_minor,
        currency=debit.currency,
        rule=rule,
        certain=certain,
    )


def _next(bill: Bill, bills: Sequence[Bill]) -> Bill | None:
    later = [
        one for one in bills if one.account_id == bill.account_id and one.due_day > bill.due_day
    ]
    return min(later, key=lambda one: one.due_day, default=None)


def _listed(
    bill: Bill, debits: Sequence[Side], bills: Sequence[Bill], _left: Left
) -> tuple[list[Side], bool]:
    """Take debits that the next bill lists as payments, which are of this one."""
    following = _next(bill, bills)
    if following is None:
        return [], True
    chosen: list[Side] = []
    for payment in following.detail.payments:
        fitting = [
            one for one in debits
            if one not in chosen and payment.day is not None and one.currency == payment.currency
            and one.amount_minor == payment.amount_minor and abs(one.day - payment.day) <= _APART
        ]  # fmt: skip
        chosen.extend(fitting[:1])
    return chosen, True


def _window(bill: Bill, debits: Sequence[Side], bills: Sequence[Bill]) -> list[Side]:
    following = _next(bill, bills)
    end = bill.due_day + _LATE if following is None else closed_on(following)
    return [
        one for one in debits if closed_on(bill) <= one.day < end and one.currency == bill.currency
    ]


def _whole(
    bill: Bill, debits: Sequence[Side], bills: Sequence[Bill], left: Left
) -> tuple[list[Side], bool]:
    """Take the debit of exactly what is left of the bill."""
    rest = left[bill.id]
    fitting = [one for one in _window(bill, debits, bills) if one.amount_minor == rest]
    rivals = [one for one in bills if one is not bill and left[one.id] == rest]
    return fitting[:1], len(fitting) <= 1 and not rivals


def _parts(
    bill: Bill, debits: Sequence[Side], bills: Sequence[Bill], left: Left
) -> tuple[list[Side], bool]:
    """Take several debits that pay what is left of the bill together."""
    fitting = _window(bill, debits, bills)
    together = sum(one.amount_minor for one in fitting) == left[bill.id]
    return (fitting, True) if together and len(fitting) > 1 else ([], True)


_Pick = Callable[[Bill, Sequence[Side], Sequence[Bill], Left], tuple[list[Side], bool]]
_PICKS: tuple[tuple[Rule, _Pick], ...] = (
    ("bill_lists", _listed),
    ("bill_total", _whole),
    ("parts_of_bill", _parts),
)
