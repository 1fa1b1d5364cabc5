"""What every product's reader has in common: what it is given, and what it is asked to do."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from tomada.domain.products import Product
from tomada.pluggy.models.accounts import Account
from tomada.services.runs import Run


@dataclass(frozen=True, slots=True)
class Reach:
    """What a reader is given: the item's accounts, and whether its lists can be trusted.

    *sound* says that Pluggy left nothing out and that the authorisation at the bank stands: only
    then is what a whole list is without missing at the bank.
    """

    accounts: Sequence[Account]
    sound: bool


class ProductReader(Protocol):
    """Reads one product of an item into the ledger, each page one commit under the run's lease.

    What fails at Pluggy is raised as ``ProviderError`` or ``NotFoundError``; pages before it stay.
    """

    @property
    def product(self) -> Product:
        """Which one."""

    @property
    def of_accounts(self) -> bool:
        """Whether it is read account by account, and so not without their list."""

    async def read(self, run: Run, reach: Reach) -> None:
        """Read it whole."""
