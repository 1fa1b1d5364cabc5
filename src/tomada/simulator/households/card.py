"""One year of a credit card: lines and instalments, the bills they end in, and their payment."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from tomada.simulator.households.bank_days import Dating, add_months, next_bank_day, written
from tomada.simulator.households.categories import CARD_PAYMENT
from tomada.simulator.households.merchants import merchant_of
from tomada.simulator.households.people import shout
from tomada.simulator.households.profile import Relationship
from tomada.simulator.households.purchases import Purchase, purchases
from tomada.simulator.households.rows import money
from tomada.simulator.records import BillRecord, TransactionRecord

CLOSES_BEFORE_DUE = 7
"""Days between the closing of a bill and its due date."""

_Lines = dict[date, list[tuple[TransactionRecord, int]]]
"""The lines of each bill with their cents in BRL, by closing date."""

_LATE_DAYS = 4
_LATE_FEE_PERCENT = 2
_LATE_INTEREST_PERMILLE = 12
_LATE_IOF_PERMILLE = 4
_MINIMUM_PERCENT = 15


@dataclass(frozen=True, slots=True)
class BillPayment:
    """The household paying one bill in full, in cents."""

    day: date
    cents: int


@dataclass(slots=True)
class CardYear:
    """What a card shows of one window of time; amounts in cents."""

    rows: list[TransactionRecord] = field(default_factory=list)
    bills: list[BillRecord] = field(default_factory=list)
    payments: list[BillPayment] = field(default_factory=list)
    opening: int = 0
    """Owed when the window begins: a bill closed before it and paid in it."""
    owed: int = 0
    """Owed now: unpaid bills and the lines of the open one."""
    to_come: int = 0
    """Instalments of the coming months; they use the limit and are owed to no bill yet."""
    last_bill: int = 0


def card_year(bank: Relationship, *, first: date, now: datetime, today: date) -> CardYear:
    """Live through the card's days from *first* to *today*.

    A bill is the sum of its lines and its finance charges. A purchase on the closing day belongs to
    the next bill. A payment is a line of no bill: it pays the bill before.
    """
    year = CardYear()
    previous = closing_after(add_months(first, -1), bank.due_day)
    lines: _Lines = {}
    # Twelve instalments reach eleven months back; one more month covers the bill before the first.
    for purchase in purchases(bank, first=add_months(first, -13), now=now, today=today):
        for number, cents in enumerate(split(purchase.cents, purchase.instalments), start=1):
            day = add_months(purchase.day, number - 1)
            if day > today:
                year.to_come += cents
            elif day >= first:
                row = _line(bank, purchase, number=number, cents=cents, day=day)
                lines.setdefault(closing_after(day, bank.due_day), []).append((row, cents))
            elif closing_after(day, bank.due_day) == previous:
                year.opening += cents
    _join_credits(lines, today=today)
    _settle(bank, year, lines=lines, previous=previous, first=first, today=today)
    return year


def split(cents: int, parts: int) -> Iterator[int]:
    """Cut a price into instalments; the first takes the odd cents, as shops do."""
    each, odd = divmod(cents, parts)
    yield each + odd
    yield from [each] * (parts - 1)


def closing_after(day: date, due_day: int) -> date:
    """Find the closing date of the bill that a purchase on *day* goes to."""
    closing = day.replace(day=due_day - CLOSES_BEFORE_DUE)
    return closing if closing > day else add_months(closing, 1)


def due_of(closing: date) -> date:
    """Say when the bill closed on *closing* is due."""
    return closing + timedelta(days=CLOSES_BEFORE_DUE)


def _settle(
    bank: Relationship,
    year: CardYear,
    *,
    lines: _Lines,
    previous: date,
    first: date,
    today: date,
) -> None:
    """Close every bill up to today, pay it, and add up what is still owed."""
    late_month = bank.rng("late").randint(1, 12)
    if _payday(previous, late=False) < first:
        year.opening = 0
    paid = _pay(bank, year, cents=year.opening, day=_payday(previous, late=False), today=today)
    charges: list[dict[str, Any]] = []
    for closing in sorted(lines):
        total = sum(cents for _, cents in lines[closing])
        year.rows.extend(row for row, _ in lines[closing])
        if closing > today:
            year.owed += total
            continue
        total += sum(int(charge["amount"].scaleb(2)) for charge in charges)
        bill = _bill(bank, closing=closing, cents=total)
        bill.finance_charges, bill.payments = charges, paid
        year.bills.append(bill)
        year.last_bill = total
        for row, _ in lines[closing]:
            _post(row, bill=bill, direct=bank.direct)
        late, late_month = closing.month == late_month, late_month * (closing.month != late_month)
        charges = _late_charges(bank, closing=closing, cents=total) if late else []
        paid = _pay(bank, year, cents=total, day=_payday(closing, late=late), today=today)


def _join_credits(lines: _Lines, *, today: date) -> None:
    """Let a bill that would be no debt run on into the next one; banks send no such bill."""
    closings = sorted(lines)
    while closings and closings[0] <= today:
        closing = closings.pop(0)
        if sum(cents for _, cents in lines[closing]) <= 0:
            following = add_months(closing, 1)
            lines[following] = lines.pop(closing) + lines.get(following, [])
            closings = sorted({following, *closings})


def _payday(closing: date, *, late: bool) -> date:
    due = due_of(closing)
    return next_bank_day(due + timedelta(days=_LATE_DAYS) if late else due)


def _pay(
    bank: Relationship, year: CardYear, *, cents: int, day: date, today: date
) -> list[dict[str, Any]]:
    """Pay a bill when its day has come; answers the payment in the API's shape."""
    if day > today or cents == 0:
        year.owed += cents
        return []
    year.payments.append(BillPayment(day=day, cents=cents))
    year.rows.append(
        TransactionRecord(
            description="Pagamento recebido",
            description_raw="PAGAMENTO EFETUADO - OBRIGADO",
            amount=money(-cents),
            date=Dating(direct=bank.direct).instant(day),
            type="CREDIT",
            category=CARD_PAYMENT.name,
            category_id=CARD_PAYMENT.id,
            operation_type="PAGAMENTO_FATURA",
            credit_card_metadata={"cardNumber": bank.card_number},
        )
    )
    return [
        {
            "id": bank.id_of("payment", day),
            "valueType": "FULL_PAYMENT",
            "paymentDate": f"{day}T00:00:00.000Z",
            "paymentMode": "DEBIT_ACCOUNT",
            "amount": money(cents),
            "currencyCode": "BRL",
        }
    ]


