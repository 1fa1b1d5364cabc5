"""Other people's pages: small sites on a port of their own, and what their widget told them."""

import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import httpx2
from playwright.async_api import ConsoleMessage, Frame, Page

from tests.e2e.widget.chromium import browser
from tomada.simulator import Simulator, SimulatorSettings, run_simulator

PATIENCE = 30_000
"""Milliseconds a busy machine may take for one step."""
REACT = (Path(__file__).parent / "built/react-host.js").read_text()
_REACT_PAGE = """<!doctype html>
<html lang="pt-BR">
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>Produto em React</title>
  <body><main id="product"></main><script src="/react-host.js"></script></body>
</html>
"""


@contextmanager
def site(files: dict[str, str]) -> Iterator[str]:
    """Serve *files* by path until the block is left; gives the origin."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            text = files.get(self.path.partition("?")[0])
            content = (text or "").encode()
            kind = "text/javascript" if self.path.endswith(".js") else "text/html; charset=utf-8"
            self.send_response(200 if text is not None else 204)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_args: object) -> None:
            """Keep the test's output clean."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


@dataclass(slots=True)
class Tab:
    """A browser tab, a simulator, and a key for its API."""

    simulator: Simulator
    api: httpx2.AsyncClient
    page: Page
    complaints: list[str]
    """Errors on the tab's console."""

    async def connect_token(self, **body: Any) -> str:
        answer = await self.api.post("/connect_token", json=body)
        return str(answer.raise_for_status().json()["accessToken"])

    async def widget(self) -> Frame:
        """Wait for the simulator's page inside the product's page."""
        for _ in range(300):
            for frame in self.page.frames:
                if frame.url.startswith(self.simulator.url):
                    await frame.get_by_test_id("screen-terms").wait_for()
                    return frame
            await self.page.wait_for_timeout(50)
        raise AssertionError("the widget did not come")

    async def open_react(self, host: str, **options: Any) -> Frame:
        """Open the React product's widget; gives the frame with the simulator's page."""
        item_id = options.get("updateItem")
        token = await self.connect_token(**({"itemId": item_id} if item_id else {}))
        await self.render_react(host, **{"connectToken": token, **options})
        return await self.widget()

    async def render_react(self, host: str, **options: Any) -> None:
        """Render the React product's widget, whatever it then shows."""
        await self.page.goto(host)
        given = {"url": self.simulator.url, **options}
        await self.page.evaluate("options => openWidget(options)", given)

    async def picture(self, name: str, *, whole: bool = False, of: Page | None = None) -> None:
        """Keep a picture in the folder that TOMADA_PICTURES names, if it names one.

        It is of the tab, or *of* another one, such as the bank's.
        """
        folder = os.environ.get("TOMADA_PICTURES")
        if folder:
            page = of or self.page
            await page.screenshot(path=Path(folder) / f"{name}.png", full_page=whole)

    async def heard(self, name: str) -> dict[str, Any]:
        """Wait for a callback and give what it carried."""
        found = await self.page.wait_for_function(
            "name => heard.find((one) => one.name === name)", arg=name
        )
        value: dict[str, Any] = await found.json_value()
        return value

    async def names_heard(self) -> list[str]:
        """List the callbacks so far in their order, without the polls' `ITEM_RESPONSE`."""
        names: list[str] = await self.page.evaluate("heard.map((one) => one.name)")
        return [name for name in names if name != "ITEM_RESPONSE"]

    async def connected_item(self, *, connector_id: int = 613, **more: Any) -> str:
        """Connect a bank without the widget; gives the item's id."""
        body = {
            "connectorId": connector_id,
            "parameters": {"user": "user-ok", "password": "password-ok"},
        }
        answer = await self.api.post("/items", json=body | more)
        await self.simulator.world.settled()
        return str(answer.raise_for_status().json()["id"])


@asynccontextmanager
async def tab(
    *, width: int = 1280, height: int = 800, settings: SimulatorSettings | None = None, **more: Any
) -> AsyncIterator[Tab]:
    """Open a tab beside a simulator until the block is left; *more* is for the browser."""
    async with (
        browser() as started,
        run_simulator(settings) as simulator,
        httpx2.AsyncClient(base_url=simulator.url) as api,
    ):
        keys = simulator.settings
        answer = await api.post(
            "/auth", json={"clientId": keys.client_id, "clientSecret": keys.client_secret}
        )
        api.headers["X-API-KEY"] = answer.raise_for_status().json()["apiKey"]
        page = await started.new_page(viewport={"width": width, "height": height}, **more)
        page.set_default_timeout(PATIENCE)
        complaints: list[str] = []

        def note(message: ConsoleMessage) -> None:
            if message.type == "error":
                complaints.append(message.text)

        page.on("console", note)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        yield Tab(simulator=simulator, api=api, page=page, complaints=complaints)


@contextmanager
def react_product() -> Iterator[str]:
    """Serve the page that uses `react-pluggy-connect`."""
    with site({"/": _REACT_PAGE, "/react-host.js": REACT}) as origin:
        yield origin
