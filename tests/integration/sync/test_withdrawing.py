"""Withdrawing stops everything here in one commit, whatever Pluggy does; Pluggy follows."""

from dataclasses import replace
from datetime import timedelta

import msgspec
import pytest
import structlog

from tests.conftest import Running
from tests.integration.path.connecting import BANK, agree, eventually, widget_connects
from tests.integration.path.truth import held
from tests.integration.sync.conftest import Connected
from tests.integration.sync.quiet import quiet
from tomada.domain.clock import Clock
from tomada.domain.errors import ConsentRequiredError, NotFoundError
from tomada.domain.ids import ItemId
from tomada.simulator.faults import Fault
from tomada.store.consent_events import ConsentEventRows
from tomada.store.item_endings import EndingRows


def _ahead(clock: Clock, minutes: int) -> Clock:
    return lambda: clock() + timedelta(minutes=minutes)


async def _kinds(ana: Connected, consent: object) -> list[str]:
    app = ana.tomada.app
    async with app.store.begin(ana.caller.entity_id) as tx:
        return [one.kind for one in await ConsentEventRows(tx).of(consent)]  # type: ignore[arg-type]


async def test_with_pluggy_away_it_stops_at_once_and_is_deleted_there_when_pluggy_is_back(
    ana: Connected,
) -> None:
    app, world = ana.tomada.app, ana.tomada.simulator.world
    fault = Fault(method="DELETE", effect="status", status=500, count=None)
    world.faults.add(fault)

    receipt = await app.privacy.revocations.of_item(ana.caller, ana.item)

    assert receipt.items == (ana.item,)
    assert await app.items.list(ana.caller.entity_id) == []
    (consent,) = await app.consents.list(ana.caller)
    assert (consent.status, receipt.consents) == ("revoked", (consent.id,))
    with structlog.testing.capture_logs() as told:
        for minutes in (16, 32):
            await replace(app.privacy.endings, clock=_ahead(app.clock, minutes)).end(ana.item)
    assert [one["event"] for one in told if one["log_level"] == "error"] == [
        "item_deletion_overdue"
    ]
    assert ana.item in world.state.items

    world.faults.clear()
    await replace(app.privacy.endings, clock=_ahead(app.clock, 60)).sweep()

    assert ana.item not in world.state.items
    async with app.store.begin() as tx:
        (ending,) = await EndingRows(tx).of(ana.caller.entity_id)
    assert ending.confirmed_at is not None
    assert await _kinds(ana, consent.id) == [
        "granted", "active", "revoked_here", "provider_deletion_confirmed",
    ]  # fmt: skip
    proof = await app.consents.proof(ana.caller, consent.id)
    said = msgspec.json.decode(proof["events"][2][0])["detail"]
    assert (said["receipt"], said["history"]) == (receipt.id, "erase")


async def test_what_was_read_can_be_kept_and_erased_later(ana: Connected) -> None:
    app, world = ana.tomada.app, ana.tomada.simulator.world
    entity = ana.caller.entity_id
    before = await held(ana.tomada, entity, ana.item)
    assert before

    await app.privacy.revocations.of_item(ana.caller, ana.item, history="keep")

    async def gone_at_pluggy() -> bool:
        return ana.item not in world.state.items

    await eventually(gone_at_pluggy)
    await quiet(ana.tomada)
    assert await held(ana.tomada, entity, ana.item) == before
    assert [one.status for one in await app.items.list(entity)] == ["DELETED"]
    with pytest.raises(ConsentRequiredError):
        await app.syncs.start(ana.caller, ana.item)

    await app.privacy.revocations.of_item(ana.caller, ana.item)

    assert await app.items.list(entity) == []
    assert await app.ledger.accounts(entity) == []


async def test_a_consent_that_nothing_was_connected_under_can_be_withdrawn(
    tomada: Running,
) -> None:
    ana = await tomada.someone()
    await agree(tomada, ana)
    (consent,) = await tomada.app.consents.list(ana)
    other = await tomada.someone("bia@example.com")

    with pytest.raises(NotFoundError):
        await tomada.app.privacy.revocations.of_consent(other, consent.id)
    receipt = await tomada.app.privacy.revocations.of_consent(ana, consent.id)

    assert receipt.items == ()
    assert [one.status for one in await tomada.app.consents.list(ana)] == ["revoked"]
    with pytest.raises(ConsentRequiredError):
        await tomada.app.connect.create_token(ana, connector_id=BANK, item_id=None)


async def test_a_withdrawal_in_the_middle_of_a_reading_ends_it(tomada: Running) -> None:
    ana = await tomada.someone()
    await agree(tomada, ana)
    slow = Fault(path="/v2/transactions", effect="delay", seconds=0.3, count=None)
    tomada.simulator.world.faults.add(slow)
    token = await tomada.app.connect.create_token(ana, connector_id=BANK, item_id=None)
    item = ItemId(await widget_connects(tomada, token.connect_token))
    await tomada.app.syncs.start(ana, item)

    async def in_the_middle() -> bool:
        return bool((await tomada.app.ledger.transactions(ana.entity_id)).transactions)

    await eventually(in_the_middle)
    await tomada.app.privacy.revocations.of_item(ana, item, history="keep")
    left = await held(tomada, ana.entity_id, item)
    tomada.simulator.world.faults.clear()
    await quiet(tomada)

    assert await held(tomada, ana.entity_id, item) == left
