"""Nothing outlives its class, nothing goes before its time, and a dry run changes nothing."""

from dataclasses import replace
from datetime import timedelta

from tests.conftest import Running
from tests.fault.cluster import Server
from tests.integration.path.connecting import connect
from tests.integration.sync.quiet import quiet
from tomada.domain.clock import Clock
from tomada.domain.retention import CLASSES
from tomada.store.columns import column_map
from tomada.store.retention import RULES


async def test_after_years_only_what_is_in_use_or_must_stay_is_left(
    tomada: Running, server: Server
) -> None:
    ana = await tomada.someone()
    item = await connect(tomada, ana)
    await quiet(tomada)
    service = tomada.app.privacy.retention
    async with server.eye() as eye:

        async def count(table: str) -> int:
            return int(await eye.fetchval(f"SELECT count(*) FROM {table}"))  # noqa: S608  (a rule's)

        assert await service.run(dry_run=True) == {}
        before = {rule.table: await count(rule.table) for rule in RULES}
        soon = replace(service, clock=_later(tomada, days=399))
        assert {"feed", "syncs"} & set(await soon.run(dry_run=True)) == set()

        late = replace(service, clock=_later(tomada, days=401))
        planned = await late.run(dry_run=True)
        assert {"feed", "syncs", "connect_sessions"} <= set(planned)
        assert {rule.table: await count(rule.table) for rule in RULES} == before
        done = await late.run()
        for table in ("feed", "syncs", "connect_sessions", "notifications", "inbox"):
            assert done[table] == planned[table] == before[table] - await count(table), table
        assert await late.run() == {}

        # Movements stay while they are in use, and the proof of the consent for five years more.
        assert await count("transactions") > 100
        await eye.execute("UPDATE consent_events SET at = at - interval '7 years'")
        (consent,) = await tomada.app.consents.list(ana)
        assert consent.status == "expired"
        await tomada.app.privacy.revocations.of_item(ana, item)
        six = replace(service, clock=_later(tomada, days=5 * 365))
        assert not {"consents", "consent_events"} & set(await six.run(dry_run=True))
        old = replace(service, clock=_later(tomada, days=7 * 365))
        assert (await old.run())["consents"] == 1
        assert (await old.run())["consent_events"] >= 1
        assert await count("consents") == 0


async def test_the_serving_role_cannot_delete_fresh_proof(tomada: Running) -> None:
    ana = await tomada.someone()
    await connect(tomada, ana)

    async with tomada.app.store.begin(ana.entity_id) as tx:
        gone = await tx.conn.execute("DELETE FROM consent_events")

    assert gone == "DELETE 0"


def test_every_table_has_a_class_and_every_class_that_ends_has_a_rule() -> None:
    tables = column_map().tables
    ruled = {rule.table for rule in RULES}
    cascading = {"sync_products", "inbox_conflicts", "feed_heads"}
    # Swept by what uses them, within minutes or hours.
    swept = {"attempts", "nonce_routes", "export_parts", "pgqueuer", "pgqueuer_schedules"}

    assert {one.kept_as for one in tables.values()} <= set(CLASSES)
    ends = {
        name for name, one in tables.items()
        if CLASSES[one.kept_as].keep is not None and one.kept_as != "R5"
    }  # fmt: skip
    assert ends - ruled == cascading | swept
    assert all(rule.keep for rule in RULES)


def _later(tomada: Running, *, days: int) -> Clock:
    return lambda: tomada.app.clock() + timedelta(days=days)
