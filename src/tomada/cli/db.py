"""``tomada db``: backups, made, tried out and put back."""

import getpass
import json
import tempfile
from pathlib import Path
from typing import Annotated

from cyclopts import App as Commands
from cyclopts import Parameter
from pydantic import SecretStr

from tomada.bootstrap import App, key_provider, open_app, whole_database
from tomada.domain.backups import BACKUP_MADE, BACKUP_RESTORED, BACKUP_VERIFIED
from tomada.domain.clock import utc_now
from tomada.domain.errors import TomadaError
from tomada.services.audit import Audit
from tomada.services.backups import Backups, Header
from tomada.settings import Settings
from tomada.store.embedded import embedded_postgres
from tomada.store.figures import FigureRows
from tomada.telemetry import set_up

Json = Annotated[bool, Parameter(name="--json", negative=())]

db = Commands(name="db", help="Backups: make, try out, put back.")


@db.command
async def backup(folder: Path, *, as_json: Json = False) -> None:
    """Copy the whole database, of one moment, into two sealed files of a folder.

    Safe while the service runs. The file that ends in .keys holds the wrapped keys: keep it in
    another place than the .data, and throw it away after seven days. Both open with the master key
    only, which is in neither.

    Parameters
    ----------
    folder
        Where the files go.
    as_json
        Print one JSON object.
    """
    set_up(level="CRITICAL")
    settings = Settings()
    async with open_app(settings, changes=False) as app, whole_database(settings) as url:
        made = await Backups(app.vault.provider, app.clock).make(url, folder)
        await _note(app, BACKUP_MADE, data={"rows": made.rows, "bytes": made.size})
    files = {part: str(path) for part, path in made.files.items()}
    if as_json:
        print(json.dumps({**files, "rows": made.rows, "bytes": made.size}))
        return
    for path in files.values():
        print(path)
    print(f"{made.rows} rows, {made.size} bytes; keep the two files apart")


@db.command
async def restore(data: Path, keys: Path) -> None:
    """Put a backup back into a new, empty database.

    Needs the master key of the time it was made. Stop the service before; everything or nothing
    is put back.

    Parameters
    ----------
    data
        The file that ends in .data.
    keys
        The file that ends in .keys.
    """
    set_up(level="CRITICAL")
    header = await put_back(Settings(), data, keys)
    print(f"back as it was at {header.made_at:%Y-%m-%d %H:%M:%S}Z; start the service")


async def put_back(settings: Settings, data: Path, keys: Path) -> Header:
    """Restore into the database of *settings*.

    Opening it brings an older version's tables up, and erases again who was erased since.
    """
    backups = Backups(key_provider(settings, utc_now, create=False), utc_now)
    async with whole_database(settings) as url:
        header = await backups.restore(url, data, keys)
        async with open_app(settings) as app:
            await _note(app, BACKUP_RESTORED, data={"rows": sum(header.rows.values())})
    return header


@db.command
async def verify(data: Path, keys: Path, *, as_json: Json = False) -> None:
    """Try a backup out: put it back beside the installation, compare, open, throw away.

    Safe while the service runs. What came out is noted in the installation, whose figures tell it.

    Parameters
    ----------
    data
        The file that ends in .data.
    keys
        The file that ends in .keys.
    as_json
        Print one JSON object.
    """
    set_up(level="CRITICAL")
    settings = Settings()
    try:
        opened = await try_out(settings, data, keys)
    except TomadaError:
        await _note_outcome(settings, "failed")
        raise
    await _note_outcome(settings, "done")
    told = {"entities": opened, "rows": None}
    print(json.dumps(told) if as_json else f"good: put back, compared, {opened} entities opened")


async def try_out(settings: Settings, data: Path, keys: Path) -> int:
    """Restore into a database of the moment and open what is in it; gives how many entities."""
    with tempfile.TemporaryDirectory(prefix="tomada-verify-") as folder:
        scratch = Path(folder) / "data"
        async with embedded_postgres(scratch) as cluster:
            elsewhere = settings.model_copy(
                update={
                    "database_url": SecretStr(cluster.app_url),
                    "database_owner_url": SecretStr(cluster.owner_url),
                    "database_backup_url": SecretStr(cluster.super_url),
                    "signals_url": None,
                }
            )
            await put_back(elsewhere, data, keys)
            async with open_app(elsewhere, changes=False) as app:
                return await _open_all(app)


async def _open_all(app: App) -> int:
    """Open every entity's key and what its connections are called."""
    async with app.store.begin() as tx:
        entities = await FigureRows(tx).entities(after=None, limit=1_000_000)
    for entity in entities:
        await app.items.list(entity)
    return len(entities)


async def _note_outcome(settings: Settings, outcome: str) -> None:
    async with open_app(settings, changes=False) as app:
        await _note(app, BACKUP_VERIFIED, outcome=outcome)


async def _note(
    app: App, action: str, *, outcome: str = "done", data: dict[str, int] | None = None
) -> None:
    audit = Audit(app.clock, app.vault.system)
    async with app.store.begin() as tx:
        await audit.write(tx, action, operator=getpass.getuser(), outcome=outcome, data=data)
