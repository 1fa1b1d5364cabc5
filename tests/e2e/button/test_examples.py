"""The two example pages run as they stand in the repository, on a real server and widget."""

import asyncio
import shutil
from pathlib import Path

import httpx2
import pytest
from playwright.async_api import Browser, Route

from tests.conftest import Running
from tests.e2e.button.product import MODULES, ROOT, Product, packaged, run, served
from tests.e2e.dashboard.tab import BANK_ID, eventually, tab_of
from tests.integration.path.connecting import agree
from tomada.cli.serve import take_port

pytestmark = pytest.mark.browser

EXAMPLES = ROOT / "examples"
OWN_LINES = 30


async def test_a_react_product_made_with_vite_connects_a_bank(
    tomada: Running, browser: Browser, tmp_path: Path
) -> None:
    await packaged()
    project = tmp_path / "project"
    shutil.copytree(EXAMPLES / "react", project)
    (project / "node_modules").symlink_to(MODULES)
    vite = str(MODULES / ".bin/vite")
    await run(vite, "build", project)
    with take_port("127.0.0.1", 0) as free:
        port = free.getsockname()[1]
    preview = await asyncio.create_subprocess_exec(
        vite, "preview", project, "--host", "127.0.0.1", "--port", str(port), "--strictPort",
        env={"PATH": "/usr/local/bin:/usr/bin:/bin", "TOMADA_APP_URL": tomada.url},
        stdout=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        async with tab_of(tomada, browser) as tab:
            on = Product(tab, f"http://localhost:{port}", {})
            await agree(tomada, tab.caller, BANK_ID)
            await tab.sign_in()
            await eventually(lambda: _answers(on.url))
            await on.open()

            await on.button.click()
            await on.goes_through_the_widget()
            await on.says("Tudo pronto. Lançamentos lidos:")

            assert len(await tomada.app.items.list(tab.caller.entity_id)) == 1
    finally:
        preview.terminate()
        await preview.wait()


async def test_a_plain_page_connects_a_bank(tomada: Running, browser: Browser) -> None:
    page = (EXAMPLES / "plain-html/index.html").read_bytes()
    async with (
        served(tomada, {"/": ("text/html", page)}, {}) as url,
        tab_of(tomada, browser) as tab,
        httpx2.AsyncClient(base_url=tomada.simulator.url) as simulator,
    ):
        stand_in = await simulator.get("/pluggy-connect/v2.9.2/pluggy-connect.js")

        async def from_the_simulator(route: Route) -> None:
            await route.fulfill(body=stand_in.content, content_type="text/javascript")

        await tab.page.route("https://cdn.pluggy.ai/**", from_the_simulator)
        on = Product(tab, url, {})
        await tab.sign_in()
        await on.open()
        await on.button.click()
        await on.says("Autorize a leitura")
        await agree(tomada, tab.caller, BANK_ID)

        await on.button.click()
        await on.goes_through_the_widget()
        await on.says("Tudo pronto. Lançamentos lidos:")

        assert len(await tomada.app.items.list(tab.caller.entity_id)) == 1


def test_the_react_example_is_short() -> None:
    files = [EXAMPLES / "react" / name for name in ("main.jsx", "index.html", "vite.config.js")]

    assert sum(len(one.read_text().splitlines()) for one in files) <= OWN_LINES


async def _answers(url: str) -> bool:
    async with httpx2.AsyncClient() as client:
        try:
            return (await client.get(url)).status_code == 200
        except httpx2.ConnectError:
            return False
