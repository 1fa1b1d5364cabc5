"""Ask the institution for a balance now, outside of a run."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from tomada.simulator.balances import contribution, shift
from tomada.simulator.ledger import Ledger
from tomada.simulator.products.resources import AVAILABLE, PENDING, resource_id
from tomada.simulator.refusals import ApiError
from tomada.simulator.world import World


@dataclass(frozen=True, slots=True)
class LiveBalance:
    """What the institution answered."""

    balance: Decimal
    currency_code: str
    at: datetime


def live_balance(world: World, ledger: Ledger) -> LiveBalance:
    """Fetch the balance of a bank account, and keep it on the account.

    It is ahead of the rows: what happened since the last run is in it, and is not counted again
    when that row is collected.
    """
    _refuse(world, ledger)
    account = ledger.account
    for waiting in ledger.item.waiting:
        if waiting.account_id == account.id and not waiting.counted:
            shift(account, contribution(account, waiting.row))
            waiting.counted = True
    now = world.settings.clock()
    account.updated_at = now
    world.state.changed()
    return LiveBalance(account.balance, account.currency_code, now)


def _refuse(world: World, ledger: Ledger) -> None:
    item, account = ledger.item, ledger.account
    connector = world.catalogue.by_id[item.connector_id]
    if account.type != "BANK" or not connector.is_open_finance:
        text = "The live balance exists for Open Finance bank accounts only"
        raise ApiError(400, text, "BALANCE_INVALID_REQUEST")
    status = item.resource_statuses.get(resource_id(account.id), AVAILABLE)
    if world.consents.lapsed(item) or status == PENDING:
        raise ApiError(403, "The consent does not cover the account", "BALANCE_CONSENT_ERROR")
    if status == "UNAVAILABLE":
        raise ApiError(404, "The institution has no such balance", "BALANCE_NOT_FOUND")
    if world.catalogue.status(connector.id) == "OFFLINE":
        text = "The institution is not available"
        raise ApiError(502, text, "BALANCE_CONNECTOR_UNAVAILABLE")
    if not world.quotas.count_balance(item):
        text = "The monthly Open Finance limit of balance calls is reached"
        raise ApiError(429, text, "BALANCE_OPEN_FINANCE_RATE_LIMIT")
    if status == "TEMPORARILY_UNAVAILABLE":
        raise ApiError(500, "The balance could not be fetched", "BALANCE_FETCH_ERROR")