def _bill(bank: Relationship, *, closing: date, cents: int) -> BillRecord:
    return BillRecord(
        id=bank.id_of("bill", closing),
        due_date=due_of(closing),
        closing_date=closing,
        total_amount=money(cents),
        minimum_payment_amount=money(cents * _MINIMUM_PERCENT // 100),
    )


def _late_charges(bank: Relationship, *, closing: date, cents: int) -> list[dict[str, Any]]:
    """Charge a late payer: 2 % fine, interest by the day, and the tax on it."""
    kinds = (
        ("LATE_PAYMENT_FEE", cents * _LATE_FEE_PERCENT // 100),
        ("LATE_PAYMENT_INTEREST", cents * _LATE_INTEREST_PERMILLE // 1000),
        ("IOF", cents * _LATE_IOF_PERMILLE // 1000),
    )
    return [
        {
            "id": bank.id_of(kind, closing),
            "type": kind,
            "amount": money(max(1, amount)),
            "currencyCode": "BRL",
            "additionalInfo": None,
        }
        for kind, amount in kinds
    ]


def _line(
    bank: Relationship, purchase: Purchase, *, number: int, cents: int, day: date
) -> TransactionRecord:
    """Write one line of the open bill; closing the bill posts it."""
    dating = Dating(direct=bank.direct)
    tag = f" {number:02d}/{purchase.instalments:02d}" if purchase.instalments > 1 else ""
    raw_tag = f" PARC{tag}" if tag else ""
    abroad = purchase.usd_cents is not None
    refund = "Estorno - " if purchase.operation == "ESTORNO" else ""
    return TransactionRecord(
        description=f"{refund}{purchase.name}{tag}",
        description_raw=f"{shout(refund)}{shout(purchase.name)}{raw_tag}",
        amount=money(purchase.usd_cents if purchase.usd_cents is not None else cents),
        currency_code="USD" if abroad else "BRL",
        amount_in_account_currency=money(cents) if abroad else None,
        date=dating.instant(day),
        type="DEBIT" if cents > 0 else "CREDIT",
        status="PENDING",
        category=purchase.category.name,
        category_id=purchase.category.id,
        operation_type=purchase.operation,
        credit_card_metadata=_metadata(bank, purchase, number=number, day=day),
        merchant=(
            merchant_of(purchase.name, purchase.category) if purchase.shop and not abroad else None
        ),
    )


def _metadata(bank: Relationship, purchase: Purchase, *, number: int, day: date) -> dict[str, Any]:
    dating = Dating(direct=bank.direct)
    metadata: dict[str, Any] = {
        "cardNumber": bank.card_number,
        "purchaseDate": written(dating.instant(purchase.day)),
    }
    if purchase.mcc is not None:
        metadata["payeeMCC"] = purchase.mcc
    if purchase.fee_type is not None:
        metadata["feeType"] = purchase.fee_type
    if purchase.instalments > 1:
        metadata |= {"installmentNumber": number, "totalInstallments": purchase.instalments}
    if bank.direct:
        if purchase.instalments > 1:
            metadata["totalAmount"] = money(purchase.cents)
        return metadata
    due = due_of(closing_after(day, bank.due_day))
    return metadata | {
        "billForecastDate": f"{due:%Y-%m}",
        "billPostDate": None,
        "paymentType": "INSTALLMENT" if purchase.instalments > 1 else "SINGLE",
        "transactionDateTime": written(dating.instant(purchase.day, purchase.at)),
    }


def _post(row: TransactionRecord, *, bill: BillRecord, direct: bool) -> None:
    row.status = "POSTED"
    metadata = row.credit_card_metadata or {}
    metadata["billId"] = bill.id
    if not direct:
        metadata |= {
            "billForecastDate": f"{bill.due_date:%Y-%m}",
            "billPostDate": bill.closing_date.isoformat(),
        }
    row.credit_card_metadata = metadata
