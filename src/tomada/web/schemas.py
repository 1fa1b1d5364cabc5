"""The shapes of the API: what comes in (closed models), what goes out (structs)."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

import msgspec
from pydantic import ConfigDict, Field
from pydantic.alias_generators import to_camel

from tomada.domain.products import Product
from tomada.web.bodies import Body

PluggyId = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
Instant = Annotated[datetime, msgspec.Meta(tz=True)]
ConnectorId = Annotated[int, Field(ge=0, le=2**31 - 1)]


class CamelBody(Body):
    """A body whose members are written in camelCase."""

    model_config = ConfigDict(alias_generator=to_camel)


class SignInBody(CamelBody):
    """E-mail and password, and a code of the second factor where there is one."""

    email: Annotated[str, Field(min_length=1, max_length=320)]
    password: Annotated[str, Field(min_length=1, max_length=1024)]
    code: Annotated[str, Field(min_length=1, max_length=64)] | None = None


class StepUpBody(CamelBody):
    """A proof of who the person is: the password, or a code of the second factor."""

    password: Annotated[str, Field(min_length=1, max_length=1024)] | None = None
    code: Annotated[str, Field(min_length=1, max_length=64)] | None = None


class CodeBody(CamelBody):
    """The first code of a new second factor."""

    code: Annotated[str, Field(min_length=1, max_length=64)]


class ConnectTokenBody(CamelBody):
    """What the original guide's button sends; ``itemId`` asks for update mode."""

    entity_id: Annotated[str, Field(max_length=64)] | None = None
    connector_id: ConnectorId | None = None
    item_id: PluggyId | None = None


class SyncBody(CamelBody):
    """The connection to read."""

    item_id: PluggyId


class Shape(msgspec.Struct, frozen=True, rename="camel"):
    """A value that goes out, in camelCase."""


class UserShape(Shape, frozen=True):
    """Who is signed in."""

    id: str
    name: str
    email: str


class SessionShape(Shape, frozen=True):
    """The session; *csrf_token* goes back as ``X-CSRF-Token``.

    Until *stepped_up_until* the last proof of who the person is counts for what needs one.
    """

    user: UserShape
    entity_id: str
    csrf_token: str
    expires_at: Instant
    stepped_up_until: Instant
    roles: list[str]


class EnrolmentShape(Shape, frozen=True):
    """What an authenticator app is set up with; shown once."""

    secret: str
    uri: str


class RecoveryCodesShape(Shape, frozen=True):
    """Codes for when the app is lost, each good once; shown once."""

    recovery_codes: list[str]


class CallerShape(Shape, frozen=True):
    """Who calls: *kind* is ``user`` or ``api_key``, *id* theirs."""

    kind: str
    id: str
    entity_id: str


class TicketShape(Shape, frozen=True):
    """Opens one stream within 30 s."""

    ticket: str


class ConnectTokenShape(Shape, frozen=True, omit_defaults=True):
    """The token and the options the widget is to be opened with."""

    connect_token: str
    connect_url: str
    include_sandbox: bool
    selected_connector_id: int | None = None
    connector_ids: tuple[int, ...] = ()
    update_item: str | None = None


class LastErrorShape(Shape, frozen=True):
    """Why a connection does not work, and what the bank itself said of it."""

    code: str | None
    message: str | None
    provider_message: str | None


class RefreshShape(Shape, frozen=True):
    """Whether the bank may be read again now; *words* say why not, by language."""

    possible: bool
    reason: str | None
    possible_at: Instant | None
    words: dict[str, str] | None


class QuotaShape(Shape, frozen=True):
    """How much of a bank's month is used by one product, and when it runs out at this pace."""

    product: str
    used: int
    limit: int
    exhausted: bool
    runs_out_at: Instant | None
    resets_at: Instant


class RefreshAcceptedShape(Shape, frozen=True):
    """Pluggy reads the bank; what it finds is read by the sync."""

    item_id: str
    sync_id: str


class ItemShape(Shape, frozen=True):
    """A connection; *status* is Pluggy's word, *connection_status* ours: active or error."""

    id: str
    connector_id: int
    institution: str
    color: str | None
    image_url: str | None
    status: str
    execution_status: str
    connection_status: Literal["active", "error"]
    last_error: LastErrorShape | None
    next_step: str
    syncing: bool
    bound_at: Instant
    last_updated_at: Instant | None
    synced_at: Instant | None
    next_auto_sync_at: Instant | None
    refresh: RefreshShape | None


class ItemDetailShape(ItemShape, frozen=True):
    """A connection with its bank's monthly quotas; none for banks that do not count."""

    quotas: list[QuotaShape]


class ItemsShape(Shape, frozen=True):
    """The entity's connections, oldest first."""

    items: list[ItemShape]


