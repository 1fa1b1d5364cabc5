"""``tomada quotas``: how much of the banks' monthly quotas is used."""

import json

from cyclopts import App as Commands

from tomada.bootstrap import open_app
from tomada.services.quotas import quota_line
from tomada.settings import Settings
from tomada.telemetry import set_up

quotas = Commands(name="quotas", help="How much of the banks' monthly Open Finance quotas is used.")


@quotas.default
async def list_(*, as_json: bool = False) -> None:
    """Print each connection's quotas of this month. Changes nothing.

    Parameters
    ----------
    as_json
        Print one JSON object a line.
    """
    set_up(level="WARNING")
    async with open_app(Settings()) as app:
        found = await app.refreshes.every_quota()
    for item_id, quota in found:
        if as_json:
            print(json.dumps(quota_line(item_id, quota)))
            continue
        end = f", runs out {quota.runs_out_at:%Y-%m-%d}" if quota.runs_out_at else ""
        word = " (used up, says the bank)" if quota.exhausted else ""
        print(f"{item_id}  {quota.product}: {quota.used} of {quota.limit}{word}{end}")
    if not found and not as_json:
        print("no bank counts yet")
