"""The process dies at each statement of a withdrawal and of an erasure: no half state is left."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from tests.fault.cluster import Server
from tests.fault.installation import Installation, installation
from tests.fault.taps import Kind
from tomada.bootstrap import App
from tomada.domain.access import Caller
from tomada.domain.ids import ItemId
from tomada.domain.items import ItemDetail
from tomada.domain.purposes import EVERY_PURPOSE
from tomada.services.sealed import seal
from tomada.store.columns import column_map
from tomada.store.feed import FeedRows
from tomada.store.items import ItemRow, ItemRows

MOST = 400


async def _connected(house: Installation, name: str) -> tuple[Caller, ItemId]:
    """Make a person with a consent and a connection that Pluggy knows nothing of."""
    app, caller = house.alive, await house.someone(name)
    notice = await app.consents.notice(0)
    consent = await app.consents.grant(
        caller, connector_id=0, shown=(notice.version, notice.sha256),
        purposes=EVERY_PURPOSE, adult=True,
    )  # fmt: skip
    keys, item, now = await app.vault.keys(caller.entity_id), ItemId(str(uuid4())), app.clock()
    detail = ItemDetail(0, "Banco", None, None, None, None)
    async with app.store.begin(caller.entity_id) as tx:
        digest = await tx.conn.fetchval("SELECT institution_digest FROM consents")
        row = ItemRow(
            id=item, consent_id=consent.id, institution_digest=digest, status="UPDATED",
            execution_status="", error_code=None, last_updated_at=None, synced_at=None,
            bound_at=now, sealed=seal(keys, "items", item, detail),
        )  # fmt: skip
        await ItemRows(tx).add(row)
        await FeedRows(tx).append([("item.status", {"itemId": item})] * 3, at=now)
    return caller, item


def _withdrawing(caller: Caller, item: ItemId) -> Callable[[App], Any]:
    return lambda app: app.privacy.revocations.of_item(caller, item)


def _asking(caller: Caller) -> Callable[[App], Any]:
    return lambda app: app.privacy.erasures.ask(caller)


async def _of(house: Installation, caller: Caller) -> dict[str, object]:
    """Look at what a withdrawal changes, all of it."""
    entity = caller.entity_id
    async with house.admin.transaction():
        await house.admin.execute("SELECT set_config('tomada.entity', $1, true)", str(entity))
        record = await house.admin.fetchrow(
            "SELECT (SELECT count(*) FROM items) AS items,"
            " (SELECT count(*) FROM consents WHERE status = 'revoked') AS revoked,"
            " (SELECT count(*) FROM consent_events WHERE kind = 'revoked_here') AS events,"
            " (SELECT count(*) FROM audit WHERE action = 'consent_revoked_here') AS entries,"
            " (SELECT count(*) FROM item_endings WHERE owner = $1) AS endings,"
            " (SELECT epoch FROM entities WHERE id = $1) AS epoch",
            entity,
        )
    return dict(record)


NOTHING = {"items": 1, "revoked": 0, "events": 0, "entries": 0, "endings": 0, "epoch": 0}
ALL = {"items": 0, "revoked": 1, "events": 1, "entries": 1, "endings": 1, "epoch": 1}


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize(("kind", "first"), [("die", 1), ("die_after", 2), ("sever_after", 3)])
async def test_a_withdrawal_happens_whole_or_not_at_all(
    server: Server, tmp_path: Path, kind: Kind, first: int
) -> None:
    async with installation(server.membership.cluster, tmp_path / "master.key") as house:
        seen = set()
        for statement in range(first, MOST, 3):
            caller, item = await _connected(house, f"ana{statement}")
            house.tap.set(statement, kind)
            await house.do(_withdrawing(caller, item))
            reached = house.tap.left is None
            house.tap.left = None
            found = await _of(house, caller)
            assert found in (NOTHING, ALL), (statement, found)
            seen.add(found == ALL)
            if not reached:
                break

        assert not reached
        assert seen == {True, False}
        for _ in range(3):
            # A try that a cut connection spoilt has another one a minute later.
            await house.do(lambda app: app.privacy.sweep())
            await house.time.clock.advance(minutes=6)
        async with house.alive.store.begin() as tx:
            open_ = "SELECT count(*) FROM item_endings WHERE confirmed_at IS NULL"
            assert await tx.conn.fetchval(open_) == 0


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize(("kind", "first"), [("die", 1), ("die_after", 4), ("sever_after", 7)])
async def test_an_erasure_that_dies_anywhere_ends_whole(
    server: Server, tmp_path: Path, kind: Kind, first: int
) -> None:
    async with installation(server.membership.cluster, tmp_path / "master.key") as house:
        erased = 0
        for statement in range(first, MOST, 9):
            caller, _ = await _connected(house, f"ana{statement}")
            house.tap.set(statement, kind)
            await house.do(_asking(caller))
            await house.do(lambda app: app.privacy.sweep())
            reached = house.tap.left is None
            house.tap.left = None
            # Nobody else has a try while one may be at it.
            await house.time.clock.advance(minutes=6)
            await house.do(lambda app: app.privacy.sweep())
            left = await _left(house, caller)
            assert left in ({}, None), (statement, left)
            erased += left == {}
            if not reached:
                break

        assert not reached
        assert erased > 3


async def _left(house: Installation, caller: Caller) -> dict[str, int] | None:
    """Count what is left of an erased person; None where nothing was asked for at all."""
    entity = caller.entity_id
    async with house.admin.transaction():
        await house.admin.execute("SELECT set_config('tomada.entity', $1, true)", str(entity))
        state = await house.admin.fetchval("SELECT state FROM entities WHERE id = $1", entity)
        keys = await house.admin.fetchval(
            "SELECT count(*) FROM entity_keys WHERE destroyed_at IS NULL"
        )
        counts = {
            name: int(await house.admin.fetchval(f"SELECT count(*) FROM {name}"))  # noqa: S608  (the map's)
            for name in column_map().erased()
        }
        people = await house.admin.fetchval(
            "SELECT count(*) FROM users WHERE id = $1", caller.user_id
        )
    if state == "open":
        assert (keys, people, counts["items"]) == (1, 1, 1)
        return None
    found = {**counts, "keys": keys, "people": people, state: state != "erased"}
    return {name: int(count) for name, count in found.items() if count}
