"""Each page and state at a desk and on a phone, in light and dark, kept to be looked at.

The pictures go to ``screenshots/``, which git ignores. What a program can see is checked as well:
nothing is wider than the window, nothing is complained about on the console.
"""

import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Literal

import pytest
from playwright.async_api import Browser, expect

from tests.conftest import Running
from tests.e2e.dashboard.tab import BANK_ID, PATIENCE, Tab, tab_of

pytestmark = [pytest.mark.browser, pytest.mark.slow]

THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
STATES = 16
README_BYTES = 300 * 1024
FOLDER = Path(__file__).parents[3] / "screenshots"
Picture = Callable[[str], Awaitable[None]]
ILL_BANK_ID, AWAY_BANK_ID = 617, 614


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (390, 844)])
async def test_every_page_is_pictured(
    tomada: Running, browser: Browser, width: int, height: int
) -> None:
    FOLDER.mkdir(exist_ok=True)
    taken: list[str] = []
    async with tab_of(tomada, browser, width=width, height=height) as tab:

        async def picture(name: str) -> None:
            for theme in THEMES:
                await tab.page.emulate_media(color_scheme=theme, reduced_motion="reduce")
                path = FOLDER / f"{name}-{width}-{theme}.png"
                await tab.page.screenshot(path=path, animations="disabled")
            assert await tab.width_beyond() == 0, name
            taken.append(name)

        await _before_a_bank(tab, picture)
        await _with_banks(tab, picture)

        assert tab.complaints == []
    assert len(taken) == len(set(taken)) == STATES


async def test_the_picture_of_the_readme_is_of_the_real_page(
    tomada: Running, browser: Browser
) -> None:
    FOLDER.mkdir(exist_ok=True)
    path = FOLDER / "readme.png"
    async with tab_of(tomada, browser, width=1280, height=880) as tab:
        item = await tab.connect_behind_the_scenes()
        await tab.connect_behind_the_scenes(ILL_BANK_ID)
        await tab.sign_in()
        await tab.live()

        name = await tab.happens(item, kind="purchase")
        await expect(tab.rows(name).first).to_have_class(re.compile("fresh"))
        await expect(tab.page.locator(".chip.good")).to_have_count(2, timeout=PATIENCE)
        await tab.page.screenshot(path=path)

    # Copied to docs/images/dashboard.png by hand when the page has changed.
    assert path.stat().st_size <= README_BYTES


async def _before_a_bank(tab: Tab, picture: Picture) -> None:
    page = tab.page
    await tab.open("/entrar")
    await page.get_by_role("button", name="Entrar").click()
    await picture("door")
    await tab.sign_in()
    await picture("welcome")
    await tab.open("/conectar")
    await picture("choose")
    await tab.open(f"/conectar/{BANK_ID}")
    await picture("consent")
    await page.get_by_label("Contas, cartões e lançamentos").check()
    await page.get_by_label("18 anos ou mais").check()
    await page.get_by_role("button", name="Continuar para o banco").click()
    await tab.widget()
    await picture("widget")
    await tab.open("/conectar/999999")
    await picture("not-found")


async def _with_banks(tab: Tab, picture: Picture) -> None:
    page = tab.page
    await tab.connect_behind_the_scenes()
    await tab.open("/")
    await tab.live()
    await picture("overview")
    await tab.rows().nth(6).scroll_into_view_if_needed()
    await picture("statement")
    ill = await tab.connect_behind_the_scenes(ILL_BANK_ID)
    away = await tab.connect_behind_the_scenes(AWAY_BANK_ID)
    await tab.run_at_the_bank(ill, "INVALID_CREDENTIALS")
    await tab.run_at_the_bank(away, "SITE_NOT_AVAILABLE")
    await expect(page.locator(".step")).to_have_count(2, timeout=PATIENCE)
    await page.locator(".step").first.scroll_into_view_if_needed()
    await picture("ill-banks")
    await page.locator("#bell").click()
    await picture("notices")
    await page.keyboard.press("Escape")
    await page.locator("[data-month]").nth(3).click()
    await picture("month")
    await page.get_by_label("Buscar lançamentos").fill("nada disso")
    await page.get_by_role("heading", name="Nada encontrado").wait_for()
    await picture("nothing-found")
    await page.get_by_label("Opções de Lume").click()
    await page.get_by_role("link", name="Desconectar").click()
    await page.get_by_role("heading", name="Desconectar Lume").wait_for()
    await picture("question")
    await tab.open("/privacidade")
    await picture("privacy")
    await tab.open("/seguranca")
    await picture("security")
    await tab.open(f"/reconectar/{ill}")
    await picture("reconnect")
