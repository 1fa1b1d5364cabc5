"""`react-pluggy-connect`, unmodified, on the simulator: callbacks, modes, the bank's own page."""

import pytest

from tests.e2e.simulator.product import react_product, tab
from tests.e2e.widget.stage import choose, log_in
from tomada.simulator import SimulatorSettings

pytestmark = pytest.mark.browser


async def test_a_person_connects_a_bank_and_every_callback_comes_in_its_order() -> None:
    async with tab() as on:
        with react_product() as host:
            frame = await on.open_react(host)
            await on.picture("widget-terms")
            await frame.get_by_role("button", name="Continuar").click()
            await frame.get_by_role("searchbox", name="Buscar instituição").fill("Banco")
            await on.picture("widget-institutions")
            await frame.get_by_role("button", name="Banco Aurora", exact=True).click()
            await frame.get_by_label("Usuário").wait_for()
            await on.picture("widget-login")
            await log_in(frame, "user-ok")
            told = await on.heard("success")
            await on.picture("widget-connected")
            await frame.get_by_role("button", name="Concluir").click()
            await on.heard("close")
            await on.page.get_by_text("Fechado").wait_for()

        item = (await on.api.get(f"/items/{told['item']['id']}")).json()
        assert item["status"] == "UPDATED"
        assert await on.names_heard() == [
            "open",
            "SUBMITTED_CONSENT",
            "SELECTED_INSTITUTION",
            "SUBMITTED_LOGIN",
            "LOGIN_SUCCESS",
            "success",
            "close",
        ]
        assert (await on.heard("SELECTED_INSTITUTION"))["connector"]["id"] == 613
        assert (await on.heard("LOGIN_SUCCESS"))["item"]["id"] == item["id"]
        assert isinstance((await on.heard("SUBMITTED_LOGIN"))["timestamp"], int | float)
        assert on.complaints == []


async def test_a_second_factor_is_asked_for_and_told() -> None:
    async with tab() as on:
        with react_product() as host:
            frame = await on.open_react(host, includeSandbox=True)
            await choose(frame, "Pluggy Bank MFA 2-step")
            await log_in(frame, "user-ok")
            await frame.get_by_test_id("field-token").fill("123456")
            await on.picture("widget-second-factor")
            await frame.get_by_role("button", name="Confirmar").click()
            await on.heard("success")

            names = await on.names_heard()
            assert names[3:] == [
                "SUBMITTED_LOGIN",
                "LOGIN_STEP_COMPLETED",
                "SUBMITTED_MFA",
                "LOGIN_MFA_SUCCESS",
                "LOGIN_SUCCESS",
                "success",
            ]


async def test_a_wrong_password_is_an_error_and_then_put_right() -> None:
    async with tab() as on:
        with react_product() as host:
            frame = await on.open_react(host, selectedConnectorId=613)
            await frame.get_by_role("button", name="Continuar").click()
            await log_in(frame, "user-ok", "password-wrong")
            failure = await on.heard("error")
            await on.picture("widget-error")
            await frame.get_by_role("button", name="Tentar novamente").click()
            await frame.get_by_label("Senha", exact=True).fill("password-ok")
            await frame.get_by_role("button", name="Reconectar").click()
            told = await on.heard("success")

        assert failure["item"]["executionStatus"] == "INVALID_CREDENTIALS"
        assert told["item"]["id"] == failure["item"]["id"]


async def test_open_finance_is_authorised_in_a_pop_up_with_the_banks_page() -> None:
    async with tab() as on:
        with react_product() as host:
            frame = await on.open_react(
                host,
                includeSandbox=True,
                selectedConnectorId=600,
                openFinanceParameters={"cpf": "76109277673"},
            )
            await frame.get_by_role("button", name="Continuar").click()
            assert await frame.get_by_label("CPF").input_value() == "76109277673"
            await frame.get_by_role("button", name="Conectar").click()
            async with on.page.context.expect_page() as opened:
                await frame.get_by_role("button", name="Abrir o banco").click()
            bank = await opened.value
            await bank.get_by_role("button", name="Autorizar").wait_for()
            await on.picture("widget-waits-for-the-bank")
            await on.picture("the-banks-page", of=bank)
            await bank.get_by_role("button", name="Autorizar").click()
            await bank.get_by_text("Acesso autorizado.").first.wait_for()
            told = await on.heard("success")

        consents = await on.api.get("/consents", params={"itemId": told["item"]["id"]})
        assert len(consents.json()["results"]) == 1


async def test_access_refused_at_the_bank_is_an_error() -> None:
    async with tab() as on:
        with react_product() as host:
            frame = await on.open_react(
                host,
                includeSandbox=True,
                selectedConnectorId=600,
                openFinanceParameters={"cpf": "76109277673"},
            )
            await frame.get_by_role("button", name="Continuar").click()
            await frame.get_by_role("button", name="Conectar").click()
            async with on.page.context.expect_page() as opened:
                await frame.get_by_role("button", name="Abrir o banco").click()
            await (await opened.value).get_by_role("button", name="Recusar").click()

            failure = await on.heard("error")
            await on.picture("widget-access-refused")

        assert failure["item"]["error"]["code"] == "USER_AUTHORIZATION_NOT_GRANTED"


@pytest.mark.parametrize("asked", [False, True])
async def test_update_mode_asks_for_the_login_only_when_told_to(*, asked: bool) -> None:
    async with tab() as on:
        item_id = await on.connected_item()
        with react_product() as host:
            frame = await on.open_react(host, updateItem=item_id, forceAskForCredentials=asked)
            await on.picture("widget-update")
            await frame.get_by_role("button", name="Continuar").click()
            if asked:
                await frame.get_by_label("Usuário").fill("user-ok")
                await frame.get_by_label("Senha", exact=True).fill("password-ok")
                await frame.get_by_role("button", name="Reconectar").click()
            told = await on.heard("success")

        assert told["item"]["id"] == item_id
        assert ("SUBMITTED_LOGIN" in await on.names_heard()) == asked
        assert len((await on.api.get("/_simulator/state")).json()["items"]) == 1


async def test_a_token_without_the_item_may_not_update_it() -> None:
    async with tab() as on:
        item_id = await on.connected_item()
        with react_product() as host:
            token = await on.connect_token()

            await on.render_react(host, updateItem=item_id, connectToken=token)

            assert (await on.heard("error"))["message"]


async def test_the_widget_goes_on_in_the_background_and_closes_itself() -> None:
    async with tab(settings=SimulatorSettings(bank_delay=4.0)) as on:
        with react_product() as host:
            frame = await on.open_react(
                host, allowConnectInBackground=True, selectedConnectorId=613
            )
            await frame.get_by_role("button", name="Continuar").click()
            await log_in(frame, "user-ok")
            await on.picture("widget-progress")
            await frame.get_by_test_id("hide").click()
            await on.heard("hide")
            await on.heard("success")
            await on.heard("close")

        names = await on.names_heard()
        assert [name for name in names if name in {"open", "hide", "success", "close"}] == [
            "open",
            "hide",
            "success",
            "close",
        ]
