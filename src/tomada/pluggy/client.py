"""The client: one object per application, shared by everything that calls Pluggy."""

import copy
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from types import TracebackType
from typing import Any, Self, Unpack

import msgspec

from tomada.pluggy import wire
from tomada.pluggy.limits import route_of
from tomada.pluggy.models.accounts import Account, Bill
from tomada.pluggy.models.connectors import Connector
from tomada.pluggy.models.items import Item
from tomada.pluggy.models.transactions import Category, Transaction
from tomada.pluggy.models.webhooks import Webhook
from tomada.pluggy.opening import Settings, open_calls
from tomada.pluggy.operations.accounts import Accounts
from tomada.pluggy.operations.automatic_pix import AutomaticPixCalls
from tomada.pluggy.operations.boletos import Boletos
from tomada.pluggy.operations.categories import Categories
from tomada.pluggy.operations.consents import Consents
from tomada.pluggy.operations.identity import Identities
from tomada.pluggy.operations.investments import Investments
from tomada.pluggy.operations.items import Items
from tomada.pluggy.operations.legacy import Legacy
from tomada.pluggy.operations.loans import Loans
from tomada.pluggy.operations.payment_parties import PaymentCustomers, PaymentRecipients
from tomada.pluggy.operations.payments import Payments
from tomada.pluggy.operations.smart_transfers import SmartTransfers
from tomada.pluggy.options import ConnectorFilter, ConnectTokenOptions, ItemOptions, given
from tomada.pluggy.paging import PagedList
from tomada.pluggy.retry import Repeat
from tomada.pluggy.transactions import TransactionList
from tomada.pluggy.transport import Request

_PATIENCE_OF_PEOPLE = 5.0


class _AccessToken(msgspec.Struct, rename="camel"):
    access_token: str


