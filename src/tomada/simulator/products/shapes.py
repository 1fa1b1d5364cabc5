"""The JSON shapes of positions, their movements, loans, holders and category rules."""

from typing import Any

from tomada.simulator.encoding import day_instant, instant, number
from tomada.simulator.ids import uuid_of
from tomada.simulator.products.holdings import local_midnight
from tomada.simulator.products.records import (
    CategoryRuleRecord,
    HoldingMovementRecord,
    InvestmentRecord,
    LoanRecord,
)
from tomada.simulator.refusals import not_found
from tomada.simulator.state import ItemRecord

Shape = dict[str, Any]

# What an investment shows besides; most kinds have a few of these only.
_OPTIONAL = (
    "number", "lastMonthRate", "lastTwelveMonthsRate", "annualRate", "isin", "owner",
    "amountProfit", "amountWithdrawal", "metadata", "dueDate", "issuer", "issuerCNPJ", "issueDate",
    "purchaseDate", "gracePeriodDate", "rate", "rateType", "fixedAnnualRate", "ratePeriodicity",
    "indexerAdditionalInfo", "priceFactor", "debtor", "couponPayment", "institution",
)  # fmt: skip


def investment_shape(one: InvestmentRecord) -> Shape:
    """Show a position."""
    return {
        "id": one.id,
        "itemId": one.item_id,
        "type": one.type,
        "subtype": one.subtype,
        "name": one.name,
        "code": one.code,
        "currencyCode": "BRL",
        "date": local_midnight(one.day),
        "quantity": one.quantity,
        "value": one.value,
        "amount": one.amount,
        "amountOriginal": one.original,
        "taxes": one.taxes,
        "taxes2": one.taxes2,
        "balance": one.balance,
        "taxExempt": one.tax_exempt,
        "status": one.status,
        **{name: one.details.get(name) for name in _OPTIONAL},
        "createdAt": instant(one.created_at),
        "updatedAt": instant(one.updated_at),
    }


def movement_shape(one: HoldingMovementRecord) -> Shape:
    """Show one movement of a position."""
    return {
        "id": one.id,
        "type": one.type,
        "movementType": one.movement_type,
        "description": one.description,
        "quantity": None if one.quantity is None else number(one.quantity),
        "value": None if one.value is None else number(one.value),
        "amount": number(one.amount),
        "netAmount": number(one.net_amount),
        "agreedRate": None if one.agreed_rate is None else number(one.agreed_rate),
        "indexerPercentage": None,
        "priceFactor": None,
        "date": local_midnight(one.day),
        "tradeDate": local_midnight(one.day),
        "expenses": {name: number(cost) for name, cost in one.expenses.items()},
        "brokerageNumber": one.brokerage_number,
    }


def loan_shape(one: LoanRecord) -> Shape:
    """Show a credit contract."""
    return {
        "id": one.id,
        "itemId": one.item_id,
        "contractNumber": one.contract_number,
        "productName": one.product_name,
        "kind": one.kind,
        "date": day_instant(one.day),
        "contractDate": day_instant(one.contract_day),
        "contractAmount": one.contract_amount,
        "currencyCode": "BRL",
        **one.details,
    }


def identity_id(item: ItemRecord) -> str:
    """Name the holder of an item; the name stays."""
    return uuid_of(item.id, "identity")


def identity_shape(item: ItemRecord) -> Shape:
    """Show the holder of an item; 404 while none was read."""
    if item.identity is None:
        raise not_found("identity")
    return {
        "id": identity_id(item),
        "itemId": item.id,
        **item.identity,
        "createdAt": instant(item.created_at),
        "updatedAt": instant(item.identity_read_at),
    }


def rule_shape(rule: CategoryRuleRecord) -> Shape:
    """Show a categorisation rule; filters that were not given are left out."""
    shape = {
        "id": rule.id,
        "clientId": rule.client_id,
        "description": rule.description,
        "categoryId": rule.category_id,
        "category": rule.category,
        "matchType": rule.match_type,
    }
    filters = {"transactionType": rule.transaction_type, "accountType": rule.account_type}
    return shape | {name: value for name, value in filters.items() if value is not None}
