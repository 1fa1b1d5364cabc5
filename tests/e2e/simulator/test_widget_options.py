"""The options of the widget that change what a person sees, through `react-pluggy-connect`."""

from typing import Any

import pytest
from playwright.async_api import Frame

from tests.e2e.simulator.product import react_product, tab

pytestmark = pytest.mark.browser


async def _listed(frame: Frame) -> list[int]:
    """Accept the terms and read the ids of the institutions offered."""
    await frame.get_by_test_id("accept").click()
    await frame.get_by_test_id("search").wait_for()
    ids = await frame.evaluate(
        "[...document.querySelectorAll('[data-testid^=connector-]')].map((e) => e.dataset.testid)"
    )
    return [int(one.removeprefix("connector-")) for one in ids]


@pytest.mark.parametrize(
    ("options", "wanted"),
    [
        ({"connectorIds": [615, 613]}, {613, 615}),
        ({"connectorTypes": ["BUSINESS_BANK"]}, "type=BUSINESS_BANK"),
        ({"countries": ["AR"]}, set()),
        ({"countries": ["BR"], "connectorIds": [613]}, {613}),
        ({"products": ["INVESTMENTS"]}, "product=INVESTMENTS"),
    ],
)
async def test_only_what_the_options_allow_is_listed(
    options: dict[str, Any], wanted: set[int] | str
) -> None:
    async with tab() as on:
        everything = (await on.api.get("/connectors")).json()["results"]
        with react_product() as host:
            frame = await on.open_react(host, **options)

            listed = await _listed(frame)

        if isinstance(wanted, str):
            kind, _, value = wanted.partition("=")
            wanted = {
                one["id"]
                for one in everything
                if (one["type"] == value if kind == "type" else value in one["products"])
            }
            assert wanted
        assert set(listed) == wanted


async def test_the_sandbox_is_listed_when_asked_for_and_names_are_sorted_when_asked_for() -> None:
    async with tab() as on:
        with react_product() as host:
            plain = await _listed(await on.open_react(host))
            frame = await on.open_react(host, includeSandbox=True, connectorSortAlphabetically=True)
            full = await _listed(frame)
            names = await frame.locator(".institution .name").all_inner_texts()
            ordered = await frame.evaluate(
                "names => [...names].sort((a, b) => a.localeCompare(b, 'pt'))", names
            )

        assert 2 not in plain
        assert {*plain, 2} <= set(full)
        assert names == ordered


async def test_language_theme_and_a_chosen_institution_are_followed() -> None:
    async with tab() as on:
        with react_product() as host:
            frame = await on.open_react(host, language="en", theme="dark", selectedConnectorId=613)
            await frame.get_by_role("button", name="Continue").click()

            await frame.get_by_role("heading", name="Sign in to Banco Aurora").wait_for()
            assert await frame.evaluate("document.documentElement.dataset.theme") == "dark"


async def test_an_item_collects_only_the_products_asked_for() -> None:
    async with tab() as on:
        with react_product() as host:
            frame = await on.open_react(
                host, selectedConnectorId=613, products=["ACCOUNTS", "TRANSACTIONS"]
            )
            await frame.get_by_role("button", name="Continuar").click()
            await frame.get_by_label("Usuário").fill("user-ok")
            await frame.get_by_label("Senha", exact=True).fill("password-ok")
            await frame.get_by_role("button", name="Conectar").click()
            told = await on.heard("success")

        item = (await on.api.get(f"/items/{told['item']['id']}")).json()
        assert set(item["products"]) == {"ACCOUNTS", "TRANSACTIONS"}


@pytest.mark.parametrize("full", [True, False])
async def test_on_a_telephone_it_fills_the_screen_unless_told_not_to(*, full: bool) -> None:
    async with tab(width=390, height=800) as on:
        with react_product() as host:
            frame = await on.open_react(host, allowFullscreen=full)
            element = await frame.frame_element()
            box = await element.bounding_box()

        assert box is not None
        assert (box["width"] >= 389 and box["height"] >= 799) == full
