"""Endpoints that only older clients know. What the provider answers there is not published.

By setting they answer simple content made of what the item has, 404 as an unknown route does, or
410 as retired endpoints do. The simulated people take no card payments, so acquirers have nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from starlette.routing import Route

from tomada.simulator.api.call import Call, Gate, is_uuid
from tomada.simulator.encoding import number
from tomada.simulator.ids import uuid_of
from tomada.simulator.products.api.parents import Parents
from tomada.simulator.products.holdings import local_midnight
from tomada.simulator.products.records import LoanRecord
from tomada.simulator.refusals import ApiError, no_route, not_found
from tomada.simulator.shapes import page_shape
from tomada.simulator.state import ItemRecord
from tomada.simulator.world import World

_PAYROLL = "CREDITO_PESSOAL_COM_CONSIGNACAO"
_MARGIN = Decimal("0.35")
_CENT, _RATE = Decimal("0.01"), Decimal("0.0001")


@dataclass(frozen=True, slots=True, repr=False)
class LeftoversApi:
    """Answer what is no longer documented."""

    world: World

    def routes(self, gate: Gate) -> list[Route]:
        """List the routes."""

        def route(path: str, handler: Callable[[Call], Any]) -> Route:
            return Route(path, gate.key(self._by_setting(handler)), methods=["GET"])

        acquirers = [
            one
            for name in ("sales", "receivables", "anticipations")
            for one in (
                route(f"/acquirer-{name}", self.no_rows),
                route(f"/acquirer-{name}/{{id}}", self.no_row),
            )
        ]
        return [
            *acquirers,
            route("/benefits", self.benefits),
            route("/benefits/{id}", self.benefit),
            route("/payroll-loans", self.payroll_loans),
            route("/payroll-loans/{id}", self.payroll_loan),
            route("/income-reports", self.income_reports),
            route("/portfolio/{id}", self.portfolio),
            route("/portfolio/{id}/monthly", self.monthly_portfolio),
        ]

    def no_rows(self, call: Call) -> Any:
        """List the card sales of an item: none."""
        Parents(self.world).item(call)
        return page_shape([])

    def no_row(self, call: Call) -> Any:
        """Find no card sale."""
        kind = call.request.url.path.split("/")[1].removesuffix("s")
        raise not_found(kind.replace("-", " "))

    def payroll_loans(self, call: Call) -> Any:
        """List an item's loans whose instalments the employer withholds."""
        item = Parents(self.world).item(call)
        return page_shape([] if item is None else [_payroll(item, one) for one in _withheld(item)])

    def payroll_loan(self, call: Call) -> Any:
        """Show one of them."""
        wanted = call.id_in_path("payroll loan")
        for item in self.world.state.items.values():
            for one in _withheld(item):
                if one.id == wanted:
                    return _payroll(item, one)
        raise not_found("payroll loan")

    def benefits(self, call: Call) -> Any:
        """Show how much of an item's holder's pay may go into loans."""
        item = Parents(self.world).item(call)
        known = item is not None and item.identity is not None and bool(_withheld(item))
        return page_shape([_benefit(item)] if item is not None and known else [])

    def benefit(self, call: Call) -> Any:
        """Show one margin by its id."""
        wanted = call.id_in_path("benefit")
        for item in self.world.state.items.values():
            if item.identity is not None and _withheld(item) and _benefit_id(item) == wanted:
                return _benefit(item)
        raise not_found("benefit")

    def income_reports(self, call: Call) -> Any:
        """List the yearly reports of an item; there are no files behind them."""
        Parents(self.world).item(call)
        return page_shape([])

    def portfolio(self, call: Call) -> Any:
        """Sum up an item's positions."""
        item = self._item(call)
        held = item.investments
        balance, cost = _total(item), sum((one.original for one in held), Decimal(0))
        gain = balance - cost
        snapshot = {
            "balance": number(balance),
            "percentage": number(_share(gain, cost)),
            "amount": number(gain),
            "currency": "BRL",
            "date": local_midnight(held[0].day),
            "period": "LAST_TWELVE_MONTHS",
        } if held else None  # fmt: skip
        return page_shape([] if snapshot is None else [snapshot])

    def monthly_portfolio(self, call: Call) -> Any:
        """Show the month in which an item's positions were last read."""
        item = self._item(call)
        balance = _total(item)
        grown = sum(
            (
                one.balance * Decimal(str(one.details.get("lastMonthRate") or 0)) / 100
                for one in item.investments
            ),
            Decimal(0),
        ).quantize(_CENT)
        month = {
            "balance": number(balance),
            "yieldPercentage": number(_share(grown, balance - grown)),
            "yieldAmount": number(grown),
            "date": local_midnight(item.investments[0].day.replace(day=1)),
        } if item.investments else None  # fmt: skip
        return page_shape([] if month is None else [month])

    def _by_setting(self, handler: Callable[[Call], Any]) -> Callable[[Call], Any]:
        def chosen(call: Call) -> Any:
            match self.world.settings.products.leftovers:
                case "not_found":
                    raise no_route(call.request.method, call.request.url.path)
                case "gone":
                    raise ApiError(410, "This endpoint is deprecated.", "ENDPOINT_DEPRECATED")
                case _:
                    return handler(call)

        return chosen

    def _item(self, call: Call) -> ItemRecord:
        item_id: str = call.request.path_params["id"]
        if not is_uuid(item_id):
            raise not_found("item")
        return self.world.items.get(item_id)


