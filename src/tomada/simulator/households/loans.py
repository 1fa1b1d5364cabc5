"""Show credit contracts as the API does: terms, rates, fees, warranties, instalments, payments."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from tomada.simulator.households.bank_days import add_months
from tomada.simulator.households.credit import Contract, Instalment, contracts_of
from tomada.simulator.households.profile import Relationship
from tomada.simulator.households.rows import money
from tomada.simulator.products.records import LoanRecord

_LATE_INTEREST, _FINE = Decimal("0.01"), Decimal("0.02")
_TERM_UNIT = "MONTH"


def loans_of(bank: Relationship, *, today: date) -> list[LoanRecord]:
    """List the contracts of *bank* as they stand on *today*; their ids stay from day to day."""
    return [_loan(bank, one, today) for one in contracts_of(bank, today=today)]


def _loan(bank: Relationship, contract: Contract, today: date) -> LoanRecord:
    plan = contract.plan()
    paid = [one for one in plan if one.due <= today]
    to_come = [one for one in plan if one.due > today]
    left = paid[-1].left if paid else contract.principal
    product = contract.product
    return LoanRecord(
        kind=product.kind,
        product_name=product.name,
        contract_number=contract.number,
        contract_amount=money(contract.principal),
        outstanding=money(left),
        contract_day=contract.start,
        day=today,
        modality=product.modality,
        to_come=[(one.due, money(one.clears)) for one in to_come],
        details=_terms(bank, contract, plan)
        | {
            "settlementDate": None if to_come else paid[-1].due,
            "installments": _instalments(contract, paid, to_come),
            "payments": {
                "contractOutstandingBalance": money(left),
                "releases": [_release(contract, one) for one in paid],
            },
        },
        id=bank.id_of("loan", contract.number),
    )


def _terms(bank: Relationship, contract: Contract, plan: Sequence[Instalment]) -> dict[str, Any]:
    product = contract.product
    yearly = (1 + product.rate) ** 12 - 1
    regular = [one for one in plan if not one.extra]
    return {
        "ipocCode": _ipoc(bank, contract),
        "type": product.type,
        "disbursementDates": [contract.start.isoformat()],
        "dueDate": add_months(contract.start, product.months),
        "installmentPeriodicity": "MONTHLY",
        "installmentPeriodicityAdditionalInfo": None,
        "firstInstallmentDueDate": regular[0].due,
        "CET": contract.yearly_cost(),
        "amortizationScheduled": product.system,
        "amortizationScheduledAdditionalInfo": None,
        "cnpjConsignee": bank.employer.document if product.modality == "0202" else None,
        "interestRates": [
            {
                "taxType": "EFFECTIVE",
                "interestRateType": "COMPOUND",
                "taxPeriodicity": periodicity,
                "calculation": "30/360",
                "referentialRateIndexerType": "PRE_FIXADO",
                "referentialRateIndexerSubType": None,
                "referentialRateIndexerAdditionalInfo": None,
                "preFixedRate": rate.quantize(Decimal("0.000001")),
                "postFixedRate": None,
                "additionalInfo": None,
            }
            for periodicity, rate in (("MONTHLY", product.rate), ("YEARLY", yearly))
        ],
        "contractedFees": _fees(contract),
        "contractedFinanceCharges": [
            {"type": "JUROS_MORA_ATRASO", "additionalInfo": None, "rate": _LATE_INTEREST},
            {"type": "MULTA_ATRASO_PAGAMENTO", "additionalInfo": None, "rate": _FINE},
        ],
        "warranties": _warranties(contract),
    }


def _instalments(
    contract: Contract, paid: Sequence[Instalment], to_come: Sequence[Instalment]
) -> dict[str, Any]:
    return {
        "typeNumberOfInstallments": _TERM_UNIT,
        "totalNumberOfInstallments": contract.product.months,
        "typeContractRemaining": _TERM_UNIT,
        "contractRemainingNumber": len(to_come),
        "paidInstallments": sum(not one.extra for one in paid),
        "dueInstallments": sum(not one.extra for one in to_come),
        "pastDueInstallments": 0,
        "balloonPayments": [],
    }


def _release(contract: Contract, one: Instalment) -> dict[str, Any]:
    release: dict[str, Any] = {
        "isOverParcelPayment": one.extra,
        "installmentId": None if one.extra else f"{contract.number}-{one.number:03d}",
        "paidDate": one.due,
        "currencyCode": "BRL",
        "paidAmount": money(one.cents),
    }
    return release | {"overParcel": {"fees": [], "charges": []}} if one.extra else release


def _fees(contract: Contract) -> list[dict[str, Any]]:
    fees = (
        ("Tarifa de cadastro", "CADASTRO", contract.product.fee),
        ("IOF", "IOF", contract.taxes),
    )
    return [
        {
            "name": name,
            "code": code,
            "chargeType": "UNIQUE",
            "charge": "FIXED",
            "amount": money(cents),
            "rate": None,
        }
        for name, code, cents in fees
        if cents
    ]


def _warranties(contract: Contract) -> list[dict[str, Any]]:
    if contract.product.warranty is None:
        return []
    kind, subtype = contract.product.warranty
    return [
        {
            "currencyCode": "BRL",
            "type": kind,
            "subtype": subtype,
            "amount": money(contract.principal * 5 // 4),
        }
    ]


def _ipoc(bank: Relationship, contract: Contract) -> str:
    """Write the contract's national identifier: lender, modality, customer, contract."""
    digits = "".join(filter(str.isdigit, bank.holder.document))
    customer = f"2{digits[:8]}" if bank.business else f"1{digits}"
    return f"{bank.holder.ispb}{contract.product.modality}{customer}{contract.number}"
