"""Describe accounts to the API: numbers, limits, balances, and the identity of their rows."""

import base64
from collections import Counter
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from hashlib import blake2b
from typing import Any, Literal

from tomada.simulator.households.bank_days import Dating
from tomada.simulator.households.card import CardYear, closing_after, due_of
from tomada.simulator.households.people import Party
from tomada.simulator.households.profile import Relationship
from tomada.simulator.households.rows import money
from tomada.simulator.records import AccountRecord, TransactionRecord

_NAMES = {"CHECKING_ACCOUNT": "Conta Corrente", "SAVINGS_ACCOUNT": "Conta Poupança"}


def bank_account(
    bank: Relationship,
    subtype: Literal["CHECKING_ACCOUNT", "SAVINGS_ACCOUNT"],
    movements: Iterable[TransactionRecord],
    *,
    opening: int,
    balance: int,
    holder: Party | None = None,
    overdraft: int = 0,
) -> AccountRecord:
    """Build a checking or savings account; amounts in cents."""
    holder = holder or bank.holder
    variation = "-51" if subtype == "SAVINGS_ACCOUNT" else ""
    used = money(max(0, -balance))
    account = AccountRecord(
        type="BANK",
        subtype=subtype,
        name=_NAMES[subtype],
        marketing_name=f"{_NAMES[subtype]} Mais",
        number=f"{holder.branch}/{holder.account}{variation}",
        owner=holder.name,
        tax_number=holder.document,
        balance=money(balance),
        opening_balance=money(opening),
        bank_data={
            "transferNumber": f"{holder.routing}/{holder.branch}/{holder.account}{variation}",
            "closingBalance": money(balance),
            "automaticallyInvestedBalance": Decimal(0),
            "overdraftContractedLimit": money(overdraft),
            "overdraftUsedLimit": used,
            "unarrangedOverdraftAmount": Decimal(0),
            "hasReservedBalance": False,
            "reservedBalances": None,
        },
        transactions=list(movements),
    )
    return identify(bank, account)


def card_account(bank: Relationship, card: CardYear, *, today: date) -> AccountRecord:
    """Build the card; its balance is what is owed now, not the instalments still to come."""
    closing = closing_after(today, bank.due_day)
    limit = max(bank.income * 3, (card.owed + card.to_come) * 3 // 2) // 100_000 * 100_000 + 100_000
    available = money(limit - max(0, card.owed) - card.to_come)
    account = AccountRecord(
        type="CREDIT",
        subtype="CREDIT_CARD",
        name=f"{bank.brand.title()} {bank.level.title()}",
        marketing_name=f"Cartão {bank.level.title()} Pontos",
        number=bank.card_number,
        owner=bank.holder.name,
        tax_number=bank.holder.document,
        balance=money(card.owed),
        opening_balance=money(card.opening),
        credit_data={
            "level": bank.level,
            "brand": bank.brand,
            "brandAdditionalInfo": None,
            "balanceCloseDate": closing.isoformat(),
            "balanceDueDate": due_of(closing).isoformat(),
            "availableCreditLimit": available,
            "balanceForeignCurrency": Decimal(0),
            "minimumPayment": money(card.last_bill * 15 // 100),
            "creditLimit": money(limit),
            "isLimitFlexible": False,
            "status": "ACTIVE",
            "holderType": "MAIN",
            "disaggregatedCreditLimits": [_whole_limit(bank, limit=limit, available=available)],
            "additionalCards": [],
        },
        transactions=card.rows,
        bills=card.bills,
    )
    return identify(bank, account)


def identify(bank: Relationship, account: AccountRecord) -> AccountRecord:
    """Order the rows, and give each the id its institution would send.

    Open Finance sends an id that names the movement wherever it is read; direct connectors send a
    short code and the running balance instead, and none of the Open Finance fields.
    """
    dating = Dating(direct=bank.direct)
    account.transactions.sort(key=lambda row: row.date)
    places: Counter[date] = Counter()
    seen: Counter[str] = Counter()
    for row in account.transactions:
        day = dating.day_of(row.date)
        row.order, places[day] = places[day], places[day] + 1
        content = f"{account.number}|{day}|{row.description_raw}|{row.amount}"
        seen[content] += 1
        digest = blake2b(f"{bank.seed_text}|{content}|{seen[content]}".encode(), digest_size=15)
        if bank.direct:
            row.provider_code = str(int.from_bytes(digest.digest()[:5], "big") % 10**9)
            row.operation_type = None
        else:
            row.provider_id = base64.urlsafe_b64encode(digest.digest()).decode()
            row.balance = None
    return account


def _whole_limit(bank: Relationship, *, limit: int, available: Decimal) -> dict[str, Any]:
    return {
        "creditLineLimitType": "LIMITE_CREDITO_TOTAL",
        "consolidationType": "CONSOLIDADO",
        "identificationNumber": bank.card_number,
        "isLimitFlexible": False,
        "lineName": "CREDITO_A_VISTA",
        "limitAmount": money(limit),
        "limitAmountCurrencyCode": "BRL",
        "usedAmount": money(limit) - available,
        "usedAmountCurrencyCode": "BRL",
        "availableAmount": available,
        "availableAmountCurrencyCode": "BRL",
    }
