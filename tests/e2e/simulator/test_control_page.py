"""The control page: what a person sees of the world and does to it."""

from datetime import timedelta

import pytest
from playwright.async_api import Locator, expect

from tests.contract.simulator.receiving import receiving
from tests.e2e.simulator.product import PATIENCE, Tab, site, tab

pytestmark = pytest.mark.browser

expect.set_options(timeout=PATIENCE)


async def _open(on: Tab) -> Locator:
    """Connect a bank and open the page on it."""
    await on.connected_item()
    await on.page.goto(f"{on.simulator.url}/_simulator")
    card = on.page.get_by_role("article", name="Banco Aurora")
    await card.wait_for()
    return card


async def test_a_purchase_posted_on_the_page_is_in_the_api_and_on_the_page() -> None:
    async with tab() as on:
        card = await _open(on)
        await card.get_by_role("button", name="Post a transaction").click()
        dialog = on.page.get_by_role("dialog")
        await dialog.get_by_label("Amount").fill("12,34")
        await dialog.get_by_label("Description").fill("Padaria da Praça")
        await dialog.get_by_role("button", name="Post").click()
        await expect(on.page.get_by_role("status")).to_contain_text("Padaria da Praça")

        for account in await card.locator("summary").all():
            await account.click()
        row = card.locator("li", has_text="Padaria da Praça")
        await expect(row).to_contain_text("12,34")
        found = await on.api.get(f"/transactions/{await row.get_attribute('data-row')}")

        assert found.json()["description"] == "Padaria da Praça"
        assert abs(found.json()["amount"]) == 12.34
        assert on.complaints == []


async def test_a_row_is_corrected_given_a_new_id_and_taken_back() -> None:
    async with tab() as on:
        card = await _open(on)
        await card.locator("summary").first.click()
        row = card.locator("li").first
        first_id = await row.get_attribute("data-row")

        await row.get_by_role("button", name="Edit…").click()
        await on.page.get_by_role("dialog").get_by_label("Description").fill("Corrigido")
        await on.page.get_by_role("button", name="Correct").click()
        row = card.locator("li", has_text="Corrigido")
        await row.get_by_role("button", name="New id").click()
        await expect(row).not_to_have_attribute("data-row", first_id or "")
        second_id = await row.get_attribute("data-row")
        await row.get_by_role("button", name="Take back").click()
        await expect(row).to_have_count(0)

        assert (await on.api.get(f"/transactions/{first_id}")).status_code == 404
        assert (await on.api.get(f"/transactions/{second_id}")).status_code == 404


async def test_a_lost_webhook_is_seen_and_sent_again() -> None:
    async with tab() as on, receiving() as receiver:
        card = await _open(on)
        await on.api.post("/webhooks", json={"event": "item/updated", "url": receiver.url})
        await on.page.get_by_role("button", name="Disturb…").click()
        await on.page.get_by_role("dialog").get_by_role("button", name="Disturb").click()
        await expect(on.page.get_by_text("The next 1: drop.")).to_be_visible()

        await card.get_by_role("button", name="Fire a webhook…").click()
        await on.page.get_by_role("dialog").get_by_role("button", name="Fire").click()
        deliveries = on.page.get_by_role("region", name="Deliveries")
        await expect(deliveries.get_by_text("dropped")).to_be_visible()
        assert receiver.taken == []
        await deliveries.get_by_role("button", name="Send again").first.click()

        (event,) = await receiver.has("item/updated")
        await expect(deliveries.get_by_text("200")).to_be_visible()
        log = (await on.api.get("/_simulator/deliveries")).json()["results"]
        assert {one["eventId"] for one in log} == {event["eventId"]}


async def test_a_fault_fires_and_is_counted_and_its_request_is_in_the_log() -> None:
    async with tab() as on:
        await _open(on)
        await on.page.get_by_role("button", name="Break something…").click()
        dialog = on.page.get_by_role("dialog")
        await dialog.get_by_label("Path").fill("/accounts")
        await dialog.get_by_label("Status").fill("503")
        await dialog.get_by_role("button", name="Break").click()
        await expect(on.page.get_by_text("fired 0 of 1")).to_be_visible()

        assert (await on.api.get("/accounts")).status_code == 503

        await expect(on.page.get_by_text("fired 1 of 1")).to_be_visible()
        log = on.page.get_by_role("region", name="Requests")
        await expect(log.locator("li", has_text="GET /accounts")).to_contain_text("503")
        await on.page.get_by_role("button", name="Remove").click()
        await expect(on.page.get_by_text("Every answer is as it should be.")).to_be_visible()


