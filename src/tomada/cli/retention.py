"""``tomada retention``: deleting what has outlived its class."""

import json

from cyclopts import App as Commands

from tomada.bootstrap import open_app
from tomada.domain.retention import CLASSES
from tomada.settings import Settings
from tomada.telemetry import set_up

retention = Commands(name="retention", help="How long data are kept, and deleting what is over.")


@retention.command
async def run(*, dry_run: bool = False, as_json: bool = False) -> None:
    """Delete what has outlived its class, as the worker does once a day.

    Safe while the service runs, and safe to repeat.

    Parameters
    ----------
    dry_run
        Count only; nothing is changed.
    as_json
        Print one JSON object.
    """
    set_up(level="WARNING")
    async with open_app(Settings()) as app:
        found = await app.privacy.retention.run(dry_run=dry_run)
    if as_json:
        print(json.dumps(dict(found)))
        return
    for table, rows in sorted(found.items()):
        print(f"{table}: {rows} rows {'would be deleted' if dry_run else 'deleted'}")
    if not found:
        print("nothing is over")


@retention.command
def classes() -> None:
    """Print the classes. Changes nothing."""
    for one in CLASSES.values():
        print(f"{one.code:4} {one.content}: {one.words}")
