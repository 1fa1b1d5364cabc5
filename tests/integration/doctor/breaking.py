"""One fault of an installation each, which is taken back at the end of its block."""

import contextlib
import os
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import asyncpg

from tests.integration.doctor.conftest import Ward
from tomada.cli.checks.looking import Examined
from tomada.pluggy import PluggyClient
from tomada.services.registration import Registration
from tomada.store.tx import Store

Fault = Callable[[Ward], AbstractAsyncContextManager[dict[str, Any]]]
FAULTS: list[tuple[str, Fault]] = []


def fault(code: str) -> Callable[[Callable[[Ward], AsyncIterator[dict[str, Any]]]], Fault]:
    """Put a fault on the list, with the code it must be named by.

    It gives which parts of the application are to be other ones; none where it broke something.
    """

    def listed(broken: Callable[[Ward], AsyncIterator[dict[str, Any]]]) -> Fault:
        made = asynccontextmanager(broken)
        FAULTS.append((code, made))
        return made

    return listed


async def owned(ward: Ward, statement: str, *values: object) -> None:
    """Do something as the role that owns the schema; it sees one entity's rows, as all do."""
    owner = await asyncpg.connect(ward.owner_url, server_settings={"search_path": "tomada"})
    try:
        entity = await owner.fetchval("SELECT entity_id FROM item_routes LIMIT 1")
        await owner.execute("SELECT set_config('tomada.entity', $1, false)", str(entity))
        await owner.execute(statement, *values)
    finally:
        await owner.close()


@asynccontextmanager
async def another_pluggy(ward: Ward, **options: Any) -> AsyncIterator[dict[str, Any]]:
    """Ask Pluggy otherwise: by another secret, or at another address."""
    settings = ward.simulator.settings
    given = {
        "client_id": settings.client_id,
        "client_secret": settings.client_secret,
        "base_url": ward.simulator.url,
        **options,
    }
    async with PluggyClient(**given) as pluggy:
        registration: Registration = replace(ward.app.upkeep.registration, pluggy=pluggy)
        yield {"upkeep": replace(ward.app.upkeep, registration=registration)}


@fault("credentials")
async def _credentials(ward: Ward) -> AsyncIterator[dict[str, Any]]:
    async with another_pluggy(ward, client_secret="another one") as changed:
        yield changed


@fault("production")
async def _development(ward: Ward) -> AsyncIterator[dict[str, Any]]:
    yield {"settings": ward.settings(env="development")}


@fault("secret_files")
async def _shared_secret(ward: Ward) -> AsyncIterator[dict[str, Any]]:
    path = _key(ward).with_name("secret")
    path.write_text("secret")
    path.chmod(0o644)
    os.environ["PLUGGY_CLIENT_SECRET_FILE"] = str(path)
    yield {}
    del os.environ["PLUGGY_CLIENT_SECRET_FILE"]
    path.unlink()


@fault("clock")
async def _wrong_time(ward: Ward) -> AsyncIterator[dict[str, Any]]:
    right = ward.app.clock
    yield {"clock": lambda: right() - timedelta(seconds=30)}


@fault("rate_limits")
async def _refused(ward: Ward) -> AsyncIterator[dict[str, Any]]:
    later = ward.app.clock() + timedelta(minutes=1)
    await owned(ward, "UPDATE allowance_lines SET ceiling_until = $1 WHERE family = 'items'", later)
    yield {}
    await owned(ward, "UPDATE allowance_lines SET ceiling_until = '-infinity'")


@fault("auto_sync")
async def _never_again(ward: Ward) -> AsyncIterator[dict[str, Any]]:
    await owned(ward, "UPDATE items SET next_auto_sync_at = NULL")
    yield {}
    await owned(ward, "UPDATE items SET next_auto_sync_at = now() + interval '1 day'")


@asynccontextmanager
async def _hook(ward: Ward, **fields: Any) -> AsyncIterator[dict[str, Any]]:
    hooks = ward.simulator.world.state.webhooks
    (name,) = hooks
    before = hooks[name]
    hooks[name] = replace(before, **fields)
    yield {}
    hooks[name] = before


@fault("webhook_absent")
async def _no_hook(ward: Ward) -> AsyncIterator[dict[str, Any]]:
    hooks = ward.simulator.world.state.webhooks
    kept = dict(hooks)
    hooks.clear()
    yield {}
    hooks.update(kept)


@fault("webhook_address")
async def _other_address(ward: Ward) -> AsyncIterator[dict[str, Any]]:
    async with _hook(ward, url="https://bank.example/api/webhooks/old") as changed:
        yield changed


@fault("webhook_event")
async def _one_event(ward: Ward) -> AsyncIterator[dict[str, Any]]:
    async with _hook(ward, event="item/error") as changed:
        yield changed


@fault("webhook_disabled")
async def _switched_off(ward: Ward) -> AsyncIterator[dict[str, Any]]:
    async with _hook(ward, disabled_at=ward.simulator.world.clock()) as changed:
        yield changed


@fault("webhook_header")
async def _no_header(ward: Ward) -> AsyncIterator[dict[str, Any]]:
    async with _hook(ward, headers={}) as changed:
        yield changed


@fault("webhook_secret")
async def _other_secret(ward: Ward) -> AsyncIterator[dict[str, Any]]:
    header = ward.app.settings.webhook_header
    async with _hook(ward, headers={header: "guessed"}) as changed:
        yield changed


