"""One way round the products of an item: each is read, and what fails does not stop the others."""

import contextlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from tomada.domain.errors import NotFoundError, ProviderError
from tomada.domain.ids import AccountId
from tomada.domain.products import Product
from tomada.pluggy import PluggyClient
from tomada.pluggy.models.accounts import Account
from tomada.pluggy.models.items import Item
from tomada.services.account_rows import AccountTaker
from tomada.services.bank_consents import BankConsentReader
from tomada.services.outlook import Outlook, outlooks
from tomada.services.provider import translated
from tomada.services.reach import ProductReader, Reach
from tomada.services.reconnecting import Reconnecting
from tomada.services.runs import Run, Runs
from tomada.services.transfers import Transfers
from tomada.services.walks import Walks
from tomada.store.accounts import AccountRow
from tomada.store.syncs import SyncRows
from tomada.telemetry import log

_FOR_ALL = ("keys_refused", "unreachable", "rate_limited")
"""What fails one product so would fail the next one too, and cost time or allowance."""
_ESSENTIAL: tuple[Product, ...] = ("ACCOUNTS", "TRANSACTIONS")
"""Without these a sync has failed; without another product it is done, and says so."""


@dataclass(slots=True)
class Round:
    """How it went.

    *outcomes* has None for what was read well and the code of what failed otherwise; *failure* is
    what fails the run, *again* says that another run soon may go better.
    """

    views: Mapping[Product, Outlook]
    outcomes: dict[Product, str | None] = field(default_factory=dict)
    failure: NotFoundError | ProviderError | None = None
    again: bool = False
    trusted: bool = False
    _over: str | None = None

    @contextlib.contextmanager
    def step(self, product: Product) -> Iterator[None]:
        """Note how reading *product* in the block went."""
        try:
            yield
        except (NotFoundError, ProviderError) as error:
            self._failed(product, error)
        else:
            self.outcomes[product] = None

    def open(self, product: Product) -> bool:
        """Tell whether *product* is still to be read; what Pluggy's outage kept away has failed."""
        if self._over is None:
            return True
        self.outcomes[product] = self._over
        return False

    def sound(self, product: Product) -> bool:
        """Tell whether what a whole list of *product* is without is missing at the bank."""
        view = self.views.get(product)
        return self.trusted and view is not None and view.sound

    def _failed(self, product: Product, error: NotFoundError | ProviderError) -> None:
        code = error.code
        if isinstance(error, ProviderError):
            code = error.provider_code or code
        # What is not there, or was refused for good, is not there a moment later either.
        for_good = not isinstance(error, ProviderError) or error.final
        if code == "keys_refused" and None in self.outcomes.values():
            # The keys have just served, so it is this product that they do not open.
            code, for_good = "permission_denied", True
        self.outcomes[product] = code
        self.again = self.again or not for_good
        if code in _FOR_ALL:
            self._over = code
        if product in _ESSENTIAL and self.failure is None:
            self.failure = error
        log.warning("product_unread", kind=product, code=code)


@dataclass(frozen=True, slots=True)
class Rounds:
    """Goes round the products; *readers* are those beside accounts and their movements."""

    runs: Runs
    pluggy: PluggyClient
    walks: Walks
    reconnecting: Reconnecting
    transfers: Transfers
    consents: BankConsentReader
    readers: tuple[ProductReader, ...]

    async def hinted(self, run: Run) -> None:
        """Read no more than what events name: movements, with the balances of their accounts."""
        accounts, marks = await self._accounts(run, Round({}))
        await self._movements(run, accounts, marks, whole=False)
        await self.transfers.find(run)

    async def whole(self, run: Run, item: Item) -> Round:
        """Read every product that the item has and the person agreed to.

        An outage of Pluggy as a whole ends the round; what was not reached counts as failed.
        """
        return await self._round(run, Round(outlooks(item, run.agreed)))

    async def compared(self, run: Run, products: Iterable[Product]) -> Round:
        """Read *products* without having looked at the item: nothing that is missing is gone."""
        unseen = Outlook(None, updated=False, sound=False)
        return await self._round(run, Round(dict.fromkeys(products, unseen)))

    async def _round(self, run: Run, done: Round) -> Round:
        with done.step("CONSENTS"):
            await self.consents.read(run, Reach((), sound=done.views["CONSENTS"].sound))
            done.trusted = await self.consents.in_force(run)
        accounts: list[Account] = []
        if done.open("ACCOUNTS"):
            with done.step("ACCOUNTS"):
                accounts, marks = await self._accounts(run, done)
        unread = done.outcomes["ACCOUNTS"]
        if unread is None and done.open("TRANSACTIONS"):
            with done.step("TRANSACTIONS"):
                await self._movements(run, accounts, marks, whole=True)
                await self.reconnecting.follow(run, [AccountId(one.id) for one in accounts])
                await self.transfers.find(run)
        for reader in self.readers:
            if reader.of_accounts and unread is not None:
                done.outcomes[reader.product] = unread
            elif reader.product in done.views and done.open(reader.product):
                reach = Reach(accounts, sound=done.sound(reader.product))
                with done.step(reader.product):
                    await reader.read(run, reach)
        done.outcomes["PAYMENT_DATA"] = done.outcomes.setdefault("TRANSACTIONS", unread)
        async with self.runs.writing(run) as tx:
            for product, code in done.outcomes.items():
                if product in done.views:
                    await SyncRows(tx).note_product(run.syncs, product, error_code=code)
        return done

    async def _accounts(
        self, run: Run, done: Round
    ) -> tuple[list[Account], dict[AccountId, AccountRow]]:
        with translated():
            accounts = await self.pluggy.list_accounts(run.item_id)
        # Both kinds come in one list: what it is without says something only if both are whole.
        cards = "CREDIT_CARDS" not in done.views or done.sound("CREDIT_CARDS")
        taker = AccountTaker(self.runs, done.views, done.sound("ACCOUNTS") and cards)
        return accounts, await taker.put(run, accounts)

    async def _movements(
        self,
        run: Run,
        accounts: list[Account],
        marks: Mapping[AccountId, AccountRow],
        *,
        whole: bool,
    ) -> None:
        for account in accounts:
            await self.walks.read(run, account, marks[AccountId(account.id)], whole=whole)
