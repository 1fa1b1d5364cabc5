"""Investments, loans and papers of a household: to the cent, and the same on every reading."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.unit.simulator_households.truth import a_bank
from tomada.simulator.households import holdings_for, is_cnpj, known_merchants, registry_for
from tomada.simulator.households.credit import contracts_of
from tomada.simulator.households.people import is_cpf
from tomada.simulator.households.profile import relationship
from tomada.simulator.products.records import HoldingsRecord, InvestmentRecord, OrderRecord

TODAY = date(2026, 11, 20)
CENT = Decimal("0.01")


def holdings(**given: Any) -> HoldingsRecord:
    return holdings_for(
        **{"seed": 1, "connector_id": 600, "user": "user-ok", "today": TODAY, **given}
    )


def quantity(one: InvestmentRecord) -> Decimal:
    """Add up what came in and went out."""
    signs = {"BUY": 1, "SELL": -1, "TAX": -1}
    return sum(
        (signs.get(move.type, 0) * (move.quantity or Decimal(0)) for move in one.movements),
        Decimal(0),
    )


def documents(content: Any) -> Iterator[tuple[str, str]]:
    """Walk nested details for tax numbers."""
    if isinstance(content, dict):
        for key, value in content.items():
            if isinstance(value, str) and key in {"document", "cpfNumber", "companyCnpj"}:
                yield key, "".join(filter(str.isdigit, value))
            else:
                yield from documents(value)
    elif isinstance(content, list):
        for value in content:
            yield from documents(value)


def test_equal_questions_have_equal_answers() -> None:
    assert holdings() == holdings()
    assert holdings(user="user-ok-ana") != holdings()
    assert holdings(seed=2) != holdings()


def test_a_household_holds_what_brazilians_hold() -> None:
    held = holdings().investments

    assert {(one.type, one.subtype) for one in held} >= {
        ("FIXED_INCOME", "CDB"),
        ("FIXED_INCOME", "TREASURY"),
        ("EQUITY", "STOCK"),
        ("SECURITY", "RETIREMENT"),
    }
    assert any(one.type == "MUTUAL_FUND" for one in held)


def test_balances_are_gross_less_taxes() -> None:
    for one in holdings().investments:
        assert one.amount == (one.quantity * one.value).quantize(CENT)
        assert one.balance == one.amount - one.taxes - one.taxes2
        assert one.details["amountProfit"] == one.amount - one.original
        assert quantity(one) == one.quantity


def test_movements_multiply_out_and_say_what_reached_the_account() -> None:
    moves = [move for one in holdings().investments for move in one.movements]

    for move in moves:
        assert move.quantity is not None
        assert move.value is not None
        assert move.amount == (move.quantity * move.value).quantize(CENT)
        costs = sum(move.expenses.values(), Decimal(0))
        net = {"BUY": move.amount + costs, "SELL": move.amount - costs}
        assert move.net_amount == net.get(move.type, move.amount)
        assert (move.movement_type == "CREDIT") == (move.type == "BUY")
    assert {move.type for move in moves} >= {"BUY", "SELL", "TAX", "INTEREST"}


def test_tax_exempt_titles_and_shares_owe_nothing_on_paper() -> None:
    held = [one for seed in range(6) for one in holdings(seed=seed).investments]

    exempt = [one for one in held if one.tax_exempt]
    assert exempt
    assert {one.taxes for one in exempt} == {Decimal(0)}
    assert {one.taxes for one in held if one.type == "EQUITY"} == {Decimal(0)}
    assert any(one.taxes > 0 for one in held if one.subtype == "CDB")


def test_a_matured_title_is_redeemed_and_shown_for_a_year() -> None:
    held = [one for seed in range(12) for one in holdings(seed=seed).investments]
    over = [one for one in held if one.status == "TOTAL_WITHDRAWAL"]

    assert over
    for one in over:
        assert {one.quantity, one.amount, one.balance, one.original} == {Decimal(0)}
        assert one.movements[-1].type == "SELL"
        assert timedelta(0) <= TODAY - one.movements[-1].day <= timedelta(days=366)


def test_a_later_day_continues_an_earlier_one() -> None:
    before, after = holdings(), holdings(today=TODAY + timedelta(days=20))
    later = {one.id: one for one in after.investments}

    for one in before.investments:
        known = later.get(one.id)
        if known is not None:
            assert known.movements[: len(one.movements)] == one.movements
    assert {one.id for one in before.loans} == {one.id for one in after.loans}


def test_an_order_moves_its_position_alone() -> None:
    plain = holdings()
    target = next(one for one in plain.investments if one.type == "MUTUAL_FUND")
    order = OrderRecord(target.id, TODAY, "SELL", Decimal(500))

    with_order = holdings(orders=[order])

    changed = [
        (one.id, two.movements[-1].type)
        for one, two in zip(plain.investments, with_order.investments, strict=True)
        if one != two
    ]
    assert changed == [(target.id, "SELL")]


@pytest.mark.parametrize("connector", [0, 1, 600, 615, 620])
def test_every_customer_owes_something_with_instalments(connector: int) -> None:
    loans = holdings(connector_id=connector).loans

    assert loans
    for one in loans:
        counted = one.details["installments"]
        assert sum((amount for _, amount in one.to_come), Decimal(0)) == one.outstanding
        assert one.details["payments"]["contractOutstandingBalance"] == one.outstanding
        assert (
            counted["paidInstallments"] + counted["dueInstallments"]
            <= counted["totalNumberOfInstallments"]
        )
        regular = [
            each for each in one.details["payments"]["releases"] if not each["isOverParcelPayment"]
        ]
        assert len(regular) == counted["paidInstallments"]
        assert 0 < one.details["interestRates"][1]["preFixedRate"] < one.details["CET"] < 1


def test_a_plan_pays_back_the_principal_to_the_cent() -> None:
    people = [relationship(seed=seed, connector_id=600, user="user-ok") for seed in range(20)]
    contracts = [one for bank in people for one in contracts_of(bank, today=TODAY)]

    for one in contracts:
        plan = one.plan()
        assert sum(each.clears for each in plan) == one.principal
        assert plan[-1].left == 0
        assert [each.due for each in plan] == sorted(each.due for each in plan)
        assert len([each for each in plan if not each.extra]) <= one.product.months
    assert {one.product.kind for one in contracts} == {"LOAN", "FINANCING"}
    assert any(each.extra for one in contracts for each in one.plan())


def test_papers_are_one_persons_everywhere_and_pass_their_checks() -> None:
    here, there = holdings().identity, holdings(connector_id=615).identity

    for name in ("fullName", "document", "birthDate", "addresses", "relations", "otherDocuments"):
        assert here[name] == there[name]
    for key, digits in documents(here):
        assert is_cnpj(digits) if key == "companyCnpj" else is_cpf(digits)
    assert here["phoneNumbers"][0]["value"].startswith("+55 ")


def test_a_company_shows_partners_and_no_birthday() -> None:
    identity = holdings(connector_id=1).identity

    assert identity["documentType"] == "CNPJ"
    assert identity["birthDate"] is None
    assert is_cpf(identity["parties"][0]["documentNumber"])
    assert is_cnpj(identity["companiesCnpj"][0])


def test_the_registry_splits_what_is_owed_by_when_it_falls_due() -> None:
    month = date(2026, 9, 1)
    loans = holdings(today=date(2026, 9, 30)).loans

    (report,) = registry_for(
        seed=1, connector_id=600, user="user-ok", base_dates=[month], closed_until=month
    )

    for loan in loans:
        found = [one["resVenc"] for one in report["lsOp"] if one["mod"] == loan.modality]
        assert sum(found[0].values()) == loan.outstanding


def test_a_month_that_is_not_closed_reports_nothing() -> None:
    (report,) = registry_for(
        seed=1, connector_id=600, user="user-ok",
        base_dates=[date(2026, 11, 1)], closed_until=date(2026, 9, 1),
    )  # fmt: skip

    assert report["lsOp"] == []
    assert report["msg"]


def test_shops_are_known_by_valid_tax_numbers() -> None:
    shops = known_merchants()

    assert len(shops) > 50
    assert all(is_cnpj(cnpj) and shop["cnpj"] == cnpj for cnpj, shop in shops.items())


def test_instalments_of_loans_are_paid_from_the_checking_account() -> None:
    everything = set()
    for seed in range(8):
        loans = holdings(seed=seed, connector_id=614).loans
        rows = a_bank(seed=seed, connector_id=614).accounts[0].transactions

        paid = {
            (row.description.split(" - ")[1], -row.amount)
            for row in rows
            if row.operation_type == "OPERACAO_CREDITO"
        }
        released = {
            (one.product_name, each["paidAmount"])
            for one in loans
            for each in one.details["payments"]["releases"]
            # What the employer withholds never reaches the account.
            if one.modality != "0202" and each["paidDate"] >= TODAY - timedelta(days=360)
        }
        assert released <= paid
        everything |= released
    assert {name for name, _ in everything} >= {"Crédito Pessoal", "Financiamento de Veículo"}