async def test_a_login_is_reset_and_given_anew_on_the_connect_page() -> None:
    async with tab() as on:
        card = await _open(on)

        await card.get_by_role("button", name="Reset login").click()
        await expect(card.get_by_text("login error")).to_be_visible()
        async with on.page.context.expect_page() as opened:
            await card.get_by_role("button", name="Reconnect").click()
        connect = await opened.value
        await connect.get_by_role("button", name="Continuar").click()
        await connect.get_by_label("Usuário").fill("user-ok")
        await connect.get_by_label("Senha", exact=True).fill("password-ok")
        await connect.get_by_role("button", name="Reconectar").click()

        await expect(card.get_by_text("updated", exact=True)).to_be_visible()


async def test_time_is_let_pass_and_a_scenario_played() -> None:
    async with tab() as on:
        await _open(on)
        before = on.simulator.world.clock()
        await on.page.get_by_role("button", name="Let time pass…").click()
        dialog = on.page.get_by_role("dialog")
        await dialog.get_by_label("Days").fill("3")
        await dialog.get_by_role("button", name="Pass").click()
        await expect(on.page.get_by_role("status")).to_contain_text("It is")
        passed = on.simulator.world.clock() - before
        await on.page.get_by_role("button", name="Play a scenario…").click()
        await dialog.get_by_role("button", name="Play").click()
        await expect(on.page.get_by_role("status")).to_contain_text("Played")

        assert passed >= timedelta(days=3)
        assert len(on.simulator.world.state.items) > 1
        await expect(on.page.get_by_role("article")).to_have_count(
            len(on.simulator.world.state.items)
        )
        assert on.complaints == []


async def test_a_refusal_is_shown_in_the_dialog_which_stays_open() -> None:
    async with tab() as on:
        card = await _open(on)
        await card.get_by_role("button", name="Post a transaction").click()
        dialog = on.page.get_by_role("dialog")
        await dialog.get_by_label("Amount").fill("much")

        await dialog.get_by_role("button", name="Post").click()

        await expect(dialog.get_by_role("alert")).to_have_text("Amount must be a number")


async def test_an_empty_world_says_how_to_begin_and_reset_leads_back_to_it() -> None:
    async with tab() as on:
        await _open(on)

        await on.page.get_by_role("button", name="Reset", exact=True).click()
        await on.page.get_by_role("dialog").get_by_role("button", name="Reset").click()

        await expect(on.page.get_by_text("No bank is connected.")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
async def test_it_fits_its_window_in_light_and_dark(width: int, scheme: str) -> None:
    async with tab(width=width, height=900, color_scheme=scheme) as on:
        card = await _open(on)
        await on.connected_item(connector_id=615)
        await on.api.post("/webhooks", json={"event": "all", "url": "http://localhost:9/hook"})
        await card.locator("summary").last.click()
        await on.page.get_by_role("article").nth(1).wait_for()

        cut = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        assert not await on.page.evaluate(cut)
        await on.picture(f"control-{width}-{scheme}", whole=True)
        assert on.complaints == []


async def test_a_site_that_is_open_in_the_same_browser_cannot_drive_the_world() -> None:
    """It is refused whatever it tries, by the browser's own headers; nothing of it happens."""
    async with tab() as on:
        item_id = await on.connected_item()
        with site({"/": "<!doctype html><title>Elsewhere</title><body></body>"}) as elsewhere:
            await on.page.goto(elsewhere)
            outcomes = await on.page.evaluate(
                """async (simulator) => {
                  const tries = [
                    [`${simulator}/_simulator/reset`, { method: "POST" }],
                    [`${simulator}/_simulator/reset`, { method: "POST", mode: "no-cors" }],
                    [`${simulator}/_simulator/state`, {}],
                    [`${simulator}/connectors`, {}],
                  ];
                  const ask = ([address, how]) =>
                    fetch(address, how).then((answer) => answer.type, () => "refused");
                  return Promise.all(tries.map(ask));
                }""",
                on.simulator.url,
            )
            form = f'<form method="post" action="{on.simulator.url}/_simulator/reset"></form>'
            await on.page.set_content(form)
            async with on.page.expect_navigation():
                await on.page.evaluate("document.forms[0].submit()")
            told = await on.page.inner_text("body")

        assert outcomes == ["refused", "opaque", "refused", "cors"]
        assert "FOREIGN_ORIGIN" in told
        assert item_id in on.simulator.world.state.items
