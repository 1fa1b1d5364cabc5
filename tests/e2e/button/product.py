"""A product's page with the React button, made as a product makes it, on the origin of Tomada."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from playwright.async_api import Browser, Frame, Locator, Page, expect

from tests.conftest import Running
from tests.e2e.dashboard.tab import PATIENCE, Tab, eventually, tab_of
from tests.e2e.widget.stage import PASSWORD
from tomada.cli.serve import take_port

ROOT = Path(__file__).parents[3]
FRONTEND = ROOT / "frontend"
MODULES = FRONTEND / "node_modules"
OLDER = FRONTEND / "react-18/node_modules"
PICTURES = ROOT / "screenshots"
PASSED = ("Cookie", "Content-Type", "Origin", "Sec-Fetch-Site", "Authorization")
RETURNED = ("Content-Type", "Retry-After", "Location")
PAGE = """<!doctype html>
<html lang="pt-BR">
<meta charset="utf-8">
<title>Produto</title>
<link rel="icon" href="data:,">
<style>
  body { font: 16px/1.5 system-ui, sans-serif; margin: 3rem; }
  .connect-bank-button { font: inherit; font-weight: 600; padding: .6rem 1.2rem; border: 0;
    border-radius: .5rem; background: #0b6b53; color: #fff; }
  .connect-bank-button[aria-busy=true] { opacity: .6; }
  .connect-bank-status { display: block; margin-top: .75rem; max-width: 32rem; }
</style>
<h1>Minhas contas</h1>
<div id="product"></div>
<script type="module" src="/host.js"></script>
"""


async def run(*command: str | Path, env: dict[str, str] | None = None) -> None:
    """Run a program of npm's to its end; raises with what it printed where it fails."""
    process = await asyncio.create_subprocess_exec(
        *command,
        env=os.environ | (env or {}),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    out, _ = await process.communicate()
    assert process.returncode == 0, out.decode()


async def packaged() -> None:
    """Have the package built; a machine without its tools skips, a CI fails."""
    if not (MODULES / "vite").exists() or not OLDER.exists():
        missing = "the button was not run in a browser: npm ci --prefix frontend comes first"
        assert "CI" not in os.environ, missing
        pytest.skip(missing)
    if not (FRONTEND / "react/dist/index.js").exists():
        await run("npm", "run", "build", "--prefix", FRONTEND / "react")


async def bundle(react: str, target: Path) -> bytes:
    """Bundle the product's page with one version of React."""
    await packaged()
    older = [f"--alias:{name}={OLDER / name}" for name in ("react", "react-dom")]
    await run(
        MODULES / ".bin/esbuild",
        Path(__file__).with_name("host.jsx"),
        "--bundle",
        "--format=esm",
        "--jsx=automatic",
        '--define:process.env.NODE_ENV="production"',
        f"--outfile={target}",
        "--log-level=warning",
        *(older if react == "18" else []),
        env={"NODE_PATH": str(MODULES)},
    )
    return await asyncio.to_thread(target.read_bytes)


@asynccontextmanager
async def served(
    tomada: Running, files: dict[str, tuple[str, bytes]], headers: dict[str, str]
) -> AsyncIterator[str]:
    """Serve the product's *files*, and pass what is for Tomada on to it, as products do.

    *headers* go with the files; they may be changed while it serves.
    """

    async def answer(request: web.Request) -> web.Response:
        if not request.path.startswith("/api/"):
            media_type, content = files[request.path]
            return web.Response(body=content, content_type=media_type, headers=headers)
        passed = {name: request.headers[name] for name in PASSED if name in request.headers}
        async with client.request(
            request.method, tomada.url + request.path_qs, headers=passed, data=await request.read()
        ) as told:
            return web.Response(
                status=told.status,
                body=await told.read(),
                headers={name: told.headers[name] for name in RETURNED if name in told.headers},
            )

    application = web.Application()
    application.router.add_route("*", "/{path:.*}", answer)
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as client:
        runner = web.AppRunner(application)
        await runner.setup()
        listener = take_port("127.0.0.1", 0)
        await web.SockSite(runner, listener).start()
        try:
            yield f"http://localhost:{listener.getsockname()[1]}"
        finally:
            await runner.cleanup()


@dataclass(slots=True)
class Product:
    """One tab on the product's page."""

    tab: Tab
    url: str
    headers: dict[str, str]
    pictures: Path | None = None

    @property
    def page(self) -> Page:
        """The tab's page."""
        return self.tab.page

    @property
    def button(self) -> Locator:
        """The button itself."""
        return self.page.locator("button.connect-bank-button")

    async def open(self) -> None:
        """Go to the page; the session at Tomada is the browser's, whose cookies ignore ports."""
        await self.page.goto(self.url)
        await self.button.wait_for()

    async def says(self, text: str) -> None:
        """Wait for the line beside the button, which a screen reader speaks."""
        line = self.page.get_by_role("status")
        await expect(line).to_contain_text(text, timeout=PATIENCE)

    async def picture(self, name: str) -> None:
        """Keep what the page looks like now, to be looked at."""
        if self.pictures:
            self.pictures.mkdir(exist_ok=True)
            path = self.pictures / f"button-{name}.png"
            await self.page.screenshot(path=path, animations="disabled")

    async def heard(self) -> list[dict[str, Any]]:
        """Give what the product was told so far."""
        told: list[dict[str, Any]] = await self.page.evaluate("heard")
        return told

    async def frame(self) -> Frame:
        """Give the widget's frame, whatever it shows."""
        origin = self.tab.tomada.simulator.url

        async def look() -> Frame | None:
            return next((one for one in self.page.frames if one.url.startswith(origin)), None)

        return await eventually(look)

    async def goes_through_the_widget(
        self, password: str = PASSWORD, *, send: str = "Conectar"
    ) -> None:
        """Sign in at the bank in the widget that is open; *send* is its button's name."""
        frame = await self.tab.widget()
        await frame.get_by_role("button", name="Continuar").click()
        await frame.get_by_label("Usuário").fill("user-ok")
        await frame.get_by_label("Senha", exact=True).fill(password)
        await frame.get_by_role("button", name=send, exact=True).click()


@asynccontextmanager
async def product(
    tomada: Running, browser: Browser, *, react: str, folder: Path
) -> AsyncIterator[Product]:
    """Open a tab on a product made with *react*, for somebody who is not signed in yet."""
    script = await bundle(react, folder / "host.js")
    files = {"/": ("text/html", PAGE.encode()), "/host.js": ("text/javascript", script)}
    headers: dict[str, str] = {}
    async with (
        served(tomada, files, headers) as url,
        tab_of(tomada, browser, height=900) as tab,
    ):
        yield Product(tab, url, headers, PICTURES)
