"""Everything somebody may try in order to get an item that is not theirs."""

import asyncio
import random
from uuid import UUID

import pytest

from tests.conftest import Running
from tests.integration.path.connecting import BANK, agree, widget_connects
from tests.integration.path.truth import held, truth
from tests.integration.sync.conftest import Connected
from tests.integration.sync.quiet import quiet
from tomada.domain.access import Caller
from tomada.domain.errors import ConfirmationRequiredError, NotFoundError
from tomada.domain.ids import ItemId
from tomada.services.unconfirmed import LOOKS, TOKEN_LIVES
from tomada.store.audit import AuditRows
from tomada.store.work import WorkRows

RACES = 12
"""Of two claimants each, side by side; the same in any number."""


async def token(tomada: Running, caller: Caller) -> str:
    made = await tomada.app.connect.create_token(caller, connector_id=BANK, item_id=None)
    return made.connect_token


async def refusals(tomada: Running, caller: Caller) -> int:
    async with tomada.app.store.begin(caller.entity_id) as tx:
        kept = [one.entry for one in await AuditRows(tx).entries(limit=2000)]
    found = [one for one in kept if one.action == "binding_refused"]
    assert {one.outcome for one in found} <= {"refused"}
    return len(found)


async def test_a_thousand_foreign_and_invented_ids_are_refused_without_asking_pluggy(
    ana: Connected,
) -> None:
    tomada = ana.tomada
    eve, draw = await tomada.someone("eve@example.com"), random.Random(5)
    # A consent, but no connect session: there is nothing of hers to ask Pluggy about.
    await agree(tomada, eve)
    ids = [ana.item] * 500 + [ItemId(str(UUID(int=draw.getrandbits(128)))) for _ in range(500)]
    tomada.simulator.world.recorder.log.clear()

    tries = await asyncio.gather(
        *(tomada.app.syncs.start(eve, one) for one in ids), return_exceptions=True
    )

    assert {type(one) for one in tries} == {NotFoundError}
    assert [one.path for one in tomada.simulator.world.recorder.log] == []
    assert await refusals(tomada, eve) == 500
    assert await tomada.app.items.list(eve.entity_id) == []


async def test_with_a_session_of_ones_own_pluggy_is_asked_a_bounded_number_of_times(
    tomada: Running,
) -> None:
    eve, draw = await tomada.someone("eve@example.com"), random.Random(6)
    await agree(tomada, eve)
    await token(tomada, eve)
    tomada.simulator.world.recorder.log.clear()

    for _ in range(3 * LOOKS):
        with pytest.raises(NotFoundError):
            await tomada.app.syncs.start(eve, str(UUID(int=draw.getrandbits(128))))

    asked = [one for one in tomada.simulator.world.recorder.log if one.path.startswith("/items/")]
    assert len(asked) == LOOKS
    assert await refusals(tomada, eve) == 3 * LOOKS


async def test_in_no_race_of_two_claimants_does_the_wrong_one_get_the_item(
    tomada: Running,
) -> None:
    ana, eve = await tomada.someone(), await tomada.someone("eve@example.com")
    tomada.simulator.world.hooks.mode = "drop"
    wrong = 0
    for caller in (ana, eve):
        await agree(tomada, caller)
    for n in range(RACES):
        item = await widget_connects(tomada, await token(tomada, ana))
        await token(tomada, eve)
        # Both at once, the thief first half of the time, and with the person's word as well.
        tries = [
            tomada.app.syncs.start(eve, item),
            tomada.app.syncs.confirm(eve, item),
            tomada.app.syncs.start(ana, item),
        ]
        results = await asyncio.gather(*tries[:: 1 if n % 2 else -1], return_exceptions=True)
        wrong += bool(await tomada.app.items.list(eve.entity_id))
        assert [one.id for one in await tomada.app.items.list(ana.entity_id)] == [item]
        assert sum(isinstance(one, NotFoundError) for one in results) == 2, results
        await _forget(tomada, ana, eve, item)

    assert wrong == 0


async def _forget(tomada: Running, ana: Caller, eve: Caller, item: ItemId) -> None:
    """Undo the connection without ending the consent, and free the thief's share of questions."""
    async with tomada.app.store.begin(ana.entity_id) as tx:
        await WorkRows(tx).lock(item)
        await tx.conn.execute("DELETE FROM items WHERE id = $1", item)
        await tx.conn.execute("DELETE FROM item_routes WHERE item_id = $1", item)
        await tx.conn.execute("UPDATE consents SET status = 'granted'")
        await tx.conn.execute("DELETE FROM attempts")
    async with tomada.app.store.begin(eve.entity_id) as tx:
        await tx.conn.execute("DELETE FROM connect_sessions")
        await tx.conn.execute("DELETE FROM nonce_routes WHERE entity_id = $1", eve.entity_id)


@pytest.fixture
def silent(tomada: Running) -> Running:
    """Pluggy says nowhere who made an item, as for MeuPluggy."""
    tomada.simulator.world.hooks.mode = "drop"
    return tomada


async def made_silently(tomada: Running, caller: Caller) -> ItemId:
    item = await widget_connects(tomada, await token(tomada, caller))
    tomada.simulator.world.state.items[item].client_user_id = None
    return item


async def test_an_item_that_names_nobody_is_bound_on_the_persons_word_alone(
    silent: Running,
) -> None:
    ana = await silent.someone()
    await agree(silent, ana)
    item = await made_silently(silent, ana)

    with pytest.raises(ConfirmationRequiredError) as asked:
        await silent.app.syncs.start(ana, item)
    unbound = await silent.app.items.list(ana.entity_id)
    await silent.app.syncs.confirm(ana, item)
    await silent.app.syncs.confirm(ana, item)
    sync = await silent.app.syncs.start(ana, item)
    ended = await silent.app.syncs.wait(ana, sync.id, timeout=30)
    await quiet(silent)

    assert (asked.value.item_id, bool(asked.value.institution)) == (item, True)
    assert unbound == []
    assert ended.state == "done"
    assert await held(silent, ana.entity_id, item) == await truth(silent, item)


async def test_the_word_of_somebody_who_cannot_have_made_an_item_is_nothing(
    silent: Running,
) -> None:
    ana, eve = await silent.someone(), await silent.someone("eve@example.com")
    for caller in (ana, eve):
        await agree(silent, caller)
    item = await made_silently(silent, ana)

    # No session at all.
    with pytest.raises(NotFoundError):
        await silent.app.syncs.confirm(eve, item)
    # A session, but somebody else's could have made it as well: then nobody's word is enough.
    await token(silent, eve)
    for caller in (eve, ana):
        with pytest.raises(NotFoundError):
            await silent.app.syncs.confirm(caller, item)
    # A session opened long before or after the item was made.
    for caller, by in ((eve, -2 * TOKEN_LIVES), (ana, 2 * TOKEN_LIVES)):
        async with silent.app.store.begin(caller.entity_id) as tx:
            await tx.conn.execute("UPDATE connect_sessions SET created_at = created_at + $1", by)
            await tx.conn.execute(
                "UPDATE nonce_routes SET expires_at = expires_at + $1 WHERE entity_id = $2",
                by,
                caller.entity_id,
            )
        with pytest.raises(NotFoundError):
            await silent.app.syncs.confirm(caller, item)

    for caller in (ana, eve):
        assert await silent.app.items.list(caller.entity_id) == []
        assert await refusals(silent, caller) > 0
