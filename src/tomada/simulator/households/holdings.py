"""Put together what one login has at one bank beside its accounts."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from tomada.simulator.households.bank import BUSINESS_CONNECTORS
from tomada.simulator.households.identity import identity_of
from tomada.simulator.households.investments import investments_of
from tomada.simulator.households.loans import loans_of
from tomada.simulator.households.profile import (
    Relationship,
    company_relationship,
    relationship,
)
from tomada.simulator.households.registry import registry_of
from tomada.simulator.products.records import HoldingsRecord, OrderRecord


def holdings_for(
    *, seed: int, connector_id: int, user: str, today: date, orders: Sequence[OrderRecord] = ()
) -> HoldingsRecord:
    """Invent the positions, the loans and the identity behind one login, as of *today*.

    The same arguments give the same answer, and a later day continues an earlier one. *orders* are
    purchases and sales that somebody made on top of the household's own; each record's id is the
    bank's, equal on every day.
    """
    bank = _customer(seed=seed, connector_id=connector_id, user=user)
    return HoldingsRecord(
        investments=investments_of(bank, today=today, orders=orders),
        loans=loans_of(bank, today=today),
        identity=identity_of(bank, today=today),
    )


def registry_for(
    *, seed: int, connector_id: int, user: str, base_dates: Sequence[date], closed_until: date
) -> list[dict[str, Any]]:
    """Tell what the credit registry has of the person behind a login, one report a base date."""
    bank = _customer(seed=seed, connector_id=connector_id, user=user)
    return registry_of(bank, base_dates=base_dates, closed_until=closed_until)


def _customer(*, seed: int, connector_id: int, user: str) -> Relationship:
    """Find who the login is to this bank: the person, or the first company."""
    if connector_id in BUSINESS_CONNECTORS or user == "user-ok-multi-company":
        return company_relationship(seed=seed, connector_id=connector_id, user=user)
    return relationship(seed=seed, connector_id=connector_id, user=user)
