"""The balance proof as the product reads it: which accounts add up, and which do not."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from tomada.domain.accounts import Account
from tomada.domain.money import from_minor
from tomada.domain.proofs import Anchor, BalanceCase
from tomada.web.answers import Answer
from tomada.web.auth import SignedIn, app_of
from tomada.web.describe import gives
from tomada.web.proof_schemas import BalanceCaseShape, BalanceCasesShape, BalanceProofShape

router = APIRouter(prefix="/api/open-finance", tags=["ledger"])


@router.get("/balance-cases", **gives(BalanceCasesShape))
async def balance_cases(request: Request, caller: SignedIn) -> Response:
    """List balances that the rows do not explain, and how the proof of each account stands."""
    app = app_of(request)
    cases = await app.proofs.cases(caller.entity_id)
    anchors = await app.proofs.anchors(caller.entity_id)
    accounts = await app.ledger.accounts(caller.entity_id)
    unproven = {case.account_id for case in cases if case.closed_at is None}
    return Answer(
        BalanceCasesShape(
            [case_shape(case) for case in cases],
            [
                proof_shape(one, anchors.get(one.id), unproven=one.id in unproven)
                for one in accounts
                if one.type == "BANK"
            ],
        )
    )


def case_shape(case: BalanceCase) -> BalanceCaseShape:
    """Show one case."""
    return BalanceCaseShape(
        id=str(case.id),
        account_id=case.account_id,
        state="open" if case.closed_at is None else "closed",
        currency=case.currency,
        difference=from_minor(case.difference_minor, case.currency),
        difference_minor=case.difference_minor,
        cause=case.cause,
        since=case.since,
        seen_at=case.seen_at,
        closed_at=case.closed_at,
        after=None if case.after is None else str(case.after),
        before=None if case.before is None else str(case.before),
    )


def proof_shape(account: Account, anchor: Anchor | None, *, unproven: bool) -> BalanceProofShape:
    """Show how one account's proof stands."""
    opening = None if anchor is None else anchor.opening_minor
    return BalanceProofShape(
        account_id=account.id,
        state="open" if unproven else "waiting" if anchor is None else "proven",
        currency=account.currency,
        first_day=None if anchor is None else anchor.first_day,
        opening=None if opening is None else from_minor(opening, account.currency),
        opening_minor=opening,
    )
