"""Options of the official SDK that only some products have: apps, portability, a wide modal."""

from typing import Any

import pytest

from tests.e2e.widget.stage import log_in, stage

pytestmark = pytest.mark.browser

# One of the two client ids that the SDK itself lets have the wide modal.
LISTED = "b098040b-5ed1-4359-b364-c821ea91fb8d"
# What an app's shell puts into its pages; the SDK asks it to open other addresses.
CORDOVA = """
window.opened = [];
window.cordova = { InAppBrowser: { open: (url, target) => {
  opened.push({ url, target });
  return { addEventListener() {}, close() {} };
} } };
"""


@pytest.mark.parametrize(
    ("client", "asked", "wide"),
    [
        ({"client_id": LISTED}, True, True),
        ({"client_id": LISTED}, False, False),
        ({}, True, False),
    ],
)
async def test_a_wide_modal_is_for_the_client_ids_that_may_have_it(
    *, client: dict[str, Any], asked: bool, wide: bool
) -> None:
    async with stage(**client) as on:
        frame = await on.open_widget(wideDesktopModal=asked)
        box = await (await frame.frame_element()).bounding_box()

        assert box is not None
        # Narrow is a telephone's width.
        assert (box["width"] >= 800, box["width"] <= 500) == (wide, not wide)
        cut = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        assert not await frame.evaluate(cut)


@pytest.mark.parametrize(("forced", "target"), [(True, "_system"), (False, "_blank")])
async def test_in_an_app_the_bank_opens_inside_it_unless_the_systems_browser_is_forced(
    *, forced: bool, target: str
) -> None:
    async with stage(width=390) as on:
        await on.page.add_init_script(CORDOVA)
        frame = await on.open_widget(
            includeSandbox=True,
            selectedConnectorId=600,
            openFinanceParameters={"cpf": "76109277673"},
            forceOauthInBrowser=forced,
        )
        await frame.get_by_role("button", name="Continuar").click()
        await frame.get_by_role("button", name="Conectar").click()
        await frame.get_by_role("button", name="Abrir o banco").click()
        await on.page.wait_for_function("() => opened.length === 1")
        opened = (await on.page.evaluate("opened"))[0]
        (item_id,) = on.simulator.world.state.items
        on.simulator.world.decide(item_id, approved=True)

        assert (await on.heard("success"))["item"]["id"] == item_id
        assert opened["target"] == target
        assert opened["url"].startswith(f"{on.simulator.url}/_bank/authorize?item={item_id}")


async def test_a_portability_request_asks_for_that_product_and_no_other() -> None:
    async with stage() as on:
        frame = await on.open_widget(
            selectedConnectorId=613, products=["ACCOUNTS"], moveSecurityData='{"assets": []}'
        )
        await frame.get_by_role("button", name="Continuar").click()
        async with on.page.expect_request(f"{on.simulator.url}/items") as asked:
            await log_in(frame, "user-ok")
        told = await on.heard("success")
        body: Any = (await asked.value).post_data_json

        assert body["products"] == ["MOVE_SECURITY"]
        # No simulated bank offers it, so nothing is read.
        assert (await on.item(told["item"]["id"]))["products"] == []
