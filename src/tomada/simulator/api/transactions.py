"""`/v2/transactions`, the old `/transactions`, and the category of one transaction."""

from dataclasses import dataclass
from itertools import islice
from typing import Any

from starlette.routing import Route

from tomada.simulator.api.call import Call, Gate, is_uuid
from tomada.simulator.api.checks import Checks
from tomada.simulator.api.paging import (
    Filter,
    cursor_at,
    ids_in,
    moment_in,
    next_query,
    page_wish,
    read_cursor,
)
from tomada.simulator.ledger import Ledger
from tomada.simulator.refusals import ApiError, invalid, not_found, v1_is_gone
from tomada.simulator.shapes import transaction_shape
from tomada.simulator.world import World

MOST_IDS = 500


@dataclass(frozen=True, slots=True, repr=False)
class TransactionsApi:
    """Show transactions."""

    world: World

    def routes(self, gate: Gate) -> list[Route]:
        """List the routes."""
        return [
            Route("/v2/transactions", gate.key(self.by_cursor), methods=["GET"]),
            Route("/transactions", gate.key(self.by_page), methods=["GET"]),
            Route("/transactions/{id}", gate.key(self.one), methods=["GET"]),
            Route("/transactions/{id}", gate.key(self.categorise), methods=["PATCH"]),
        ]

    def by_cursor(self, call: Call) -> Any:
        """Give a cursor page: newest date first, then id; `next` carries the filters along."""
        account_id = call.uuid("accountId")
        wanted = self._filter(call, date_from="dateFrom", date_to="dateTo")
        if wanted.date_from is not None and wanted.created_from is not None:
            raise invalid("dateFrom and createdAtFrom cannot be used together")
        after = call.query("after")
        cursor = None if after is None else read_cursor(after.replace(" ", "+"))
        ledger = self._ledger(account_id)
        if ledger is None:
            return {"results": [], "next": None}
        size = self.world.settings.page_size
        rows = list(islice(filter(wanted.passes, ledger.after(cursor)), size + 1))
        given = {
            name: call.query(name)
            for name in ("accountId", "ids", "dateFrom", "dateTo", "createdAtFrom")
        }
        more = len(rows) > size
        last = cursor_at(rows[size - 1].date, rows[size - 1].id) if more else ""
        return {
            "results": [transaction_shape(row) for row in rows[:size]],
            "next": next_query(given, last) if more else None,
        }

    def by_page(self, call: Call) -> Any:
        """Give a numbered page of the old list; with `ids` the dates do not count."""
        if self.world.settings.v1_transactions == "gone":
            raise v1_is_gone(self.world.ids.new("error"))
        account_id = call.uuid("accountId")
        wish = page_wish(call, self.world.settings)
        wanted = self._filter(call, date_from="from", date_to="to")
        if wanted.ids is not None:
            wanted = Filter(ids=wanted.ids)
        ledger = self._ledger(account_id)
        rows = [] if ledger is None else [row for row in ledger.ordered() if wanted.passes(row)]
        start = (wish.page - 1) * wish.size
        return {
            "results": [transaction_shape(row) for row in rows[start : start + wish.size]],
            "page": wish.page,
            "total": len(rows),
            "totalPages": max(1, -(-len(rows) // wish.size)),
        }

    def one(self, call: Call) -> Any:
        """Show one transaction."""
        found = self.world.ledgers.row(call.id_in_path("transaction"))
        if found is None:
            raise not_found("transaction")
        return transaction_shape(found[1])

    def categorise(self, call: Call) -> Any:
        """Override a transaction's category."""
        checks = Checks(call.fields())
        category_id = checks.text("categoryId", required=True)
        checks.done()
        found = self.world.ledgers.row(call.request.path_params["id"])
        if found is None:
            raise ApiError(404, "transaction not found")
        category = self.world.categories.by_id.get(category_id or "")
        if category is None:
            raise not_found("category")
        row = found[1]
        row.category_id, row.category = category.id, category.description
        row.updated_at = self.world.settings.clock()
        self.world.state.changed()
        return transaction_shape(row)

    def _filter(self, call: Call, *, date_from: str, date_to: str) -> Filter:
        zone = self.world.settings.page_time_zone
        ids = ids_in(call)
        if ids is not None and len(ids) > MOST_IDS:
            text = f"ids must not have more than {MOST_IDS} elements"
            raise ApiError(400, text, "IDS_PARAMETER_EXCEEDS_MAX_LENGTH")
        if ids is not None and not all(map(is_uuid, ids)):
            raise invalid("each value in ids must be a UUID")
        return Filter(
            ids=None if ids is None else frozenset(ids),
            date_from=moment_in(call, date_from, zone=zone),
            date_to=moment_in(call, date_to, zone=zone, end=True),
            created_from=moment_in(call, "createdAtFrom", zone=zone),
            bill_id=call.query("billId"),
        )

    def _ledger(self, account_id: str) -> Ledger | None:
        ledger = self.world.ledgers.account(account_id)
        if ledger is None and self.world.settings.unknown_parent == "not_found":
            raise not_found("account")
        return None if ledger is None or self.world.consents.withheld(ledger.item) else ledger
