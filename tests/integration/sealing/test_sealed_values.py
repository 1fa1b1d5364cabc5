"""A sealed value opens in its own place and nowhere else."""

import itertools
import random
from datetime import timedelta

import asyncpg
import pytest

from tests.conftest import Running
from tests.integration.path.connecting import connect, eventually
from tests.integration.sealing.places import KNOWN, Place, places, sealed_columns
from tests.integration.sync.quiet import quiet
from tomada.domain.access import Caller
from tomada.domain.errors import KeyUnavailableError
from tomada.store.embedded import EmbeddedCluster


@pytest.fixture
async def two(tomada: Running) -> list[Caller]:
    """Two people with accounts and all that goes with them, consents and a notice each."""
    callers = [await tomada.someone(f"{name}@example.com") for name in ("ana", "bia")]
    for caller in callers:
        item = await connect(tomada, caller)
        keys = await tomada.app.vault.keys(caller.entity_id)
        async with tomada.app.store.begin(caller.entity_id) as tx:
            words = {"reason": "pediu por telefone"}
            await tomada.app.access.audit.write(tx, "export_made", details=(keys, words))
        await tomada.app.access.factors.begin(caller, name="ana@example.com")
        await tomada.app.doors.api_keys.create(
            "meu sistema", ["read"], life=timedelta(days=1), actor="t", entity=caller.entity_id
        )
        one = (await tomada.app.ledger.transactions(caller.entity_id, limit=50)).transactions[-1]
        await tomada.app.annotations.change(caller, one.id, note="meu", category="minha")
        world = tomada.simulator.world
        world.consents.grant(world.state.items[item])
        world.reidentify(one.movement.pluggy_id)
        await quiet(tomada)
        world.run(item, outcome="INVALID_CREDENTIALS")

    async def told() -> bool:
        return all([await tomada.app.notices.list(one.entity_id) for one in callers])

    await eventually(told)
    await quiet(tomada)
    return callers


async def test_every_sealed_column_is_known_to_these_tests(
    database: EmbeddedCluster, two: list[Caller]
) -> None:
    assert two
    # Conflicts and previous secrets stand in the places of what they are versions of.
    versions = {("hooks", "previous_sealed_secret"), ("inbox_conflicts", "sealed")}
    # Pieces of copies are looked at where they are made.
    elsewhere = {("export_parts", "sealed")}

    assert await sealed_columns(database) - versions - elsewhere == KNOWN


async def test_of_all_pairs_of_values_none_opens_in_the_others_place(
    database: EmbeddedCluster, tomada: Running, two: list[Caller]
) -> None:
    everything = await places(database, tomada.app.vault, [one.entity_id for one in two])

    assert all(one.open(one.sealed) for one in everything)
    wrong = [
        (here, there)
        for here, there in itertools.permutations(everything, 2)
        if _opens(there, here.sealed)
    ]

    assert len(everything) > 60
    assert [(one.table, other.table) for one, other in wrong] == []


async def test_a_value_with_any_bit_changed_does_not_open(
    database: EmbeddedCluster, tomada: Running, two: list[Caller]
) -> None:
    everything = await places(database, tomada.app.vault, [one.entity_id for one in two], each=2)
    rng = random.Random(7)

    for place in everything:
        bits = rng.sample(range(len(place.sealed) * 8), 64)
        for bit in bits:
            changed = bytearray(place.sealed)
            changed[bit // 8] ^= 1 << bit % 8
            assert not _opens(place, bytes(changed)), place.table
        assert not _opens(place, place.sealed[:-1])
        assert not _opens(place, b"")


_ROWS = (
    "UPDATE transactions t SET sealed = o.sealed FROM transactions o"
    " WHERE o.id = (SELECT max(id::text)::uuid FROM transactions)"
    " AND t.id = (SELECT id FROM transactions ORDER BY day DESC LIMIT 1)"
)
_COLUMNS = "UPDATE transactions SET sealed = sealed_raw"
_TABLES = "UPDATE transactions SET sealed = (SELECT sealed FROM accounts LIMIT 1)"


@pytest.mark.parametrize("swap", [_ROWS, _COLUMNS, _TABLES])
async def test_a_database_that_was_tampered_with_is_refused_when_read(
    database: EmbeddedCluster, tomada: Running, two: list[Caller], swap: str
) -> None:
    ana = two[0].entity_id
    await _as_owner(database, ana, swap)

    with pytest.raises(KeyUnavailableError, match="does not open in its place"):
        await tomada.app.ledger.transactions(ana)

    assert (await tomada.app.ledger.transactions(two[1].entity_id)).transactions


async def _as_owner(database: EmbeddedCluster, entity: object, statement: str) -> None:
    owner = await asyncpg.connect(database.owner_url, server_settings={"search_path": "tomada"})
    try:
        async with owner.transaction():
            await owner.execute("SELECT set_config('tomada.entity', $1, true)", str(entity))
            assert await owner.execute(statement) != "UPDATE 0"
    finally:
        await owner.close()


def _opens(place: Place, sealed: bytes) -> bool:
    try:
        place.open(sealed)
    except KeyUnavailableError:
        return False
    return True
