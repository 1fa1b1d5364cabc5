"""``tomada removals``: rows that vanished in large numbers, and what is to become of them."""

import json
from uuid import UUID

from cyclopts import App as Commands

from tomada.bootstrap import open_app
from tomada.domain.removals import Removal
from tomada.settings import Settings
from tomada.telemetry import set_up

removals = Commands(
    name="removals",
    help="Rows that vanished at Pluggy in large numbers, and wait for your word.",
)


@removals.command(name="list")
async def list_(*, every: bool = False, as_json: bool = False) -> None:
    """Print the removals that wait. Changes nothing.

    Parameters
    ----------
    every
        Print those that were decided as well.
    as_json
        Print one JSON object a line.
    """
    set_up(level="WARNING")
    async with open_app(Settings()) as app:
        found = await app.removals.list()
    shown = [one for one in found if every or one.state == "waiting"]
    for one in shown:
        print(json.dumps(_plain(one)) if as_json else _sentence(one))
    if not shown and not as_json:
        print("nothing waits")


@removals.command
async def approve(removal: UUID) -> None:
    """Remove the rows of REMOVAL that are still missing at Pluggy.

    Safe while the service runs. They become tombstones, which live again should Pluggy have the
    rows again.
    """
    set_up(level="WARNING")
    async with open_app(Settings()) as app:
        print(f"removed {await app.removals.approve(removal)} rows")


@removals.command
async def refuse(removal: UUID) -> None:
    """Keep the rows of REMOVAL although Pluggy no longer lists them.

    Safe while the service runs. Nobody is asked about them again.
    """
    set_up(level="WARNING")
    async with open_app(Settings()) as app:
        print(f"kept {await app.removals.refuse(removal)} rows")


def _plain(one: Removal) -> dict[str, object]:
    return {
        "id": str(one.id),
        "entityId": str(one.entity_id),
        "itemId": one.item_id,
        "accountId": one.account_id,
        "state": one.state,
        "askedAt": one.asked_at.isoformat(),
        "decidedAt": one.decided_at.isoformat() if one.decided_at else None,
        "rows": one.rows,
        "live": one.live,
    }


def _sentence(one: Removal) -> str:
    return (
        f"{one.id}  {one.state}  {one.asked_at:%Y-%m-%d %H:%M}  account {one.account_id}:"
        f" {one.rows} of {one.live} rows"
    )
