"""Cards as the product reads them: figures with names, limits once, bills that add up."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated

from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from tomada.domain.bill_payments import Payment
from tomada.domain.card_figures import Figures
from tomada.domain.card_limits import LimitGroup
from tomada.domain.clock import bank_day
from tomada.domain.ids import TransactionId
from tomada.domain.instalments import Series
from tomada.domain.money import from_minor
from tomada.domain.statements import Entry, Forecast
from tomada.domain.transactions import Transaction
from tomada.services.cards import BillView, CardView
from tomada.web.answers import Answer
from tomada.web.auth import SignedIn, app_of
from tomada.web.bills import bill_shape, charge_shape
from tomada.web.card_schemas import (
    AmountShape,
    BillLineShape,
    BillSettlementShape,
    CardFiguresShape,
    CardShape,
    CardsShape,
    ForecastShape,
    LimitGroupShape,
    SeriesShape,
    StatementShape,
)
from tomada.web.describe import gives

router = APIRouter(prefix="/api/open-finance", tags=["ledger"])

_ID = r"^[A-Za-z0-9_-]{1,64}$"
Rows = Mapping[TransactionId, Transaction]


@router.get("/cards", **gives(CardsShape))
async def cards(request: Request, caller: SignedIn) -> Response:
    """List cards with their figures, what is on no bill yet, instalments, and each limit once."""
    app = app_of(request)
    views = await app.cards.all(caller.entity_id)
    limits = await app.cards.limits(caller.entity_id)
    return Answer(
        CardsShape([card_shape(one) for one in views], [limit_shape(one) for one in limits])
    )


@router.get("/bills/{billId}", **gives(StatementShape))
async def bill(
    request: Request,
    caller: SignedIn,
    bill_id: Annotated[str, Path(alias="billId", pattern=_ID)],
) -> Response:
    """Explain one bill: its lines by kind, its charges, and the difference that stays open."""
    app = app_of(request)
    _, view, rows = await app.cards.bill(caller.entity_id, bill_id)
    state = view.statement.bill.state(bank_day(app.clock()))
    return Answer(statement_shape(view, rows, state=state))


def card_shape(view: CardView) -> CardShape:
    """Show one card."""
    account, currency = view.account, view.account.currency
    return CardShape(
        account_id=account.id,
        item_id=account.item_id,
        name=account.detail.name,
        number=account.detail.number,
        currency=currency,
        figures=_figures(view.figures, currency),
        open_bill=_forecast(view.outlook.open, currency),
        coming=[_forecast(one, currency) for one in view.outlook.coming],
        unplaced=[str(one.id) for one in view.outlook.unplaced],
        series=[_series(one, currency) for one in view.series],
    )


def limit_shape(group: LimitGroup) -> LimitGroupShape:
    """Show one limit."""
    return LimitGroupShape(
        account_ids=list(group.account_ids),
        currency=group.currency,
        limit=_known(group.limit_minor, group.currency),
        available_limit=_known(group.available_minor, group.currency),
        evidence=group.evidence,
        certain=group.certain,
    )


def statement_shape(view: BillView, rows: Rows, *, state: str) -> StatementShape:
    """Show one bill explained."""
    one = view.statement
    currency = one.bill.currency
    return StatementShape(
        bill=bill_shape(one.bill, state=state),
        lines_total=_amount(one.lines_minor, currency),
        charges_total=_amount(one.charges_minor, currency),
        credits_total=_amount(one.credits_minor, currency),
        unexplained_difference=_amount(one.difference_minor, currency),
        reason=one.reason,
        purchases=_lines(one.purchases, rows),
        charge_lines=_lines(one.charge_lines, rows),
        finance_charges=[charge_shape(each) for each in one.charges],
        credits=_lines(one.credits, rows),
        earlier_payments=_lines(one.payments, rows),
        paid=_amount(view.paid_minor, currency),
        paid_state=view.paid,
        settlements=[_settlement(each) for each in view.payments],
    )


def _figures(one: Figures, currency: str) -> CardFiguresShape:
    return CardFiguresShape(
        open_bill=_amount(one.open_bill_minor, currency),
        posted_debt=_known(one.posted_debt_minor, currency),
        to_come=_amount(one.to_come_minor, currency),
        unplaced=_amount(one.unplaced_minor, currency),
        limit=_known(one.limit_minor, currency),
        available_limit=_known(one.available_minor, currency),
        used_limit=_known(one.used_minor, currency),
        reported_balance=_known(one.reported_minor, currency),
    )


def _forecast(one: Forecast, currency: str) -> ForecastShape:
    return ForecastShape(
        month=None if one.month is None else f"{one.month:%Y-%m}",
        amount=_amount(one.amount_minor, currency),
        transaction_ids=[str(each.id) for each in one.entries],
    )


def _series(one: Series, currency: str) -> SeriesShape:
    return SeriesShape(
        parts=one.of,
        transaction_ids=[str(part.id) for part in one.parts],
        numbers=[part.number for part in one.parts],
        missing=list(one.missing),
        whole=_known(one.whole_minor, currency),
        billed=_amount(one.billed_minor, currency),
        to_come=_amount(one.to_come_minor, currency),
        state=one.state,
        evidence=one.evidence,
    )


def _lines(entries: Sequence[Entry], rows: Rows) -> list[BillLineShape]:
    return [_line(one, rows[one.id]) for one in _there(entries, rows)]


def _there(entries: Iterable[Entry], rows: Rows) -> Iterable[Entry]:
    """Leave out a row that went between two looks."""
    return (one for one in entries if one.id in rows)


def _line(one: Entry, row: Transaction) -> BillLineShape:
    part = one.line.part
    return BillLineShape(
        transaction_id=str(one.id),
        kind=one.line.kind,
        evidence=one.line.evidence,
        day=one.day,
        description=row.movement.detail.description,
        amount=_amount(one.amount_minor, one.currency),
        installment=None if part is None else f"{part.number}/{part.of or '?'}",
    )


def _settlement(one: Payment) -> BillSettlementShape:
    return BillSettlementShape(
        bank_transaction_id=None if one.bank_id is None else str(one.bank_id),
        card_transaction_id=None if one.card_id is None else str(one.card_id),
        day=one.day,
        amount=_amount(one.amount_minor, one.currency),
        rule=one.rule,
        certain=one.certain,
    )


def _amount(minor: int, currency: str) -> AmountShape:
    return AmountShape(from_minor(minor, currency), minor)


def _known(minor: int | None, currency: str) -> AmountShape | None:
    return None if minor is None else _amount(minor, currency)
