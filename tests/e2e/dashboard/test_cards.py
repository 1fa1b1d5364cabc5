"""Cards and bills on the screen: named figures, sums that close, and what does not."""

import re
from decimal import Decimal
from os import environ
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.e2e.dashboard.tab import Tab
from tests.integration.sync.quiet import quiet
from tomada.domain.ids import ItemId
from tomada.simulator.balances import shift

pytestmark = pytest.mark.browser


async def _picture(tab: Tab, name: str) -> None:
    """Keep a picture where ``TOMADA_PICTURES`` names a folder."""
    folder = environ.get("TOMADA_PICTURES")
    if folder:
        width = (tab.page.viewport_size or {"width": 0})["width"]
        await tab.page.screenshot(path=Path(folder) / f"{name}-{width}.png", full_page=True)


async def _see(tab: Tab) -> None:
    """Go from the overview to a bill that adds up, and to one that does not."""
    page = tab.page
    world = tab.tomada.simulator.world
    item = await tab.connect_behind_the_scenes()
    await quiet(tab.tomada)
    accounts = {one.subtype: one for one in world.state.items[item].accounts}
    card = accounts["CREDIT_CARD"]
    latest = max(card.bills, key=lambda one: one.due_date)
    world.hooks.mode = "drop"
    latest.total_amount += 50
    shift(accounts["CHECKING_ACCOUNT"], Decimal(-150))
    app, entity = tab.tomada.app, tab.caller.entity_id
    await app.syncs.want(entity, ItemId(item), reason="schedule", full=False)
    await quiet(tab.tomada)
    await tab.sign_in()

    await expect(page.get_by_role("note")).to_contain_text("150,00 a menos")
    await _picture(tab, "case")
    await page.get_by_role("link", name="Faturas e limite").click()
    await expect(page.get_by_text("Fatura aberta", exact=True)).to_be_visible()
    await expect(page.get_by_text("Limite disponível")).to_be_visible()
    assert await tab.width_beyond() == 0
    await _picture(tab, "card")
    bills = page.locator(".bill-list a")
    await expect(bills.first).to_contain_text("50,00 sem explicação")
    await bills.nth(1).click()
    await expect(page.get_by_text("centavo por centavo")).to_be_visible()
    await expect(page.get_by_text("confirmado no cartão")).to_be_visible()
    assert await tab.width_beyond() == 0
    await _picture(tab, "bill")
    await page.go_back()
    await bills.first.click()
    await expect(page.get_by_text("Diferença sem explicação")).to_be_visible()
    await expect(page.locator(".bill-off")).to_contain_text(re.compile(r"50,00"))
    await _picture(tab, "bill-off")


async def test_a_bill_shows_its_sums_and_an_open_case_its_words(tab: Tab) -> None:
    await _see(tab)


async def test_the_same_on_a_phone(phone: Tab) -> None:
    await _see(phone)
