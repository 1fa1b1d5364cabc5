"""Card bills, and apart from them what the banks say of the next ones."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from tomada.domain.accounts import Account
from tomada.domain.bills import Bill, BillPayment, FinanceCharge
from tomada.domain.clock import bank_day
from tomada.domain.ids import AccountId
from tomada.web.answers import Answer
from tomada.web.auth import SignedIn, app_of
from tomada.web.describe import gives
from tomada.web.freshness import freshness_of
from tomada.web.ledger import money
from tomada.web.product_schemas import (
    BillForecastShape,
    BillPaymentShape,
    BillShape,
    BillsShape,
    FinanceChargeShape,
)

router = APIRouter(prefix="/api/open-finance", tags=["ledger"])

_ID = r"^[A-Za-z0-9_-]{1,64}$"


@router.get("/bills", **gives(BillsShape))
async def bills(
    request: Request,
    caller: SignedIn,
    account_id: Annotated[str | None, Query(alias="accountId", pattern=_ID)] = None,
) -> Response:
    """List card bills by due day, the latest first, of one card where ``accountId`` is given."""
    app = app_of(request)
    card = None if account_id is None else AccountId(account_id)
    today = bank_day(app.clock())
    listed = await app.bills.list(caller.entity_id, account_id=card)
    cards = [
        one
        for one in await app.ledger.accounts(caller.entity_id)
        if one.type == "CREDIT" and card in (None, one.id)
    ]
    theirs = {one.item_id for one in cards}
    fresh = await freshness_of(request, caller.entity_id, "CREDIT_CARDS")
    return Answer(
        BillsShape(
            [bill_shape(one, state=one.state(today)) for one in listed],
            [forecast_shape(one) for one in cards if one.detail.terms is not None],
            [one for item, one in fresh.items() if item in theirs],
        )
    )


def bill_shape(bill: Bill, *, state: str) -> BillShape:
    """Show one bill."""
    return BillShape(
        id=bill.id,
        item_id=bill.item_id,
        account_id=bill.account_id,
        state=state,
        due_day=bill.due_day,
        closing_day=bill.closing_day,
        currency=bill.currency,
        total=money(bill.total_minor, bill.currency),
        total_minor=bill.total_minor,
        minimum_payment=money(bill.minimum_minor, bill.currency),
        minimum_payment_minor=bill.minimum_minor,
        allows_installments=bill.detail.allows_installments,
        finance_charges=[charge_shape(one) for one in bill.detail.charges],
        payments=[_payment(one) for one in bill.detail.payments],
        first_seen_at=bill.first_seen_at,
        changed_at=bill.changed_at,
    )


def forecast_shape(card: Account) -> BillForecastShape:
    """Show what the bank says of a card's next bill."""
    terms = card.detail.terms
    minimum = None if terms is None else terms.minimum_minor
    return BillForecastShape(
        item_id=card.item_id,
        account_id=card.id,
        closing_day=None if terms is None else terms.close_day,
        due_day=None if terms is None else terms.due_day,
        currency=card.currency,
        minimum_payment=money(minimum, card.currency),
        minimum_payment_minor=minimum,
    )


def charge_shape(one: FinanceCharge) -> FinanceChargeShape:
    """Show one finance charge."""
    return FinanceChargeShape(
        id=one.id,
        type=one.type,
        amount=money(one.amount_minor, one.currency),
        amount_minor=one.amount_minor,
        currency=one.currency,
        info=one.info,
    )


def _payment(one: BillPayment) -> BillPaymentShape:
    return BillPaymentShape(
        id=one.id,
        value_type=one.value_type,
        day=one.day,
        mode=one.mode,
        amount=money(one.amount_minor, one.currency),
        amount_minor=one.amount_minor,
        currency=one.currency,
    )
