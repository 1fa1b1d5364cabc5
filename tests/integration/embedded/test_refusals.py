"""A data directory that cannot be used is refused in one sentence, and left as it is."""

import asyncio
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.integration.embedded.waiting import server_processes, value
from tomada.store import embedded_binaries
from tomada.store.embedded import EmbeddedError, embedded_postgres
from tomada.store.embedded_errors import from_output
from tomada.store.embedded_init import initialise
from tomada.store.embedded_layout import Layout
from tomada.store.embedded_locks import FileLock
from tomada.store.embedded_process import server_identity

Spoil = Callable[[Path, bytes], None]


async def refused(data_dir: Path) -> EmbeddedError:
    with pytest.raises(EmbeddedError) as caught:
        async with embedded_postgres(data_dir):
            pass
    sentence = str(caught.value)
    assert str(data_dir.name) in sentence
    assert "\n" not in sentence
    assert sentence.endswith(".")
    assert server_processes(data_dir) == []
    return caught.value


async def test_a_database_of_another_version_is_refused_and_the_versions_are_named(
    used: Path, spoil: Spoil
) -> None:
    spoil(used / "postgres" / "pgdata" / "PG_VERSION", b"15\n")

    error = await refused(used)

    assert error.code == "other_version"
    assert "PostgreSQL 15" in str(error)
    assert "18" in str(error)


@pytest.mark.parametrize("content", [b"", b"eighteen", b"18.x\n", b"\x00\xff"])
async def test_a_spoilt_version_file_is_refused(used: Path, spoil: Spoil, content: bytes) -> None:
    spoil(used / "postgres" / "pgdata" / "PG_VERSION", content)

    error = await refused(used)

    assert error.code == "damaged"


async def test_a_spoilt_control_file_is_refused(used: Path, spoil: Spoil) -> None:
    control = used / "postgres" / "pgdata" / "global" / "pg_control"
    spoil(control, control.read_bytes()[:100])

    error = await refused(used)

    assert error.code == "damaged"


async def test_the_layout_of_a_newer_tomada_is_refused(used: Path, spoil: Spoil) -> None:
    spoil(used / "postgres" / "layout.json", b'{"layout": 2}')

    error = await refused(used)

    assert error.code == "newer_layout"
    assert "newer Tomada" in str(error)


async def test_a_spoilt_layout_file_is_refused(used: Path, spoil: Spoil) -> None:
    spoil(used / "postgres" / "layout.json", b"{")

    error = await refused(used)

    assert error.code == "damaged"


async def test_a_file_in_place_of_the_data_directory_is_refused(folder: Path) -> None:
    (folder / "data").write_text("not a directory", "utf-8")

    error = await refused(folder / "data")

    assert error.code == "not_writable"
    assert (folder / "data").read_text("utf-8") == "not a directory"


async def test_a_start_that_never_ends_elsewhere_is_told_as_busy(
    used: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tomada.store.embedded._START_SECONDS", 1)
    held = FileLock.open(Layout.open(used).mutex)
    assert held.take()

    error = await refused(used)

    held.close()
    assert error.code == "busy"


async def test_an_older_version_that_the_wheel_still_brings_is_served(fresh: Path) -> None:
    layout = Layout.open(fresh)
    older = embedded_binaries.matching(16, fresh)
    identity = server_identity(layout.pgdata, fresh)
    lock = FileLock.open(layout.server)
    initialise(layout, older, identity=identity, server_fd=lock.fd)
    lock.close()

    async with embedded_postgres(fresh) as cluster:
        version = await value(cluster.app_url, "SHOW server_version")

    assert version == older.version
    assert cluster.version.startswith("16.")


@pytest.mark.parametrize(
    ("output", "code"),
    [
        ("FATAL:  could not write to file: No space left on device", "disk_full"),
        ("initdb: error: could not look up effective user ID 7: user does not exist", "no_user"),
        ('FATAL:  could not create lock file "x": Permission denied', "not_writable"),
        ("PANIC:  could not locate a valid checkpoint record", "damaged"),
        ("FATAL:  something nobody has seen before", "start_failed"),
        ("", "start_failed"),
    ],
)
def test_what_the_server_says_becomes_a_code_and_a_sentence(output: str, code: str) -> None:
    error = from_output("start_failed", output=output, place=Path("/somewhere"))

    assert error.code == code
    assert str(error).endswith(".")


_SMALL_DISK = """
mount -t tmpfs -o size={size}m tmpfs "$1" || exit 99
{then}
exec "$2" "$3" "$1/data"
"""


def _on_a_small_disk(folder: Path, *, size: int, then: str = "") -> dict[str, str]:
    """Start a program whose data directory lies on a small file system that only it sees."""
    unshare = shutil.which("unshare")
    if unshare is None or os.geteuid() != 0:
        pytest.skip("needs root and unshare to mount a small disk")
    program = Path(__file__).with_name("program.py")
    script = _SMALL_DISK.format(size=size, then=then)
    ran = subprocess.run(
        [unshare, "--mount", "sh", "-c", script, "sh", folder, sys.executable, program],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        timeout=100,
    )
    if ran.returncode == 99:
        pytest.skip("may not mount a small disk here")
    return dict(json.loads(ran.stdout))


async def test_a_new_database_on_a_full_disk_is_refused(folder: Path) -> None:
    found = await asyncio.to_thread(_on_a_small_disk, folder, size=64)

    assert found["code"] == "disk_full"


async def test_an_existing_database_on_a_full_disk_is_refused(
    folder: Path, made_once: Path
) -> None:
    fill = f'cp -r {made_once} "$1/data"; cat /dev/zero > "$1/fill" 2>/dev/null; true'

    found = await asyncio.to_thread(_on_a_small_disk, folder, size=80, then=fill)

    assert found["code"] == "disk_full"


async def test_a_read_only_data_directory_is_refused(folder: Path) -> None:
    found = await asyncio.to_thread(
        _on_a_small_disk, folder, size=80, then='mount -o remount,ro "$1"'
    )

    assert found["code"] == "not_writable"


async def test_a_failed_start_lets_go_of_everything(used: Path) -> None:
    version = used / "postgres" / "pgdata" / "PG_VERSION"
    kept = version.read_bytes()
    version.write_bytes(b"15\n")
    await refused(used)

    version.write_bytes(kept)
    async with embedded_postgres(used) as cluster:
        there = await value(cluster.app_url, "SELECT 1")

    assert there == 1
