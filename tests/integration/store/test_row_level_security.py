"""What PostgreSQL itself keeps apart, asked of its catalogue and tried out as the serving role."""

from uuid import uuid4

import asyncpg
import pytest

from tests.integration.store.filling import Filler
from tomada.domain.ids import EntityId
from tomada.store.embedded import EmbeddedCluster
from tomada.store.engine import open_pool
from tomada.store.tx import Store

_ROUTING = "routing"


async def _enter(app: asyncpg.Connection, entity: object) -> None:
    await app.execute("SELECT set_config('tomada.entity', $1, true)", str(entity))


async def _attempt(
    app: asyncpg.Connection, entity: EntityId, statement: str, *values: object
) -> str:
    async with app.transaction():
        await _enter(app, entity)
        done: str = await app.execute(statement, *values)
        return done


async def test_every_table_with_an_entity_is_behind_a_forced_policy_both_ways(
    app: asyncpg.Connection,
) -> None:
    tables = await app.fetch(
        "SELECT c.oid, c.relname AS name, c.relrowsecurity AS enabled,"
        " c.relforcerowsecurity AS forced, obj_description(c.oid, 'pg_class') AS comment"
        " FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
        " WHERE c.relnamespace = 'tomada'::regnamespace AND c.relkind IN ('r', 'p')"
        " AND a.attname = 'entity_id' AND NOT a.attisdropped"
    )
    guarded = [one for one in tables if not (one["comment"] or "").startswith(_ROUTING)]

    assert {"transactions", "accounts", "items", "audit"} <= {one["name"] for one in guarded}
    for one in guarded:
        policies = await app.fetch(
            "SELECT pg_get_expr(polqual, polrelid) AS shown,"
            " pg_get_expr(polwithcheck, polrelid) AS written, polcmd, polroles, polpermissive"
            # One that is not permissive only narrows what the others allow.
            " FROM pg_policy WHERE polrelid = $1 AND polpermissive",
            one["oid"],
        )
        assert (one["enabled"], one["forced"]) == (True, True), one["name"]
        # Several permissive policies would widen each other.
        assert len(policies) == 1, one["name"]
        policy = policies[0]
        assert policy["polcmd"] == b"*", one["name"]
        assert policy["polroles"] == [0], one["name"]
        for rule in (policy["shown"], policy["written"]):
            assert "entity_id = " in rule, one["name"]
            assert "current_setting('tomada.entity'" in rule, one["name"]


async def test_routing_tables_hold_no_text_of_people(app: asyncpg.Connection) -> None:
    columns = await app.fetch(
        "SELECT c.relname AS name, a.attname AS field FROM pg_class c"
        " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped"
        " WHERE c.relnamespace = 'tomada'::regnamespace AND c.relkind = 'r'"
        " AND obj_description(c.oid, 'pg_class') LIKE 'routing%'"
        " AND a.atttypid IN ('text'::regtype, 'jsonb'::regtype, 'varchar'::regtype)"
    )

    # Whoever adds a text column to a routing table has to add it here, and to say why it may be.
    assert {(one["name"], one["field"]) for one in columns} == {
        ("hooks", "drift"),
        ("hooks", "name"),
        ("hooks", "webhook_id"),
        # One of a few words.
        ("entities", "state"),
        ("inbox", "event"),
        ("inbox", "event_id"),
        ("inbox", "item_id"),
        ("inbox", "reason"),
        ("inbox", "source"),
        ("inbox", "state"),
        ("inbox_conflicts", "event_id"),
        ("item_endings", "item_id"),
        ("item_routes", "item_id"),
        ("key_rotations", "step"),
        ("memberships", "role"),
        # Users of the operating system, ids, counts and codes; nothing is added any more.
        ("operator_actions", "action"),
        ("operator_actions", "actor"),
        ("operator_actions", "data"),
        ("operator_actions", "object_id"),
        ("operator_actions", "object_kind"),
        ("privacy_requests", "kind"),
        ("privacy_requests", "state"),
        ("sessions", "csrf_token"),
        ("system_keys", "master_key"),
        ("system_keys", "name"),
        ("user_roles", "role"),
        ("users", "password_hash"),
        ("work", "item_id"),
    }


async def test_the_serving_role_owns_nothing_and_has_no_powers(app: asyncpg.Connection) -> None:
    role = await app.fetchrow(
        "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication"
        " FROM pg_roles WHERE rolname = current_user"
    )
    owned = await app.fetch(
        "SELECT relname FROM pg_class WHERE pg_get_userbyid(relowner) = current_user"
    )
    memberships = await app.fetchval(
        "SELECT count(*) FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.member"
        " WHERE r.rolname = current_user"
    )
    may_make = await app.fetchrow(
        "SELECT has_schema_privilege('tomada', 'CREATE') AS tables,"
        " has_database_privilege(current_database(), 'CREATE') AS schemas"
    )

    assert role is not None
    assert may_make is not None
    assert set(role.values()) == {False}
    assert owned == []
    assert memberships == 0
    assert set(may_make.values()) == {False}


async def test_no_function_of_ours_runs_with_its_owners_rights(app: asyncpg.Connection) -> None:
    found = await app.fetch(
        "SELECT proname FROM pg_proc WHERE prosecdef AND pronamespace = 'tomada'::regnamespace"
    )

    assert found == []


