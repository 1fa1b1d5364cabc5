"""The example back ends run as they stand: their tokens open Tomada, and they know its messages."""

import asyncio
import os
import shutil
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2
from pydantic import SecretStr

from tests.integration.outgoing.conftest import SECRET
from tests.integration.path.connecting import eventually
from tomada.adapters.channels.webhook import secret_bytes, sign
from tomada.bootstrap import open_app
from tomada.cli.serve import serving, take_port
from tomada.settings import Settings
from tomada.simulator import Simulator

EXAMPLES = Path(__file__).parents[3] / "examples"
ISSUER = "https://product.example"
TOKEN_SECRET = "a secret of the product, long enough for tokens"
COMMANDS = {
    "product-fastapi": [sys.executable, "-m", "uvicorn", "app:app", "--port", "{port}"],
    "product-django": [sys.executable, "app.py", "runserver", "--noreload", "{port}"],
    "product-node": ["node", "server.mjs"],
}


@asynccontextmanager
async def product(name: str, tomada: str) -> AsyncIterator[httpx2.AsyncClient]:
    """Run an example until the block is left."""
    with take_port("127.0.0.1", 0) as free:
        port = str(free.getsockname()[1])
    told = {
        "PORT": port,
        "TOMADA_APP_URL": tomada,
        "TOMADA_TOKEN_ISSUER": ISSUER,
        "TOMADA_TOKEN_SECRET": TOKEN_SECRET,
        "TOMADA_PRODUCT_WEBHOOK_SECRET": SECRET,
    }
    process = await asyncio.create_subprocess_exec(
        *(word.format(port=port) for word in COMMANDS[name]),
        cwd=EXAMPLES / name,
        env=os.environ | told | {"PYTHONDONTWRITEBYTECODE": "1"},
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:

            async def answers() -> bool:
                assert process.returncode is None
                try:
                    return (await client.get("/heard")).status_code == 200
                except httpx2.TransportError:
                    return False

            await eventually(answers, seconds=60)
            yield client
    finally:
        process.terminate()
        await process.wait()


async def test_each_example_mints_tokens_that_open_tomada_and_hears_its_messages_once(
    simulator: Simulator, settings_for: Callable[..., Settings]
) -> None:
    bound = take_port("127.0.0.1", 0)
    settings = settings_for(
        simulator,
        bound.getsockname()[1],
        token_issuer=ISSUER,
        token_secret=SecretStr(TOKEN_SECRET),
    )
    names = [name for name in COMMANDS if name != "product-node" or shutil.which("node")]
    async with (
        open_app(settings) as app,
        serving(app, listener=bound),
        httpx2.AsyncClient(base_url=settings.origin) as tomada,
    ):
        for name in names:
            async with product(name, settings.origin) as client:
                await _tokens_open(client, tomada)
                await _messages_are_known(client)
    assert len(names) >= 2


async def _tokens_open(client: httpx2.AsyncClient, tomada: httpx2.AsyncClient) -> None:
    entities = []
    for user in ("ana", "rui", "ana"):
        token = (await client.get("/bank-token", headers={"X-User": user})).json()["token"]
        headers = {"Authorization": f"Bearer {token}"}
        caller = await tomada.get("/api/caller", headers=headers)
        assert caller.status_code == 200, caller.text
        entities.append(caller.json()["entityId"])
        items = await tomada.get("/api/open-finance/items", headers=headers)
        assert items.json() == {"items": []}
    assert entities[0] == entities[2] != entities[1]


async def _messages_are_known(client: httpx2.AsyncClient) -> None:
    body = b'{"type": "item.status", "timestamp": "2026-11-26T12:00:00Z", "data": {"n": 1}}'
    now = int(time.time())

    async def send(message: str, at: int, said: bytes = body) -> int:
        signature = sign([secret_bytes(SECRET)], message, at, body)
        headers = {
            "webhook-id": message, "webhook-timestamp": str(at),
            "webhook-signature": f"v1,bm90aGluZw== {signature}",
            "Content-Type": "application/json",
        }  # fmt: skip
        return (await client.post("/hooks/tomada", content=said, headers=headers)).status_code

    assert await send("feed_1", now) == 204
    assert await send("feed_1", now) == 204
    assert await send("feed_2", now) == 204
    assert await send("feed_3", now, body.replace(b"1}", b"2}")) == 401
    assert await send("feed_4", now - 3600) == 401
    assert (await client.get("/heard")).json() == ["item.status", "item.status"]
