"""What is asked of the institution apart from runs: balances, statements, resources, the registry."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tomada.simulator.api.call import Call, Gate, is_uuid
from tomada.simulator.api.paging import page_of
from tomada.simulator.encoding import instant, number
from tomada.simulator.households import registry_for
from tomada.simulator.products.api.parents import Parents
from tomada.simulator.products.balance import live_balance
from tomada.simulator.products.holdings import plain
from tomada.simulator.products.resources import STATUSES, resources_of
from tomada.simulator.products.statements import Statements
from tomada.simulator.refusals import ApiError, invalid, not_found
from tomada.simulator.sandbox import login_of
from tomada.simulator.shapes import page_shape
from tomada.simulator.state import ItemRecord
from tomada.simulator.world import World

_DEFAULT_BASE_DATES = 4
_MONTHS = 12
_COMPANY_ROOT = 8
_CPF_DIGITS = 11


@dataclass(frozen=True, slots=True, repr=False)
class InstitutionApi:
    """Ask institutions."""

    world: World

    def routes(self, gate: Gate) -> list[Route]:
        """List the routes."""
        return [
            Route("/accounts/{id}/balance", gate.key(self.balance), methods=["GET"]),
            Route("/accounts/{id}/statements", gate.key(self.statements), methods=["GET"]),
            Route("/items/{id}/resources", gate.key(self.resources), methods=["GET"]),
            Route("/items/{id}/scr", gate.key(self.registry), methods=["GET"]),
            Route("/_bank/statements/{id}/{month}.pdf", self.statement_file, methods=["GET"]),
        ]

    def balance(self, call: Call) -> Any:
        """Fetch a balance from the institution; an unknown account is refused without a code."""
        account_id = call.request.path_params["id"]
        ledger = self.world.ledgers.account(account_id)
        if ledger is None:
            raise ApiError(404, "account not found")
        found = live_balance(self.world, ledger)
        return {
            "balance": number(found.balance),
            "currencyCode": found.currency_code,
            "updateDateTime": instant(found.at),
        }

    def statements(self, call: Call) -> Any:
        """List the statement files of an account, newest first, with addresses that expire."""
        if not is_uuid(call.request.path_params["id"]):
            raise invalid("id must be a UUID")
        ledger = Parents(self.world).account_in_path(call)
        files = self._statements()
        return page_shape(
            [
                {
                    "id": one.id,
                    "monthYear": one.month_year,
                    "url": f"{call.origin}{files.path(ledger, one)}",
                }
                for one in files.of(ledger)
            ]
        )

    async def statement_file(self, request: Request) -> Response:
        """Serve a statement file to whoever holds its signed address."""
        query, path = request.query_params, request.url.path
        files = self._statements()
        good = files.is_good(
            path, expires=query.get("expires", ""), signature=query.get("signature", "")
        )
        if not good:
            raise ApiError(403, "The address has expired")
        ledger = self.world.ledgers.account(request.path_params["id"])
        if ledger is None:
            raise not_found("account")
        month = date.fromisoformat(f"{request.path_params['month']}-01")
        return Response(files.write(ledger, month), media_type="application/pdf")

    def resources(self, call: Call) -> Any:
        """List what the institution declared under the consent; nothing for direct connectors."""
        item = Parents(self.world).item_in_path(call)
        status = call.query("status")
        if status is not None and status not in STATUSES:
            raise invalid(f"status must be one of the following values: {', '.join(STATUSES)}")
        shown = [
            {"resourceId": one.id, "type": one.type, "status": one.status}
            for one in resources_of(item)
            if status in {None, one.status}
        ]
        return page_of(shown, call, self.world.settings)

    def registry(self, call: Call) -> Any:
        """Show the credit registry of the item's holder."""
        settings = self.world.settings.products
        if not settings.credit_registry:
            raise ApiError(403, "SCR is not enabled for this application")
        item = Parents(self.world).item_in_path(call)
        connector = self.world.catalogue.by_id[item.connector_id]
        if not connector.is_open_finance:
            text = "SCR is available for Open Finance items only"
            raise ApiError(400, text, "SCR_INVALID_REQUEST")
        if not item.tax_number:
            raise ApiError(422, "The document of the item is not known")
        if self.world.catalogue.status(connector.id) == "OFFLINE":
            raise ApiError(502, "The registry is not available")
        now = self.world.settings.clock().astimezone(ZoneInfo("America/Sao_Paulo"))
        closed = _months_later(now.date(), -settings.registry_lag_months)
        last = _base_date(call, "to") or closed
        first = _base_date(call, "from") or _months_later(last, 1 - _DEFAULT_BASE_DATES)
        count = (last.year - first.year) * _MONTHS + last.month - first.month + 1
        if count < 1:
            raise ApiError(400, "from must not be after to", "SCR_INVALID_REQUEST")
        if count > settings.registry_most_dates:
            text = f"No more than {settings.registry_most_dates} base dates may be asked for"
            raise ApiError(400, text, "SCR_INVALID_REQUEST")
        months = [_months_later(first, index) for index in range(count)]
        return self._registry(item, months, closed)

    def _registry(self, item: ItemRecord, months: list[date], closed: date) -> Any:
        digits = "".join(filter(str.isdigit, item.tax_number))
        person = len(digits) == _CPF_DIGITS
        reports = registry_for(
            seed=self.world.settings.seed,
            connector_id=item.connector_id,
            user=item.collected_user or login_of(item.parameters),
            base_dates=months,
            closed_until=closed,
        )
        return {
            "dtbConsult": f"{months[0]:%Y%m}-{months[-1]:%Y%m}",
            "cdCli": digits if person else digits[:_COMPANY_ROOT],
            "tpCli": "1" if person else "2",
            "lsDtb": plain(reports, date.isoformat),
            "listaDeMensagensDeValidacao": [],
        }

    def _statements(self) -> Statements:
        settings = self.world.settings
        return Statements(settings.seed, settings.clock, settings.products.statement_url_ttl)


def _base_date(call: Call, name: str) -> date | None:
    text = call.query(name)
    if text is None:
        return None
    if not re.fullmatch(r"[12]\d{3}(0[1-9]|1[0-2])", text):
        raise ApiError(400, f"{name} must be a base date as YYYYMM", "SCR_INVALID_REQUEST")
    return date(int(text[:4]), int(text[4:]), 1)


def _months_later(day: date, months: int) -> date:
    years, month = divmod(day.year * _MONTHS + day.month - 1 + months, _MONTHS)
    return date(years, month + 1, 1)
