"""Builders of what the ledger holds: each argument that a test does not care about has a value."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from tomada.domain.accounts import Account, AccountDetail
from tomada.domain.ids import AccountId, ItemId, NotificationId, TransactionId
from tomada.domain.items import Item, ItemDetail
from tomada.domain.notifications import Notification, NotificationText
from tomada.domain.transactions import Detail, MonthTotals, Movement, Transaction

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)


def a_detail(**changes: Any) -> Detail:
    plain = Detail(
        description="Padaria Pão Dourado",
        merchant=None,
        category="Eating out",
        category_id="11010000",
        payment_method="CARTAO",
        balance=None,
        amount_text="-12.50",
        installment=None,
    )
    return replace(plain, **changes)


def a_row(number: int = 1, *, day: date = TODAY, minor: int = -1250, **changes: Any) -> Transaction:
    detail = changes.pop("detail", None) or a_detail()
    movement = Movement(
        account_id=AccountId("checking"),
        pluggy_id=f"p{number}",
        day=day,
        instant=datetime(day.year, day.month, day.day, 3, tzinfo=UTC),
        direction="DEBIT" if minor < 0 else "CREDIT",
        signed_minor=minor,
        currency="BRL",
        status="POSTED",
        order=0,
        created_upstream=NOW,
        conflicting=False,
        untyped=False,
        inexact=False,
        detail=detail,
    )
    return Transaction(
        id=TransactionId(UUID(int=number)),
        item_id=ItemId("item"),
        movement=replace(movement, **changes),
        first_seen_at=NOW,
        gone_at=None,
    )


def an_account(name: str = "checking", **changes: Any) -> Account:
    detail = AccountDetail(
        name="Conta Corrente",
        number="1234/56789-0",
        marketing_name=None,
        owner=None,
        tax_number=None,
        institution="Banco Aurora",
    )
    account = Account(
        id=AccountId(name),
        item_id=ItemId("item"),
        type="BANK",
        subtype="CHECKING_ACCOUNT",
        currency="BRL",
        balance_minor=123_456,
        credit_limit_minor=None,
        available_limit_minor=None,
        as_of=None,
        detail=replace(detail, **changes.pop("detail", {})),
    )
    return replace(account, **changes)


def a_card(**changes: Any) -> Account:
    known = {
        "type": "CREDIT",
        "subtype": "CREDIT_CARD",
        "balance_minor": 90_000,
        "credit_limit_minor": 500_000,
        "available_limit_minor": 400_000,
    }
    return an_account("card", **{**known, **changes})


def an_item(**changes: Any) -> Item:
    detail = ItemDetail(
        connector_id=613,
        institution="Banco Aurora",
        color="d9480f",
        image_url=None,
        error_message=None,
        provider_message=None,
    )
    item = Item(
        id=ItemId("item"),
        status="UPDATED",
        execution_status="SUCCESS",
        error_code=None,
        last_updated_at=NOW,
        synced_at=NOW,
        bound_at=NOW,
        detail=replace(detail, **changes.pop("detail", {})),
        syncing=False,
    )
    return replace(item, **changes)


def a_month(month: date, income: int, spending: int, currency: str = "BRL") -> MonthTotals:
    return MonthTotals(month, income, spending, currency)


def a_notice(**changes: Any) -> Notification:
    text = NotificationText(
        title="Ação Necessária",
        message="Banco Aurora pede uma nova autenticação.",
        action="reconnect",
        action_required=True,
    )
    notice = Notification(
        id=NotificationId(UUID(int=9)),
        type="info",
        item_id=ItemId("item"),
        text=replace(text, **changes.pop("text", {})),
        at=NOW,
        read_at=None,
    )
    return replace(notice, **changes)
