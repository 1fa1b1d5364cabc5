"""Put together what one login has at one bank beside its accounts."""

from collections.abc import Sequence
from datetime import date

from tomada.simulator.households.bank import BUSINESS_CONNECTORS
from tomada.simulator.households.identity import identity_of
from tomada.simulator.households.investments import investments_of
from tomada.simulator.households.loans import loans_of
from tomada.simulator.households.profile import company_relationship, relationship
from tomada.simulator.products.records import HoldingsRecord, OrderRecord


def holdings_for(
    *, seed: int, connector_id: int, user: str, today: date, orders: Sequence[OrderRecord] = ()
) -> HoldingsRecord:
    """Invent the positions, the loans and the identity behind one login, as of *today*.

    The same arguments give the same answer, and a later day continues an earlier one. *orders* are
    purchases and sales that somebody made on top of the household's own; each record's id is the
    bank's, equal on every day.
    """
    business = connector_id in BUSINESS_CONNECTORS or user == "user-ok-multi-company"
    bank = (
        company_relationship(seed=seed, connector_id=connector_id, user=user)
        if business
        else relationship(seed=seed, connector_id=connector_id, user=user)
    )
    return HoldingsRecord(
        investments=investments_of(bank, today=today, orders=orders),
        loans=loans_of(bank, today=today),
        identity=identity_of(bank, today=today),
    )
