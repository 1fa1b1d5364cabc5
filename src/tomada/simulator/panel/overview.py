"""`/_simulator/overview`: the world at a glance, small enough to be asked for every second."""

from collections.abc import Iterator, Reversible
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeVar, get_args

from starlette.routing import Route

from tomada.simulator.api.call import Call, Gate
from tomada.simulator.deliveries import Attempt
from tomada.simulator.encoding import instant, number
from tomada.simulator.faults import Effect
from tomada.simulator.hooks import EVENTS, Mode
from tomada.simulator.households.live import BANK_KINDS, CARD_KINDS
from tomada.simulator.recorder import Recorded
from tomada.simulator.records import AccountRecord, TransactionRecord
from tomada.simulator.refusals import invalid
from tomada.simulator.sandbox import LOGIN_CODES, OUTAGE_CODES
from tomada.simulator.shapes import webhook_shape
from tomada.simulator.state import ItemRecord
from tomada.simulator.world import World

T = TypeVar("T")

_ROWS, _MOST_ROWS = 6, 200
_LOG = 100
_ENDS = (
    "SUCCESS",
    "PARTIAL_SUCCESS",
    "LOGIN_ERROR",
    "OUTDATED",
    "WAITING_USER_INPUT",
    "WAITING_USER_ACTION",
)


@dataclass(frozen=True, slots=True, repr=False)
class Overview:
    """Show one world."""

    world: World

    def routes(self, gate: Gate) -> list[Route]:
        """List the routes."""
        return [
            Route("/_simulator/overview", gate.open(self.show), methods=["GET"]),
            Route("/_simulator/vocabulary", gate.open(self.vocabulary), methods=["GET"]),
        ]

    def show(self, call: Call) -> Any:
        """Show items with the newest `rows` of each account, and the newest of both logs."""
        rows = _rows_wanted(call.query("rows"))
        world = self.world
        return {
            "now": instant(world.clock()),
            # A clock that stands moves only when it is told to.
            "still": world.clock.still,
            "seed": world.settings.seed,
            "clientId": world.settings.client_id,
            "items": [self._item(item, rows) for item in world.state.items.values()],
            "webhooks": [webhook_shape(hook) for hook in world.state.webhooks.values()],
            "live": world.live.interval,
            "hooks": {"mode": world.hooks.mode, "left": world.hooks.mode_left},
            "faults": world.faults.faults,
            "requests": [_request(entry) for entry in _newest(world.recorder.log)],
            "requestCount": len(world.recorder.log),
            "deliveries": [_delivery(attempt) for attempt in _newest(world.courier.log)],
            "pendingDeliveries": world.courier.pending,
        }

    def vocabulary(self, _call: Call) -> Any:
        """List the words that the verbs of this API take."""
        return {
            "kinds": {"BANK": sorted(BANK_KINDS), "CREDIT": sorted(CARD_KINDS)},
            "outcomes": [*_ENDS, *sorted(LOGIN_CODES), *sorted(OUTAGE_CODES - {"ERROR"})],
            "effects": list(get_args(Effect)),
            "modes": list(get_args(Mode)),
            "events": sorted(EVENTS),
        }

    def _item(self, item: ItemRecord, rows: int) -> Any:
        connector = self.world.catalogue.by_id[item.connector_id]
        return {
            "id": item.id,
            "clientUserId": item.client_user_id,
            "connector": {
                "id": connector.id,
                "name": connector.name,
                "imageUrl": f"/_simulator/logo/{connector.id}.svg",
            },
            "owner": item.owner,
            "status": item.status,
            "executionStatus": item.execution_status,
            "error": item.error,
            "lastUpdatedAt": instant(item.last_updated_at),
            "nextAutoSyncAt": instant(item.next_auto_sync_at),
            "uncollected": len(item.waiting),
            "accounts": [self._account(account, rows) for account in item.accounts],
        }

    def _account(self, account: AccountRecord, rows: int) -> Any:
        ledger = self.world.ledgers.account(account.id)
        newest = ledger.ordered()[:rows] if ledger is not None else []
        return {
            "id": account.id,
            "name": account.name,
            "number": account.number,
            "type": account.type,
            "subtype": account.subtype,
            "balance": number(account.balance),
            "currencyCode": account.currency_code,
            "count": len(account.transactions),
            "newest": [_row(row) for row in newest],
        }


def _rows_wanted(text: str | None) -> int:
    if text is None:
        return _ROWS
    if not text.isdecimal() or not 0 < int(text) <= _MOST_ROWS:
        raise invalid(f"rows must be a number from 1 to {_MOST_ROWS}")
    return int(text)


def _newest(log: Reversible[T]) -> Iterator[T]:
    return islice(reversed(log), _LOG)


def _row(row: TransactionRecord) -> Any:
    return {
        "id": row.id,
        "date": instant(row.date),
        "description": row.description,
        "amount": row.amount,
        "currencyCode": row.currency_code,
        "type": row.type,
        "status": row.status,
        "category": row.category,
    }


def _request(entry: Recorded) -> Any:
    return {
        "time": instant(entry.at),
        "method": entry.method,
        "path": entry.path,
        "query": entry.query,
        "status": entry.status,
    }


def _delivery(attempt: Attempt) -> Any:
    return {
        "time": instant(attempt.at),
        "eventId": attempt.event_id,
        "event": attempt.event,
        "url": attempt.url,
        "attempt": attempt.number,
        "status": attempt.status,
        "error": attempt.error,
        "dropped": attempt.dropped,
    }
