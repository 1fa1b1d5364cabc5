"""Bills, investments and loans on their pages; what is stale is shown as stale."""

from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.e2e.dashboard.tab import PATIENCE, Tab
from tests.integration.sync.quiet import quiet

pytestmark = [pytest.mark.browser, pytest.mark.slow]

FOLDER = Path(__file__).parents[3] / "screenshots"
SANDBOX = 0


async def test_each_page_shows_what_the_bank_has_and_how_fresh_it_is(tab: Tab) -> None:
    FOLDER.mkdir(exist_ok=True)
    item = await tab.connect_behind_the_scenes(SANDBOX)
    await quiet(tab.tomada)
    await tab.sign_in()
    page = tab.page

    for path, words in (
        ("/faturas", "Vence em"),
        ("/investimentos", "valor líquido"),
        ("/emprestimos", "saldo devedor"),
    ):
        await tab.open(path)
        await expect(page.get_by_text(words).first).to_be_visible(timeout=PATIENCE)
        await expect(page.locator(".chip.good")).to_have_count(1)
        for width, height in ((1280, 800), (390, 844)):
            await page.set_viewport_size({"width": width, "height": height})
            assert await tab.width_beyond() == 0, path
            name = f"shelf-{path[1:]}-{width}.png"
            await page.screenshot(path=FOLDER / name, animations="disabled")
    await page.get_by_role("link", name="Investimentos").click()
    await expect(page.locator(".tabs [aria-current=page]")).to_have_text("Investimentos")

    world = tab.tomada.simulator.world
    world.run(item, outcome="PARTIAL_SUCCESS")
    await quiet(tab.tomada)
    await tab.open("/faturas")
    stale = page.locator(".holding .chip.stale")
    await expect(stale).to_contain_text("Cartões de hoje", timeout=PATIENCE)
    await expect(stale).to_contain_text("o banco não respondeu")
    await page.screenshot(path=FOLDER / "shelf-stale-390.png", animations="disabled")
    await tab.open("/")
    await expect(page.locator(".stale-parts")).to_contain_text("Cartões de hoje")
    for width, height in ((390, 844), (1280, 800)):
        await page.set_viewport_size({"width": width, "height": height})
        assert await tab.width_beyond() == 0
        await page.screenshot(path=FOLDER / f"shelf-overview-{width}.png", animations="disabled")
    assert tab.complaints == []
