"""The statement under a person's hands: search, filters, hostile words, a lost line, a phone."""

import asyncio
import re
from decimal import Decimal

import pytest
from playwright.async_api import WebSocketRoute, expect

from tests.e2e.dashboard.tab import Tab

pytestmark = pytest.mark.browser

TOP = "one => one.getBoundingClientRect().top"
HOSTILE = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "'-alert(1)-'",
    "</template><script>alert(1)</script>",
    "{{ 7 * 7 }}",
    "javascript:alert(1)",
    "<b>PIX</b> &lt;ok&gt; &amp;",
    "\N{RIGHT-TO-LEFT OVERRIDE}gpj.exe",
    "x" * 300,
)


async def test_words_find_rows_wherever_they_are(tab: Tab) -> None:
    page = tab.page
    item = await tab.connect_behind_the_scenes()
    await tab.happens(item, kind="purchase", description="Oficina São João", amount="-321.09")
    await tab.sign_in()
    await tab.rows("Oficina São João").wait_for()
    before = await tab.rows().count()

    await page.get_by_label("Buscar lançamentos").fill("joao oficina")

    await expect(tab.rows()).to_have_count(1)
    await expect(tab.rows().first).to_contain_text("Oficina São João")
    assert "oficina" not in page.url
    await page.get_by_label("Buscar lançamentos").fill("nada disso existe")
    await page.get_by_role("heading", name="Nada encontrado").wait_for()
    await page.get_by_role("button", name="Limpar busca e filtros").click()
    await expect(tab.rows()).to_have_count(before)


async def test_an_account_and_a_month_narrow_the_list(tab: Tab) -> None:
    page = tab.page
    await tab.connect_behind_the_scenes()
    await tab.sign_in()
    card = page.locator("[data-account]").filter(has_text="Cartão")
    name = str(await card.get_attribute("data-account"))

    await card.click()
    await expect(tab.rows().filter(has_not_text="Cartão de crédito")).to_have_count(0)
    column = page.locator("[data-month]").nth(5)
    month = str(await column.get_attribute("data-month"))
    await column.click()
    await expect(page.locator("section.month")).to_have_count(1)

    assert page.url.endswith(f"/?conta={name}")
    assert await page.locator("section.month").get_attribute("data-key") == month
    assert await column.get_attribute("aria-pressed") == "true"
    await expect(page.locator("[data-month-clear]")).to_be_visible()
    await page.locator("[data-month-clear]").click()
    await expect(page.locator("section.month")).not_to_have_count(1)


async def test_hostile_words_are_words(tab: Tab) -> None:
    page = tab.page
    alarms: list[str] = []
    page.on("dialog", lambda dialog: alarms.append(dialog.message))
    item = await tab.connect_behind_the_scenes()
    await tab.sign_in()
    await tab.live()

    for words in HOSTILE:
        await tab.happens(item, kind="purchase", description=words, amount="-1.00")

    for words in HOSTILE:
        await expect(tab.rows().get_by_text(words, exact=True)).to_have_count(1)
    await page.reload()
    for words in HOSTILE:
        await expect(tab.rows().get_by_text(words, exact=True)).to_have_count(1)
    assert alarms == []
    assert tab.complaints == []
    assert await tab.width_beyond() == 0


async def test_rows_that_happen_at_one_moment_are_all_marked(tab: Tab) -> None:
    item = await tab.connect_behind_the_scenes()
    await tab.sign_in()
    await tab.live()

    for number in (1, 2, 3):
        await tab.happens(item, kind="pix_in", description=f"Pix de amigo {number}")

    for number in (1, 2, 3):
        await expect(tab.rows(f"Pix de amigo {number}")).to_have_class(re.compile("fresh"))
    await expect(tab.rows().and_(tab.page.locator(".fresh"))).to_have_count(3)


