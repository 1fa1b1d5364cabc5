"""A person writes to a movement, takes it out and back, and answers what belongs together."""

import os
from decimal import Decimal

import pytest
from playwright.async_api import Browser, expect

from tests.conftest import Running
from tests.e2e.dashboard.tab import PATIENCE, tab_of

pytestmark = [pytest.mark.browser, pytest.mark.slow]


async def test_a_note_stays_on_its_row_and_a_question_is_answered(
    tomada: Running, browser: Browser
) -> None:
    world = tomada.simulator.world
    async with tab_of(tomada, browser, width=1280, height=900) as tab:
        item = await tab.connect_behind_the_scenes()
        await tab.sign_in()
        await tab.live()
        page = tab.page
        name = await tab.happens(item, kind="purchase")
        key = await tab.rows(name).first.get_attribute("data-key")
        row = page.locator(f'[data-statement] .row[data-key="{key}"]')

        await row.hover()
        await row.locator("[data-edit]").click()
        await page.get_by_label("Anotação").fill("presente da Bia")
        await page.get_by_label("Sua categoria").fill("Presentes")
        if folder := os.environ.get("TOMADA_PICTURES"):
            await page.screenshot(path=f"{folder}/annotate.png")
        await page.get_by_role("button", name="Salvar").click()
        await expect(row.locator(".row-notes")).to_contain_text("presente da Bia", timeout=PATIENCE)
        await expect(row.locator(".row-notes")).to_contain_text("Presentes")

        for kind, subtype in (("pix_out", "CHECKING_ACCOUNT"), ("pix_in", "SAVINGS_ACCOUNT")):
            accounts = world.state.items[item].accounts
            account = next(one for one in accounts if one.subtype == subtype)
            made = world.post(
                item, kind=kind, account_id=account.id, amount=Decimal("5678.91"),
                status="POSTED", description=f"Pix {kind}", collect=False,
            )  # fmt: skip
            made.payment_data, made.category_id, made.category = None, None, None
        world.bank.collect(item)
        asked = page.locator("[data-suggestion]").filter(has_text="5.678,91")
        await expect(asked).to_have_count(1, timeout=PATIENCE)
        if folder:
            await page.screenshot(path=f"{folder}/suggestion.png")
        await asked.get_by_role("button", name="Sim").click()
        await expect(asked).to_have_count(0, timeout=PATIENCE)

        await row.hover()
        await row.locator("[data-edit]").click()
        await page.get_by_role("button", name="Tirar da lista").click()
        await expect(row).to_have_count(0, timeout=PATIENCE)
        view = page.get_by_label("O que mostrar")
        await view.select_option("Tirados da lista")
        await expect(row).to_have_count(1, timeout=PATIENCE)
        if folder:
            await page.screenshot(path=f"{folder}/hidden.png")
        await row.hover()
        await row.locator("[data-edit]").click()
        await page.get_by_role("button", name="Pôr de volta na lista").click()
        await expect(row).to_have_count(0, timeout=PATIENCE)
        await view.select_option("No extrato")
        await page.get_by_label("Buscar lançamentos").fill("presente bia")
        await expect(row).to_have_count(1, timeout=PATIENCE)
        await expect(page.locator("[data-statement] .row")).to_have_count(1)
        assert tab.complaints == []
