"""Two people with the same bank, login and life: nothing of the one is reachable by the other."""

from collections.abc import Awaitable
from typing import Any
from uuid import uuid4

import pytest

from tests.conftest import Running
from tests.integration.path.connecting import agree, connect, eventually
from tests.integration.path.truth import held, truth
from tests.integration.sync.quiet import quiet
from tomada.domain.access import Caller
from tomada.domain.errors import NotFoundError
from tomada.domain.ids import AccountId, ItemId, NotificationId, SyncId
from tomada.simulator.faults import Fault


async def _everything(tomada: Running, caller: Caller) -> dict[str, Any]:
    """Read all that the services give a caller without being told an id."""
    app, entity = tomada.app, caller.entity_id
    return {
        "items": {one.id for one in await app.items.list(entity)},
        "accounts": {one.id for one in await app.ledger.accounts(entity)},
        "transactions": {
            one.id for one in (await app.ledger.transactions(entity, limit=500)).transactions
        },
        "consents": {one.id for one in await app.consents.list(caller)},
        "feed": {str(one.data) for one in await app.feed.after(entity, 0)},
        "notices": {one.id for one in await app.notices.list(entity)},
    }


async def test_what_the_services_list_for_two_people_has_nothing_in_common(
    tomada: Running,
) -> None:
    ana, bia = await tomada.someone("ana@example.com"), await tomada.someone("bia@example.com")
    items = [await connect(tomada, caller) for caller in (ana, bia)]
    for item in items:
        tomada.simulator.world.run(item, outcome="INVALID_CREDENTIALS")

    async def both_were_told() -> bool:
        return all([await tomada.app.notices.list(one.entity_id) for one in (ana, bia)])

    await eventually(both_were_told)

    anas, bias = await _everything(tomada, ana), await _everything(tomada, bia)
    for kind, mine in anas.items():
        assert mine, kind
        assert bias[kind], kind
        assert not mine & bias[kind], kind
    for caller, item in zip((ana, bia), items, strict=True):
        assert await held(tomada, caller.entity_id, item) == await truth(tomada, item)


async def test_what_is_another_persons_looks_like_what_does_not_exist(tomada: Running) -> None:
    ana, bia = await tomada.someone("ana@example.com"), await tomada.someone("bia@example.com")
    item = await connect(tomada, ana)
    app = tomada.app
    tomada.simulator.world.run(item, outcome="INVALID_CREDENTIALS")

    async def told() -> bool:
        return bool(await app.notices.list(ana.entity_id))

    await eventually(told)
    sync = await app.syncs.start(ana, item)
    notice = (await app.notices.list(ana.entity_id))[0]
    account = (await app.ledger.accounts(ana.entity_id))[0]

    nobodys = uuid4()
    token = app.connect.create_token
    pairs = (
        (app.items.get(bia.entity_id, item), app.items.get(bia.entity_id, ItemId("x"))),
        (app.syncs.get(bia, sync.id), app.syncs.get(bia, SyncId(nobodys))),
        (app.privacy.revocations.of_item(bia, item), app.privacy.revocations.of_item(bia, "x")),
        (token(bia, connector_id=None, item_id=item), token(bia, connector_id=None, item_id="x")),
        (
            app.notices.mark_read(bia, notice.id),
            app.notices.mark_read(bia, NotificationId(nobodys)),
        ),
    )
    for foreign, missing in pairs:
        assert await _refusal(foreign) == await _refusal(missing)
    for filtered in (
        await app.ledger.transactions(bia.entity_id, account_id=AccountId(account.id)),
        await app.ledger.transactions(bia.entity_id, item_id=item),
    ):
        assert filtered.transactions == ()
    assert await app.ledger.accounts(bia.entity_id, item_id=item) == []
    assert (await app.notices.list(ana.entity_id))[0].read_at is None
    assert item in tomada.simulator.world.state.items


async def test_an_item_of_somebody_else_is_refused_without_asking_pluggy(tomada: Running) -> None:
    ana, bia = await tomada.someone("ana@example.com"), await tomada.someone("bia@example.com")
    item = await connect(tomada, ana)
    await agree(tomada, bia)
    await quiet(tomada)
    tomada.simulator.world.recorder.log.clear()
    # Were anything asked, it would fail in another way.
    tomada.simulator.world.faults.add(Fault(effect="status", status=500, count=None))

    with pytest.raises(NotFoundError):
        await tomada.app.syncs.start(bia, item)
    with pytest.raises(NotFoundError):
        await tomada.app.privacy.revocations.of_item(bia, item)
    with pytest.raises(NotFoundError):
        await tomada.app.connect.create_token(bia, connector_id=None, item_id=item)

    assert [one.path for one in tomada.simulator.world.recorder.log] == []
    assert await tomada.app.items.list(bia.entity_id) == []


async def _refusal(call: Awaitable[object]) -> str:
    with pytest.raises(NotFoundError) as refused:
        await call
    return str(refused.value)
