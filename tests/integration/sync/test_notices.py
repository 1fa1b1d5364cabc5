"""What a person is told of a connection: once, in their words, and no longer when it is well."""

from typing import Any

import pytest

from tests.integration.sync.conftest import Connected
from tests.integration.sync.quiet import quiet
from tomada.domain.notifications import Notification
from tomada.simulator.faults import Fault


async def _notices(ana: Connected) -> list[Notification]:
    return await ana.tomada.app.notices.list(ana.caller.entity_id)


async def _run(ana: Connected, outcome: str | None) -> None:
    ana.tomada.simulator.world.run(ana.item, outcome=outcome)
    await quiet(ana.tomada)


async def _said(ana: Connected, kind: str) -> list[dict[str, Any]]:
    lines = await ana.tomada.app.feed.after(ana.caller.entity_id, 0)
    # Which request or event each belongs to is for those who follow the log.
    return [
        {name: value for name, value in one.data.items() if name != "correlationId"}
        for one in lines
        if one.kind == kind
    ]


async def test_wrong_credentials_are_told_with_what_to_do(ana: Connected) -> None:
    name = (await ana.tomada.app.items.get(ana.caller.entity_id, ana.item)).detail.institution

    await _run(ana, "INVALID_CREDENTIALS")

    (notice,) = await _notices(ana)
    assert (notice.type, notice.item_id) == ("error", ana.item)
    assert notice.text.title == "Erro de Conexão Bancária"
    assert notice.text.message.startswith(f"{name}: ")
    assert len(notice.text.message) > len(name) + 10
    assert (notice.text.action, notice.text.action_required) == ("reconnect", True)
    assert await _said(ana, "notification") == [{"notificationId": str(notice.id)}]
    item = await ana.tomada.app.items.get(ana.caller.entity_id, ana.item)
    assert (item.status, item.error_code) == ("LOGIN_ERROR", "INVALID_CREDENTIALS")
    assert item.next_step == "reconnect"


async def test_an_outage_of_the_bank_is_told_and_asks_nothing_of_the_person(
    ana: Connected,
) -> None:
    await _run(ana, "SITE_NOT_AVAILABLE")

    (notice,) = await _notices(ana)
    assert (notice.type, notice.text.title) == ("error", "Erro de Conexão Bancária")
    assert (notice.text.action, notice.text.action_required) == (None, False)


@pytest.mark.parametrize("status", ["WAITING_USER_INPUT", "WAITING_USER_ACTION"])
async def test_a_bank_that_asks_for_the_person_says_so(ana: Connected, status: str) -> None:
    world = ana.tomada.simulator.world
    world.state.items[ana.item].status = status
    await ana.tomada.app.syncs.want(ana.caller.entity_id, ana.item, reason="webhook", full=False)
    await quiet(ana.tomada)

    (notice,) = await _notices(ana)
    assert (notice.type, notice.text.title) == ("info", "Ação Necessária")
    assert (notice.text.action, notice.text.action_required) == ("reconnect", True)
    assert "reconectar" in notice.text.message


async def test_the_same_trouble_again_is_not_told_again(ana: Connected) -> None:
    for _ in range(3):
        await _run(ana, "INVALID_CREDENTIALS")

    assert len(await _notices(ana)) == 1
    assert len(await _said(ana, "notification")) == 1


async def test_a_notice_that_was_read_is_not_repeated_while_nothing_is_new(
    ana: Connected,
) -> None:
    await _run(ana, "INVALID_CREDENTIALS")
    (notice,) = await _notices(ana)
    await ana.tomada.app.notices.mark_read(ana.caller, notice.id)

    await _run(ana, "INVALID_CREDENTIALS")

    assert [one.id for one in await _notices(ana)] == [notice.id]


async def test_another_trouble_is_told(ana: Connected) -> None:
    await _run(ana, "SITE_NOT_AVAILABLE")
    await _run(ana, "INVALID_CREDENTIALS")

    assert len(await _notices(ana)) == 2


async def test_a_connection_that_recovers_settles_its_notices_and_may_fail_anew(
    ana: Connected,
) -> None:
    await _run(ana, "INVALID_CREDENTIALS")
    await _run(ana, None)
    settled = await _notices(ana)
    item = await ana.tomada.app.items.get(ana.caller.entity_id, ana.item)
    await _run(ana, "INVALID_CREDENTIALS")

    assert [one.read_at is not None for one in settled] == [True]
    assert (item.status, item.error_code, item.next_step) == ("UPDATED", None, "none")
    assert [one.read_at is None for one in await _notices(ana)] == [True, False]


async def test_trouble_on_our_way_to_pluggy_is_not_told_as_trouble_at_the_bank(
    ana: Connected,
) -> None:
    fault = Fault(path="/items/*", effect="status", status=500, count=1)
    ana.tomada.simulator.world.faults.add(fault)

    await ana.tomada.app.syncs.want(ana.caller.entity_id, ana.item, reason="user", full=False)
    await quiet(ana.tomada)

    assert fault.fired == 1
    assert await _notices(ana) == []
    assert [one["errorCode"] for one in await _said(ana, "open_finance.sync_failed")] == [
        "server_error"
    ]


async def test_all_rows_stay_readable_while_the_login_is_wrong(ana: Connected) -> None:
    before = await ana.tomada.app.ledger.transactions(ana.caller.entity_id, limit=500)

    await _run(ana, "INVALID_CREDENTIALS")

    after = await ana.tomada.app.ledger.transactions(ana.caller.entity_id, limit=500)
    assert after == before