@fault("webhook_twice")
async def _second_hook(ward: Ward) -> AsyncIterator[dict[str, Any]]:
    hooks = ward.simulator.world.state.webhooks
    (one,) = hooks.values()
    hooks["second"] = replace(one, id="second", event="item/updated")
    yield {}
    del hooks["second"]


@fault("https")
async def _plain(ward: Ward) -> AsyncIterator[dict[str, Any]]:
    # The proxy goes on answering the name; what Pluggy was told is a matter of its own.
    yield {"settings": ward.settings(app_url="http://bank.example")}


@fault("public_name")
async def _own_name(ward: Ward) -> AsyncIterator[dict[str, Any]]:
    yield {"settings": ward.settings(app_url="https://localhost")}


@fault("webhook_sources")
async def _behind_a_proxy(ward: Ward) -> AsyncIterator[dict[str, Any]]:
    async with _event(ward, state="done", source="elsewhere") as changed:
        yield changed


@fault("deliveries_missing")
async def _silence(ward: Ward) -> AsyncIterator[dict[str, Any]]:
    await owned(ward, "UPDATE items SET next_auto_sync_at = now() - interval '3 hours'")
    yield {}
    await owned(ward, "UPDATE items SET next_auto_sync_at = now() + interval '1 day'")


@asynccontextmanager
async def _event(ward: Ward, *, state: str, **more: str) -> AsyncIterator[dict[str, Any]]:
    fields = {"event_id": "broken", "event": "item/updated", "state": state, **more}
    names = ", ".join(fields)
    places = ", ".join(f"${n}" for n in range(1, len(fields) + 1))
    await owned(
        ward,
        f"INSERT INTO inbox (body_digest, received_at, {names})"  # noqa: S608  (names of tests)
        f" VALUES ('', now() - interval '9 minutes', {places})",
        *fields.values(),
    )
    yield {}
    await owned(ward, "DELETE FROM inbox WHERE event_id = 'broken'")


@fault("inbox_waiting")
async def _waits(ward: Ward) -> AsyncIterator[dict[str, Any]]:
    async with _event(ward, state="new") as changed:
        yield changed


@fault("inbox_quarantined")
async def _set_aside(ward: Ward) -> AsyncIterator[dict[str, Any]]:
    async with _event(ward, state="quarantined", reason="unparsable") as changed:
        yield changed


@fault("components")
async def _no_keys(ward: Ward) -> AsyncIterator[dict[str, Any]]:
    async def broken() -> None:
        raise ConnectionError

    yield {"pings": {**ward.app.pings, "keys": broken}}


@fault("database_role")
async def _owner_serves(ward: Ward) -> AsyncIterator[dict[str, Any]]:
    # The owner is behind the policies too: they are forced.
    pool = await asyncpg.create_pool(
        ward.owner_url, min_size=1, max_size=2, server_settings={"search_path": "tomada"}
    )
    yield {"store": Store(pool)}
    await pool.close()


@fault("row_level_security")
async def _not_forced(ward: Ward) -> AsyncIterator[dict[str, Any]]:
    await owned(ward, "ALTER TABLE notifications NO FORCE ROW LEVEL SECURITY")
    yield {}
    await owned(ward, "ALTER TABLE notifications FORCE ROW LEVEL SECURITY")


@fault("master_key_place")
async def _key_beside_data(ward: Ward) -> AsyncIterator[dict[str, Any]]:
    yield {"settings": ward.settings(database_url=None, data_dir=_key(ward).parent)}


def _key(ward: Ward) -> Path:
    path = ward.app.settings.master_key_path
    assert path is not None
    return path


@fault("queue")
async def _no_worker(ward: Ward) -> AsyncIterator[dict[str, Any]]:
    await owned(
        ward,
        "INSERT INTO pgqueuer (priority, status, entrypoint, execute_after)"
        " VALUES (0, 'queued', 'sync_item', now() - interval '3 minutes')",
    )
    yield {}
    await owned(ward, "DELETE FROM pgqueuer")


@fault("dead_jobs")
async def _parked(ward: Ward) -> AsyncIterator[dict[str, Any]]:
    await owned(ward, "UPDATE work SET wanted = wanted + 1, not_before = 'infinity'")
    yield {}
    await owned(ward, "UPDATE work SET wanted = done, not_before = NULL")


@fault("monitoring")
async def _nobody_looks(ward: Ward) -> AsyncIterator[dict[str, Any]]:
    yield {"settings": ward.settings(metrics_port=0)}


@fault("items_gone_at_pluggy")
async def _gone(ward: Ward) -> AsyncIterator[dict[str, Any]]:
    items = ward.simulator.world.state.items
    kept = items.pop(ward.item)
    yield {}
    items[ward.item] = kept


@fault("items_twice")
async def _twice(ward: Ward) -> AsyncIterator[dict[str, Any]]:
    copied = "consent_id, institution_digest, 'DELETED', execution_status, bound_at, sealed"
    await owned(
        ward,
        "INSERT INTO items (entity_id, id, consent_id, institution_digest, status,"  # noqa: S608  (constants)
        f" execution_status, bound_at, sealed) SELECT entity_id, 'second', {copied} FROM items",
    )
    yield {}
    await owned(ward, "DELETE FROM items WHERE id = 'second'")


async def named(ward: Ward, broken: Fault) -> Examined:
    """Look at the installation while it is broken."""
    async with contextlib.AsyncExitStack() as stack:
        return await ward.examined(**await stack.enter_async_context(broken(ward)))
