"""Every way a run at the bank can end leads to a state, a next step and, where due, a notice."""

from typing import Any

import httpx2
import pytest

from tests.conftest import PASSWORD
from tests.integration.refresh.conftest import Bank
from tomada.pluggy.execution import EXECUTION_ERRORS, SUCCEEDED
from tomada.web.dashboard.catalogue import load_texts

# Status, next step, whether a notice asks for the person, what it offers, words on the screen.
PASSING = ("OUTDATED", "none", False, None)
LOGIN = ("LOGIN_ERROR", "reconnect", True, "reconnect")
AT_BANK = ("LOGIN_ERROR", "settle_at_bank", True, "reconnect")
CODES: dict[str, tuple[Any, ...]] = {
    "INVALID_CREDENTIALS": (*LOGIN, "reason.login"),
    "INVALID_CREDENTIALS_MFA": (*LOGIN, "reason.code"),
    "ALREADY_LOGGED_IN": (*AT_BANK, "reason.logged_in"),
    "ACCOUNT_LOCKED": (*AT_BANK, "reason.locked"),
    "ACCOUNT_CREDENTIALS_RESET": (*AT_BANK, "reason.new_password"),
    "ACCOUNT_NEEDS_ACTION": (*AT_BANK, "reason.needs_action"),
    "USER_AUTHORIZATION_PENDING": ("OUTDATED", "authorize", True, None, "reason.approve"),
    "USER_AUTHORIZATION_NOT_GRANTED": (*LOGIN, "reason.not_granted"),
    "USER_AUTHORIZATION_REVOKED": (*LOGIN, "reason.revoked"),
    "USER_NOT_SUPPORTED": ("LOGIN_ERROR", "choose_other", True, None, "reason.not_supported"),
    "USER_INPUT_TIMEOUT": (*LOGIN, "reason.code_late"),
    "SITE_NOT_AVAILABLE": (*PASSING, "reason.unavailable"),
    "CONNECTION_ERROR": (*PASSING, "reason.unavailable"),
    "UNEXPECTED_ERROR": (*PASSING, "reason.outdated"),
    "ERROR": (*PASSING, "reason.outdated"),
    "MERGE_ERROR": (*PASSING, "reason.outdated"),
    "CREATE_ERROR": (*PASSING, "reason.outdated"),
}


def test_the_table_has_every_code() -> None:
    assert CODES.keys() == EXECUTION_ERRORS.keys()


async def test_each_code_is_shown_with_the_right_next_step(bank: Bank) -> None:
    app, world = bank.tomada.app, bank.tomada.simulator.world
    texts = load_texts()["pt-BR"]
    async with httpx2.AsyncClient(base_url=bank.tomada.url) as http:
        http.headers["Sec-Fetch-Site"] = "same-origin"
        body = {"email": "ana@example.com", "password": PASSWORD}
        (await http.post("/api/session", json=body)).raise_for_status()

        for code, (status, step, required, action, words) in CODES.items():
            world.run(bank.item, outcome=code)
            await bank.until_the_bank_is_done()
            await bank.want()
            await bank.read()

            listed = (await http.get(f"/api/open-finance/items/{bank.item}")).json()
            page = (await http.get("/")).text
            notice = (await app.notices.list(bank.caller.entity_id))[0]
            assert (listed["status"], listed["nextStep"]) == (status, step), code
            assert listed["connectionStatus"] == "error", code
            assert listed["lastError"]["code"] == code
            assert texts(words) in page, code
            assert notice.type == "error", code
            assert notice.text.title == "Erro de Conexão Bancária"
            assert EXECUTION_ERRORS[code].pt in notice.text.message, code
            assert (notice.text.action_required, notice.text.action) == (required, action), code
            # What was read stays readable whatever happened since.
            assert (await app.ledger.accounts(bank.caller.entity_id)) != []


@pytest.mark.parametrize("outcome", sorted(SUCCEEDED))
async def test_a_run_that_ends_well_settles_what_was_told(bank: Bank, outcome: str) -> None:
    world, entity = bank.tomada.simulator.world, bank.caller.entity_id
    for code in ("INVALID_CREDENTIALS", outcome):
        world.run(bank.item, outcome=code)
        await bank.until_the_bank_is_done()
        await bank.want()
        await bank.read()

    item = await bank.tomada.app.items.get(entity, bank.item)
    notices = await bank.tomada.app.notices.list(entity)

    assert (item.status, item.next_step) == ("UPDATED", "none")
    assert all(one.read_at is not None for one in notices)
