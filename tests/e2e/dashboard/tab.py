"""A browser tab on the dashboard, and what a person does with it."""

import asyncio
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

import httpx2
from playwright.async_api import Browser, ConsoleMessage, Frame, Locator, Page, Request

from tests.conftest import PASSWORD, Running
from tests.integration.path.connecting import connect
from tomada.domain.access import Caller

EMAIL = "rita@example.com"
BANK = "Banco Aurora"
BANK_ID = 613
PATIENCE = 30_000
"""Milliseconds a busy machine may take for one step."""

Found = TypeVar("Found")


@dataclass(slots=True)
class Tab:
    """One tab of one person; *clicks* counts what the person pressed."""

    tomada: Running
    caller: Caller
    page: Page
    bank: httpx2.AsyncClient
    """The bank's side: the simulator's control API."""
    complaints: list[str] = field(default_factory=list)
    """Errors on the tab's console, broken policies among them."""
    clicks: int = 0
    asked_to_sync: list[float] = field(default_factory=list)
    """When the page asked for a sync, which it does the moment the widget reports success."""

    async def click(self, target: Locator) -> None:
        await target.click()
        self.clicks += 1

    async def open(self, path: str = "/") -> None:
        await self.page.goto(f"{self.tomada.url}{path}")

    async def sign_in(self) -> None:
        await self.open("/")
        await self.page.get_by_label("E-mail").fill(EMAIL)
        await self.page.get_by_label("Senha", exact=True).fill(PASSWORD)
        await self.click(self.page.get_by_role("button", name="Entrar"))
        await self.page.wait_for_url(f"{self.tomada.url}/")

    async def connect_behind_the_scenes(self, connector_id: int = BANK_ID) -> str:
        """Have a bank connected and read without this tab."""
        return await connect(self.tomada, self.caller, connector_id=connector_id)

    async def widget(self) -> Frame:
        """Give the frame that the official widget opened."""
        await self.page.locator("iframe").first.wait_for()
        frame = await eventually(self._simulators_frame)
        await frame.get_by_test_id("screen-terms").wait_for()
        return frame

    async def _simulators_frame(self) -> Frame | None:
        return next(
            (one for one in self.page.frames if one.url.startswith(self.tomada.simulator.url)), None
        )

    async def happens(self, item_id: str, **movement: Any) -> str:
        """Let something happen at the bank; gives what it is called there."""
        answer = await self.bank.post(f"/_simulator/items/{item_id}/transactions", json=movement)
        assert answer.status_code < 300, answer.text
        return str(answer.json()["description"])

    async def run_at_the_bank(self, item_id: str, outcome: str) -> None:
        answer = await self.bank.post(f"/_simulator/items/{item_id}/run", json={"outcome": outcome})
        assert answer.status_code < 300, answer.text

    async def live(self) -> None:
        """Wait until the tab's stream is open and has been answered."""
        await self.page.locator("html[data-live]").wait_for(state="attached")

    def rows(self, text: str | None = None) -> Locator:
        found = self.page.locator("[data-statement] li.row")
        return found if text is None else found.filter(has_text=text)

    async def scroll_to_the_end(self) -> None:
        end = self.page.locator("[data-end]")
        while not await end.count():
            await self.page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
            await asyncio.sleep(0.02)

    async def width_beyond(self) -> int:
        """Tell by how many pixels the page is wider than the window."""
        wide: int = await self.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        return wide


@asynccontextmanager
async def tab_of(
    tomada: Running,
    browser: Browser,
    *,
    width: int = 1280,
    height: int = 800,
) -> AsyncIterator[Tab]:
    """Open a tab for a new person; nobody is signed in yet."""
    user, entity = await tomada.app.access.create_user(EMAIL, PASSWORD, "Rita Lopes")
    caller = Caller(user, entity, "test")
    async with httpx2.AsyncClient(base_url=tomada.simulator.url) as bank:
        context = await browser.new_context(
            viewport={"width": width, "height": height},
            locale="pt-BR",
            reduced_motion="reduce",
        )
        page = await context.new_page()
        page.set_default_timeout(PATIENCE)
        tab = Tab(tomada, caller, page, bank)

        def note(message: ConsoleMessage) -> None:
            # What an error answer looks like on the console is no complaint of the page's code.
            if message.type == "error" and "Failed to load resource" not in message.text:
                tab.complaints.append(message.text)

        def watch(request: Request) -> None:
            if re.search(r"/sync-data$", request.url):
                tab.asked_to_sync.append(time.monotonic())

        page.on("console", note)
        page.on("pageerror", lambda error: tab.complaints.append(str(error)))
        page.on("request", watch)
        try:
            yield tab
        finally:
            await context.close()


async def eventually(look: Callable[[], Awaitable[Found | None]], *, seconds: float = 30) -> Found:
    """Wait for *look* to find something."""
    until = time.monotonic() + seconds
    while not (found := await look()):
        assert time.monotonic() < until, "it did not come to pass in time"
        await asyncio.sleep(0.02)
    return found
