"""The first start, later starts, and what a running server lets in."""

import os
import stat
import time
from pathlib import Path

import asyncpg
import pytest

from tests.integration.embedded.waiting import is_alive, server_processes, shown_by, value
from tomada.store.embedded import embedded_postgres
from tomada.store.embedded_binaries import newest


async def test_the_first_start_makes_a_database_and_its_end_leaves_no_process(fresh: Path) -> None:
    async with embedded_postgres(fresh) as cluster:
        version = await value(cluster.app_url, "SHOW server_version")

    assert version == cluster.version == newest().version
    assert not is_alive(cluster.pid)
    assert server_processes(fresh) == []


async def test_a_later_start_finds_the_data(used: Path) -> None:
    async with embedded_postgres(used) as cluster:
        await value(cluster.owner_url, "CREATE TABLE kept_here AS SELECT 7 AS n")
    async with embedded_postgres(used) as cluster:
        found = await value(cluster.owner_url, "SELECT n FROM kept_here")

    assert found == 7


async def test_starts_are_quick(fresh: Path) -> None:
    took = []

    for _ in range(4):
        began = time.monotonic()
        async with embedded_postgres(fresh):
            took.append(time.monotonic() - began)

    # Alone on two cores 0.9 s and 0.05 s; the bounds leave room for a busy machine.
    assert took[0] < 10
    assert min(took[1:]) < 2


_EXPECTED = {
    "data_checksums": "on",
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "listen_addresses": "",
    "server_encoding": "UTF8",
    "password_encryption": "scram-sha-256",
    "jit": "off",
    "TimeZone": "UTC",
}


async def test_the_server_is_durable_has_no_port_and_sorts_the_same_everywhere(used: Path) -> None:
    async with embedded_postgres(used) as cluster:
        found = {name: await value(cluster.app_url, f"SHOW {name}") for name in _EXPECTED}
        locale = await value(
            cluster.app_url,
            "SELECT datlocprovider::text || datlocale FROM pg_database"
            " WHERE datname = current_database()",
        )

    assert found == _EXPECTED
    assert locale == "bC.UTF-8"


async def test_the_application_role_owns_nothing_and_is_bound_by_row_security(used: Path) -> None:
    async with embedded_postgres(used) as cluster:
        powers = await value(
            cluster.app_url,
            "SELECT rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls"
            " FROM pg_roles WHERE rolname = current_user",
        )
        owned = await value(
            cluster.owner_url,
            "SELECT count(*) FROM pg_shdepend JOIN pg_roles ON pg_roles.oid = refobjid"
            " WHERE rolname = 'tomada_app' AND deptype = 'o'",
        )

        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await value(cluster.app_url, "CREATE TABLE mine (n int)")

    assert powers is False
    assert owned == 0


async def test_the_owner_role_can_make_schemas_and_is_no_superuser(used: Path) -> None:
    async with embedded_postgres(used) as cluster:
        await value(cluster.owner_url, "CREATE SCHEMA tomada")
        await value(cluster.owner_url, "GRANT USAGE ON SCHEMA tomada TO tomada_app")
        powers = await value(
            cluster.owner_url,
            "SELECT rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls"
            " FROM pg_roles WHERE rolname = current_user",
        )

    assert powers is False


async def test_no_role_gets_in_without_its_password(used: Path) -> None:
    rules = (used / "postgres" / "pgdata" / "pg_hba.conf").read_text("utf-8").splitlines()

    async with embedded_postgres(used) as cluster:
        for role in ("tomada_app", "tomada_owner", "tomada_super"):
            for wrong in ("", "tomada", "0" * 64):
                url = f"postgresql://{role}:{wrong}@/tomada?host={cluster.socket_dir}"

                with pytest.raises(asyncpg.InvalidPasswordError):
                    await value(url, "SELECT 1")

    assert {line.split()[-1] for line in rules if not line.startswith("#")} == {"scram-sha-256"}


async def test_everything_we_keep_is_closed_to_other_users(used: Path) -> None:
    async with embedded_postgres(used) as cluster:
        home = used / "postgres"
        places = [used, home, *home.iterdir(), home / "pgdata", cluster.socket_dir]
        modes = {str(place): stat.S_IMODE(place.stat().st_mode) for place in places}
        sockets = [each for each in cluster.socket_dir.iterdir() if each.is_socket()]
        socket_mode = stat.S_IMODE(sockets[0].stat().st_mode)

    assert [name for name, mode in modes.items() if mode & 0o077] == []
    assert socket_mode == 0o700


async def test_no_password_is_shown_by_a_process_or_by_repr(
    used: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLUGGY_CLIENT_SECRET", "needle-in-the-environment")

    async with embedded_postgres(used) as cluster:
        shown = repr(cluster)
        shown += "".join(shown_by(pid) for pid in server_processes(used))
    shown += (used / "postgres" / "server.log").read_text("utf-8")
    passwords = [url.split(":")[2].split("@")[0] for url in (cluster.owner_url, cluster.app_url)]

    assert [len(password) for password in passwords] == [64, 64]
    assert "-D" in shown
    assert [each for each in (*passwords, "needle-in-the-environment") if each in shown] == []


async def test_statements_and_their_values_never_reach_the_log(used: Path) -> None:
    async with embedded_postgres(used) as cluster:
        with pytest.raises(asyncpg.DataError):
            await value(cluster.app_url, "SELECT 'needle in a statement'::int")
        log = (used / "postgres" / "server.log").read_text("utf-8")

    assert "ready to accept connections" in log
    assert "needle" not in log


async def test_a_deep_data_directory_gets_a_short_socket_and_leaves_nothing_of_it(
    folder: Path,
) -> None:
    deep = folder / "data" / ("d" * 60) / ("e" * 60)

    async with embedded_postgres(deep) as cluster:
        there = await value(cluster.app_url, "SELECT 1")
        length = len(os.fsencode(cluster.socket_dir / ".s.PGSQL.5432"))
        mode = stat.S_IMODE(cluster.socket_dir.stat().st_mode)

    assert there == 1
    assert length < 107
    assert mode == 0o700
    assert not cluster.socket_dir.exists()


async def test_a_data_directory_may_have_any_name(folder: Path) -> None:
    odd = folder / "data" / "José, 50% \"off\" $HOME `id` 'x'\n& co"

    async with embedded_postgres(odd) as cluster:
        there = await value(cluster.app_url, "SELECT 1")

    assert there == 1


async def test_lost_passwords_are_replaced_at_the_next_start(used: Path) -> None:
    (used / "postgres" / "passwords.json").unlink()

    async with embedded_postgres(used) as cluster:
        there = await value(cluster.owner_url, "SELECT 1")
        also = await value(cluster.app_url, "SELECT 1")

    assert (there, also) == (1, 1)
