"""What the overview says when there is no bank, when one is ill, and when it goes."""

import re

import pytest
from playwright.async_api import expect

from tests.e2e.dashboard.tab import BANK, PATIENCE, Tab, eventually

pytestmark = pytest.mark.browser


async def test_without_a_bank_there_is_one_thing_to_do(tab: Tab) -> None:
    await tab.sign_in()

    await tab.page.get_by_role("heading", name="Conecte seu primeiro banco").wait_for()

    calls = tab.page.get_by_role("link", name="Conectar Banco")
    assert await calls.count() == 1
    assert await calls.get_attribute("class") == "connect-bank-button"
    assert await tab.page.locator("[data-statement]").count() == 0


async def test_a_page_without_a_bank_fills_when_one_is_connected_elsewhere(tab: Tab) -> None:
    await tab.sign_in()
    await tab.live()

    await tab.connect_behind_the_scenes()

    await tab.rows().first.wait_for()
    await expect(tab.page.locator("[data-bank] h3")).to_have_text(BANK)


async def test_a_refused_login_is_told_and_put_right_in_the_widget(tab: Tab) -> None:
    page = tab.page
    item = await tab.connect_behind_the_scenes()
    await tab.sign_in()
    await tab.live()
    rows = await tab.rows().count()

    await tab.run_at_the_bank(item, "INVALID_CREDENTIALS")

    bank = page.locator("[data-bank]")
    await expect(bank.locator(".chip")).to_have_text("Erro", timeout=PATIENCE)
    await expect(bank.locator(".step")).to_contain_text("O banco não aceitou o acesso")
    await expect(page.locator(".toast")).to_contain_text("Erro de Conexão Bancária")
    await expect(page.locator("#bell .count")).to_have_text("1")
    assert await tab.rows().count() == rows

    await bank.get_by_role("link", name="Reconectar", exact=True).first.click()
    await page.get_by_role("button", name="Reconectar agora").click()
    widget = await tab.widget()
    await widget.get_by_role("button", name="Continuar").click()
    await widget.get_by_label("Usuário").fill("user-ok")
    await widget.get_by_label("Senha", exact=True).fill("password-ok")
    await widget.get_by_role("button", name="Reconectar").click()

    await page.wait_for_url(f"{tab.tomada.url}/")
    await expect(bank.locator(".chip")).to_contain_text("Atualizado", timeout=PATIENCE)
    await expect(page.locator("#bell .count")).to_have_count(0)
    assert await bank.count() == 1
    assert tab.complaints == []


async def test_a_bank_that_asks_for_the_person_is_told_in_the_bell(tab: Tab) -> None:
    page = tab.page
    item = await tab.connect_behind_the_scenes()
    await tab.sign_in()
    await tab.live()

    await tab.run_at_the_bank(item, "WAITING_USER_INPUT")

    await expect(page.locator("#bell .count")).to_have_text("1", timeout=PATIENCE)
    await page.locator("#bell").click()
    notice = page.locator(".notice.unread")
    await expect(notice).to_contain_text("Ação Necessária")
    await expect(notice).to_contain_text(BANK)
    await notice.get_by_role("button", name="Marcar como lido").click()
    await expect(page.locator("#bell .count")).to_have_count(0)
    link = page.locator(".notice").get_by_role("link", name="Reconectar")
    assert await link.get_attribute("href") == f"/reconectar/{item}"


async def test_a_bank_out_of_order_is_told_without_a_task_for_the_person(tab: Tab) -> None:
    item = await tab.connect_behind_the_scenes()
    await tab.sign_in()
    await tab.live()

    await tab.run_at_the_bank(item, "SITE_NOT_AVAILABLE")

    bank = tab.page.locator("[data-bank]")
    await expect(bank.locator(".step")).to_contain_text("fora do ar", timeout=PATIENCE)
    await expect(bank.locator(".chip")).to_have_class(re.compile("stale"))
    assert await bank.locator(".step a").count() == 0


async def test_a_bank_is_disconnected_only_after_a_question(tab: Tab) -> None:
    page = tab.page
    await tab.connect_behind_the_scenes()
    await tab.sign_in()
    await tab.live()

    await page.get_by_label(f"Opções de {BANK}").click()
    await page.get_by_role("link", name="Desconectar").click()
    await page.get_by_role("heading", name=f"Desconectar {BANK}").wait_for()
    await page.get_by_role("link", name="Cancelar").click()
    assert await page.locator("[data-bank]").count() == 1
    await page.get_by_label(f"Opções de {BANK}").click()
    await page.get_by_role("link", name="Desconectar").click()
    await page.get_by_role("button", name="Desconectar").click()
    await page.get_by_role("heading", name=f"{BANK} foi desconectado").wait_for()
    await page.get_by_role("link", name="Ir para a visão geral").click()

    await page.get_by_role("heading", name="Conecte seu primeiro banco").wait_for()

    async def gone() -> bool:
        return not (await tab.bank.get("/_simulator/state")).json()["items"]

    await eventually(gone)
    assert tab.complaints == []


async def test_a_second_connection_of_the_same_bank_is_led_to_the_first(tab: Tab) -> None:
    item = await tab.connect_behind_the_scenes()
    await tab.sign_in()

    await tab.open("/conectar")
    await tab.page.get_by_role("link", name=BANK).click()

    await tab.page.wait_for_url(f"{tab.tomada.url}/reconectar/{item}")


async def test_a_bank_is_read_again_at_the_press_of_a_button_and_then_says_why_not(
    tab: Tab,
) -> None:
    page = tab.page
    await tab.connect_behind_the_scenes()
    await tab.sign_in()
    await tab.live()
    bank = page.locator("[data-bank]")
    button = bank.get_by_role("button", name="Atualizar", exact=True)

    await button.click()

    await expect(page.locator(".toast")).to_contain_text(f"nova leitura de {BANK}")
    await expect(button).to_be_disabled(timeout=PATIENCE)
    await expect(bank.locator(".again")).to_contain_text(
        "Você pediu uma atualização há pouco. Possível a partir de", timeout=PATIENCE
    )
