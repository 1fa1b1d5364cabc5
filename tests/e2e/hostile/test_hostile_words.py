"""Text of a bank is text on every page, whatever it says."""

import logging
from collections.abc import Callable
from urllib.parse import quote

import pytest
from fastapi import FastAPI
from playwright.async_api import Page, Request

from tests.conftest import Running
from tests.e2e.dashboard.tab import BANK_ID, tab_of
from tests.e2e.hostile.lying_bank import lying
from tests.e2e.hostile.payloads import payloads
from tests.e2e.widget.chromium import browser
from tests.integration.web.test_every_answer import flat
from tomada.bootstrap import open_app
from tomada.cli.serve import serving, take_port
from tomada.settings import Settings
from tomada.simulator import Simulator
from tomada.web.app import create_app
from tomada.web.limits import REPORTS_PATH
from tomada.worker import Worker

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LISTENS = """
window.ran = 0;
for (const name of ["alert", "prompt", "confirm"]) window[name] = () => { window.ran += 1; };
document.addEventListener("securitypolicyviolation", (event) => {
  window.broken = [...(window.broken || []), event.violatedDirective];
});
"""
LEFT = "xss-mark, base, object, embed, math, iframe, script:not([nonce]), [onerror], [onload], [onfocus]"


def pages(web: FastAPI) -> list[str]:
    """Every page without an id in its address."""
    return sorted(
        path
        for route in flat(web.routes)
        if "GET" in (getattr(route, "methods", None) or ())
        and not (path := getattr(route, "path", "")).startswith(("/api/", "/static", "/openapi"))
        and "{" not in path
        and path not in ("/healthz", "/readyz", "/entrar")
    )


async def look(page: Page, url: str, seen: list[str]) -> None:
    """Open a page and see that nothing of it ran, was blocked, or became an element."""
    await page.goto(url)
    await page.wait_for_load_state("load")
    found = await page.evaluate(
        "(left) => ({ran: window.ran, broken: window.broken || [],"
        " left: [...document.querySelectorAll(left)].map((one) => one.outerHTML)})",
        LEFT,
    )
    assert found == {"ran": 0, "broken": [], "left": []}, url
    seen.append(await page.content())


@pytest.mark.timeout(300)
async def test_nothing_that_a_bank_says_runs_in_a_browser(
    simulator: Simulator,
    settings_for: Callable[[Simulator, int], Settings],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.WARNING)
    bound = take_port("127.0.0.1", 0)
    seen: list[str] = []
    reports: list[str] = []

    def note(request: Request) -> None:
        if request.url.endswith(REPORTS_PATH):
            reports.append(request.post_data or "")

    async with browser() as chromium, lying(simulator.url) as (lies, address):
        settings = settings_for(simulator, bound.getsockname()[1])
        settings = settings.model_copy(update={"pluggy_url": address})
        async with open_app(settings) as app, serving(app, listener=bound), Worker(app).running():
            tomada = Running(app, settings.origin, simulator)
            async with tab_of(tomada, chromium) as tab:
                await tab.page.context.add_init_script(LISTENS)
                tab.page.context.on("request", note)
                item = await tab.connect_behind_the_scenes()
                for n, payload in enumerate(payloads()[::20]):
                    await tab.happens(item, description=payload, amount=f"-{n + 1}.00")
                await tab.sign_in()
                accounts = await app.ledger.accounts(tab.caller.entity_id)
                addresses = [
                    *pages(create_app(app)),
                    f"/conectar/{BANK_ID}",
                    f"/reconectar/{item}",
                    *(f"/cartao/{one.id}" for one in accounts if one.type == "CREDIT"),
                    *(f"/?q={quote(payload)}" for payload in payloads()[::150]),
                    "/?lang=en",
                ]
                for path in addresses:
                    await look(tab.page, f"{settings.origin}{path}", seen)
                    assert tab.complaints == [], path
                await tab.open("/")
                await tab.scroll_to_the_end()
                rows = await tab.page.locator("[data-statement] li.row").count()
                await look(tab.page, f"{settings.origin}/", seen)
                kept = await tab.page.evaluate(
                    "Object.keys(localStorage).length + Object.keys(sessionStorage).length"
                )
                assert tab.complaints == []
                assert await app.categories.refresh() is False

    drawn = sum(text.count("alert") for text in seen)
    print(  # noqa: T201  (the figures of the proof)
        f"{len(lies.told)} pairs of payload and field, {len({f for f, _ in lies.told})} fields,"
        f" {len({n for _, n in lies.told})} payloads, {len(addresses)} pages, {rows} rows,"
        f" drawn {drawn} times; ran 0"
    )
    assert len(lies.told) > 2_000
    assert drawn > 200
    assert reports == []
    assert kept == 0
