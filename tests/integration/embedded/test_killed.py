"""kill -9 of anything at any moment; the next start is as if nothing had happened."""

import asyncio
import os
import random
import shutil
import signal
from contextlib import suppress
from pathlib import Path

import asyncpg
import pytest

from tests.integration.embedded.conftest import Programs
from tests.integration.embedded.waiting import (
    is_alive,
    server_processes,
    until,
    until_answered,
    until_busy,
    value,
)
from tomada.store.embedded import embedded_postgres, stop_embedded
from tomada.store.embedded_layout import Layout
from tomada.store.embedded_server import trim_log


def _kill_all(pids: list[int]) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


async def test_the_server_outlives_a_killed_program_and_the_next_one_joins_and_stops_it(
    used: Path, programs: Programs
) -> None:
    first = programs.start(used)
    before = first.found()

    first.kill()
    second = programs.start(used)
    after = second.found()
    second.leave()

    assert after["postmaster"] == before["postmaster"]
    assert not is_alive(before["pid"])


async def test_an_abandoned_server_can_be_stopped(used: Path, programs: Programs) -> None:
    program = programs.start(used)
    pid = program.found()["pid"]
    program.kill()

    stopped = await stop_embedded(used)

    assert stopped
    assert not is_alive(pid)


async def test_after_kill_of_everything_the_next_start_has_every_commit(
    used: Path, programs: Programs
) -> None:
    program = programs.start(used)
    url = program.found()["owner_url"]
    committed = -1
    connection = await asyncpg.connect(url)
    await connection.execute("CREATE TABLE marks (mark int)")
    for committed in range(50):
        await connection.execute("INSERT INTO marks VALUES ($1)", committed)
    victims = server_processes(used)

    _kill_all([program.process.pid, *victims])
    program.kill()
    connection.terminate()
    async with embedded_postgres(used) as cluster:
        last = await value(cluster.owner_url, "SELECT max(mark) FROM marks")

    assert len(victims) > 2
    assert last == committed


async def test_orphans_of_a_killed_postmaster_do_not_stop_the_next_start(
    used: Path, programs: Programs
) -> None:
    program = programs.start(used)
    found = program.found()
    busy = asyncio.create_task(
        value(found["owner_url"], "SELECT count(*) FROM generate_series(1, 10000000000)")
    )
    await until_busy(found["owner_url"], "SELECT count(*) FROM generate_series(1, 10000000000)")

    program.kill()
    _kill_all([found["pid"]])
    async with embedded_postgres(used) as cluster:
        there = await value(cluster.owner_url, "SELECT 1")

    assert there == 1
    assert cluster.pid != found["pid"]
    with pytest.raises((OSError, asyncpg.PostgresError, asyncpg.InterfaceError)):
        await busy


async def test_a_server_killed_under_a_running_program_comes_back(used: Path) -> None:
    async with embedded_postgres(used) as cluster:
        _kill_all(server_processes(used))
        await until(lambda: not is_alive(cluster.pid))

        await until_answered(cluster.app_url)

    assert server_processes(used) == []


async def test_a_reused_process_id_in_postmaster_pid_does_not_confuse(
    used: Path, programs: Programs
) -> None:
    program = programs.start(used)
    pid = program.found()["pid"]
    _kill_all([program.process.pid, *server_processes(used)])
    program.kill()
    await until(lambda: server_processes(used) == [])
    left_behind = used / "postgres" / "pgdata" / "postmaster.pid"
    left_behind.write_text(
        left_behind.read_text("utf-8").replace(str(pid), str(os.getpid()), 1), "utf-8"
    )

    async with embedded_postgres(used) as cluster:
        there = await value(cluster.app_url, "SELECT 1")

    assert there == 1


async def test_a_server_whose_socket_was_swept_away_is_started_anew(
    used: Path, programs: Programs
) -> None:
    program = programs.start(used)
    found = program.found()
    program.kill()
    shutil.rmtree(found["socket_dir"])

    async with embedded_postgres(used) as cluster:
        there = await value(cluster.app_url, "SELECT 1")

    assert there == 1
    assert not is_alive(found["pid"])


async def test_a_server_that_hangs_and_that_nobody_uses_is_started_anew(
    used: Path, programs: Programs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tomada.store.embedded_sockets._ANSWER_SECONDS", 1)
    monkeypatch.setattr("tomada.store.embedded_server.FAST_STOP_SECONDS", 1)
    monkeypatch.setattr("tomada.store.embedded_server.IMMEDIATE_STOP_SECONDS", 1)
    program = programs.start(used)
    pid = program.found()["pid"]
    program.kill()
    os.kill(pid, signal.SIGSTOP)

    async with embedded_postgres(used) as cluster:
        there = await value(cluster.app_url, "SELECT 1")

    assert there == 1
    assert not is_alive(pid)


@pytest.mark.parametrize("stage", ["pgdata.new/global/pg_control", "passwords.json"])
async def test_an_interrupted_first_start_is_begun_anew(
    fresh: Path, programs: Programs, stage: str
) -> None:
    program = programs.start(fresh)
    await until((fresh / "postgres" / stage).exists)

    program.kill()
    async with embedded_postgres(fresh) as cluster:
        there = await value(cluster.app_url, "SELECT 1")

    assert there == 1
    assert not (fresh / "postgres" / "pgdata.new").exists()


async def test_kill_of_everything_at_random_moments_never_needs_a_hand(
    fresh: Path, programs: Programs
) -> None:
    seed = random.randrange(2**32)
    chance = random.Random(seed)
    for _ in range(6):
        program = programs.start(fresh)
        await asyncio.sleep(chance.uniform(0.2, 1.6))
        program.kill()
        if chance.random() < 0.7:
            _kill_all(server_processes(fresh))

    async with embedded_postgres(fresh) as cluster:
        there = await value(cluster.app_url, "SELECT 1")

    assert there == 1, f"seed {seed}"
    assert server_processes(fresh) == [], f"seed {seed}"


async def test_the_log_stays_small_while_the_server_writes_it(used: Path) -> None:
    layout = Layout(used / "postgres")

    async with embedded_postgres(used) as cluster:
        with layout.log.open("ab") as log:
            log.write(b"x" * 9 * 1024 * 1024)
        trim_log(layout)
        with pytest.raises(asyncpg.InvalidPasswordError):
            await value(f"postgresql://nobody:x@/tomada?host={cluster.socket_dir}", "SELECT 1")
        log_text = layout.log.read_text("utf-8")
        kept = layout.log.with_suffix(".log.old").stat().st_size

    assert "password authentication failed" in log_text
    assert len(log_text) < 10_000
    assert 1024 * 1024 < kept < 9 * 1024 * 1024
