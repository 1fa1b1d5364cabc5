"""An item is bound by the nonce of a connect session of that person, for the bank agreed to."""

import asyncio

import pytest

from tests.conftest import Running
from tests.integration.path.connecting import BANK, agree, eventually, widget_connects
from tests.integration.path.truth import held, truth
from tests.integration.sync.conftest import Connected
from tests.integration.sync.delivering import Courier
from tests.integration.sync.quiet import quiet
from tomada.domain.access import Caller
from tomada.domain.errors import (
    AlreadyConnectedError,
    ConsentRequiredError,
    NotFoundError,
    ProviderError,
)
from tomada.services.consents import institution_digest
from tomada.simulator.faults import Fault
from tomada.store.consents import ConsentRows

OTHER_BANK = 1


async def _token(tomada: Running, caller: Caller, connector_id: int | None = BANK) -> str:
    made = await tomada.app.connect.create_token(caller, connector_id=connector_id, item_id=None)
    return made.connect_token


async def _withdraw(tomada: Running, caller: Caller, connector_id: int = BANK) -> None:
    keys = await tomada.app.vault.keys(caller.entity_id)
    async with tomada.app.store.begin(caller.entity_id) as tx:
        ended = await ConsentRows(tx).revoke(
            institution_digest(keys, connector_id), at=tomada.app.clock()
        )
    assert ended


async def _actions(tomada: Running, caller: Caller) -> list[str]:
    async with tomada.app.store.begin(caller.entity_id) as tx:
        rows = await tx.conn.fetch("SELECT action FROM audit ORDER BY at, id")
    return [row["action"] for row in rows]


async def test_without_a_consent_there_is_no_token(tomada: Running) -> None:
    ana = await tomada.someone()
    await agree(tomada, ana, OTHER_BANK)
    await quiet(tomada)
    tomada.simulator.world.recorder.log.clear()

    with pytest.raises(ConsentRequiredError):
        await _token(tomada, ana)

    assert [one.path for one in tomada.simulator.world.recorder.log] == []
    assert "connect_token_minted" not in await _actions(tomada, ana)


async def test_a_consent_that_was_withdrawn_gives_no_token(tomada: Running) -> None:
    ana = await tomada.someone()
    await agree(tomada, ana)
    await _withdraw(tomada, ana)

    for connector in (BANK, None):
        with pytest.raises(ConsentRequiredError):
            await _token(tomada, ana, connector)


async def test_a_consent_withdrawn_while_the_widget_was_open_binds_nothing(
    tomada: Running,
) -> None:
    ana = await tomada.someone()
    await agree(tomada, ana)
    token = await _token(tomada, ana)
    await _withdraw(tomada, ana)

    item = await widget_connects(tomada, token)
    with pytest.raises(ConsentRequiredError):
        await tomada.app.syncs.start(ana, item)
    await quiet(tomada)

    assert await tomada.app.items.list(ana.entity_id) == []
    assert await tomada.app.ledger.accounts(ana.entity_id) == []
    assert "item_quarantined" in await _actions(tomada, ana)


async def test_a_consent_withdrawn_after_connecting_ends_the_reading(ana: Connected) -> None:
    tomada, world = ana.tomada, ana.tomada.simulator.world
    before = await held(tomada, ana.caller.entity_id, ana.item)
    await _withdraw(tomada, ana.caller)
    world.recorder.log.clear()

    world.purchase(ana.item, description="Depois da desistência")
    await quiet(tomada)

    assert await held(tomada, ana.caller.entity_id, ana.item) == before
    assert [one.path for one in world.recorder.log] == []
    with pytest.raises(ConsentRequiredError):
        await tomada.app.syncs.start(ana.caller, ana.item)
    with pytest.raises(ConsentRequiredError):
        await tomada.app.connect.create_token(ana.caller, connector_id=None, item_id=ana.item)


async def test_an_item_of_another_bank_than_the_one_agreed_to_is_refused(tomada: Running) -> None:
    ana = await tomada.someone()
    await agree(tomada, ana)
    token = await _token(tomada, ana)

    item = await widget_connects(tomada, token, connector_id=OTHER_BANK)
    with pytest.raises(ConsentRequiredError):
        await tomada.app.syncs.start(ana, item)
    await quiet(tomada)

    assert await tomada.app.items.list(ana.entity_id) == []
    assert "item_quarantined" in await _actions(tomada, ana)


