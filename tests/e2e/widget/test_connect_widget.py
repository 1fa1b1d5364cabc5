"""The official widget SDK, opened on the simulator's page in a real browser."""

import pytest

from tests.e2e.widget.stage import choose, log_in, stage

pytestmark = pytest.mark.browser


async def test_a_person_connects_a_bank_and_the_page_is_told() -> None:
    async with stage() as on:
        frame = await on.open_widget()

        await choose(frame, "Banco Aurora")
        await log_in(frame, "user-ok")
        told = await on.heard("success")
        await frame.get_by_role("heading", name="Conectado").wait_for()
        await frame.get_by_role("button", name="Concluir").click()
        await on.heard("close")

        item = await on.item(told["item"]["id"])
        assert item["status"] == "UPDATED"
        assert item["connector"]["name"] == "Banco Aurora"
        names = await on.names_heard()
        assert names[0] == "open"
        assert [name for name in names if name not in {"open", "ITEM_RESPONSE"}] == [
            "SUBMITTED_CONSENT",
            "SELECTED_INSTITUTION",
            "SUBMITTED_LOGIN",
            "LOGIN_SUCCESS",
            "success",
            "close",
        ]
        assert "ITEM_RESPONSE" in names
        assert on.complaints == []
        assert await on.page.evaluate("blocked") == []


async def test_a_wrong_password_is_explained_and_can_be_put_right() -> None:
    async with stage() as on:
        frame = await on.open_widget(selectedConnectorId=613, connectorIds=[613])
        await frame.get_by_role("button", name="Continuar").click()

        await log_in(frame, "user-ok", "password-wrong")
        failure = await on.heard("error")
        await frame.get_by_role("heading", name="Dados incorretos").wait_for()
        other = frame.get_by_role("button", name="Escolher outra instituição")
        assert await other.count() == 0
        await frame.get_by_role("button", name="Tentar novamente").click()
        assert await frame.get_by_label("Usuário").input_value() == "user-ok"
        assert await frame.get_by_label("Senha", exact=True).input_value() == ""
        await frame.get_by_label("Senha", exact=True).fill("password-ok")
        await frame.get_by_role("button", name="Reconectar").click()
        told = await on.heard("success")

        assert failure["item"]["executionStatus"] == "INVALID_CREDENTIALS"
        assert told["item"]["id"] == failure["item"]["id"]


async def test_the_form_says_what_is_wrong_before_anything_is_sent() -> None:
    async with stage() as on:
        frame = await on.open_widget(selectedConnectorId=613)
        await frame.get_by_role("button", name="Continuar").click()

        await log_in(frame, "ana", "")

        await frame.get_by_text("O usuário deve começar com user-").wait_for()
        await frame.get_by_text("Preencha este campo.").wait_for()
        assert await frame.get_by_label("Usuário").get_attribute("aria-invalid") == "true"
        assert "SUBMITTED_LOGIN" not in await on.names_heard()


@pytest.mark.parametrize("user", ["user-ok", "user-ok-img", "user-ok-phone"])
async def test_a_second_factor_is_asked_for(user: str) -> None:
    async with stage() as on:
        frame = await on.open_widget(includeSandbox=True)
        await choose(frame, "Pluggy Bank MFA 2-step")
        await log_in(frame, user)

        await frame.get_by_role("heading", name="Confirme que é você").wait_for()
        await frame.get_by_test_id("field-token").fill("123456")
        await frame.get_by_role("button", name="Confirmar").click()
        told = await on.heard("success")

        assert told["item"]["status"] == "UPDATED"
        names = await on.names_heard()
        assert names.index("SUBMITTED_MFA") < names.index("LOGIN_MFA_SUCCESS")


async def test_a_choice_of_the_bank_is_offered_as_a_list() -> None:
    async with stage() as on:
        frame = await on.open_widget(includeSandbox=True)
        await choose(frame, "Pluggy Bank MFA 2-step")
        await log_in(frame, "user-ok-select")

        await frame.get_by_test_id("field-token").select_option(label="Celular com final 1234")
        await frame.get_by_role("button", name="Confirmar").click()

        assert (await on.heard("success"))["item"]["status"] == "UPDATED"


async def test_a_wrong_second_factor_ends_in_an_explained_error() -> None:
    async with stage() as on:
        frame = await on.open_widget(includeSandbox=True)
        await choose(frame, "Pluggy Bank MFA 2-step")
        await log_in(frame, "user-ok")

        await frame.get_by_test_id("field-token").fill("999999")
        await frame.get_by_role("button", name="Confirmar").click()

        await frame.get_by_role("heading", name="Código incorreto").wait_for()
        assert (await on.heard("error"))["item"]["status"] == "LOGIN_ERROR"


async def test_open_finance_goes_through_the_banks_own_page() -> None:
    async with stage() as on:
        frame = await on.open_widget(
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
        await bank.get_by_role("button", name="Autorizar").click()
        told = await on.heard("success")

        assert told["item"]["status"] == "UPDATED"


async def test_an_unavailable_bank_can_be_tried_again_without_the_form() -> None:
    async with stage() as on:
        frame = await on.open_widget()
        await choose(frame, "Lume")
        await log_in(frame, "user-unavailable")
        await frame.get_by_role("heading", name="Banco fora do ar").wait_for()

        await frame.get_by_role("button", name="Tentar novamente").click()
        await on.page.wait_for_function(
            "() => heard.filter((one) => one.name === 'error').length === 2"
        )

        assert (await on.names_heard()).count("SUBMITTED_LOGIN") == 1


async def test_an_existing_connection_is_updated_in_place() -> None:
    async with stage() as on:
        made = await on.api.post(
            "/items",
            json={"connectorId": 613, "parameters": {"user": "user-ok", "password": "password-ok"}},
        )
        item_id = made.raise_for_status().json()["id"]
        while (await on.item(item_id))["status"] == "UPDATING":
            await on.page.wait_for_timeout(50)

        frame = await on.open_widget(item_id=item_id, updateItem=item_id)
        await frame.get_by_role("button", name="Continuar").click()
        told = await on.heard("success")

        assert told["item"]["id"] == item_id
        assert "SUBMITTED_LOGIN" not in await on.names_heard()


async def test_a_token_that_is_not_one_ends_on_a_screen_that_says_so() -> None:
    async with stage() as on:
        frame = await on.open_widget(connectToken="not-a-token")

        await frame.get_by_role("button", name="Continuar").click()

        await frame.get_by_role("heading", name="Sessão expirada").wait_for()
        assert (await on.heard("error"))["message"]


async def test_leaving_in_the_middle_is_asked_about_and_closes() -> None:
    async with stage(delay=60.0) as on:
        frame = await on.open_widget()
        await choose(frame, "Capivara")
        await log_in(frame, "user-ok")
        await frame.get_by_text("Acessando o banco").wait_for()

        await frame.get_by_role("button", name="Fechar").click()
        await frame.get_by_role("button", name="Continuar conectando").click()
        await frame.get_by_role("button", name="Fechar").click()
        await frame.get_by_role("button", name="Sair").click()

        await on.heard("close")
        assert "success" not in await on.names_heard()
