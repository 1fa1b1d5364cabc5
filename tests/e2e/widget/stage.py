"""A simulator, a product's page and a browser tab together, and what a person does with them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx2
from playwright.async_api import ConsoleMessage, Frame, Page

from tests.e2e.widget.chromium import browser
from tests.e2e.widget.host_page import host_page
from tomada.simulator import Simulator, SimulatorSettings, run_simulator

PASSWORD = "password-ok"
PATIENCE = 30_000
"""Milliseconds a busy machine may take for one step."""


@dataclass(slots=True)
class Stage:
    """One tab on the product's page."""

    simulator: Simulator
    api: httpx2.AsyncClient
    page: Page
    host: str
    complaints: list[str]
    """Errors on the tab's console."""

    async def connect_token(self, **body: Any) -> str:
        answer = await self.api.post("/connect_token", json=body)
        return str(answer.raise_for_status().json()["accessToken"])

    async def open_widget(self, *, item_id: str | None = None, **options: Any) -> Frame:
        """Open the official SDK's widget; gives the frame with the simulator's page."""
        token = await self.connect_token(**({"itemId": item_id} if item_id else {}))
        await self.page.goto(self.host)
        await self.page.wait_for_function("() => window.openWidget !== undefined")
        await self.page.evaluate(
            "options => openWidget(options)",
            {"connectToken": token, "url": self.simulator.url, **options},
        )
        frame = next(one for one in self.page.frames if one.url.startswith(self.simulator.url))
        await frame.get_by_test_id("screen-terms").wait_for()
        return frame

    async def heard(self, name: str) -> dict[str, Any]:
        """Wait for a callback of the SDK and give what it carried."""
        found = await self.page.wait_for_function(
            "name => heard.find((one) => one.name === name)", arg=name
        )
        value: dict[str, Any] = await found.json_value()
        return value

    async def names_heard(self) -> list[str]:
        """List the callbacks so far, one of each run of equal ones."""
        names: list[str] = await self.page.evaluate("heard.map((one) => one.name)")
        return [name for place, name in enumerate(names) if names[place - 1 : place] != [name]]

    async def item(self, item_id: str) -> dict[str, Any]:
        answer = await self.api.get(f"/items/{item_id}")
        found: dict[str, Any] = answer.raise_for_status().json()
        return found


@asynccontextmanager
async def stage(
    *, width: int = 1280, height: int = 760, delay: float = 0.0, **settings: Any
) -> AsyncIterator[Stage]:
    """Set everything up, on free ports, until the block is left; *settings* are the simulator's."""
    async with (
        browser() as started,
        run_simulator(SimulatorSettings(bank_delay=delay, **settings)) as simulator,
        httpx2.AsyncClient(base_url=simulator.url) as api,
    ):
        chosen = simulator.settings
        key = await api.post(
            "/auth", json={"clientId": chosen.client_id, "clientSecret": chosen.client_secret}
        )
        api.headers["X-API-KEY"] = key.raise_for_status().json()["apiKey"]
        page = await started.new_page(viewport={"width": width, "height": height})
        page.set_default_timeout(PATIENCE)
        complaints: list[str] = []

        def note(message: ConsoleMessage) -> None:
            if message.type == "error":
                complaints.append(message.text)

        page.on("console", note)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        with host_page(simulator.url) as host:
            yield Stage(simulator=simulator, api=api, page=page, host=host, complaints=complaints)


async def log_in(frame: Frame, user: str, password: str = PASSWORD) -> None:
    """Fill the login form and send it."""
    await frame.get_by_label("Usuário").fill(user)
    await frame.get_by_label("Senha", exact=True).fill(password)
    await frame.get_by_role("button", name="Conectar").click()


async def choose(frame: Frame, name: str) -> None:
    """Accept the terms and choose an institution from the list."""
    await frame.get_by_role("button", name="Continuar").click()
    await frame.get_by_role("searchbox", name="Buscar instituição").fill(name)
    await frame.get_by_role("button", name=name, exact=True).click()