class FreshnessShape(Shape, frozen=True):
    """How far what is shown of one connection can be trusted.

    *bank_read_at* is Pluggy's last good reading of the bank that is in the ledger, *read_at* our
    last whole reading of this product from Pluggy and *synced_at* of all of them. *complete* is
    False where something was left out and until the first reading has come to its end, *stale*
    also where a reading of the bank is overdue; then *code* and *reason* say why.
    """

    item_id: str
    product: Product
    bank_read_at: Instant | None
    synced_at: Instant | None
    read_at: Instant | None
    next_expected_at: Instant | None
    complete: bool
    stale: bool
    code: str | None
    reason: str | None
    said_by_bank: str | None
    syncing: bool
    item_status: str


class AccountShape(Shape, frozen=True):
    """A bank account or card; minor amounts are whole cents, null is what the bank did not say."""

    id: str
    item_id: str
    institution: str
    type: str
    subtype: str
    name: str
    marketing_name: str | None
    number: str
    owner: str | None
    currency: str
    balance: Decimal | None
    balance_minor: int | None
    credit_limit: Decimal | None
    available_credit_limit: Decimal | None
    as_of: Instant | None


class AccountsShape(Shape, frozen=True):
    """Accounts, and how fresh they are by connection."""

    accounts: list[AccountShape]
    freshness: list[FreshnessShape]


class MetadataShape(Shape, frozen=True):
    """What belongs to the provider rather than to the movement."""

    pluggy_transaction_id: str
    payment_method: str | None
    balance: Decimal | None
    status: str
    category_id: str | None
    provider_category: str | None
    installment: str | None
    amount_text: str


class TransactionShape(Shape, frozen=True):
    """A normalised movement.

    *amount* and *amount_minor* are magnitudes, *signed_amount* is negative where money left the
    person. *rounded* marks an amount with more decimals than its currency has: it is rounded
    half to even, and ``metadata.amountText`` has it as the bank sent it. *direction_doubt* is
    ``conflict`` where the bank's sign and type disagree (the type counts) and ``untyped`` where
    there is no type (the sign counts). *category* is the person's own where they chose one;
    ``metadata.providerCategory`` stays the bank's. *standing* tells what is planned for a later day
    (``scheduled``) from what is not settled yet (``pending``). *date* is an instant, *day* the civil date in São Paulo.
    """

    id: str
    entity_id: str
    item_id: str
    account_id: str
    instant: Instant = msgspec.field(name="date")
    day: date
    description: str
    amount: Decimal
    signed_amount: Decimal
    amount_minor: int
    currency: str
    type: Literal["DEBIT", "CREDIT"]
    category: str | None
    merchant: str
    source: Literal["pluggy"]
    status: str
    rounded: bool
    direction_doubt: Literal["conflict", "untyped"] | None
    standing: Literal["posted", "pending", "scheduled", "expired", "gone"]
    note: str | None
    hidden: bool
    freshness: FreshnessShape | None
    metadata: MetadataShape


class TransactionsShape(Shape, frozen=True):
    """One page, newest first; *next_cursor* is null on the last."""

    transactions: list[TransactionShape]
    next_cursor: str | None
    freshness: list[FreshnessShape]


class MonthShape(Shape, frozen=True):
    """Income and spending of one month (``2026-11``), both as magnitudes."""

    month: str
    currency: str
    income: Decimal
    spending: Decimal
    income_minor: int
    spending_minor: int


class MonthsShape(Shape, frozen=True):
    """Months, oldest first, those without movements too."""

    months: list[MonthShape]


class NotificationShape(Shape, frozen=True):
    """A notice to the person."""

    id: str
    type: str
    item_id: str | None
    title: str
    message: str
    action: str | None
    action_required: bool
    at: Instant
    read_at: Instant | None


class WishesBody(CamelBody):
    """How a person wants to be told; ``details`` lets a letter quote what the bank wrote."""

    email: bool
    language: Literal["pt-BR", "en"] = "pt-BR"
    details: bool = False


class WishesShape(Shape, frozen=True):
    """How a person is told."""

    email: bool
    language: str
    details: bool


class NotificationsShape(Shape, frozen=True):
    """Notices, newest first."""

    notifications: list[NotificationShape]


class FeedEntryShape(Shape, frozen=True):
    """One line of the feed."""

    n: int
    kind: str
    at: Instant
    data: dict[str, Any]


class FeedShape(Shape, frozen=True):
    """Lines in order; the next question is for those after *last*."""

    entries: list[FeedEntryShape]
    last: int


class InstitutionShape(Shape, frozen=True):
    """A bank a person can choose."""

    connector_id: int
    name: str
    initials: str
    color: str | None
    image_url: str | None
    type: str
    is_open_finance: bool
    is_sandbox: bool
    online: bool


class InstitutionsShape(Shape, frozen=True):
    """Banks, by name."""

    institutions: list[InstitutionShape]


class ReceivedShape(Shape, frozen=True):
    """A delivery is kept."""

    received: Literal[True]


class ForbiddenShape(Shape, frozen=True):
    """A delivery that is not Pluggy's, whatever is wrong with it."""

    error: Literal["Forbidden"]
