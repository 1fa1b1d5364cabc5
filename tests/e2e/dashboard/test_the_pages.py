"""The pages around the overview: the door, choosing, agreeing, and what they say when it fails."""

from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.conftest import PASSWORD
from tests.e2e.dashboard.tab import BANK, BANK_ID, EMAIL, Tab

pytestmark = pytest.mark.browser


async def fault(tab: Tab, **rule: Any) -> None:
    answer = await tab.bank.post("/_simulator/faults", json=rule)
    assert answer.status_code < 300, answer.text


async def test_the_door_says_what_is_wrong_and_works_with_keys_alone(tab: Tab) -> None:
    page = tab.page
    await tab.open("/conectar")
    alert = page.get_by_role("alert")

    await page.keyboard.press("Enter")
    await expect(alert).to_have_text("Preencha e-mail e senha.")
    await page.keyboard.type(EMAIL)
    await page.keyboard.press("Tab")
    await page.keyboard.type("not the password")
    await page.keyboard.press("Enter")
    await expect(alert).to_have_text("E-mail ou senha incorretos.")
    await page.keyboard.type(PASSWORD)
    await page.keyboard.press("Enter")

    await page.wait_for_url(f"{tab.tomada.url}/conectar")


async def test_signing_out_ends_every_tab(tab: Tab) -> None:
    page = tab.page
    await tab.connect_behind_the_scenes()
    await tab.sign_in()
    await tab.live()
    other = await page.context.new_page()
    await other.goto(tab.tomada.url)

    await other.get_by_label("Menu de Rita Lopes").click()
    await other.get_by_role("button", name="Sair").click()

    await other.wait_for_url(f"{tab.tomada.url}/entrar")
    await page.wait_for_url(f"{tab.tomada.url}/entrar")
    await tab.open("/")
    assert page.url.endswith("/entrar")


async def test_language_and_light_are_remembered(tab: Tab) -> None:
    page = tab.page
    await tab.sign_in()

    await page.get_by_role("link", name="English").click()
    await page.get_by_role("heading", name="Connect your first bank").wait_for()
    await page.get_by_label("Switch between light and dark").click()
    await tab.open("/conectar")

    await page.get_by_role("heading", name="Which bank is yours?").wait_for()
    assert await page.locator("html").get_attribute("data-theme") == "dark"
    assert await page.locator("html").get_attribute("lang") == "en"


async def test_a_bank_is_found_by_letters_without_accents_and_chosen_by_keys(tab: Tab) -> None:
    page = tab.page
    await tab.sign_in()
    await tab.open("/conectar")

    await page.keyboard.type("jequitiba")
    await expect(page.locator("[data-institutions] li:visible")).to_have_count(2)
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("ArrowRight")
    await page.keyboard.press("Enter")

    await page.get_by_role("heading", name="Conectar Jequitibá Empresas").wait_for()


async def agree(page: Page) -> None:
    await page.get_by_label("Contas, cartões e lançamentos").check()
    await page.get_by_label("18 anos ou mais").check()


async def test_nothing_is_ticked_and_no_token_is_made_before_the_person_agrees(tab: Tab) -> None:
    page = tab.page
    asked: list[str] = []
    page.on("request", lambda one: asked.append(one.url))
    await tab.sign_in()

    await tab.open(f"/conectar/{BANK_ID}")

    boxes = await page.get_by_role("checkbox").all()
    go = page.get_by_role("button", name="Continuar para o banco")
    assert [await box.is_checked() for box in boxes] == [False] * 5
    assert await go.is_disabled()
    for optional in boxes[1:4]:
        await optional.check()
    await expect(go).to_be_disabled()
    needed = (boxes[0], boxes[4])
    for box in needed:
        await box.check()
    for optional in boxes[1:4]:
        await optional.uncheck()
    await expect(go).to_be_enabled()
    for box in needed:
        await box.uncheck()
        await expect(go).to_be_disabled()
        await box.check()
    assert not any("connect-token" in url or "consents" in url for url in asked)
    notice = await tab.tomada.app.consents.notice(BANK_ID)
    shown = await page.locator(".paper-text section").all_inner_texts()
    assert shown == [f"{heading}\n\n{text}" for heading, text in notice.paragraphs]


async def test_a_widget_closed_too_early_can_be_opened_again(tab: Tab) -> None:
    page = tab.page
    await tab.sign_in()
    await tab.open(f"/conectar/{BANK_ID}")
    await agree(page)
    await page.get_by_role("button", name="Continuar para o banco").click()
    widget = await tab.widget()

    await widget.get_by_test_id("close").click()

    await page.get_by_role("heading", name="A conexão não foi concluída").wait_for()
    await page.get_by_role("button", name="Tentar de novo").first.click()
    await tab.widget()


async def test_pluggy_away_while_choosing_is_a_page_that_says_so(tab: Tab) -> None:
    page = tab.page
    await tab.sign_in()
    await fault(tab, path="/connectors", effect="status", status=503, count=None)

    await tab.open("/conectar")
    await page.get_by_role("heading", name="A Pluggy não está respondendo").wait_for()
    assert (await page.request.get(f"{tab.tomada.url}/conectar")).status == 503
    await tab.bank.delete("/_simulator/faults")
    await page.get_by_role("link", name="Tentar de novo").click()

    await page.get_by_role("link", name=BANK).wait_for()


async def test_pluggy_away_after_the_agreement_is_told_where_the_person_is(tab: Tab) -> None:
    page = tab.page
    await tab.sign_in()
    await tab.open(f"/conectar/{BANK_ID}")
    await fault(tab, path="/connect_token", effect="status", status=503, count=None)

    await agree(page)
    await page.get_by_role("button", name="Continuar para o banco").click()
    await expect(page.get_by_role("alert").first).to_contain_text("Não conseguimos falar com a")
    await tab.bank.delete("/_simulator/faults")
    await page.get_by_role("button", name="Continuar para o banco").click()

    await tab.widget()


async def test_what_is_not_there_is_a_page_of_ours(tab: Tab) -> None:
    await tab.sign_in()

    for path in ("/conectar/999999", "/conectar/x", "/reconectar/not-mine"):
        await tab.open(path)
        await tab.page.get_by_role("heading", name="Página não encontrada").wait_for()
        await tab.page.get_by_role("link", name="Voltar ao início").click()
        await tab.page.wait_for_url(f"{tab.tomada.url}/")
