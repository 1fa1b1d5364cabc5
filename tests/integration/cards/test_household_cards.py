"""A household's year of cards through the whole product: every bill adds up, every payment is one."""

from collections import Counter
from datetime import timedelta

import pytest

from tests.conftest import Running
from tests.integration.path.connecting import connect
from tomada.domain.ids import AccountId
from tomada.domain.transactions import Transaction


@pytest.mark.parametrize("user", ["user-ok", "user-ok-two-checking-accounts"])
async def test_every_bill_of_a_household_adds_up_and_every_payment_is_one(
    tomada: Running, user: str
) -> None:
    caller = await tomada.someone()
    item = await connect(tomada, caller, user=user)
    cards = await tomada.app.cards.all(caller.entity_id)
    accounts = {one.id: one for one in await tomada.app.ledger.accounts(caller.entity_id)}
    bank = {row.id: row for account in tomada.simulator.world.state.items[item].accounts
            if account.type == "CREDIT" for row in account.transactions}  # fmt: skip

    (card,) = cards
    assert len(card.bills) >= 11
    for view in card.bills:
        assert view.statement.difference_minor == 0, view.statement
        assert view.statement.reason is None
        assert view.statement.lines_minor > 0
        assert view.paid in ("paid", "unpaid")
        for payment in view.payments:
            rows = await tomada.app.ledger.some(
                caller.entity_id, [one for one in (payment.bank_id, payment.card_id) if one]
            )
            kinds = Counter(accounts[AccountId(r.movement.account_id)].type for r in rows.values())
            assert kinds == {"BANK": 1, "CREDIT": 1}
            assert sum(row.movement.signed_minor for row in rows.values()) == 0
    assert sum(bool(view.payments) for view in card.bills) >= 10
    whole = [one for one in card.series if not one.missing]
    assert whole
    assert all(one.evidence == "metadata" for one in card.series)
    assert all(one.of == len(one.parts) for one in whole)
    assert len(bank) == sum(
        len(one.purchases) + len(one.charge_lines) + len(one.credits) + len(one.payments)
        for one in (view.statement for view in card.bills)
    ) + len(card.outlook.open.entries) + sum(len(one.entries) for one in card.outlook.coming) + sum(
        row.operation_type == "PAGAMENTO_FATURA" or row.category_id == "05100000"
        for row in bank.values()
    )


async def test_a_month_counts_purchases_once_and_bill_payments_not_at_all(
    tomada: Running,
) -> None:
    caller = await tomada.someone()
    item = await connect(tomada, caller)
    (card,) = await tomada.app.cards.all(caller.entity_id)
    months = {one.month: one for one in await tomada.app.ledger.months(caller.entity_id)}
    paid = next(view for view in card.bills if view.payments)
    (payment,) = paid.payments
    month = months[payment.day.replace(day=1)]
    rows: list[Transaction] = []
    cursor: str | None = None
    while True:
        page = await tomada.app.ledger.transactions(
            caller.entity_id, day_from=month.month,
            day_to=(month.month + timedelta(days=31)).replace(day=1) - timedelta(days=1),
            cursor=cursor, limit=500,
        )  # fmt: skip
        rows += page.transactions
        cursor = page.next_cursor
        if cursor is None:
            break

    counted = [
        row for row in rows
        if row.id not in (payment.bank_id, payment.card_id)
        and (row.movement.detail.category_id or "")[:2] not in ("03", "04")
    ]  # fmt: skip

    assert item
    assert payment.amount_minor > 0
    assert month.spending_minor == -sum(
        row.movement.signed_minor
        for row in counted
        if row.movement.signed_minor < 0 or row.movement.account_id == card.account.id
    )
