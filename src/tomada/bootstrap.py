"""From settings to a running application: the one place that constructs."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from uuid_utils.compat import uuid7

from tomada.adapters.anchors.file import FileAnchor
from tomada.adapters.anchors.webhook import WebhookAnchor
from tomada.adapters.kms.choice import open_key_provider
from tomada.adapters.kms.counted import CountedKeys
from tomada.adapters.limits.postgres import PostgresLimiter
from tomada.adapters.signals.postgres import PostgresSignals
from tomada.domain.clock import Clock, utc_now
from tomada.domain.errors import InvalidInputError
from tomada.domain.feed import Ring
from tomada.doors import Doors, open_access, open_doors
from tomada.metrics import Metrics
from tomada.options import connect_settings, hook_settings
from tomada.pluggy import PluggyClient
from tomada.pluggy.transport import Sender
from tomada.ports import Anchor, KeyProvider, RateLimiter, Signals
from tomada.services.absences import Absences
from tomada.services.access import Access
from tomada.services.annotations import Annotations
from tomada.services.audit import Audit
from tomada.services.audit_log import AuditLog
from tomada.services.audit_signer import open_signer
from tomada.services.backoff import Backoff
from tomada.services.bank_consents import BankConsentReader, BankConsents
from tomada.services.bills import BillReader, Bills
from tomada.services.binding import Binding
from tomada.services.broker import TokenBroker
from tomada.services.cards import Cards, PaymentLinker
from tomada.services.categories import Categories
from tomada.services.claims import Claims
from tomada.services.connect import Connect
from tomada.services.consents import Consents
from tomada.services.expiry import Expiry
from tomada.services.feed import Feed
from tomada.services.figures import Figures, counted
from tomada.services.freshness import Freshnesses, FreshnessKeeper
from tomada.services.holdings import Holdings
from tomada.services.hook_secrets import HookSecrets
from tomada.services.hooks import Hooks
from tomada.services.identity import IdentityReader
from tomada.services.inbox import Inbox
from tomada.services.inbox_desk import InboxDesk
from tomada.services.institutions import Institutions
from tomada.services.investments import InvestmentMovementReader, InvestmentReader
from tomada.services.items import Items
from tomada.services.ledger import Ledger
from tomada.services.links import Links
from tomada.services.loans import LoanReader
from tomada.services.notices import Notices
from tomada.services.notify import Notifications
from tomada.services.privacy import Privacy, put_together
from tomada.services.proofs import Proofs, Prover
from tomada.services.quotas import Quotas, QuotaSettings
from tomada.services.reading import Reading
from tomada.services.reconnecting import Reconnecting, Reconnections
from tomada.services.refresh import Refreshes
from tomada.services.registration import Registration
from tomada.services.rekeying import Rekeying
from tomada.services.removals import Removals
from tomada.services.round import Rounds
from tomada.services.runs import Runs
from tomada.services.shredding import Shredding
from tomada.services.sync import Syncs
from tomada.services.telling import Telling
from tomada.services.transfers import Transfers
from tomada.services.upkeep import Upkeep
from tomada.services.vault import Vault, open_vault
from tomada.services.walks import Walks
from tomada.services.webhook_status import WebhookWatch
from tomada.settings import Settings
from tomada.store.embedded import embedded_postgres
from tomada.store.engine import check_schema, migrate, open_pool
from tomada.store.erasure_ledger import ErasureLedger
from tomada.store.tx import Store
from tomada.telemetry import log, name_ids
from tomada.telling import open_telling

Ping = Callable[[], Awaitable[None]]
Sleep = Callable[[float], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Time:
    """The time: what it is, and how it is waited for."""

    clock: Clock
    sleep: Sleep


@dataclass(frozen=True, slots=True)
class App:
    """Everything that runs, built once; what the edges get to see."""

    settings: Settings
    clock: Clock
    figures: Figures
    store: Store
    vault: Vault
    access: Access
    doors: Doors
    connect: Connect
    consents: Consents
    privacy: Privacy
    syncs: Syncs
    ledger: Ledger
    bills: Bills
    proofs: Proofs
    cards: Cards
    bank_consents: BankConsents
    holdings: Holdings
    categories: Categories
    freshness: Freshnesses
    items: Items
    refreshes: Refreshes
    feed: Feed
    notices: Notifications
    claims: Claims
    inbox: Inbox
    inbox_desk: InboxDesk
    webhooks: WebhookWatch
    reading: Reading
    upkeep: Upkeep
    removals: Removals
    links: Links
    annotations: Annotations
    reconnections: Reconnections
    audit_log: AuditLog
    rekeying: Rekeying
    shredding: Shredding
    telling: Telling
    pings: dict[str, Ping]

    @property
    def broker(self) -> TokenBroker:
        """Connections as the guide has them."""
        return TokenBroker(self.claims.binding, self.items, self.privacy.revocations)

    @property
    def metrics(self) -> Metrics:
        """What this process counts."""
        return self.figures.metrics


@dataclass(frozen=True, slots=True)
class _Database:
    owner_url: str
    app_url: str


@contextlib.asynccontextmanager
async def open_app(
    settings: Settings,
    *,
    clock: Clock = utc_now,
    sleep: Sleep = asyncio.sleep,
    transport: Sender | None = None,
    changes: bool = True,
) -> AsyncIterator[App]:
    """Open what *settings* name, bottom up, and close it in the opposite order.

    *clock*, *sleep* and *transport*, which is the way to Pluggy, are other ones in tests.
    Brings the schema to this version and makes what a first start makes, unless *changes* is off:
    then ``SchemaBehindError`` or ``KeyUnavailableError`` say what is missing. Raises errors whose
    text is meant for the operator: ``EmbeddedError``, ``StoreUnavailableError``,
    ``KeyUnavailableError``.
    """
    time, metrics = Time(clock, sleep), Metrics()
    async with contextlib.AsyncExitStack() as stack:
        database = await stack.enter_async_context(_database(settings))
        if changes:
            await migrate(database.owner_url, app_url=database.app_url)
        else:
            await check_schema(database.owner_url)
        signals, ring = _signals(settings, database)
        store = Store(await stack.enter_async_context(open_pool(database.app_url)), ring)
        keys = CountedKeys(key_provider(settings, clock, create=changes), metrics)
        vault = await open_vault(keys, store, clock)
        pluggy = await stack.enter_async_context(
            PluggyClient(
                client_id=settings.pluggy_client_id,
                client_secret=settings.pluggy_client_secret.get_secret_value(),
                base_url=settings.pluggy_url,
                clock=clock,
                sleep=sleep,
                transport=transport,
                limiter=_limiter(store, time),
                on_call=counted(metrics),
            )
        )
        name_ids(Audit(clock, vault.system).name)
        await stack.enter_async_context(signals.run())
        audit_log = AuditLog(store, clock, await open_signer(vault), _anchors(settings))
        app = _assemble(settings, time, metrics, store, vault, pluggy, signals, audit_log)
        # Before anything is served: a restored backup may have brought erased people back.
        await app.privacy.erasures.replay()
        yield app


@contextlib.asynccontextmanager
async def _database(settings: Settings) -> AsyncIterator[_Database]:
    if settings.database_url is not None and settings.database_owner_url is not None:
        yield _Database(
            settings.database_owner_url.get_secret_value(),
            settings.database_url.get_secret_value(),
        )
        return
    async with embedded_postgres(settings.data_dir, log=log) as cluster:
        yield _Database(cluster.owner_url, cluster.app_url)


@contextlib.asynccontextmanager
async def whole_database(settings: Settings) -> AsyncIterator[str]:
    """Give the database's address for a role that sees every row, for backups only.

    Raises ``InvalidInputError`` where a PostgreSQL of one's own names no such role.
    """
    if settings.database_backup_url is not None:
        yield settings.database_backup_url.get_secret_value()
    elif settings.database_url is not None:
        raise InvalidInputError(
            "TOMADA_DATABASE_BACKUP_URL is missing: a role that sees every row (BYPASSRLS), which"
            " the serving role and the owner do not"
        )
    else:
        async with embedded_postgres(settings.data_dir, log=log) as cluster:
            yield cluster.super_url


def _signals(
    settings: Settings, database: _Database
) -> tuple[Signals, Callable[[Sequence[Ring]], None] | None]:
    """Choose who wakes readers; PostgreSQL is told in the transaction, others after it."""
    if settings.signals_url is None:
        return PostgresSignals(database.app_url), None
    from tomada.adapters.signals.redis import RedisSignals  # noqa: PLC0415  (an extra)

    signals = RedisSignals(settings.signals_url.get_secret_value())
    return signals, signals.ring


def key_provider(settings: Settings, clock: Clock, *, create: bool) -> KeyProvider:
    """Open the master key, or make one where *create* allows and the environment does."""
    token = settings.master_key_token.get_secret_value()
    # A key that is made by the way would be lost by the way.
    create = create and settings.env == "development"
    return open_key_provider(settings.master_key_url, token=token, clock=clock, create=create)


def _anchors(settings: Settings) -> tuple[Anchor, ...]:
    anchors: list[Anchor] = []
    if settings.audit_anchor_path is not None:
        anchors.append(FileAnchor(settings.audit_anchor_path))
    if settings.audit_anchor_url is not None:
        anchors.append(WebhookAnchor(settings.audit_anchor_url.get_secret_value()))
    return tuple(anchors)


def _limiter(store: Store, time: Time) -> RateLimiter:
    """All processes on this database share one allowance, since Pluggy sees one address."""
    # The database's clock is everybody's, but it does not go with another way to wait.
    clock = None if time.sleep is asyncio.sleep else time.clock
    return PostgresLimiter(pool=store.pool, clock=clock, sleep=time.sleep)


def _quotas(settings: Settings, clock: Clock) -> Quotas:
    every = timedelta(hours=settings.auto_sync_hours)
    limits = QuotaSettings(settings.open_finance_quotas, settings.open_finance_runs, every)
    return Quotas(clock, limits)


def _assemble(
    settings: Settings, time: Time, metrics: Metrics, store: Store, vault: Vault,
    pluggy: PluggyClient, signals: Signals, audit_log: AuditLog,
) -> App:  # fmt: skip
    clock, audit = time.clock, Audit(time.clock, vault.system)
    ledger, bills = Ledger(store, vault, clock), Bills(store, vault)
    notices, feed = Notifications(store, vault, clock), Feed(store, signals)
    institutions = Institutions(pluggy, clock, settings.include_sandbox)
    consents = Consents(store, vault, clock, audit, institutions, Notices(settings.controller))
    binding, secrets = Binding(store, vault, clock, audit, pluggy), HookSecrets(store, vault, clock)
    syncs = Syncs(store, clock, audit, binding, feed)
    hooked = hook_settings(settings)
    registration = Registration(store, clock, pluggy, secrets, hooked)
    connect = Connect(
        store, vault, clock, audit, pluggy, institutions, consents, connect_settings(settings)
    )
    access, quotas = open_access(settings, store, vault, clock), _quotas(settings, clock)
    runs = Runs(store, vault, clock, audit, notices, Backoff(), quotas, Expiry(clock), metrics)
    hooks = Hooks(clock, secrets, hooked)
    inbox = Inbox(store, vault, clock, hooks, settings.pluggy_client_id, metrics)
    return App(
        settings=settings,
        clock=clock,
        figures=Figures(store, clock, metrics, settings.origin),
        store=store,
        vault=vault,
        access=access,
        doors=open_doors(settings, store, vault, clock, access),
        connect=connect,
        consents=consents,
        privacy=put_together(consents, pluggy, ErasureLedger(settings.erasure_ledger_path)),
        syncs=syncs,
        ledger=ledger,
        items=Items(store, vault),
        refreshes=Refreshes(store, vault, clock, audit, pluggy, quotas, settings.refresh_cooldown),
        feed=feed,
        notices=notices,
        claims=Claims(store, clock, binding),
        inbox=inbox,
        inbox_desk=InboxDesk(store, vault, clock, audit, inbox),
        webhooks=WebhookWatch(store, clock, registration, hooked),
        bills=bills,
        proofs=Proofs(store),
        cards=Cards(store, clock, ledger, bills),
        bank_consents=BankConsents(store, vault),
        holdings=Holdings(store, vault),
        categories=Categories(store, clock, pluggy),
        freshness=Freshnesses(store, vault),
        reading=_reading(runs, time, pluggy, audit, settings),
        upkeep=Upkeep(store, clock, syncs, registration, access, settings.register_webhook),
        removals=Removals(store, clock, audit),
        links=Links(store, vault, clock, audit),
        annotations=Annotations(store, vault, clock, audit),
        reconnections=Reconnections(runs, audit),
        audit_log=audit_log,
        rekeying=Rekeying(store, vault, clock, audit, time.sleep),
        shredding=Shredding(store, vault, clock, audit),
        telling=open_telling(settings, store, vault, clock),
        pings={"database": store.ping, "keys": vault.ping},
    )


def _reading(
    runs: Runs, time: Time, pluggy: PluggyClient, audit: Audit, settings: Settings
) -> Reading:
    clock = time.clock
    history = timedelta(days=settings.history_days)
    rounds = Rounds(
        runs,
        pluggy,
        Walks(runs, clock, pluggy, Absences(runs, clock, pluggy, audit), history),
        Reconnecting(runs, audit),
        Transfers(runs, history),
        BankConsentReader(runs, clock, pluggy),
        (
            BillReader(runs, clock, pluggy),
            InvestmentReader(runs, clock, pluggy),
            InvestmentMovementReader(runs, clock, pluggy),
            LoanReader(runs, clock, pluggy),
            IdentityReader(runs, clock, pluggy),
        ),
    )
    return Reading(
        runs,
        rounds,
        FreshnessKeeper(runs, clock),
        Prover(runs, clock, pluggy),
        PaymentLinker(runs, clock),
        pluggy,
        uuid7(),
        time.sleep,
    )