class PluggyClient:
    """Typed, asynchronous access to the Pluggy API.

    Safe to share between the tasks of one event loop; use it as an async context manager, or call
    ``aclose``. The keyword arguments are those of ``opening.Settings``. Every method raises the
    errors drawn in ``tomada.pluggy.errors``.
    """

    __slots__ = ("_calls",)

    def __init__(self, **settings: Unpack[Settings]) -> None:
        self._calls = open_calls(settings)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """End a login under way and close the connections; safe to repeat."""
        if self._calls.keys is not None:
            await self._calls.keys.close()
        await self._calls.transport.close()

    @property
    def interactive(self) -> Self:
        """The same client for calls that a person waits for.

        They go before the others where the limit is reached, and fail rather than wait long when
        Pluggy asks to. Key, connections and limits are shared; only the original is closed.
        """
        view = copy.copy(self)
        patience = min(_PATIENCE_OF_PEOPLE, self._calls.policy.patience)
        policy = replace(self._calls.policy, patience=patience)
        view._calls = replace(self._calls, interactive=True, policy=policy)  # noqa: SLF001 - an object of this class
        return view

    async def request(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        json: Any = None,
    ) -> Any:
        """Call what is not modelled; give the decoded JSON, numbers as int or Decimal.

        Key, retries and limits are the same as elsewhere. An empty answer is None.
        """
        request = Request(
            method=method.upper(),
            path=path,
            route=route_of(path),
            params=tuple(wire.query(dict(params or {}))),
            body=None if json is None else wire.encode(json),
        )
        return await self._calls.run(
            request, lambda answer: wire.decode(answer.body, Any) if answer.body else None
        )

    @property
    def items(self) -> Items:
        """Items, beyond the methods here: list, resources, credit registry, form check."""
        return Items(self._calls)

    @property
    def accounts(self) -> Accounts:
        """Live balances, statements, single bills."""
        return Accounts(self._calls)

    @property
    def investments(self) -> Investments:
        """Positions and their movements."""
        return Investments(self._calls)

    @property
    def loans(self) -> Loans:
        """Loan contracts."""
        return Loans(self._calls)

    @property
    def identities(self) -> Identities:
        """Who holds the accounts."""
        return Identities(self._calls)

    @property
    def consents(self) -> Consents:
        """The authorisations given at the bank."""
        return Consents(self._calls)

    @property
    def categories(self) -> Categories:
        """Single categories, own rules, merchants."""
        return Categories(self._calls)

    @property
    def payments(self) -> Payments:
        """Payment requests, schedules, attempts to pay."""
        return Payments(self._calls)

    @property
    def payment_customers(self) -> PaymentCustomers:
        """Payers."""
        return PaymentCustomers(self._calls)

    @property
    def payment_recipients(self) -> PaymentRecipients:
        """Recipients and their institutions."""
        return PaymentRecipients(self._calls)

    @property
    def automatic_pix(self) -> AutomaticPixCalls:
        """PIX Automático."""
        return AutomaticPixCalls(self._calls)

    @property
    def smart_transfers(self) -> SmartTransfers:
        """Payments under a preauthorisation."""
        return SmartTransfers(self._calls)

    @property
    def boletos(self) -> Boletos:
        """Issued slips."""
        return Boletos(self._calls)

    @property
    def legacy(self) -> Legacy:
        """What only older SDKs of Pluggy name."""
        return Legacy(self._calls)

    async def create_connect_token(
        self, item_id: str | None = None, options: ConnectTokenOptions | None = None
    ) -> str:
        """Make the widget's token, good for 30 minutes; *item_id* allows updating that item."""
        body = given(itemId=item_id, options=options.wire() if options else None)
        found = await self._calls.one(
            "POST", "/connect_token", _AccessToken, body=body, repeat=Repeat.HARMLESS
        )
        return found.access_token

    async def list_connectors(
        self,
        name: str | None = None,
        *,
        sandbox: bool = False,
        types: Sequence[str] | None = None,
        countries: Sequence[str] | None = None,
        is_open_finance: bool | None = None,
        more: ConnectorFilter | None = None,
    ) -> list[Connector]:
        """List the connectors enabled for this application; *sandbox* adds the test ones."""
        more = more or ConnectorFilter()
        params = {
            "name": name,
            "sandbox": sandbox or None,
            "types": types,
            "countries": countries,
            "isOpenFinance": is_open_finance,
            "supportsPaymentInitiation": more.supports_payment_initiation,
            "supportsSmartTransfers": more.supports_smart_transfers,
            "supportsAutomaticPix": more.supports_automatic_pix,
            "healthDetails": more.health_details,
        }
        return await self._calls.every("/connectors", Connector, params=params)

    async def get_connector(
        self, connector_id: int, *, health_details: bool | None = None
    ) -> Connector:
        """Read one connector."""
        return await self._calls.one(
            "GET", "/connectors/{id}", Connector, ids={"id": connector_id},
            params={"healthDetails": health_details},
        )  # fmt: skip

    async def create_item(
        self,
        connector_id: int,
        parameters: Mapping[str, str] | str,
        *,
        options: ItemOptions | None = None,
    ) -> Item:
        """Create an item and start its first run; the answer comes before the run ends.

        *parameters* is the filled form, or its encrypted text. Never repeated by itself once it
        may have reached Pluggy, since a second item would burn the same quota at the bank.
        """
        body = {"connectorId": connector_id, "parameters": parameters}
        body |= options.wire() if options else {}
        return await self._calls.one("POST", "/items", Item, body=body)

    async def get_item(self, item_id: str) -> Item:
        """Read one item."""
        return await self._calls.one("GET", "/items/{id}", Item, ids={"id": item_id})

    async def update_item(
        self,
        item_id: str,
        parameters: Mapping[str, str] | str | None = None,
        *,
        options: ItemOptions | None = None,
    ) -> Item:
        """Start a new run, with the stored login unless *parameters* brings another.

        Raises TooEarlyError where the application may not refresh yet.
        """
        body = given(parameters=parameters) | (options.wire() if options else {})
        return await self._calls.one("PATCH", "/items/{id}", Item, ids={"id": item_id}, body=body)

    async def delete_item(self, item_id: str) -> None:
        """Delete the item with its data, login and consent."""
        await self._calls.nothing("DELETE", "/items/{id}", ids={"id": item_id})

    async def send_mfa(self, item_id: str, parameters: Mapping[str, str]) -> Item:
        """Answer the field in ``item.parameter`` by its name; Pluggy may ask again."""
        return await self._calls.one(
            "POST", "/items/{id}/mfa", Item, ids={"id": item_id}, body=dict(parameters)
        )

    async def list_accounts(self, item_id: str, *, type: str | None = None) -> list[Account]:  # noqa: A002 - the provider's word
        """List the accounts of an item, of one ``AccountType`` if given."""
        return await self._calls.every(
            "/accounts", Account, params={"itemId": item_id, "type": type}
        )

    async def get_account(self, account_id: str) -> Account:
        """Read one account."""
        return await self._calls.one("GET", "/accounts/{id}", Account, ids={"id": account_id})

    async def list_bills(self, account_id: str) -> list[Bill]:
        """List the closed bills of a card."""
        return await self._calls.every("/bills", Bill, params={"accountId": account_id}, sized=True)

    async def list_categories(self, *, parent_id: str | None = None) -> list[Category]:
        """List the categories, of one parent if given."""
        return await self._calls.every("/categories", Category, params={"parentId": parent_id})

    def transactions(
        self,
        account_id: str,
        *,
        date_from: date | None = None,
        date_to: date | None = None,
        created_at_from: datetime | None = None,
        ids: Sequence[str] | None = None,
        after: str | None = None,
    ) -> TransactionList:
        """List the movements of an account, newest date first, 500 a page.

        Dates are inclusive; the zone Pluggy reads them in is not documented, so ask for a day
        more. *created_at_from* selects by when Pluggy took the row in, and excludes *date_from*.
        *ids* may be any number. *after* continues behind a page's ``next``.
        """
        return TransactionList(
            calls=self._calls,
            account_id=account_id,
            date_from=date_from,
            date_to=date_to,
            created_at_from=created_at_from,
            ids=None if ids is None else tuple(ids),
            after=after,
        )

    def transactions_v1(
        self,
        account_id: str,
        *,
        date_from: date | None = None,
        date_to: date | None = None,
        created_at_from: datetime | None = None,
        ids: Sequence[str] | None = None,
        bill_id: str | None = None,
    ) -> PagedList[Transaction]:
        """List movements by page number, as Pluggy does until the end of 2026.

        Raises GoneError for applications that have lost it already.
        """
        params = {
            "accountId": account_id, "from": date_from, "to": date_to, "ids": ids,
            "createdAtFrom": created_at_from, "billId": bill_id,
        }  # fmt: skip
        return self._calls.paged("/transactions", Transaction, params=params)

    async def get_transaction(self, transaction_id: str) -> Transaction:
        """Read one movement."""
        return await self._calls.one(
            "GET", "/transactions/{id}", Transaction, ids={"id": transaction_id}
        )

    async def create_webhook(
        self, event: str, url: str, *, headers: Mapping[str, str] | None = None
    ) -> Webhook:
        """Subscribe *url* to *event*; *headers* go with every delivery.

        Pluggy allows five per event, and one per pair of event and address.
        """
        body = given(event=event, url=url, headers=None if headers is None else dict(headers))
        return await self._calls.one("POST", "/webhooks", Webhook, body=body)

    async def list_webhooks(self) -> list[Webhook]:
        """List the webhooks of the application."""
        return await self._calls.every("/webhooks", Webhook)

    async def get_webhook(self, webhook_id: str) -> Webhook:
        """Read one webhook."""
        return await self._calls.one("GET", "/webhooks/{id}", Webhook, ids={"id": webhook_id})

    async def update_webhook(
        self,
        webhook_id: str,
        *,
        url: str | None = None,
        event: str | None = None,
        headers: Mapping[str, str] | msgspec.UnsetType | None = msgspec.UNSET,
        enabled: bool | None = None,
    ) -> Webhook:
        """Change what is given; *headers* None clears them, *enabled* revives a disabled one."""
        body = given(url=url, event=event, enabled=enabled)
        if headers is not msgspec.UNSET:
            body["headers"] = None if headers is None else dict(headers)
        return await self._calls.one(
            "PATCH", "/webhooks/{id}", Webhook, ids={"id": webhook_id}, body=body,
            repeat=Repeat.HARMLESS,
        )  # fmt: skip

    async def delete_webhook(self, webhook_id: str) -> None:
        """Remove a webhook."""
        await self._calls.nothing("DELETE", "/webhooks/{id}", ids={"id": webhook_id})