async def test_an_id_that_is_none_is_not_found(tomada: Running) -> None:
    ana = await tomada.someone()

    for item in ("x", "", ".", "..", "../accounts", "a/b", "%2e%2e", "\x00", "é", "x" * 5000):
        with pytest.raises(NotFoundError):
            await tomada.app.syncs.start(ana, item)
        with pytest.raises(NotFoundError):
            await tomada.app.privacy.revocations.of_item(ana, item)


async def test_an_item_that_nobodys_session_made_is_nobodys(
    tomada: Running, pluggy: Courier
) -> None:
    ana, bia = await tomada.someone(), await tomada.someone("bia@example.com")
    for caller in (ana, bia):
        await agree(tomada, caller)
    tomada.simulator.world.hooks.mode = "drop"
    stray = await widget_connects(tomada, await _token(tomada, ana))
    # As if made elsewhere with the application's keys, under a name that no session has.
    tomada.simulator.world.state.items[stray].client_user_id = "made-elsewhere"

    await pluggy.kept("item/created", itemId=stray, clientUserId="made-elsewhere")
    await quiet(tomada)

    for caller in (ana, bia):
        with pytest.raises(NotFoundError):
            await tomada.app.syncs.start(caller, stray)
        assert await tomada.app.items.list(caller.entity_id) == []


async def test_the_first_to_name_an_item_does_not_get_it(tomada: Running) -> None:
    ana, eve = await tomada.someone(), await tomada.someone("eve@example.com")
    for caller in (ana, eve):
        await agree(tomada, caller)
    tomada.simulator.world.hooks.mode = "drop"
    item = await widget_connects(tomada, await _token(tomada, ana))

    with pytest.raises(NotFoundError):
        await tomada.app.syncs.start(eve, item)
    bound = await tomada.app.items.list(ana.entity_id)
    sync = await tomada.app.syncs.start(ana, item)
    with pytest.raises(NotFoundError):
        await tomada.app.syncs.start(eve, item)
    ended = await tomada.app.syncs.wait(ana, sync.id, timeout=30)

    # Not even for its owner is anything set in motion by somebody else.
    assert bound == []
    assert ended.state == "done"
    assert await tomada.app.items.list(eve.entity_id) == []
    assert [one.id for one in await tomada.app.items.list(ana.entity_id)] == [item]


async def test_a_race_for_an_item_is_won_by_its_owner_alone(tomada: Running) -> None:
    ana = await tomada.someone()
    others = [await tomada.someone(f"eve{n}@example.com") for n in range(4)]
    for caller in (ana, *others):
        await agree(tomada, caller)
    tokens = [await _token(tomada, caller) for caller in (ana, *others)]
    item = await widget_connects(tomada, tokens[0])

    results = await asyncio.gather(
        *(tomada.app.syncs.start(caller, item) for caller in (*others, ana, *others, ana)),
        return_exceptions=True,
    )
    await quiet(tomada)

    refused = [one for one in results if isinstance(one, BaseException)]
    assert [type(one) for one in refused] == [NotFoundError] * 8
    for caller in others:
        assert await tomada.app.items.list(caller.entity_id) == []
    assert await held(tomada, ana.entity_id, item) == await truth(tomada, item)


async def test_a_browser_that_was_closed_loses_nothing(tomada: Running) -> None:
    ana = await tomada.someone()
    await agree(tomada, ana)

    item = await widget_connects(tomada, await _token(tomada, ana))

    async def read() -> bool:
        found = await tomada.app.items.list(ana.entity_id)
        return [one.id for one in found if one.synced_at] == [item]

    await eventually(read)
    assert await held(tomada, ana.entity_id, item) == await truth(tomada, item)


async def test_a_bank_that_is_connected_gets_no_second_token(ana: Connected) -> None:
    await agree(ana.tomada, ana.caller)

    with pytest.raises(AlreadyConnectedError) as refused:
        await _token(ana.tomada, ana.caller)

    assert refused.value.item_id == ana.item


