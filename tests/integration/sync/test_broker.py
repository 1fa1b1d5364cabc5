"""The guide's token broker: store, get and revoke a connection."""

import asyncpg
import pytest

from tests.integration.path.connecting import eventually
from tests.integration.sync.conftest import Connected
from tests.integration.sync.quiet import quiet
from tomada.domain.audit import AuditEntry
from tomada.domain.errors import NotFoundError
from tomada.store.audit import AuditRows
from tomada.store.embedded import EmbeddedCluster


async def _told(ana: Connected) -> list[AuditEntry]:
    async with ana.tomada.app.store.begin(ana.caller.entity_id) as tx:
        return [one.entry for one in await AuditRows(tx).entries()]


async def test_a_connection_is_kept_for_its_entity_alone_and_revoked_here_and_at_pluggy(
    ana: Connected, database: EmbeddedCluster
) -> None:
    app, world = ana.tomada.app, ana.tomada.simulator.world
    bia = await ana.tomada.someone("bia@example.com")

    stored = await app.broker.store_connection(ana.caller, ana.item)
    got = await app.broker.get_connection(ana.caller.entity_id, ana.item)

    assert stored == got
    assert (got.provider, got.entity, got.external_id) == (
        "pluggy", ana.caller.entity_id, ana.item,
    )  # fmt: skip
    assert got.last_sync is not None
    assert got.created <= got.last_sync
    # What the metadata says lies sealed: the bank's name is in no row.
    owner = await asyncpg.connect(database.owner_url, server_settings={"search_path": "tomada"})
    async with owner.transaction():
        await owner.execute(
            "SELECT set_config('tomada.entity', $1, true)", str(ana.caller.entity_id)
        )
        row = await owner.fetchval("SELECT items::text FROM items")
    await owner.close()
    assert got.metadata.institution not in row
    assert got.metadata.institution.encode().hex() not in row

    for call in (
        app.broker.get_connection(bia.entity_id, ana.item),
        app.broker.store_connection(bia, ana.item),
        app.broker.revoke_connection(bia, ana.item),
    ):
        with pytest.raises(NotFoundError):
            await call

    receipt = await app.broker.revoke_connection(ana.caller, ana.item)
    await quiet(ana.tomada)

    async def gone_at_pluggy() -> bool:
        return ana.item not in world.state.items

    await eventually(gone_at_pluggy)
    assert receipt.items == (ana.item,)
    with pytest.raises(NotFoundError):
        await app.broker.get_connection(ana.caller.entity_id, ana.item)
    (revoked,) = [
        one for one in await _told(ana) if one.action == "open_finance_connection_revoked"
    ]
    assert revoked.object_name == app.access.audit.name("item", ana.item)
    assert revoked.actor == app.access.audit.pseudonym("user", str(ana.caller.user_id))