def _withheld(item: ItemRecord) -> list[LoanRecord]:
    return [one for one in item.loans if one.details.get("type") == _PAYROLL]


def _payroll(item: ItemRecord, one: LoanRecord) -> dict[str, Any]:
    holder = item.identity or {}
    releases = one.details["payments"]["releases"]
    monthly, yearly = (rate["preFixedRate"] for rate in one.details["interestRates"])
    return {
        "id": one.id,
        "itemId": item.id,
        "contractCode": one.contract_number,
        "nominalInterestRate": monthly,
        "efectiveInterestRate": yearly,
        "cetAnnualRate": one.details["CET"],
        "currencyCode": "BRL",
        "amortizationRegime": one.details["amortizationScheduled"],
        "installmentsQuantity": one.details["installments"]["totalNumberOfInstallments"],
        "installmentsValue": releases[0]["paidAmount"] if releases else one.contract_amount,
        "dueDateFirstInstallment": one.details["firstInstallmentDueDate"],
        "dueDateLastInstallment": one.details["dueDate"],
        "operationHiringDate": local_midnight(one.contract_day),
        "client": {"name": holder.get("fullName"), "document": holder.get("document")},
    }


def _benefit_id(item: ItemRecord) -> str:
    return uuid_of(item.id, "benefit")


def _benefit(item: ItemRecord) -> dict[str, Any]:
    holder = item.identity or {}
    income = Decimal(str(holder["qualifications"]["informedIncome"]["amount"]))
    margin = (income * _MARGIN).quantize(_CENT)
    used = sum(
        (
            Decimal(str(one.details["payments"]["releases"][0]["paidAmount"]))
            for one in _withheld(item)
            if one.details["payments"]["releases"]
        ),
        Decimal(0),
    )
    return {
        "id": _benefit_id(item),
        "itemId": item.id,
        "beneficiaryName": holder["fullName"],
        "marginBaseValue": number(income),
        "usedMarginValue": number(used),
        "availableMarginValue": number(max(Decimal(0), margin - used)),
        "loans": [],
    }


def _total(item: ItemRecord) -> Decimal:
    return sum((one.balance for one in item.investments), Decimal(0))


def _share(part: Decimal, whole: Decimal) -> Decimal:
    return (part / whole * 100).quantize(_RATE) if whole else Decimal(0)
