"""The simulated world: everything the API shows, and the hand that moves it.

A `World` is what the control API drives over HTTP, with the same powers for programs in the same
process. All of it lives in one event loop; enter `running()` before anything is to happen.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from decimal import Decimal
from random import Random
from typing import TYPE_CHECKING, Any

import httpx2

from tomada.simulator.autosync import AutoSync
from tomada.simulator.bank import Bank
from tomada.simulator.categories import Categories
from tomada.simulator.clock import WorldClock, world_clock
from tomada.simulator.collect import BankSource, Collector
from tomada.simulator.connectors import Catalogue, catalogue
from tomada.simulator.consents import Consents
from tomada.simulator.deliveries import Courier
from tomada.simulator.executions import Executions
from tomada.simulator.faults import FaultBox
from tomada.simulator.hooks import Hooks
from tomada.simulator.households import bank_for, holdings_for, next_movement
from tomada.simulator.ids import Ids
from tomada.simulator.items import Items
from tomada.simulator.ledger import Ledgers
from tomada.simulator.limits import Limits
from tomada.simulator.live import Live
from tomada.simulator.payments.side import Payments, payments_of
from tomada.simulator.products.holdings import Holdings
from tomada.simulator.products.quotas import Quotas
from tomada.simulator.products.rules import CategoryRules
from tomada.simulator.recorder import Recorder
from tomada.simulator.records import TransactionRecord
from tomada.simulator.refusals import ApiError, invalid
from tomada.simulator.sandbox import is_outcome, scripted
from tomada.simulator.settings import SimulatorSettings
from tomada.simulator.snapshot import Snapshots
from tomada.simulator.state import ItemRecord, State
from tomada.simulator.subscriptions import Subscriptions
from tomada.simulator.tokens import Tokens

if TYPE_CHECKING:
    from tomada.simulator.scenarios import Played, Scenario
    from tomada.simulator.scenarios.language import Step


@dataclass(frozen=True, slots=True, repr=False)
class World:
    """One world, put together by `new_world`."""

    settings: SimulatorSettings
    # Moves the time: `await world.clock.advance(days=1)`.
    clock: WorldClock
    state: State
    ids: Ids
    tokens: Tokens
    catalogue: Catalogue
    categories: Categories
    ledgers: Ledgers
    consents: Consents
    holdings: Holdings
    rules: CategoryRules
    quotas: Quotas
    courier: Courier
    hooks: Hooks
    subscriptions: Subscriptions
    executions: Executions
    items: Items
    auto_sync: AutoSync
    bank: Bank
    live: Live
    payments: Payments
    limits: Limits
    recorder: Recorder
    snapshots: Snapshots

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Let time pass: deliveries, executions, live movements, the state file."""
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(self.courier.running())
            await stack.enter_async_context(self.snapshots.keeping(self.state))
            stack.push_async_callback(self.executions.stop_all)
            await stack.enter_async_context(self.live.running())
            await stack.enter_async_context(self.auto_sync.running())
            await stack.enter_async_context(self.payments.running())
            self._resume()
            yield

    def _resume(self) -> None:
        """Begin again the executions that were under way when the world was last saved."""
        for item in list(self.state.items.values()):
            if item.status in {"UPDATING", "WAITING_USER_INPUT", "WAITING_USER_ACTION"}:
                self.executions.start_usual(item)

    @property
    def faults(self) -> FaultBox:
        """What is to go wrong with answers and events."""
        return self.hooks.faults

    @property
    def origin(self) -> str:
        """The simulator's own address."""
        return self.hooks.origin

    def purchase(self, item_id: str, **details: Any) -> TransactionRecord:
        """Buy something now; see `Bank.post`."""
        return self.bank.post(item_id, kind="purchase", **details)

    def pix_in(self, item_id: str, **details: Any) -> TransactionRecord:
        """Receive a PIX now; see `Bank.post`."""
        return self.bank.post(item_id, kind="pix_in", **details)

    def pix_out(self, item_id: str, **details: Any) -> TransactionRecord:
        """Send a PIX now; see `Bank.post`."""
        return self.bank.post(item_id, kind="pix_out", **details)

    def post(self, item_id: str, **details: Any) -> TransactionRecord:
        """Let any movement happen now; see `Bank.post`."""
        return self.bank.post(item_id, **details)

    def edit(self, transaction_id: str, **changes: Any) -> TransactionRecord:
        """Let the bank correct a transaction."""
        if isinstance(changes.get("amount"), int | float | str):
            changes["amount"] = Decimal(str(changes["amount"]))
        return self.bank.edit(transaction_id, changes)

    def take_back(self, transaction_id: str) -> None:
        """Let the bank take a transaction back."""
        self.bank.take_back(transaction_id)

    def reidentify(self, transaction_id: str) -> TransactionRecord:
        """Let a transaction come back under a new id."""
        return self.bank.reidentify(transaction_id)

    def run(
        self, item_id: str, *, outcome: str | None = None, triggered_by: str = "SYNC"
    ) -> ItemRecord:
        """Start a run of the item as auto-sync does; *outcome* overrides how it ends."""
        item = self.items.get(item_id)
        if outcome is not None and not is_outcome(outcome):
            raise invalid(f"unknown outcome {outcome}")
        item.triggered_by = triggered_by
        if outcome is None:
            self.executions.start_usual(item)
        else:
            self.executions.start(item, scripted(outcome))
        return item

    def decide(self, item_id: str, *, approved: bool = True) -> ItemRecord:
        """Approve or refuse access at the bank, as the person would."""
        item = self.items.get(item_id)
        if not self.executions.decide(item, approved=approved):
            raise ApiError(409, "The item is not waiting for an approval")
        return item

    def set_health(self, connector_id: int, status: str) -> None:
        """Change an institution's health and tell subscribers."""
        if status not in {"ONLINE", "OFFLINE", "UNSTABLE"}:
            raise invalid("status must be one of the following values: ONLINE, OFFLINE, UNSTABLE")
        self.catalogue.health[connector_id] = status
        self.hooks.connector(connector_id, status)

    async def settled(self, *, timeout: float = 30.0) -> None:  # noqa: ASYNC109  a bound for tests
        """Wait until no execution runs by itself and nothing is being delivered.

        What a clock that stands has to be moved for is not waited for.
        """
        async with asyncio.timeout(timeout):
            if self.clock.still:
                await self.clock.settle(outside=True)
                return
            while self.executions.busy or self.courier.pending:  # noqa: ASYNC110  both end by many ways
                await asyncio.sleep(0.01)

    async def play(
        self,
        scenario: "str | Scenario",
        *,
        banks: Mapping[str, str] | None = None,
        between: "Callable[[Step], Awaitable[None]] | None" = None,
    ) -> "Played":
        """Play a scenario, by its name or as it was read; see `tomada.simulator.scenarios`.

        *banks* gives items that are there already by the names the scenario connects them under;
        *between* is waited for after each step.
        """
        # A scenario looks at the world through its API, so both are made of worlds.
        from tomada.simulator.api.app import create_app  # noqa: PLC0415  see above
        from tomada.simulator.scenarios import asking, play  # noqa: PLC0415  see above
        from tomada.simulator.scenarios import scenario as named  # noqa: PLC0415  see above

        chosen = named(scenario) if isinstance(scenario, str) else scenario
        transport = httpx2.ASGITransport(create_app(self, own_time=False))
        async with httpx2.AsyncClient(transport=transport, base_url=self.origin) as http:
            return await play(self, chosen, asker=asking(http), banks=banks, between=between)

    async def reset(self, *, keep_webhooks: bool = False) -> None:
        """Begin again with an empty world; ids are never given twice."""
        await self.executions.stop_all()
        await self.courier.clear()
        self.live.set(None)
        for item in self.state.items.values():
            self.ledgers.close(item)
        self.state.items.clear()
        self.state.consents.clear()
        self.payments.clear()
        self.state.rules.clear()
        self.state.quotas.clear()
        if not keep_webhooks:
            self.state.webhooks.clear()
        self.catalogue.health.clear()
        self.faults.clear()
        self.limits.clear()
        self.recorder.log.clear()
        self.courier.log.clear()
        self.hooks.set_mode("normal")
        self.state.changed()


