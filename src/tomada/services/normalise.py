"""Pluggy's words into ours: direction, sign, day, minor units, and what has to be sealed."""

import functools
import re
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import msgspec

from tomada.domain.accounts import AccountDetail, BankFunds, CardTerms
from tomada.domain.clock import SAO_PAULO
from tomada.domain.errors import ProviderError
from tomada.domain.ids import AccountId
from tomada.domain.items import Institution, ItemDetail
from tomada.domain.money import Minor, to_minor
from tomada.domain.transactions import Detail, Direction, Movement, signed
from tomada.pluggy.dates import BankDate
from tomada.pluggy.models.accounts import Account, BankData, CreditData
from tomada.pluggy.models.connectors import Connector
from tomada.pluggy.models.items import Item
from tomada.pluggy.models.transactions import Transaction

_CARD = "CREDIT"
# Pluggy's own bookkeeping; a row that changed nowhere else did not change.
_NOT_CONTENT = ("updatedAt", "createdAt")
_MAX_MAGNITUDE = 40
# A 32-bit column; the place within a day matters among neighbours only.
_LARGEST_ORDER = 2**31 - 1


def movement(transaction: Transaction, account: Account) -> Movement:
    """Normalise one movement of *account*.

    The amount is the one in the account's currency where Pluggy gives it. Without a type that we
    know, the sign decides and the row is marked: on cards a positive amount is a purchase, on
    bank accounts money that came in (`pluggy-api.md` 3.0).
    """
    foreign = transaction.amount_in_account_currency
    amount = transaction.amount if foreign is None else foreign
    currency = transaction.currency_code if foreign is None else account.currency_code
    by_sign: Direction = "DEBIT" if (amount > 0) == (account.type == _CARD) else "CREDIT"
    direction: Direction = by_sign
    untyped = False
    if transaction.type == "DEBIT":
        direction = "DEBIT"
    elif transaction.type == "CREDIT":
        direction = "CREDIT"
    else:
        untyped = True
    minor = minor_of(signed(direction, amount), currency)
    day, instant = _when(transaction.date)
    return Movement(
        account_id=AccountId(account.id),
        pluggy_id=transaction.id,
        day=day,
        instant=instant,
        direction=direction,
        signed_minor=minor.units,
        currency=currency,
        status=transaction.status or "POSTED",
        order=max(-_LARGEST_ORDER - 1, min(transaction.order or 0, _LARGEST_ORDER)),
        created_upstream=transaction.created_at,
        conflicting=(amount != 0 and direction != by_sign) or _opposed(amount, transaction.amount),
        untyped=untyped,
        inexact=not minor.exact,
        detail=_detail(transaction),
    )


def _opposed(one: Decimal, other: Decimal) -> bool:
    """Tell whether two amounts that should follow each other have opposite signs."""
    return (one < 0 < other) or (other < 0 < one)


def minor_of(amount: Decimal, currency: str) -> Minor:
    """Convert to minor units; raises ``ProviderError`` for an amount that no bank can mean."""
    try:
        return to_minor(amount, currency)
    except ValueError as error:
        raise ProviderError(
            "Pluggy sent an amount beyond all money", provider_code="unreadable"
        ) from error


# A year of movements has some hundred dates, and a page some twenty.
@functools.lru_cache(maxsize=4096)
def _when(written: BankDate) -> tuple[date, datetime]:
    """Give the day, and a real time as it is, a bare day as its midnight in São Paulo."""
    day = written.day
    if written.shape in ("date", "midnight"):
        return day, datetime.combine(day, time(), tzinfo=SAO_PAULO).astimezone(UTC)
    return day, written.instant


def _detail(transaction: Transaction) -> Detail:
    description = transaction.description or transaction.description_raw or ""
    merchant = transaction.merchant
    payment = transaction.payment_data
    card = transaction.credit_card_metadata
    installment = None
    if card is not None and card.installment_number and card.total_installments:
        installment = f"{card.installment_number}/{card.total_installments}"
    method = payment.payment_method if payment is not None else None
    return Detail(
        description=description,
        merchant=(merchant.name or merchant.business_name) if merchant is not None else None,
        category=transaction.category,
        category_id=transaction.category_id,
        payment_method=method or transaction.operation_type,
        balance=None if transaction.balance is None else str(transaction.balance),
        amount_text=str(transaction.amount),
        installment=installment,
    )


def content(raw: bytes) -> bytes:
    """Encode an object of Pluggy's canonically, without Pluggy's own bookkeeping times.

    Equal content gives equal bytes, whatever the order of fields, the way numbers are written and
    whether what is unknown is null or left out.
    """
    decoded = _DECODER.decode(raw)
    for name in _NOT_CONTENT:
        decoded.pop(name, None)
    return _ENCODER.encode(_plain(decoded))


