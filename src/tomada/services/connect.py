"""Connecting a bank: tokens for the widget."""

import secrets
from dataclasses import dataclass
from datetime import timedelta

from uuid_utils.compat import uuid7

from tomada.domain.access import Caller
from tomada.domain.clock import Clock
from tomada.domain.errors import (
    AlreadyConnectedError,
    ConsentRequiredError,
    NotFoundError,
    TooManyAttemptsError,
)
from tomada.domain.ids import ConnectSessionId, ItemId
from tomada.domain.items import Institution
from tomada.pluggy import ConnectTokenOptions, PluggyClient
from tomada.services.audit import Audit
from tomada.services.consents import (
    PRODUCTS,
    Consents,
    agreed_connector,
    agreed_products,
    institution_digest,
)
from tomada.services.institutions import Institutions
from tomada.services.items import known_as, opened
from tomada.services.provider import translated
from tomada.services.unconfirmed import CLAIMABLE, connector_digest
from tomada.services.vault import Vault
from tomada.store.access import AttemptRows
from tomada.store.consents import ConnectSessionRow, ConnectSessionRows, ConsentRow, ConsentRows
from tomada.store.items import ItemRows
from tomada.store.tx import Store, Tx

TOKENS_WINDOW = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class ConnectSettings:
    """What the widget is opened with."""

    widget_origin: str
    oauth_redirect_uri: str
    include_sandbox: bool
    tokens_per_window: int = 5
    """How many tokens one person may ask for in ten minutes."""


@dataclass(frozen=True, slots=True)
class ConnectToken:
    """A token for one opening of the widget, and the options to open it with."""

    connect_token: str
    connect_url: str
    selected_connector_id: int | None
    connector_ids: tuple[int, ...]
    include_sandbox: bool
    update_item: str | None


@dataclass(frozen=True, slots=True)
class Connect:
    """The way in for a person's banks."""

    store: Store
    vault: Vault
    clock: Clock
    audit: Audit
    pluggy: PluggyClient
    institutions_list: Institutions
    consents: Consents
    settings: ConnectSettings

    async def institutions(self, q: str | None = None) -> list[Institution]:
        """List the banks to choose from."""
        return await self.institutions_list.search(q)

    async def institution(self, connector_id: int) -> Institution:
        """Find one bank; raises ``NotFoundError``."""
        return await self.institutions_list.get(connector_id)

    async def create_token(
        self, caller: Caller, *, connector_id: int | None, item_id: str | None
    ) -> ConnectToken:
        """Open a connect session and get a token for it.

        With *item_id* the token updates that connection. With *connector_id*, or with neither
        where one fresh consent tells which bank is meant, it makes a new one. Raises
        ``ConsentRequiredError`` without a consent in force, ``AlreadyConnectedError`` where the
        bank is connected already, ``NotFoundError`` for a foreign or unknown item.
        """
        if item_id is not None:
            return await self._update_token(caller, known_as(item_id))
        keys = await self.vault.keys(caller.entity_id)
        consent = await self._fresh_consent(caller, connector_id)
        connector, products = agreed_connector(keys, consent), agreed_products(keys, consent)
        nonce = secrets.token_urlsafe(32)
        now = self.clock()
        session = ConnectSessionRow(
            id=ConnectSessionId(uuid7()),
            user_id=caller.user_id,
            consent_id=consent.id,
            institution_digest=institution_digest(keys, connector),
            item_id=None,
            created_at=now,
            claimable_until=now + CLAIMABLE,
        )
        async with self.store.begin(caller.entity_id) as tx:
            # Checked again where it counts: a withdrawal in between must win.
            if not await ConsentRows(tx).covers(consent.id, now=now):
                raise ConsentRequiredError("agree to the reading of this bank first")
            connected = await ItemRows(tx).of_institution(session.institution_digest)
            if connected is not None:
                raise AlreadyConnectedError(connected)
            digest = self.vault.system.digest("nonce", nonce.encode())
            await ConnectSessionRows(tx).add(
                session,
                nonce_digest=digest,
                connector_digest=connector_digest(self.vault, connector),
            )
            await self._minted(tx, caller, ("connect_session", str(session.id)))
        token = await self._token(nonce=nonce, item_id=None, products=products)
        return self._opening(token, connector=connector, item_id=None)

    async def _fresh_consent(self, caller: Caller, connector_id: int | None) -> ConsentRow:
        keys = await self.vault.keys(caller.entity_id)
        now = self.clock()
        async with self.store.begin(caller.entity_id) as tx:
            if connector_id is not None:
                digest = institution_digest(keys, connector_id)
                consent = await ConsentRows(tx).in_force(digest, now=now)
            else:
                granted = [
                    row
                    for row in await ConsentRows(tx).all()
                    if row.status == "granted" and now < row.valid_until
                ]
                consent = granted[0] if granted else None
        if consent is None:
            raise ConsentRequiredError("agree to the reading of this bank first")
        return consent

    async def _update_token(self, caller: Caller, item_id: ItemId) -> ConnectToken:
        keys = await self.vault.keys(caller.entity_id)
        async with self.store.begin(caller.entity_id) as tx:
            row = await ItemRows(tx).get(item_id)
            if row is None:
                raise NotFoundError("there is no such connection")
            consent = await ConsentRows(tx).get(row.consent_id)
            covered = await ConsentRows(tx).covers(row.consent_id, now=self.clock())
            if consent is None or not covered:
                raise ConsentRequiredError("the consent for this bank has ended; agree anew")
            await self._minted(tx, caller, ("item", item_id))
        connector = opened(keys, row).detail.connector_id
        products = agreed_products(keys, consent)
        token = await self._token(nonce=None, item_id=item_id, products=products)
        return self._opening(token, connector=connector, item_id=item_id)

    async def _minted(self, tx: Tx, caller: Caller, subject: tuple[str, str]) -> None:
        """Count the token and note it; raises ``TooManyAttemptsError`` over the limit."""
        door = self.vault.system.digest("connect_token", caller.user_id.bytes)
        tries, now = AttemptRows(tx), self.clock()
        await tries.lock([door])
        count, oldest = await tries.since(door, now - TOKENS_WINDOW)
        if oldest is not None and count >= self.settings.tokens_per_window:
            raise TooManyAttemptsError(int((oldest + TOKENS_WINDOW - now).total_seconds()) + 1)
        await tries.add(door, at=now)
        await self.audit.write(tx, "connect_token_minted", caller=caller, subject=subject)

    async def _token(
        self, *, nonce: str | None, item_id: ItemId | None, products: frozenset[str]
    ) -> str:
        options = ConnectTokenOptions(
            client_user_id=nonce,
            # Our own guard is per entity and bank. Pluggy's compares logins over the whole
            # application, where every tester of a sandbox has the same one.
            avoid_duplicates=not self.settings.include_sandbox,
            products=[one for one in PRODUCTS if one in products],
            oauth_redirect_uri=self.settings.oauth_redirect_uri,
        )
        with translated():
            return await self.pluggy.interactive.create_connect_token(item_id, options)

    def _opening(self, token: str, *, connector: int, item_id: str | None) -> ConnectToken:
        return ConnectToken(
            connect_token=token,
            connect_url=f"{self.settings.widget_origin}/?connect_token={token}",
            selected_connector_id=connector,
            connector_ids=(connector,),
            include_sandbox=self.settings.include_sandbox,
            update_item=item_id,
        )
