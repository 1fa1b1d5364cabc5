"""Money between a person's own accounts is neither income nor spending, where that is sure."""

from decimal import Decimal

from tests.integration.rows.conftest import Home
from tomada.domain.transactions import MonthTotals


async def _month(home: Home) -> MonthTotals:
    return (await home.app.ledger.months(home.caller.entity_id, count=1))[0]


async def test_a_transfer_that_the_bank_names_is_counted_nowhere_until_it_is_undone(
    home: Home,
) -> None:
    checking, savings = home.account(), home.account("SAVINGS_ACCOUNT")
    before = await _month(home)
    sides = {}
    for kind, account in (("pix_out", checking), ("pix_in", savings)):
        row = home.world.post(
            home.item, kind=kind, account_id=account.id, amount=Decimal("4321.09"),
            description="Pix", status="POSTED",
        )  # fmt: skip
        row.category, row.category_id, row.operation_type = None, None, "PIX"
        side = {"documentNumber": {"type": "CPF", "value": checking.tax_number}}
        row.payment_data = {"payer": side, "receiver": side, "paymentMethod": "PIX"}
        sides[kind] = row
    await home.read()
    out, into = [(await home.find(sides[kind].id)).id for kind in ("pix_out", "pix_in")]
    (link,) = [
        one for one in await home.app.links.all(home.caller.entity_id)
        if one.link.kind == "transfer" and one.link.row_id == out
    ]  # fmt: skip

    assert (link.link.state, link.link.other_id) == ("automatic", into)
    assert await _month(home) == before

    await home.app.links.undo(home.caller, link.link.id)
    await home.sweeps()

    after = await _month(home)
    assert after.income_minor - before.income_minor == 432109
    assert after.spending_minor - before.spending_minor == 432109
    states = [
        one.link.state for one in await home.app.links.all(home.caller.entity_id)
        if one.link.row_id == out
    ]  # fmt: skip
    assert states == ["undone"]
