"""A page written for the provider's CDN script runs with only the script's address changed."""

import httpx2
import pytest

from tests.e2e.simulator.product import site, tab
from tests.e2e.widget.stage import choose, log_in
from tomada.simulator import run_simulator

CDN = "https://cdn.pluggy.ai"
# The form of the script's own documentation: a tag, the global class, `init()`.
WRITTEN_FOR_THE_CDN = """<!doctype html>
<html lang="pt-BR">
  <head>
    <meta charset="utf-8">
    <title>Loja</title>
    <script src="https://cdn.pluggy.ai/pluggy-connect/v2.9.2/pluggy-connect.js"></script>
  </head>
  <body>
    <button id="connect">Conectar</button>
    <script>
      const heard = [];
      document.getElementById("connect").addEventListener("click", () => {
        const pluggyConnect = new PluggyConnect({
          connectToken: new URLSearchParams(location.search).get("token"),
          onOpen: () => heard.push({ name: "open" }),
          onSuccess: ({ item }) => heard.push({ name: "success", item }),
          onError: ({ message }) => heard.push({ name: "error", message }),
          onClose: () => heard.push({ name: "close" }),
          onEvent: ({ event }) => heard.push({ name: event }),
        });
        pluggyConnect.init();
      });
    </script>
  </body>
</html>
"""


@pytest.mark.browser
async def test_only_the_address_of_the_script_changes() -> None:
    async with tab() as on:
        with site({"/": WRITTEN_FOR_THE_CDN.replace(CDN, on.simulator.url)}) as page:
            await on.page.goto(f"{page}/?token={await on.connect_token()}")
            await on.page.get_by_role("button", name="Conectar").click()
            frame = await on.widget()
            await choose(frame, "Banco Aurora")
            await log_in(frame, "user-ok")
            told = await on.heard("success")
            await frame.get_by_role("button", name="Concluir").click()
            await on.heard("close")

        found = await on.api.get(f"/items/{told['item']['id']}")
        assert found.json()["status"] == "UPDATED"
        assert (await on.names_heard())[0] == "open"
        assert on.complaints == []


@pytest.mark.browser
@pytest.mark.parametrize("attribute", ["defer", "async", 'type="module"'])
async def test_the_script_knows_its_origin_however_it_is_loaded(attribute: str) -> None:
    async with tab() as on:
        page_text = WRITTEN_FOR_THE_CDN.replace("<script src", f"<script {attribute} src")
        with site({"/": page_text.replace(CDN, on.simulator.url)}) as page:
            await on.page.goto(f"{page}/?token={await on.connect_token()}")
            await on.page.wait_for_function("() => window.PluggyConnect !== undefined")
            await on.page.get_by_role("button", name="Conectar").click()

            await on.widget()


async def test_every_version_of_the_script_is_served_and_nothing_else() -> None:
    async with (
        run_simulator() as simulator,
        httpx2.AsyncClient(
            base_url=simulator.url, headers={"Origin": "http://shop.example"}
        ) as api,
    ):
        for version in ("latest", "v2", "v2.8", "v2.9.2"):
            answer = await api.get(f"/pluggy-connect/{version}/pluggy-connect.js")
            assert answer.status_code == 200
            assert answer.headers["content-type"].startswith("text/javascript")
            assert answer.headers["access-control-allow-origin"] == "*"

        for path in ("vlatest/pluggy-connect.js", "latest/other.js", "v2.9.2.1/pluggy-connect.js"):
            assert (await api.get(f"/pluggy-connect/{path}")).status_code == 404
        assert list(simulator.world.recorder.log) == []
