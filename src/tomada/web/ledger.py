"""Accounts, transactions, months: the ledger as the product reads it."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Annotated, Literal, overload

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from tomada.domain.accounts import Account
from tomada.domain.clock import bank_day
from tomada.domain.ids import AccountId, EntityId, ItemId
from tomada.domain.money import from_minor
from tomada.domain.products import Product
from tomada.domain.transactions import MonthTotals, Movement, Transaction, View
from tomada.web.answers import Answer
from tomada.web.auth import SignedIn, app_of
from tomada.web.describe import gives
from tomada.web.freshness import freshness_of
from tomada.web.paths import day
from tomada.web.schemas import (
    AccountShape,
    AccountsShape,
    FreshnessShape,
    MetadataShape,
    MonthShape,
    MonthsShape,
    TransactionShape,
    TransactionsShape,
)

router = APIRouter(prefix="/api/open-finance", tags=["ledger"])

_ID = r"^[A-Za-z0-9_-]{1,64}$"
_LONGEST_NUMBER = 40
_OF_ACCOUNTS: tuple[Product, ...] = ("ACCOUNTS", "CREDIT_CARDS")


@router.get("/accounts", **gives(AccountsShape))
async def accounts(
    request: Request,
    caller: SignedIn,
    item_id: Annotated[str | None, Query(alias="itemId", pattern=_ID)] = None,
) -> Response:
    """List accounts, of one connection where ``itemId`` is given."""
    app = app_of(request)
    of_item = None if item_id is None else ItemId(item_id)
    listed = await app.ledger.accounts(caller.entity_id, item_id=of_item)
    fresh = [
        one
        for product in _OF_ACCOUNTS
        for one in (
            await freshness_of(request, caller.entity_id, product, item_id=of_item)
        ).values()
    ]
    return Answer(AccountsShape([account_shape(one) for one in listed], fresh))


@router.get("/transactions", **gives(TransactionsShape))
async def transactions(  # noqa: PLR0913  (one parameter for each of the address's own)
    request: Request,
    caller: SignedIn,
    *,
    account_id: Annotated[str | None, Query(alias="accountId", pattern=_ID)] = None,
    item_id: Annotated[str | None, Query(alias="itemId", pattern=_ID)] = None,
    day_from: Annotated[str | None, Query(alias="from", max_length=10)] = None,
    day_to: Annotated[str | None, Query(alias="to", max_length=10)] = None,
    q: Annotated[str | None, Query(max_length=100)] = None,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
    view: Annotated[View, Query()] = "ledger",
) -> Response:
    """List movements, newest first: of an account or a connection, by day, by words.

    ``from`` and ``to`` are civil dates, both included; ``cursor`` is the ``nextCursor`` of the
    page before. ``view=hidden`` lists what the person took out of the list, ``view=expired``
    authorisations that the bank dropped.
    """
    app = app_of(request)
    page = await app.ledger.transactions(
        caller.entity_id,
        account_id=None if account_id is None else AccountId(account_id),
        item_id=None if item_id is None else ItemId(item_id),
        day_from=day(day_from, field="from"),
        day_to=day(day_to, field="to"),
        q=q,
        cursor=cursor,
        limit=limit,
        view=view,
    )
    fresh = await freshness_of(
        request,
        caller.entity_id,
        "TRANSACTIONS",
        item_id=None if item_id is None else ItemId(item_id),
    )
    shown = [
        transaction_shape(one, entity_id=caller.entity_id, fresh=fresh, today=bank_day(app.clock()))
        for one in page.transactions
    ]
    return Answer(TransactionsShape(shown, page.next_cursor, list(fresh.values())))


@router.get("/months", **gives(MonthsShape))
async def months(
    request: Request, caller: SignedIn, count: Annotated[int, Query(ge=1, le=24)] = 12
) -> Response:
    """Sum income and spending of the last months, this one included."""
    totals = await app_of(request).ledger.months(caller.entity_id, count=count)
    return Answer(MonthsShape([month_shape(one) for one in totals]))


def account_shape(account: Account) -> AccountShape:
    """Show one account."""
    detail, currency = account.detail, account.currency
    return AccountShape(
        id=account.id,
        item_id=account.item_id,
        institution=detail.institution,
        type=account.type,
        subtype=account.subtype,
        name=detail.name,
        marketing_name=detail.marketing_name,
        number=detail.number,
        owner=detail.owner,
        currency=currency,
        balance=money(account.balance_minor, currency),
        balance_minor=account.balance_minor,
        credit_limit=money(account.credit_limit_minor, currency),
        available_credit_limit=money(account.available_limit_minor, currency),
        as_of=account.as_of,
    )


def transaction_shape(
    transaction: Transaction,
    *,
    entity_id: EntityId,
    fresh: Mapping[ItemId, FreshnessShape],
    today: date,
) -> TransactionShape:
    """Show one movement in the normalised form."""
    movement = transaction.movement
    detail, currency = movement.detail, movement.currency
    written = transaction.annotation
    return TransactionShape(
        id=str(transaction.id),
        entity_id=str(entity_id),
        item_id=transaction.item_id,
        account_id=movement.account_id,
        instant=movement.instant,
        day=movement.day,
        description=detail.description,
        amount=from_minor(abs(movement.signed_minor), currency),
        signed_amount=from_minor(movement.signed_minor, currency),
        amount_minor=abs(movement.signed_minor),
        currency=currency,
        type=movement.direction,
        category=written.category or detail.category,
        merchant=detail.merchant or detail.description,
        source="pluggy",
        status=movement.status,
        rounded=movement.inexact,
        direction_doubt=_doubt(movement),
        standing=transaction.standing(today),
        note=written.note or None,
        hidden=written.hidden,
        freshness=fresh.get(transaction.item_id),
        metadata=MetadataShape(
            pluggy_transaction_id=movement.pluggy_id,
            payment_method=detail.payment_method,
            balance=_number(detail.balance),
            status=movement.status,
            category_id=detail.category_id,
            provider_category=detail.category,
            installment=detail.installment,
            amount_text=detail.amount_text,
        ),
    )


def _doubt(movement: Movement) -> Literal["conflict", "untyped"] | None:
    if movement.conflicting:
        return "conflict"
    return "untyped" if movement.untyped else None


def month_shape(totals: MonthTotals) -> MonthShape:
    """Show one month."""
    return MonthShape(
        month=f"{totals.month:%Y-%m}",
        currency=totals.currency,
        income=from_minor(totals.income_minor, totals.currency),
        spending=from_minor(totals.spending_minor, totals.currency),
        income_minor=totals.income_minor,
        spending_minor=totals.spending_minor,
    )


@overload
def money(units: int, currency: str) -> Decimal: ...
@overload
def money(units: int | None, currency: str) -> Decimal | None: ...
def money(units: int | None, currency: str) -> Decimal | None:
    """Give an amount in units of its currency; None stays unknown."""
    return None if units is None else from_minor(units, currency)


def _number(text: str | None) -> Decimal | None:
    """Read what the provider wrote; None for what is no finite number."""
    if text is None or len(text) > _LONGEST_NUMBER:
        return None
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
