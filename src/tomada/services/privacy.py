"""What a person may do about their own data, put together."""

from dataclasses import dataclass

from tomada.domain.clock import Clock
from tomada.pluggy import PluggyClient
from tomada.services.audit import Audit
from tomada.services.backoff import Backoff
from tomada.services.endings import Endings
from tomada.services.revocations import Revocations
from tomada.services.vault import Vault
from tomada.store.tx import Store


@dataclass(frozen=True, slots=True)
class Privacy:
    """The ways out, each a service of its own."""

    revocations: Revocations
    endings: Endings


def put_together(
    store: Store, vault: Vault, clock: Clock, audit: Audit, pluggy: PluggyClient
) -> Privacy:
    """Make them."""
    return Privacy(
        revocations=Revocations(store, vault, clock, audit),
        endings=Endings(store, vault, clock, audit, pluggy, Backoff()),
    )
