"""What a browser does, without one: agree, get a token, connect at the simulator."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

import httpx2

from tests.conftest import Running
from tomada.domain.access import Caller
from tomada.domain.ids import ItemId
from tomada.domain.purposes import EVERY_PURPOSE

BANK = 0
"""The simulator's sandbox bank."""


async def agree(tomada: Running, caller: Caller, connector_id: int = BANK) -> None:
    notice = await tomada.app.consents.notice(connector_id)
    await tomada.app.consents.grant(
        caller,
        connector_id=connector_id,
        shown=(notice.version, notice.sha256),
        purposes=EVERY_PURPOSE,
        adult=True,
    )


async def widget_connects(
    tomada: Running, token: str, *, user: str = "user-ok", connector_id: int = BANK
) -> ItemId:
    """Make an item with a connect token and wait for its run to end."""
    async with httpx2.AsyncClient(base_url=tomada.simulator.url) as http:
        headers = {"X-API-KEY": token}
        body = {
            "connectorId": connector_id,
            "parameters": {"user": user, "password": "password-ok"},
        }
        answer = await http.post("/items", json=body, headers=headers)
        answer.raise_for_status()
        item: dict[str, Any] = answer.json()
        while item["status"] == "UPDATING":
            await asyncio.sleep(0.02)
            item = (await http.get(f"/items/{item['id']}", headers=headers)).json()
    return ItemId(item["id"])


async def connect(
    tomada: Running, caller: Caller, *, user: str = "user-ok", connector_id: int = BANK
) -> ItemId:
    """Walk the whole way: consent, token, widget, sync."""
    await agree(tomada, caller, connector_id)
    token = await tomada.app.connect.create_token(caller, connector_id=connector_id, item_id=None)
    item_id = await widget_connects(
        tomada, token.connect_token, user=user, connector_id=connector_id
    )
    sync = await tomada.app.syncs.start(caller, item_id)
    ended = await tomada.app.syncs.wait(caller, sync.id, timeout=30)
    assert ended.state == "done", ended
    return item_id


async def eventually(check: Callable[[], Awaitable[bool]], *, seconds: float = 20) -> None:
    """Wait until *check* holds."""
    until = time.monotonic() + seconds
    while not await check():
        assert time.monotonic() < until, "it did not come to pass in time"
        await asyncio.sleep(0.05)
