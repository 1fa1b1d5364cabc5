import asyncio
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from pydantic import ValidationError

from tests.unit.web.test_webhook_settings import KEYS
from tomada.adapters.kms.local import LocalKeyProvider, open_local, rotate_local
from tomada.domain.clock import utc_now
from tomada.domain.errors import KeyUnavailableError
from tomada.services.vault import open_vault
from tomada.settings import Settings
from tomada.store.embedded import EmbeddedCluster
from tomada.store.engine import migrate, open_pool
from tomada.store.tx import Store

_OPEN = """
import sys
from pathlib import Path
from tomada.adapters.kms.local import open_local
sys.stdin.readline()
print(open_local(Path(sys.argv[1]), create=True).key_name)
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "config" / "master.key"


def test_the_key_is_readable_by_its_owner_alone_whatever_the_umask(path: Path) -> None:
    before = os.umask(0)
    try:
        open_local(path, create=True)
    finally:
        os.umask(before)

    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_by_default_the_key_lies_outside_the_data_directory(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in [one for one in os.environ if one.startswith(("TOMADA_", "XDG_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))

    settings = Settings(env="development")

    assert settings.master_key_url == f"file://{tmp_path}/.config/tomada/master.key"
    assert not settings.master_key_url.startswith(settings.data_dir.as_uri())


def test_in_production_the_key_must_be_named_and_the_sentence_says_how(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in [one for one in os.environ if one.startswith("TOMADA_")]:
        monkeypatch.delenv(name)
    with pytest.raises(ValidationError, match="`tomada keys init` makes one"):
        Settings(**{**KEYS, "master_key": ""})
    with pytest.raises(ValidationError, match="TOMADA_MASTER_KEY begins with one of"):
        Settings(**{**KEYS, "master_key": "s3://bucket/key"})

    assert Settings(**KEYS).env == "production"


async def test_a_running_program_follows_a_rotation_and_old_keys_still_open(path: Path) -> None:
    provider = open_local(path, create=True)
    before = await provider.describe()
    old = await provider.wrap(b"key", context=b"c")

    named = rotate_local(path)

    assert await provider.describe() == named != before
    assert await provider.unwrap(old, context=b"c") == b"key"
    fresh = await provider.wrap(b"key", context=b"c")
    assert fresh[:5] != old[:5]
    assert await open_local(path, create=False).unwrap(fresh, context=b"c") == b"key"
    assert os.listdir(path.parent) == [path.name]  # noqa: PTH208  (in the test's own loop)
    assert os.stat(path).st_mode & 0o777 == 0o600  # noqa: PTH116  (in the test's own loop)


async def test_a_key_file_that_goes_while_the_program_runs_is_said_to_be_missing(
    path: Path,
) -> None:
    provider = open_local(path, create=True)
    os.unlink(path)  # noqa: PTH108  (in the test's own loop)

    with pytest.raises(KeyUnavailableError, match="keys init"):
        await provider.wrap(b"key", context=b"c")


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o777])
def test_a_key_that_others_can_reach_is_refused_with_what_to_do(path: Path, mode: int) -> None:
    open_local(path, create=True)
    path.chmod(mode)

    with pytest.raises(KeyUnavailableError, match=f"run: chmod 600 {path}"):
        open_local(path, create=False)

    path.chmod(0o600)
    assert open_local(path, create=False).path == path


def test_a_missing_key_is_not_quietly_replaced(path: Path) -> None:
    with pytest.raises(KeyUnavailableError, match="restore it from backup"):
        open_local(path, create=False)

    assert not path.exists()


@pytest.mark.parametrize("content", [b"", b"{}", b"not a key", b"\xff\xfe\x00", b'{"key": []}'])
def test_a_file_that_holds_no_key_is_refused_and_left_as_it_is(path: Path, content: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    path.chmod(0o600)

    with pytest.raises(KeyUnavailableError, match="does not hold a usable master key"):
        open_local(path, create=True)

    assert path.read_bytes() == content


def test_a_key_that_was_cut_short_is_refused(path: Path) -> None:
    open_local(path, create=True)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])

    with pytest.raises(KeyUnavailableError):
        open_local(path, create=True)


def test_processes_that_start_together_make_one_key(path: Path) -> None:
    starting = [
        subprocess.Popen(
            [sys.executable, "-c", _OPEN, str(path)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )
        for _ in range(4)
    ]  # fmt: skip

    names = {process.communicate("go\n", timeout=60)[0].strip() for process in starting}

    assert len(names) == 1
    assert names.pop().startswith("file:")
    assert [one.name for one in path.parent.iterdir()] == [path.name]


def test_threads_and_containers_with_one_process_id_make_one_key_too(path: Path) -> None:
    opened: list[LocalKeyProvider] = []
    together = threading.Barrier(8)

    def start() -> None:
        together.wait()
        opened.append(open_local(path, create=True))

    threads = [threading.Thread(target=start) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len({one.key_name for one in opened}) == 1
    assert len(opened) == 8


def test_a_start_that_was_killed_in_the_middle_does_not_stop_the_next(path: Path) -> None:
    path.parent.mkdir(mode=0o700)
    (path.parent / f".{path.name}.{os.getpid()}").write_text("half a ke")

    assert open_local(path, create=True).path == path


async def test_another_master_key_is_refused_and_the_file_is_named(
    emptied: EmbeddedCluster, tmp_path: Path
) -> None:
    await migrate(emptied.owner_url, app_url=emptied.app_url)
    right, wrong = (open_local(tmp_path / name, create=True) for name in ("right", "wrong"))
    async with open_pool(emptied.app_url) as pool:
        await open_vault(right, Store(pool), utc_now)

        with pytest.raises(KeyUnavailableError, match=f"{wrong.path} is not the master key"):
            await open_vault(wrong, Store(pool), utc_now)

        again = await open_vault(right, Store(pool), utc_now)
    assert again.system.digest("x", b"y") == again.system.digest("x", b"y")


async def test_installations_that_start_together_on_one_database_have_one_keyset(
    emptied: EmbeddedCluster, tmp_path: Path
) -> None:
    await migrate(emptied.owner_url, app_url=emptied.app_url)
    provider = open_local(tmp_path / "key", create=True)
    async with open_pool(emptied.app_url) as pool:
        vaults = await asyncio.gather(
            *(open_vault(provider, Store(pool), utc_now) for _ in range(6))
        )

    sealed = vaults[0].system.seal("table", "row", b"text")
    assert {vault.system.open("table", "row", sealed) for vault in vaults} == {b"text"}
    assert len({vault.system.digest("label", b"value") for vault in vaults}) == 1