def _plain(value: Any) -> Any:
    if type(value) is dict:
        return {
            name: _plain(one) if type(one) in _NESTED else one
            for name, one in value.items()
            if one is not None
        }
    return [_plain(one) if type(one) in _NESTED else one for one in value]


def _shortest(written: str) -> msgspec.Raw | Decimal | int:
    """Write a number without what does not change it; no arithmetic, which would round it.

    Amounts as banks write them are shortened as they stand. What no bank can mean stays as it is,
    since its digits could fill the memory.
    """
    if _USUAL.fullmatch(written):
        return msgspec.Raw(written.rstrip("0").rstrip(".").encode())
    number = Decimal(written)
    if not number.is_finite() or abs(number.adjusted()) > _MAX_MAGNITUDE:
        return number
    text = f"{number:f}"
    short = text.rstrip("0").rstrip(".") if "." in text else text
    return Decimal(short) if "." in short else int(short)


# Not zero before the point, which could be a minus zero or a number that is written with an exponent.
_USUAL = re.compile(r"-?[1-9]\d{0,17}\.\d{1,6}", re.ASCII)
_NESTED = frozenset((dict, list))
_DECODER = msgspec.json.Decoder(dict[str, Any], float_hook=_shortest)
_ENCODER = msgspec.json.Encoder(order="sorted", decimal_format="number")


def account_detail(account: Account, *, institution: str) -> AccountDetail:
    """Take what names the account or its holder."""
    return AccountDetail(
        name=account.name or account.marketing_name or account.number or "",
        number=account.number or "",
        marketing_name=account.marketing_name,
        owner=account.owner,
        tax_number=account.tax_number,
        institution=institution,
        funds=_funds(account.bank_data, account.currency_code),
        terms=_terms(account.credit_data, account.currency_code),
    )


def minor_or_none(amount: Decimal | None, currency: str) -> int | None:
    """Convert like ``minor_of`` what may be unknown."""
    return None if amount is None else minor_of(amount, currency).units


def _funds(bank: BankData | None, currency: str) -> BankFunds | None:
    if bank is None:
        return None
    pots = [pot.available_amounts or () for pot in bank.reserved_balances or ()]
    reserved = sum(
        minor_of(one.amount, currency).units
        for pot in pots
        for one in pot
        if one.currency_code == currency
    )
    return BankFunds(
        closing_minor=minor_or_none(bank.closing_balance, currency),
        invested_minor=minor_or_none(bank.automatically_invested_balance, currency),
        reserved_minor=None if bank.has_reserved_balance is None else reserved,
        overdraft_limit_minor=minor_or_none(bank.overdraft_contracted_limit, currency),
        overdraft_used_minor=minor_or_none(bank.overdraft_used_limit, currency),
        beyond_overdraft_minor=minor_or_none(bank.unarranged_overdraft_amount, currency),
    )


def _terms(card: CreditData | None, currency: str) -> CardTerms | None:
    if card is None:
        return None
    close, due = card.balance_close_date, card.balance_due_date
    return CardTerms(
        brand=card.brand,
        level=card.level,
        status=card.status,
        holder_type=card.holder_type,
        close_day=None if close is None else close.day,
        due_day=None if due is None else due.day,
        minimum_minor=minor_or_none(card.minimum_payment, currency),
        limit_flexible=card.is_limit_flexible,
        other_numbers=tuple(one.number for one in card.additional_cards or ()),
    )


def item_detail(item: Item) -> ItemDetail:
    """Take what names the institution and what it said."""
    connector = item.connector
    error = item.error
    return ItemDetail(
        connector_id=int(connector.id) if connector is not None else 0,
        institution=(connector.name if connector is not None else None) or "",
        color=_color(connector.primary_color) if connector is not None else None,
        image_url=connector.image_url if connector is not None else None,
        error_message=error.message if error is not None else None,
        provider_message=error.provider_message if error is not None else None,
    )


def institution(connector: Connector) -> Institution:
    """Take what a person chooses a bank by."""
    health = connector.health
    return Institution(
        connector_id=int(connector.id),
        name=connector.name or f"Instituição {connector.id}",
        color=_color(connector.primary_color),
        image_url=connector.image_url,
        kind=connector.type or "OTHER",
        is_open_finance=bool(connector.is_open_finance),
        is_sandbox=bool(connector.is_sandbox),
        online=health is None or health.status != "OFFLINE",
    )


def _color(value: str | None) -> str | None:
    """Give ``#rrggbb``; anything else the provider writes is no colour."""
    digits = (value or "").lstrip("#")
    ok = len(digits) == len("rrggbb") and all(c in "0123456789abcdefABCDEF" for c in digits)
    return f"#{digits.lower()}" if ok else None
