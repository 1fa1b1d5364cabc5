"""The tables of the simulated world: what is written to the state file and read back."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tomada.simulator.payments.records import PaymentsState
from tomada.simulator.products.records import (
    CategoryRuleRecord,
    InvestmentRecord,
    LoanRecord,
    OrderRecord,
)
from tomada.simulator.records import AccountRecord, TransactionRecord


@dataclass(slots=True)
class Waiting:
    """A movement the bank has and no run has collected yet."""

    account_id: str
    row: TransactionRecord
    # True when a live balance has shown its effect already.
    counted: bool = False


@dataclass(slots=True, repr=False)
class ItemRecord:
    """One connection, with what its runs collected. Statuses in the provider's words."""

    id: str
    connector_id: int
    parameters: dict[str, str]
    products: list[str]
    created_at: datetime
    updated_at: datetime
    status: str = "UPDATING"
    execution_status: str = "CREATED"
    client_user_id: str | None = None
    webhook_url: str | None = None
    oauth_redirect_uri: str | None = None
    # The token (its `jti`) of the widget that made it; None when made with an API key.
    made_with: str | None = None
    error: dict[str, Any] | None = None
    parameter: dict[str, Any] | None = None
    user_action: dict[str, Any] | None = None
    status_detail: dict[str, Any] | None = None
    last_updated_at: datetime | None = None
    last_run_ended_at: datetime | None = None
    next_auto_sync_at: datetime | None = None
    auto_sync: bool = True
    triggered_by: str = "CLIENT"
    failed_logins: int = 0
    failed_runs: int = 0
    resources_collected_at: datetime | None = None
    resources_pending: bool | None = None
    # When the bank was first read and for whom; the household is generated as of then.
    bank_read_at: datetime | None = None
    collected_user: str | None = None
    # True while something the bank has was withheld: a product not asked for, or one that failed.
    holds_back: bool = True
    owner: str = ""
    tax_number: str = ""
    accounts: list[AccountRecord] = field(default_factory=list)
    waiting: list[Waiting] = field(default_factory=list)
    investments: list[InvestmentRecord] = field(default_factory=list)
    loans: list[LoanRecord] = field(default_factory=list)
    # The holder in the API's words; None until one was read.
    identity: dict[str, Any] | None = None
    identity_read_at: datetime | None = None
    # What somebody bought or sold of the positions since the first reading.
    orders: list[OrderRecord] = field(default_factory=list)
    # Statuses of bank resources that differ from the usual one, by resource id.
    resource_statuses: dict[str, str] = field(default_factory=dict)
    # True while a run is under way for which the person authorises access anew.
    authorising: bool = False


@dataclass(slots=True)
class WebhookRecord:
    """One subscription of the application."""

    id: str
    event: str
    url: str
    created_at: datetime
    updated_at: datetime
    headers: dict[str, str] = field(default_factory=dict)
    disabled_at: datetime | None = None
    failures: int = 0


@dataclass(slots=True)
class ConsentRecord:
    """One Open Finance authorisation given at a bank."""

    id: str
    item_id: str
    products: list[str]
    permissions: list[str]
    created_at: datetime
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    # When the person withdrew it at the bank; the next run notices.
    withdrawn_at: datetime | None = None


@dataclass(slots=True, repr=False)
class State:
    """Everything that survives a restart."""

    items: dict[str, ItemRecord] = field(default_factory=dict)
    webhooks: dict[str, WebhookRecord] = field(default_factory=dict)
    consents: dict[str, ConsentRecord] = field(default_factory=dict)
    payments: PaymentsState = field(default_factory=PaymentsState)
    rules: dict[str, CategoryRuleRecord] = field(default_factory=dict)
    # Open Finance calls made, by person, institution, product and month.
    quotas: dict[str, int] = field(default_factory=dict)
    # How many ids were given, so that a restarted world gives new ones.
    ids_given: int = 0
    # Goes up with every change; whoever keeps the file compares it.
    revision: int = 0

    def changed(self) -> None:
        """Note that something worth keeping has changed."""
        self.revision += 1