async def test_without_an_entity_no_row_of_anybody_is_seen(
    app: asyncpg.Connection, filler: Filler
) -> None:
    tables = await filler.entity_tables()
    entity = await filler.entity()

    seen = {t: await app.fetchval(f"SELECT count(*) FROM {t}") for t in tables}  # noqa: S608  (names from the catalogue)
    async with app.transaction():
        await _enter(app, entity)
        own = {t: await app.fetchval(f"SELECT count(*) FROM {t}") for t in tables}  # noqa: S608  (names from the catalogue)

    assert len(tables) >= 11
    assert seen == dict.fromkeys(tables, 0)
    assert own == dict.fromkeys(tables, 1)


async def test_an_entity_sees_its_own_rows_alone(app: asyncpg.Connection, filler: Filler) -> None:
    tables = await filler.entity_tables()
    ana, bia = await filler.entity(), await filler.entity()

    for entity in (ana, bia, uuid4()):
        async with app.transaction():
            await _enter(app, entity)
            for table in tables:
                rows = await app.fetch(f"SELECT DISTINCT entity_id FROM {table}")  # noqa: S608  (names from the catalogue)
                expected = [entity] if entity in (ana, bia) else []
                assert [one["entity_id"] for one in rows] == expected, table


async def test_nobody_writes_changes_or_removes_anothers_rows(
    app: asyncpg.Connection, filler: Filler
) -> None:
    tables = await filler.entity_tables()
    ana, bia = await filler.entity(), await filler.entity()

    kept = ("audit", "audit_heads", "consent_events")
    for table in (one for one in tables if one not in kept):
        deleted = f"DELETE FROM {table} WHERE entity_id = $1"  # noqa: S608  (names from the catalogue)
        given_away = f"UPDATE {table} SET entity_id = $1"  # noqa: S608  (names from the catalogue)
        assert await _attempt(app, ana, deleted, bia) == "DELETE 0", table
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="row-level security"):
            await _attempt(app, ana, given_away, bia)
        assert await _attempt(app, bia, f"SELECT * FROM {table}") == "SELECT 1", table  # noqa: S608  (names from the catalogue)


async def test_a_row_for_somebody_else_is_refused(app: asyncpg.Connection, filler: Filler) -> None:
    ana, bia = await filler.entity(), await filler.entity()
    line = "INSERT INTO feed (entity_id, n, kind, at, data) VALUES ($1, 2, 'x', now(), '{}')"

    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="row-level security"):
        await _attempt(app, ana, line, bia)

    assert await _attempt(app, bia, line, bia) == "INSERT 0 1"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit SET outcome = 'x'",
        "DELETE FROM audit",
        "TRUNCATE audit",
        "DELETE FROM audit_heads",
        "UPDATE audit_leaves SET leaf = ''",
        "DELETE FROM audit_leaves",
        "UPDATE audit_checkpoints SET note = ''",
        "DELETE FROM audit_checkpoints",
        "DELETE FROM audit_anchors",
        "TRUNCATE transactions",
        "ALTER TABLE audit DISABLE ROW LEVEL SECURITY",
        "ALTER TABLE transactions NO FORCE ROW LEVEL SECURITY",
        "DROP POLICY own_entity ON transactions",
        "CREATE POLICY all_of_them ON transactions USING (true)",
        "SET ROLE tomada_owner",
        "CREATE TABLE tomada.mine (x int)",
        "DROP TABLE audit",
    ],
)
async def test_the_serving_role_cannot(
    app: asyncpg.Connection, filler: Filler, statement: str
) -> None:
    entity = await filler.entity()

    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await _attempt(app, entity, statement)


async def test_removing_an_entity_does_not_take_its_audit_with_it(
    app: asyncpg.Connection, filler: Filler
) -> None:
    entity = await filler.entity()

    async with app.transaction():
        await _enter(app, entity)
        await app.execute("DELETE FROM entities WHERE id = $1", entity)

        assert await app.fetchval("SELECT count(*) FROM audit") == 1
        assert await app.fetchval("SELECT count(*) FROM audit_heads") == 1
        assert await app.fetchval("SELECT count(*) FROM items") == 0


async def test_a_connection_that_is_used_again_carries_no_entity(
    migrated: EmbeddedCluster, filler: Filler
) -> None:
    ana = await filler.entity()

    async with open_pool(migrated.app_url, size=1) as pool:
        store = Store(pool)
        async with store.begin(ana) as tx:
            first = await tx.conn.fetchval("SELECT pg_backend_pid()")
            assert await tx.conn.fetchval("SELECT count(*) FROM items") == 1
        with pytest.raises(ZeroDivisionError):
            async with store.begin(ana) as tx:
                raise ZeroDivisionError
        async with store.begin() as tx:
            again = await tx.conn.fetchval("SELECT pg_backend_pid()")
            left = await tx.conn.fetchval("SELECT current_setting('tomada.entity', true)")
            seen = await tx.conn.fetchval("SELECT count(*) FROM items")

    assert first == again
    assert (left or "", seen) == ("", 0)


async def test_the_entity_ends_with_the_transaction_and_not_only_with_the_pools_cleaning(
    migrated: EmbeddedCluster, filler: Filler
) -> None:
    ana = await filler.entity()

    async def leave_as_it_is(_connection: object) -> None:
        return

    path = {"search_path": "tomada"}
    async with asyncpg.create_pool(
        migrated.app_url, min_size=1, max_size=1, reset=leave_as_it_is, server_settings=path
    ) as pool:
        store = Store(pool)
        async with store.begin(ana) as tx:
            assert await tx.conn.fetchval("SELECT count(*) FROM items") == 1
        async with store.begin() as tx:
            seen = await tx.conn.fetchval("SELECT count(*) FROM items")

    assert seen == 0
