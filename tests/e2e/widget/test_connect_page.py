"""The Connect page itself: by address, by keyboard, narrow, dark and in English."""

import hashlib
import json
import re
from pathlib import Path

import pytest

from tests.e2e.widget.stage import stage

ROOT = Path(__file__).parents[3]


def test_the_built_files_are_the_recorded_ones() -> None:
    record = json.loads((ROOT / "frontend/bundle/BUILD.json").read_text())

    assert len(record["files"]) == 9
    for name, told in record["files"].items():
        content = (ROOT / name).read_bytes()
        assert (name, hashlib.sha256(content).hexdigest()) == (name, told["sha256"])


@pytest.mark.browser
async def test_a_webview_opens_it_by_address_and_hears_how_it_goes() -> None:
    async with stage(width=390) as on:
        token = await on.connect_token()
        await on.page.add_init_script(
            "window.said = [];"
            "window.ReactNativeWebView = { postMessage: (text) => said.push(JSON.parse(text)) };"
        )
        await on.page.goto(
            f"{on.simulator.url}/?connect_token={token}&selected_connector_id=613&theme=dark"
        )

        await on.page.get_by_role("button", name="Continuar").click()
        await on.page.get_by_label("Usuário").fill("user-ok")
        await on.page.get_by_label("Senha", exact=True).fill("password-ok")
        await on.page.get_by_role("button", name="Conectar").click()
        await on.page.get_by_role("button", name="Concluir").click()
        await on.page.get_by_role("heading", name="Você já pode fechar esta janela.").wait_for()

        said = await on.page.evaluate(
            "said.map(({ type, message }) => [type, new URL(message).searchParams.get('type')])"
        )
        kinds = [kind for name, kind in said if name == "LOCATION"]
        assert kinds[0] == "OPEN"
        assert kinds[-1] == "CLOSE"
        assert "SUCCESS" in kinds


@pytest.mark.browser
async def test_without_a_token_it_says_that_the_link_is_incomplete() -> None:
    async with stage() as on:
        await on.page.goto(on.simulator.url)

        await on.page.get_by_role("heading", name="Link incompleto").wait_for()


@pytest.mark.browser
async def test_the_whole_way_can_be_gone_by_keyboard() -> None:
    async with stage() as on:
        frame = await on.open_widget()
        keys = on.page.keyboard
        await frame.get_by_test_id("accept").focus()
        await keys.press("Enter")
        await frame.get_by_role("heading", name="Escolha sua instituição").wait_for()

        await frame.get_by_test_id("search").focus()
        await keys.type("mare alta")
        await keys.press("Tab")
        await keys.press("Enter")
        await frame.get_by_role("heading", name="Entrar com Banco Maré Alta").wait_for()
        await keys.type("user-ok")
        await keys.press("Tab")
        await keys.type("password-ok")
        await keys.press("Enter")

        assert (await on.heard("success"))["item"]["connector"]["name"] == "Banco Maré Alta"


@pytest.mark.browser
async def test_only_the_institutions_that_the_host_allows_are_listed() -> None:
    async with stage() as on:
        frame = await on.open_widget(connectorIds=[615, 617])
        await frame.get_by_role("button", name="Continuar").click()
        await frame.get_by_test_id("search").wait_for()

        listed = await frame.get_by_role("listitem").all_inner_texts()

        assert [text.splitlines()[-1] for text in listed] == ["Banco Jequitibá", "Lume"]
        await frame.get_by_test_id("search").fill("nenhum banco assim")
        await frame.get_by_text("Nenhuma instituição encontrada.").wait_for()


@pytest.mark.browser
@pytest.mark.parametrize("width", [320, 390])
async def test_nothing_is_cut_off_on_a_narrow_screen(width: int) -> None:
    async with stage(width=width, height=568) as on:
        frame = await on.open_widget(includeSandbox=True, theme="dark")
        cut = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        assert not await frame.evaluate(cut)

        await frame.get_by_role("button", name="Continuar").click()
        await frame.get_by_test_id("search").wait_for()
        assert not await frame.evaluate(cut)
        await frame.get_by_role("button", name="Pluggy Bank Joint Accounts").click()
        await frame.get_by_role("button", name="Conectar").click()
        await frame.get_by_text("Preencha este campo.").first.wait_for()

        assert not await frame.evaluate(cut)
        assert await frame.evaluate("document.documentElement.dataset.theme") == "dark"
        assert await frame.get_by_text("Simulador · ambiente de teste").is_visible()


@pytest.mark.browser
@pytest.mark.parametrize(
    ("language", "button", "heading", "shown"),
    [
        ("en", "Continue", "Sign in to Banco Aurora", "en"),
        ("es", "Continuar", "Entrar en Banco Aurora", "es"),
        ("de", "Continuar", "Entrar com Banco Aurora", "pt-BR"),
    ],
)
async def test_it_speaks_the_language_asked_for_or_portuguese(
    language: str, button: str, heading: str, shown: str
) -> None:
    async with stage() as on:
        frame = await on.open_widget(language=language, selectedConnectorId=613)

        await frame.get_by_role("button", name=button).click()

        await frame.get_by_role("heading", name=heading).wait_for()
        assert await frame.evaluate("document.documentElement.lang") == shown


def test_each_language_has_every_sentence() -> None:
    sources = ROOT / "frontend/bundle/src/widget"
    portuguese, english = (sources / "words.js").read_text().split("const EN = {")
    texts = [portuguese, english, (sources / "words-es.js").read_text()]

    names = [set(re.findall(r"^ +(\w+): ", text, re.MULTILINE)) for text in texts]

    assert names[0] == names[1] == names[2]
    assert len(names[0]) > 60