async def test_what_happened_while_the_line_was_lost_is_there_once_it_is_back(tab: Tab) -> None:
    page = tab.page
    lines: list[WebSocketRoute] = []
    cut = asyncio.Event()

    async def line(route: WebSocketRoute) -> None:
        if cut.is_set():
            await route.close(code=1011)
            return
        route.connect_to_server()
        lines.append(route)

    await page.route_web_socket("**/ws", line)
    item = await tab.connect_behind_the_scenes()
    await tab.sign_in()
    await tab.live()

    cut.set()
    await lines[-1].close(code=1011)
    banner = page.locator("[data-live-banner]")
    await expect(banner).to_contain_text("Sem conexão ao vivo")
    for number in (1, 2, 3):
        await tab.happens(item, kind="purchase", description=f"Compra {number}", amount="-5.00")
    cut.clear()

    for number in (1, 2, 3):
        await expect(tab.rows(f"Compra {number}")).to_have_count(1, timeout=40_000)
    await expect(banner).to_be_hidden()


async def test_a_row_that_the_bank_changes_or_takes_back_follows(tab: Tab) -> None:
    item = await tab.connect_behind_the_scenes()
    made = await tab.bank.post(
        f"/_simulator/items/{item}/transactions",
        json={"kind": "purchase", "description": "Posto Serra", "amount": "-80.00"},
    )
    row = made.json()["id"]
    await tab.sign_in()
    await tab.live()
    await tab.rows("Posto Serra").wait_for()

    await tab.bank.patch(f"/_simulator/transactions/{row}", json={"amount": "-95.50"})
    await expect(tab.rows("Posto Serra")).to_contain_text("95,50", timeout=30_000)
    await tab.bank.delete(f"/_simulator/transactions/{row}")

    await expect(tab.rows("Posto Serra")).to_have_count(0, timeout=30_000)


async def test_the_place_where_a_person_reads_stays_when_rows_come_in_above(tab: Tab) -> None:
    page = tab.page
    item = await tab.connect_behind_the_scenes()
    await tab.sign_in()
    await tab.live()
    await tab.rows().nth(40).evaluate("row => row.scrollIntoView({ block: 'center' })")
    key = str(await tab.rows().nth(40).get_attribute("data-key"))
    here = page.locator(f'li.row[data-key="{key}"]')
    before = await here.evaluate(TOP)

    await tab.happens(item, kind="purchase", description="Padaria Nova", amount="-7.70")
    await tab.rows("Padaria Nova").wait_for()

    after = await here.evaluate(TOP)
    assert abs(after - before) <= 1


async def test_day_sums_add_up_to_the_cent(tab: Tab) -> None:
    await tab.connect_behind_the_scenes()
    await tab.sign_in()
    await tab.scroll_to_the_end()

    days = await tab.page.evaluate(
        "[...document.querySelectorAll('[data-rows] .day')].map((day) => ["
        "day.querySelector('.day-head .amount').textContent,"
        "[...day.querySelectorAll('.row .amount')].map((one) => one.textContent)])"
    )

    assert len(days) > 200
    for total, amounts in days:
        assert _signed(total) == sum(map(_signed, amounts), Decimal(0))


async def test_no_page_is_wider_than_a_phone(phone: Tab) -> None:
    item = await phone.connect_behind_the_scenes()
    await phone.happens(item, kind="purchase", description="x" * 200, amount="-1234567.89")
    await phone.sign_in()

    beyond = {}
    for path in ("/", "/conectar", "/conectar/616", f"/reconectar/{item}", "/conectar/999999"):
        await phone.open(path)
        await phone.page.get_by_role("heading").first.wait_for(state="attached")
        beyond[path] = await phone.width_beyond()

    assert set(beyond.values()) == {0}


def _signed(text: str) -> Decimal:
    sign = -1 if "\N{MINUS SIGN}" in text else 1
    digits = "".join(one for one in text if one.isdigit())
    return sign * Decimal(digits) / 100
