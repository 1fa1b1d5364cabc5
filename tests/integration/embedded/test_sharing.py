"""One server per data directory: whoever asks first starts it, the last who leaves stops it."""

import asyncio
import os
from pathlib import Path

import pytest

from tests.integration.embedded.conftest import Programs
from tests.integration.embedded.waiting import is_alive, server_processes, until, until_busy, value
from tomada.store.embedded import embedded_postgres, stop_embedded
from tomada.store.embedded_locks import is_free


async def test_the_last_who_leaves_stops_it(used: Path, programs: Programs) -> None:
    first, second = programs.start(used), programs.start(used)
    pids = {first.found()["pid"], second.found()["pid"]}
    (pid,) = pids

    first.leave()
    alive_after_first = is_alive(pid)
    second.leave()

    assert alive_after_first
    assert not is_alive(pid)
    assert server_processes(used) == []


async def test_programs_that_start_together_on_nothing_share_one_new_server(
    fresh: Path, programs: Programs
) -> None:
    together = [programs.start(fresh) for _ in range(4)]

    found = [program.found() for program in together]

    assert len({(each["pid"], each["postmaster"]) for each in found}) == 1
    assert len({each["app_url"] for each in found}) == 1


async def test_one_program_may_use_it_twice(used: Path) -> None:
    async with embedded_postgres(used) as outer:
        async with embedded_postgres(used) as inner:
            same = inner.pid == outer.pid
        still = await value(outer.app_url, "SELECT 1")

    assert same
    assert still == 1
    assert not is_alive(outer.pid)


async def test_the_server_does_not_hear_the_terminal(used: Path) -> None:
    async with embedded_postgres(used) as cluster:
        session = os.getsid(cluster.pid)

    assert session == cluster.pid != os.getsid(0)


async def test_it_works_under_uvloop(used: Path, programs: Programs) -> None:
    program = programs.start(used, "uvloop")

    pid = program.found()["pid"]
    program.leave()

    assert not is_alive(pid)


async def test_a_cancelled_start_leaves_nothing_running(fresh: Path) -> None:
    async def use() -> None:
        async with embedded_postgres(fresh):
            await asyncio.Event().wait()

    starting = asyncio.create_task(use())
    await until((fresh / "postgres" / "pgdata.new").exists)
    starting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await starting

    assert server_processes(fresh) == []
    assert is_free(fresh / "postgres" / "members.lock")


async def test_a_program_that_is_cancelled_again_while_leaving_still_stops_it(used: Path) -> None:
    pids = []

    async def use() -> None:
        async with embedded_postgres(used) as cluster:
            pids.append(cluster.pid)
            await asyncio.Event().wait()

    using = asyncio.create_task(use())
    await until(lambda: bool(pids))
    using.cancel()
    await asyncio.sleep(0)
    using.cancel()
    with pytest.raises(asyncio.CancelledError):
        await using

    assert not is_alive(pids[0])


async def test_a_server_in_use_is_not_stopped_as_abandoned(used: Path) -> None:
    async with embedded_postgres(used) as cluster:
        stopped = await stop_embedded(used)
        still = await value(cluster.app_url, "SELECT 1")

    assert not stopped
    assert still == 1


async def test_leaving_ends_the_work_of_clients_that_hang(used: Path) -> None:
    async with embedded_postgres(used) as cluster:
        hanging = asyncio.create_task(value(cluster.app_url, "SELECT pg_sleep(600)"))
        await until_busy(cluster.app_url, "SELECT pg_sleep(600)")

    with pytest.raises(Exception, match=r"terminat|closed|shut"):
        await hanging
    assert not is_alive(cluster.pid)