async def test_while_pluggy_is_away_a_new_item_is_not_bound_and_nothing_is_left(
    tomada: Running,
) -> None:
    ana = await tomada.someone()
    await agree(tomada, ana)
    tomada.simulator.world.hooks.mode = "drop"
    item = await widget_connects(tomada, await _token(tomada, ana))
    fault = Fault(method="GET", path="/items/*", effect="status", status=500, count=None)
    tomada.simulator.world.faults.add(fault)

    with pytest.raises(ProviderError):
        await tomada.app.syncs.start(ana, item)
    nothing = await tomada.app.items.list(ana.entity_id)
    tomada.simulator.world.faults.clear()
    sync = await tomada.app.syncs.start(ana, item)

    assert nothing == []
    assert (await tomada.app.syncs.wait(ana, sync.id, timeout=30)).state == "done"


async def test_disconnecting_deletes_at_pluggy_and_here_and_ends_the_consent(
    ana: Connected,
) -> None:
    tomada, entity = ana.tomada, ana.caller.entity_id
    head = await tomada.app.feed.head(entity)

    await tomada.app.privacy.revocations.of_item(ana.caller, ana.item)
    with pytest.raises(NotFoundError):
        await tomada.app.privacy.revocations.of_item(ana.caller, ana.item)
    await quiet(tomada)

    async def gone_at_pluggy() -> bool:
        return ana.item not in tomada.simulator.world.state.items

    await eventually(gone_at_pluggy)
    async with tomada.app.store.begin(entity) as tx:
        for table in ("items", "accounts", "transactions", "syncs", "notifications",
                      "item_routes", "work"):  # fmt: skip
            assert await tx.conn.fetchval(f"SELECT count(*) FROM {table}") == 0, table  # noqa: S608  (names above)
    assert [one.status for one in await tomada.app.consents.list(ana.caller)] == ["revoked"]
    lines = await tomada.app.feed.after(entity, head)
    assert [one.data["status"] for one in lines if one.kind == "item.status"] == ["DISCONNECTED"]
    assert (await _actions(tomada, ana.caller)).count("open_finance_connection_revoked") == 1
    with pytest.raises(ConsentRequiredError):
        await _token(tomada, ana.caller)


async def test_an_item_that_pluggy_has_lost_can_be_disconnected_all_the_same(
    ana: Connected,
) -> None:
    ana.tomada.simulator.world.items.delete(ana.item)
    await quiet(ana.tomada)

    await ana.tomada.app.privacy.revocations.of_item(ana.caller, ana.item)

    assert await ana.tomada.app.items.list(ana.caller.entity_id) == []


async def test_disconnecting_in_the_middle_of_a_reading_leaves_nothing(tomada: Running) -> None:
    ana = await tomada.someone()
    await agree(tomada, ana)
    slow = Fault(path="/v2/transactions", effect="delay", seconds=0.3, count=None)
    tomada.simulator.world.faults.add(slow)
    item = await widget_connects(tomada, await _token(tomada, ana))
    await tomada.app.syncs.start(ana, item)

    async def in_the_middle() -> bool:
        return bool((await tomada.app.ledger.transactions(ana.entity_id)).transactions)

    await eventually(in_the_middle)
    await tomada.app.privacy.revocations.of_item(ana, item)
    tomada.simulator.world.faults.clear()
    await quiet(tomada)

    assert await tomada.app.ledger.accounts(ana.entity_id) == []
    assert (await tomada.app.ledger.transactions(ana.entity_id)).transactions == ()


async def test_two_who_disconnect_at_once_do_it_once(ana: Connected) -> None:
    both = await asyncio.gather(
        *(ana.tomada.app.privacy.revocations.of_item(ana.caller, ana.item) for _ in range(2)),
        return_exceptions=True,
    )

    assert [type(one) for one in both].count(NotFoundError) == 1
    actions = await _actions(ana.tomada, ana.caller)
    assert actions.count("open_finance_connection_revoked") == 1


async def test_after_disconnecting_the_bank_can_be_connected_anew(ana: Connected) -> None:
    await ana.tomada.app.privacy.revocations.of_item(ana.caller, ana.item)
    await agree(ana.tomada, ana.caller)

    item = await widget_connects(ana.tomada, await _token(ana.tomada, ana.caller))
    sync = await ana.tomada.app.syncs.start(ana.caller, item)
    await ana.tomada.app.syncs.wait(ana.caller, sync.id, timeout=30)
    await quiet(ana.tomada)

    entity = ana.caller.entity_id
    assert await held(ana.tomada, entity, item) == await truth(ana.tomada, item)
