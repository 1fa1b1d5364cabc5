"""How often somebody may try at a door: by account and address, and by address over all accounts."""

import ipaddress
import math
from dataclasses import dataclass
from datetime import timedelta

from tomada.domain.clock import Clock
from tomada.domain.errors import TooManyAttemptsError
from tomada.services.vault import Vault
from tomada.store.access import AttemptRows
from tomada.store.tx import Store, Tx

ATTEMPTS_WINDOW = timedelta(minutes=15)
ATTEMPTS_PER_ACCOUNT_AND_ADDRESS = 10
ATTEMPTS_PER_ADDRESS = 100
"""Over all accounts, against one password being tried on many."""


@dataclass(frozen=True, slots=True)
class Attempts:
    """Counts tries at a person's account; a success forgets them."""

    store: Store
    vault: Vault
    clock: Clock

    async def admit(self, account: str, *, address: str) -> bytes:
        """Note a try and give the account's door, to be forgotten after a success.

        Raises ``TooManyAttemptsError`` after ten tries for one account from one address in fifteen
        minutes, and after a hundred from one address.
        """
        network = _network(address)
        door = self._digest("attempts account", f"{account}\x00{network}")
        place = self._digest("attempts address", network)
        await self._admit(((door, ATTEMPTS_PER_ACCOUNT_AND_ADDRESS), (place, ATTEMPTS_PER_ADDRESS)))
        return door

    async def forget(self, tx: Tx, door: bytes) -> None:
        """Start the count of an account anew, in the transaction of its success."""
        await AttemptRows(tx).forget(door)

    async def _admit(self, doors: tuple[tuple[bytes, int], ...]) -> None:
        """Note a try at each door; refuse it where one has seen too many."""
        now = self.clock()
        async with self.store.begin() as tx:
            attempts = AttemptRows(tx)
            await attempts.lock([key for key, _ in doors])
            for key, limit in doors:
                tries, oldest = await attempts.since(key, now - ATTEMPTS_WINDOW)
                if tries >= limit and oldest is not None:
                    wait = oldest + ATTEMPTS_WINDOW - now
                    raise TooManyAttemptsError(max(1, math.ceil(wait.total_seconds())))
            for key, _ in doors:
                await attempts.add(key, at=now)

    def _digest(self, label: str, value: str) -> bytes:
        return self.vault.system.digest(label, value.encode("utf-8", "surrogatepass"))


def _network(address: str) -> str:
    """Name who shares an address: one IPv4 address, or a whole IPv6 /64, which one line gets."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(ip, ipaddress.IPv4Address):
        return str(ip)
    if ip.ipv4_mapped is not None:
        return str(ip.ipv4_mapped)
    return str(ipaddress.ip_network((ip.packed, 64), strict=False))
