"""What a bank knows beside accounts: investments, loans, the holder, what it was allowed."""

from decimal import Decimal
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from tomada.domain.holdings import Identity, Investment, InvestmentMovement, Loan
from tomada.domain.ids import InvestmentId, ItemId
from tomada.web.answers import Answer
from tomada.web.auth import SignedIn, app_of
from tomada.web.describe import gives
from tomada.web.freshness import freshness_of
from tomada.web.ledger import money
from tomada.web.paths import pluggy_id
from tomada.web.product_schemas import (
    BankConsentShape,
    BankConsentsShape,
    CategoriesShape,
    CategoryShape,
    IdentitiesShape,
    IdentityShape,
    InvestmentMovementShape,
    InvestmentMovementsShape,
    InvestmentShape,
    InvestmentsShape,
    LoanShape,
    LoansShape,
)

router = APIRouter(prefix="/api/open-finance", tags=["ledger"])

OfItem = Annotated[str | None, Query(alias="itemId", pattern=r"^[A-Za-z0-9_-]{1,64}$")]


@router.get("/investments", **gives(InvestmentsShape))
async def investments(request: Request, caller: SignedIn, item_id: OfItem = None) -> Response:
    """List investments, the largest first, of one connection where ``itemId`` is given."""
    app, item = app_of(request), _item(item_id)
    listed = await app.holdings.investments(caller.entity_id, item_id=item)
    fresh = await freshness_of(request, caller.entity_id, "INVESTMENTS", item_id=item)
    return Answer(InvestmentsShape([investment_shape(one) for one in listed], [*fresh.values()]))


@router.get("/investments/{investment_id}/transactions", **gives(InvestmentMovementsShape))
async def investment_transactions(
    request: Request,
    caller: SignedIn,
    investment_id: str,
    *,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> Response:
    """List the movements of one investment, the newest first."""
    item, listed, more = await app_of(request).holdings.movements(
        caller.entity_id, InvestmentId(pluggy_id(investment_id)), cursor=cursor, limit=limit
    )
    fresh = await freshness_of(request, caller.entity_id, "INVESTMENTS_TRANSACTIONS", item_id=item)
    shown = [movement_shape(one) for one in listed]
    return Answer(InvestmentMovementsShape(shown, more, [*fresh.values()]))


@router.get("/loans", **gives(LoansShape))
async def loans(request: Request, caller: SignedIn, item_id: OfItem = None) -> Response:
    """List credit contracts, the latest first, of one connection where ``itemId`` is given."""
    app, item = app_of(request), _item(item_id)
    listed = await app.holdings.loans(caller.entity_id, item_id=item)
    fresh = await freshness_of(request, caller.entity_id, "LOANS", item_id=item)
    return Answer(LoansShape([loan_shape(one) for one in listed], [*fresh.values()]))


@router.get("/identity", **gives(IdentitiesShape))
async def identity(request: Request, caller: SignedIn, item_id: OfItem = None) -> Response:
    """Tell who holds the accounts, by connection."""
    app, item = app_of(request), _item(item_id)
    listed = await app.holdings.identities(caller.entity_id, item_id=item)
    fresh = await freshness_of(request, caller.entity_id, "IDENTITY", item_id=item)
    return Answer(IdentitiesShape([identity_shape(one) for one in listed], [*fresh.values()]))


@router.get("/bank-consents", **gives(BankConsentsShape))
async def bank_consents(request: Request, caller: SignedIn, item_id: OfItem = None) -> Response:
    """List the authorisations at the banks, which are not the consents given here."""
    app, item = app_of(request), _item(item_id)
    now = app.clock()
    shown = [
        BankConsentShape(
            id=one.id,
            item_id=one.item_id,
            products=list(one.detail.products),
            permissions=list(one.detail.permissions),
            created_at=one.created_at,
            expires_at=one.expires_at,
            revoked_at=one.revoked_at,
            in_force=one.in_force(now),
        )
        for one in await app.bank_consents.list(caller.entity_id, item_id=item)
    ]
    fresh = await freshness_of(request, caller.entity_id, "CONSENTS", item_id=item)
    return Answer(BankConsentsShape(shown, [*fresh.values()]))


@router.get("/categories", **gives(CategoriesShape))
async def categories(request: Request, _: SignedIn) -> Response:
    """List Pluggy's categories with their names in English and Portuguese."""
    listed, read_at = await app_of(request).categories.list()
    shown = [CategoryShape(one.id, one.english, one.portuguese, one.parent_id) for one in listed]
    return Answer(CategoriesShape(shown, read_at))


def investment_shape(one: Investment) -> InvestmentShape:
    """Show one position."""
    return InvestmentShape(
        id=one.id,
        item_id=one.item_id,
        type=one.type,
        subtype=one.subtype,
        status=one.status,
        name=one.detail.name,
        code=one.detail.code,
        issuer=one.detail.issuer,
        quantity=_number(one.detail.quantity),
        unit_value=_number(one.detail.unit_value),
        currency=one.currency,
        balance=money(one.balance_minor, one.currency),
        balance_minor=one.balance_minor,
        gross=money(one.gross_minor, one.currency),
        original=money(one.original_minor, one.currency),
        quoted_day=one.quoted_day,
        due_day=one.due_day,
        changed_at=one.changed_at,
        more=dict(one.more),
    )


def movement_shape(one: InvestmentMovement) -> InvestmentMovementShape:
    """Show one movement of a position."""
    return InvestmentMovementShape(
        id=one.id,
        item_id=one.item_id,
        investment_id=one.investment_id,
        day=one.day,
        type=one.type,
        movement_type=one.movement_type,
        description=one.detail.description,
        quantity=_number(one.detail.quantity),
        unit_value=_number(one.detail.unit_value),
        currency=one.currency,
        amount=money(one.amount_minor, one.currency),
        amount_minor=one.amount_minor,
        net_amount=money(one.net_minor, one.currency),
        more=dict(one.more),
    )


def loan_shape(one: Loan) -> LoanShape:
    """Show one contract."""
    detail = one.detail
    return LoanShape(
        id=one.id,
        item_id=one.item_id,
        kind=one.kind,
        type=detail.type,
        product_name=detail.product_name,
        contract_number=detail.contract_number,
        currency=one.currency,
        contract_amount=money(one.contract_minor, one.currency),
        outstanding=money(one.outstanding_minor, one.currency),
        outstanding_minor=one.outstanding_minor,
        contract_day=one.contract_day,
        due_day=one.due_day,
        instalments=detail.instalments,
        paid_instalments=detail.paid,
        due_instalments=detail.left,
        past_due_instalments=detail.past_due,
        changed_at=one.changed_at,
        more=dict(one.more),
    )


def identity_shape(one: Identity) -> IdentityShape:
    """Show one holder."""
    return IdentityShape(
        id=one.id,
        item_id=one.item_id,
        full_name=one.detail.full_name,
        document=one.detail.document,
        tax_number=one.detail.tax_number,
        changed_at=one.changed_at,
        more=dict(one.more),
    )


def _item(item_id: str | None) -> ItemId | None:
    return None if item_id is None else ItemId(item_id)


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