def new_world(settings: SimulatorSettings, *, source: BankSource = bank_for) -> World:
    """Put a world together; a state file named in *settings* is read now.

    *source* tells what people have at their banks, by default the invented households.
    """
    clock = world_clock(settings.clock)
    settings = replace(settings, clock=clock)
    snapshots = Snapshots(settings.state_file)
    state = snapshots.load()
    connectors = catalogue(meu_pluggy=settings.products.meu_pluggy)
    categories = Categories.load()
    ids = Ids(settings.seed, settings.clock, state)
    ledgers = Ledgers.of(state)
    consents, quotas, holdings = _open_finance(settings, state, connectors)
    rules = CategoryRules(settings.client_id, settings.products, state, ids, categories)
    subscriptions = Subscriptions(settings, state, ids)
    courier = Courier(settings, clock, subscriptions.delivered)
    faults = FaultBox.of(settings)
    hooks = Hooks(settings, state, ids, courier, Random(f"{settings.seed}-hooks"), faults)  # noqa: S311  a game of chance
    collector = Collector(settings.seed, settings.clock, source, ledgers, rules)
    executions = Executions(
        settings, clock, state, connectors, collector, consents, hooks, holdings, quotas
    )
    bank = Bank(
        settings=settings,
        state=state,
        ids=ids,
        ledgers=ledgers,
        collector=collector,
        hooks=hooks,
        quotas=quotas,
        invent=next_movement,
        rng=Random(f"{settings.seed}-movements-{state.ids_given}"),  # noqa: S311  a game of chance
    )
    return World(
        settings=settings,
        clock=clock,
        state=state,
        ids=ids,
        tokens=Tokens(settings.seed, settings.client_id, settings.clock),
        catalogue=connectors,
        categories=categories,
        ledgers=ledgers,
        consents=consents,
        holdings=holdings,
        rules=rules,
        quotas=quotas,
        courier=courier,
        hooks=hooks,
        subscriptions=subscriptions,
        executions=executions,
        items=Items(settings, state, ids, connectors, ledgers, consents, executions, hooks),
        auto_sync=AutoSync(clock, state, executions),
        bank=bank,
        live=Live(clock, bank, settings.live_interval, Random(f"{settings.seed}-live")),  # noqa: S311  a game of chance
        payments=payments_of(settings, state, ids, connectors, hooks),
        limits=Limits(settings),
        recorder=Recorder(settings),
        snapshots=snapshots,
    )


def _open_finance(
    settings: SimulatorSettings, state: State, connectors: Catalogue
) -> tuple[Consents, Quotas, Holdings]:
    """Make what a run asks before and beside the accounts: consent, limits, holdings."""
    return (
        Consents(settings.products, state, settings.clock),
        Quotas(settings.products, state, connectors, settings.clock),
        Holdings(settings.seed, state, holdings_for, settings.clock),
    )
