"""A whole round from the terminal: a sandbox bank is connected, read, heard of, and deleted."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import httpx2

from tomada.bootstrap import App, open_app
from tomada.domain.access import Caller
from tomada.domain.errors import InvalidInputError, NotFoundError, TomadaError
from tomada.domain.ids import ItemId
from tomada.domain.inbox import Selection
from tomada.domain.purposes import EVERY_PURPOSE
from tomada.services.provider import translated
from tomada.settings import Settings
from tomada.store.access import UserRows
from tomada.worker import Worker

_LOGIN = {"user": "user-ok", "password": "password-ok"}
"""The sandbox's published ones."""
_PATIENCE = 60
_LOOK_EVERY = 0.5


class RoundFailedError(TomadaError):
    """The round did not come to its end; what it made was deleted all the same."""

    code = "sandbox_round_failed"


async def sandbox_round() -> Sequence[str]:
    """Make the round with the installation of the environment; gives what was done."""
    settings = Settings()
    if not settings.include_sandbox:
        raise InvalidInputError(
            "--sandbox needs TOMADA_ENV=development: in production there are no sandbox banks"
        )
    async with open_app(settings) as app, Worker(app).running():
        return await walk(app)


async def walk(app: App, *, patience: float = _PATIENCE) -> Sequence[str]:
    """Make the round; raises ``RoundFailedError``."""
    steps: list[str] = []
    async with _somebody(app) as caller:
        item = await _connect(app, caller)
        steps.append("connected a sandbox bank")
        try:
            sync = await app.syncs.start(caller, item)
            ended = await app.syncs.wait(caller, sync.id, timeout=patience)
            if ended.state != "done":
                raise RoundFailedError(f"the reading ended as {ended.error_code or ended.state}")
            steps.append(f"read {ended.accounts} accounts, {ended.transactions} transactions")
            await _heard(app, item, patience=patience)
            steps.append("Pluggy's webhook arrived")
        finally:
            await _delete(app, caller, item, patience=patience)
            steps.append("deleted the connection, at Pluggy and here")
    return steps


@asynccontextmanager
async def _somebody(app: App) -> AsyncIterator[Caller]:
    """Give a person who is there for the length of the block; their audit stays."""
    email = f"doctor-{secrets.token_hex(6)}@tomada.invalid"
    user, entity = await app.access.create_user(email, secrets.token_urlsafe(24), "Doctor")
    try:
        yield Caller(user, entity, "doctor")
    finally:
        async with app.store.begin() as tx:
            await UserRows(tx).remove(user)


async def _connect(app: App, caller: Caller) -> ItemId:
    banks = await app.connect.institutions()
    sandbox = [one for one in banks if one.is_sandbox and not one.is_open_finance]
    if not sandbox:
        raise RoundFailedError("Pluggy lists no sandbox bank that takes a user and a password")
    bank = sandbox[0].connector_id
    notice = await app.consents.notice(bank)
    await app.consents.grant(
        caller,
        connector_id=bank,
        shown=(notice.version, notice.sha256),
        purposes=EVERY_PURPOSE,
        adult=True,
    )
    token = await app.connect.create_token(caller, connector_id=bank, item_id=None)
    try:
        async with httpx2.AsyncClient(base_url=app.settings.pluggy_url) as widget:
            made = await widget.post(
                "/items",
                headers={"X-API-KEY": token.connect_token},
                json={"connectorId": bank, "parameters": _LOGIN},
            )
            return ItemId(made.raise_for_status().json()["id"])
    except (httpx2.HTTPError, KeyError, ValueError) as error:
        raise RoundFailedError("Pluggy did not make the connection") from error


async def _delete(app: App, caller: Caller, item: ItemId, *, patience: float) -> None:
    """End the connection here at once, and see it gone at Pluggy, whoever's worker does that."""
    await app.privacy.revocations.of_item(caller, item)
    await app.privacy.endings.end(item)
    try:
        async with asyncio.timeout(patience):
            while True:
                with translated():
                    await app.upkeep.registration.pluggy.get_item(item)
                await asyncio.sleep(_LOOK_EVERY)
    except NotFoundError:
        return
    except TimeoutError:
        raise RoundFailedError("Pluggy still has the connection; it will be tried again") from None


async def _heard(app: App, item: ItemId, *, patience: float) -> None:
    try:
        async with asyncio.timeout(patience):
            # Another process may be the one that takes it in.
            while not await app.inbox_desk.entries(Selection(item_id=item), limit=1):  # noqa: ASYNC110
                await asyncio.sleep(_LOOK_EVERY)
    except TimeoutError:
        raise RoundFailedError(
            f"no webhook of it arrived at {app.settings.webhook_url}; is the server running?"
        ) from None
