"""Seus dados: what is held, a copy of it, withdrawing and erasing, as a person does it."""

import zipfile
from pathlib import Path

import pytest
from playwright.async_api import Route, expect

from tests.e2e.dashboard.tab import BANK, BANK_ID, PATIENCE, Tab

pytestmark = pytest.mark.browser


async def test_a_person_sees_takes_and_erases_what_is_theirs(tab: Tab, tmp_path: Path) -> None:
    page = tab.page
    await tab.connect_behind_the_scenes()
    await tab.sign_in()

    await page.get_by_label("Menu de Rita Lopes").click()
    await tab.click(page.get_by_role("menu").or_(page.locator(".panel")).get_by_text("Seus dados"))
    await page.get_by_role("heading", name="Seus dados", exact=True).wait_for()
    counts = dict(
        zip(
            await page.locator(".counts dt").all_inner_texts(),
            await page.locator(".counts dd").all_inner_texts(),
            strict=True,
        )
    )
    assert counts["conexões"] == "1"
    assert int(counts["lançamentos"].replace(".", "")) > 100
    await expect(page.locator(".agreed li")).to_contain_text(f"{BANK} em uso")
    await expect(page.get_by_text("Ninguém além de você")).to_be_visible()

    await page.get_by_role("button", name="Pedir uma cópia").click()
    take = page.get_by_role("button", name="Baixar agora")
    await expect(take).to_be_visible(timeout=PATIENCE)
    async with page.expect_download() as waiting:
        await take.click()
    copy = tmp_path / "copy.zip"
    await (await waiting.value).save_as(copy)
    assert "data.json" in zipfile.ZipFile(copy).namelist()
    await expect(take).to_be_hidden()

    await page.get_by_role("link", name="Apagar tudo").click()
    go = page.get_by_role("button", name="Apagar tudo")
    await expect(go).to_be_disabled()
    await page.get_by_label("Quero apagar tudo").check()
    await go.click()
    await page.get_by_role("heading", name="Tudo foi apagado").wait_for()
    receipt = await page.locator("[data-stage=done] [data-receipt]").inner_text()

    assert len(receipt) == 36
    assert (await tab.bank.get("/_simulator/state")).json()["items"] == []
    await tab.open("/")
    await page.wait_for_url(f"{tab.tomada.url}/entrar")
    assert tab.complaints == []


async def test_withdrawing_takes_no_more_steps_than_agreeing(tab: Tab) -> None:
    page = tab.page
    await tab.connect_behind_the_scenes()
    await tab.sign_in()
    await tab.open("/privacidade")
    tab.clicks = 0

    await tab.click(page.get_by_role("link", name="Desconectar"))
    await expect(page.get_by_role("radio", name="Apagar agora")).to_be_checked()
    asked_for = await page.locator("form textarea, form input:required, form select").count()
    await tab.click(page.get_by_role("button", name="Desconectar"))
    await page.get_by_role("heading", name=f"{BANK} foi desconectado").wait_for()

    # Agreeing takes a bank, a switch, an age and a button before the bank is even reached.
    assert tab.clicks == 2
    assert asked_for == 0
    await tab.open("/privacidade")
    await expect(page.locator(".agreed li")).to_contain_text("encerrado por você")
    await page.set_viewport_size({"width": 390, "height": 844})
    for path in ("/privacidade", "/privacidade/apagar", f"/conectar/{BANK_ID}"):
        await tab.open(path)
        assert await tab.width_beyond() == 0, path
    assert tab.complaints == []


async def test_a_copy_in_the_making_that_cannot_be_followed_is_told(tab: Tab) -> None:
    page = tab.page

    async def while_queued(route: Route) -> None:
        answer = await route.fetch()
        body = (await answer.text()).replace('data-state="none"', 'data-state="queued"')
        await route.fulfill(response=answer, body=body)

    await tab.sign_in()
    await page.route("**/privacidade", while_queued)
    await page.route("**/api/open-finance/privacy", lambda route: route.abort())

    await tab.open("/privacidade")

    await expect(page.locator("[data-copy]")).to_have_attribute("data-state", "queued")
    await expect(page.locator("[data-copy] [role=alert]")).to_be_visible(timeout=PATIENCE)
