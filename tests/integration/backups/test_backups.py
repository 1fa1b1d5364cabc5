"""A backup counts when it was put back: made under load, sealed, compared, opened."""

import asyncio
from pathlib import Path

import pytest
from pydantic import SecretStr

from tests.conftest import Running
from tests.integration.path.connecting import connect, eventually
from tomada.bootstrap import open_app
from tomada.cli import db
from tomada.cli.db import put_back, try_out
from tomada.domain.backups import BACKUP_MADE
from tomada.domain.clock import utc_now
from tomada.domain.errors import InvalidInputError
from tomada.services.backups import Backups, BackupUnreadableError, Made, header_of
from tomada.settings import Settings
from tomada.store.dumps import DumpFailedError, rows_of
from tomada.store.embedded import EmbeddedCluster, embedded_postgres

NEEDLE = b"Padaria Aurora"


@pytest.fixture
async def made(tomada: Running, database: EmbeddedCluster, tmp_path: Path) -> Made:
    """A backup of an installation with one bank, made while it is written to."""
    caller = await tomada.someone()
    await connect(tomada, caller)

    written: list[str] = []

    async def writing() -> None:
        while True:
            written.append(f"writer{len(written)}@example.com")
            await tomada.someone(written[-1])

    writer = asyncio.create_task(writing())

    async def begun() -> bool:
        return len(written) > 1

    await eventually(begun)
    before = len(written)
    backups = Backups(tomada.app.vault.provider, utc_now)
    made = await backups.make(database.super_url, tmp_path / "backups")
    assert not writer.done()
    assert len(written) > before + 1, "nobody wrote meanwhile"
    writer.cancel()
    await asyncio.gather(writer, return_exceptions=True)
    return made


def into(settings: Settings, cluster: EmbeddedCluster) -> Settings:
    return settings.model_copy(
        update={
            "database_url": SecretStr(cluster.app_url),
            "database_owner_url": SecretStr(cluster.owner_url),
            "database_backup_url": SecretStr(cluster.super_url),
        }
    )


async def test_what_is_put_back_is_what_was_there_and_opens(
    tomada: Running, made: Made, tmp_path: Path
) -> None:
    async with embedded_postgres(tmp_path / "new") as cluster:
        settings = into(tomada.app.settings, cluster)
        header = await put_back(settings, made.files["data"], made.files["keys"])
        there = await rows_of(cluster.super_url)
        async with open_app(settings, changes=False) as app:
            async with app.store.begin() as tx:
                entity = await tx.conn.fetchval("SELECT entity_id FROM item_routes")
            (item,) = await app.items.list(entity)
            with pytest.raises(InvalidInputError):
                await put_back(settings, made.files["data"], made.files["keys"])

    # The restore itself is in the log, with what was done before anybody used it.
    changed = {table for table, count in there.items() if count != header.rows[table]}
    assert header.rows["transactions"] > 1000
    assert {one for one in changed if not one.startswith(("audit", "pgqueuer"))} == set()
    assert item.detail.institution


async def test_neither_file_says_anything_and_no_key_lies_with_the_data(made: Made) -> None:
    texts = {part: path.read_bytes() for part, path in made.files.items()}
    modes = {path.stat().st_mode & 0o777 for path in made.files.values()}

    assert modes == {0o600}
    for text in texts.values():
        assert b"PGDMP" not in text
        assert b"item_routes" not in text.partition(b"}")[2]
    assert len(texts["keys"]) < len(texts["data"]) / 10


async def test_what_was_changed_cut_or_mixed_is_not_put_back(
    tomada: Running, made: Made, database: EmbeddedCluster, tmp_path: Path
) -> None:
    data, keys = made.files["data"], made.files["keys"]
    whole = data.read_bytes()
    backups = Backups(tomada.app.vault.provider, utc_now)
    other = (await backups.make(database.super_url, tmp_path / "other")).files["keys"]
    spoilt = tmp_path / "spoilt.data"
    middle = len(whole) // 2
    versions = {
        "cut in the middle": whole[:middle],
        "without its end": whole[: -len(whole) // 100],
        "one bit changed": whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :],
        "another head": whole.replace(b'"part":"data"', b'"part":"keys"', 1),
        "no backup": b"hello",
    }

    async with embedded_postgres(tmp_path / "new") as cluster:
        # All or nothing: what was begun is undone, so that each trial finds it empty.
        for content in versions.values():
            spoilt.write_bytes(content)
            with pytest.raises((BackupUnreadableError, DumpFailedError)):
                await backups.restore(cluster.super_url, spoilt, keys)
        with pytest.raises(BackupUnreadableError):
            await backups.restore(cluster.super_url, data, other)
        with pytest.raises(BackupUnreadableError):
            await backups.restore(cluster.super_url, keys, data)
        await backups.restore(cluster.super_url, data, keys)


async def test_a_trial_of_the_restore_is_noted_and_shown(tomada: Running, made: Made) -> None:
    settings = tomada.app.settings

    opened = await try_out(settings, made.files["data"], made.files["keys"])
    await db._note_outcome(settings, "done")
    await db._note(tomada.app, BACKUP_MADE)
    await tomada.app.figures.count_items()

    text = tomada.app.metrics.text().decode()
    assert opened == 1
    assert 'tomada_backup_verified_timestamp_seconds{outcome="done"}' in text
    assert "tomada_backup_timestamp_seconds 1." in text
    assert header_of(made.files["data"]).rows["items"] == 1
