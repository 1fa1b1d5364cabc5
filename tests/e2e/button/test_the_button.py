"""The React button with the official widget, the simulator and the server, in a browser."""

import asyncio
from pathlib import Path

import pytest
from playwright.async_api import Browser, Route, expect

from tests.conftest import Running
from tests.e2e.button.product import Product, product
from tests.e2e.dashboard.tab import BANK_ID, PATIENCE, eventually
from tests.integration.path.connecting import agree
from tomada.domain.ids import ItemId

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("react", ["18", "19"])
async def test_a_person_connects_a_bank_and_each_ending_is_told_apart(
    tomada: Running, browser: Browser, tmp_path: Path, react: str
) -> None:
    async with product(tomada, browser, react=react, folder=tmp_path) as on:
        tab, page = on.tab, on.page
        await on.open()
        assert (await page.evaluate("react")).startswith(f"{react}.")
        await expect(on.button).to_have_text("Conectar Banco")
        await on.picture("idle")

        await on.button.click()
        await on.says("Sua sessão terminou.")
        await on.picture("signed-out")
        await tab.sign_in()
        await on.open()

        await on.button.click()
        await on.says("Antes de conectar, autorize a leitura dos seus dados.")
        assert await page.get_by_role("link", name="Ler e autorizar").is_visible()
        await on.picture("consent")
        await agree(tomada, tab.caller, BANK_ID)

        await _closes_it(on)
        await _fails_and_succeeds(on)
        await _connects_again(on)
        names = [one["name"] for one in await on.heard()]
        assert names == [
            "close", "error", "connected", "success", "reconnect", "connected", "success",
        ]  # fmt: skip
        items = await tomada.app.items.list(tab.caller.entity_id)
        told = await on.heard()
        assert [one.id for one in items] == [told[3]["itemId"]] == [told[6]["itemId"]]


async def _closes_it(on: Product) -> None:
    page = on.page
    # The keyboard opens it, twice pressed is once opened, and the focus comes back.
    await on.button.focus()
    await page.keyboard.press("Enter")
    await page.keyboard.press("Enter")
    await on.tab.widget()
    await expect(on.button).to_have_attribute("aria-busy", "true")
    assert [one.url.startswith(on.tab.tomada.simulator.url) for one in page.frames].count(True) == 1
    await on.picture("open")
    await (await on.frame()).get_by_role("button", name="Fechar").click()
    await on.says("A janela foi fechada e nenhum banco foi conectado.")
    await expect(on.button).to_be_focused()
    await expect(on.button).to_have_attribute("aria-busy", "false")
    await on.picture("closed")


async def _fails_and_succeeds(on: Product) -> None:
    page = on.page
    await page.keyboard.press("Enter")
    await on.goes_through_the_widget("password-wrong")
    frame = await on.frame()
    await frame.get_by_role("heading", name="Dados incorretos").wait_for()
    await frame.get_by_role("button", name="Fechar").click()
    await on.says("O banco não aceitou a conexão.")
    await on.picture("bank-error")

    # Once the item that failed is known, it is updated, and no second one made.
    tomada, entity = on.tab.tomada, on.tab.caller.entity_id
    await eventually(lambda: tomada.app.items.list(entity))
    await page.keyboard.press("Enter")
    await on.goes_through_the_widget(send="Reconectar")
    await on.says("Tudo pronto. Lançamentos lidos:")
    await (await on.frame()).get_by_role("button", name="Concluir").click()
    await expect(on.button).to_be_focused(timeout=PATIENCE)
    await on.picture("success")
    told = await on.heard()
    assert (
        f"Lançamentos lidos: {told[-1]['transactions']}."
        in await page.get_by_role("status").inner_text()
    )


async def _connects_again(on: Product) -> None:
    page = on.page
    await page.keyboard.press("Enter")
    await on.says("Este banco já está conectado.")
    await expect(on.button).to_have_text("Reconectar Banco")
    await on.picture("reconnect")
    await page.keyboard.press("Enter")
    frame = await on.tab.widget()
    await frame.get_by_role("button", name="Continuar").click()
    await on.says("Tudo pronto.")


async def test_a_widget_that_is_held_back_says_so(
    tomada: Running, browser: Browser, tmp_path: Path
) -> None:
    async with product(tomada, browser, react="19", folder=tmp_path) as on:
        tab = on.tab
        await agree(tomada, tab.caller, BANK_ID)
        await tab.sign_in()
        # As an ad blocker does: the frame's address does not answer.
        await tab.page.route(f"{tomada.simulator.url}/**", lambda route: route.abort())
        await on.open()
        await tab.page.evaluate("show({ connectorId: 613, widgetDeadline: 1000 })")

        await on.button.click()
        await on.says("A janela da Pluggy não abriu.")

        await on.picture("blocked")
        assert await tab.page.locator("iframe").count() == 0
        # A policy of the page's that forbids the frame is heard of at once.
        on.headers["Content-Security-Policy"] = "frame-src 'none'"
        await on.open()
        await on.button.click()
        await on.says("A janela da Pluggy não abriu.")
        assert [one["status"] for one in await on.heard()] == ["blocked"]


async def test_a_reading_that_goes_on_is_followed_to_its_end(
    tomada: Running, browser: Browser, tmp_path: Path
) -> None:
    async with product(tomada, browser, react="19", folder=tmp_path) as on:
        tab = on.tab
        item_id = await tab.connect_behind_the_scenes()
        sync = (await tomada.app.syncs.list(tab.caller, ItemId(item_id), cursor=None, limit=1))[0]
        await tab.sign_in()
        looked = asyncio.Event()

        async def pending(route: Route) -> None:
            # What the server says after 25 s of reading, without the 25 s.
            told = {"success": True, "pending": True, "syncId": str(sync[0].id)}
            await route.fulfill(status=202, json={**told, "accounts": 1, "transactions": 7})

        async def look(route: Route) -> None:
            await looked.wait()
            await route.continue_()

        await tab.page.route("**/sync-data", pending)
        await tab.page.route("**/syncs/*", look)
        await on.open()
        await tab.page.evaluate("id => show({ itemId: id })", item_id)
        await expect(on.button).to_have_text("Reconectar Banco")

        await on.button.click()
        await (await tab.widget()).get_by_role("button", name="Continuar").click()
        await on.says("Banco conectado com sucesso! Sincronizando dados…")
        await (await on.frame()).get_by_role("button", name="Concluir").click()
        await expect(on.button).to_be_focused(timeout=PATIENCE)
        await expect(on.button).to_have_attribute("aria-busy", "true")
        await on.picture("syncing")
        looked.set()

        await on.says(f"Lançamentos lidos: {sync[0].transactions}.")
        assert tab.complaints == []
