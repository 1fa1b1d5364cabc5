"""Whatever fails at our side, at whichever step, is told as 503 so that Pluggy delivers again."""

import errno
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import pytest

from tests.integration.webhooks.door import Door, Heard
from tests.integration.webhooks.samples import sample
from tomada.domain.errors import KeyUnavailableError, RefusedError, StoreUnavailableError
from tomada.services.hook_secrets import HookSecrets
from tomada.services.inbox import Inbox
from tomada.services.vault import Keys
from tomada.store.embedded import EmbeddedCluster
from tomada.store.hooks import HookRows
from tomada.store.inbox import InboxRows
from tomada.store.jobs import Jobs
from tomada.store.tx import Store, Tx

FAILURES: tuple[BaseException, ...] = (
    OSError(errno.ENOSPC, "No space left on device"),
    OSError(errno.EROFS, "Read-only file system"),
    MemoryError(),
    TimeoutError(),
    ConnectionResetError(),
    asyncpg.TooManyConnectionsError("too many"),
    asyncpg.DeadlockDetectedError("deadlock"),
    asyncpg.AdminShutdownError("terminating"),
    asyncpg.DiskFullError("full"),
    KeyUnavailableError("the key service is away"),
    # Our own refusals of other things are no refusal of the sender.
    RefusedError("not now"),
    ValueError("a mistake of ours"),
)
STEPS: tuple[tuple[Any, str], ...] = (
    (HookSecrets, "accepted"),
    (Inbox, "read"),
    (Keys, "digest"),
    (Keys, "seal"),
    (InboxRows, "take_in"),
    (HookRows, "mark_seen"),
    (Jobs, "claim"),
    (Store, "begin"),
)


def _failing(step: tuple[Any, str], failure: BaseException) -> Callable[..., Any]:
    kind, name = step
    if kind is Store:

        @asynccontextmanager
        async def commit_fails(self: Store, entity: Any = None) -> AsyncIterator[Any]:
            # Everything is written, and the commit is what fails.
            async with self.pool.acquire() as conn:
                transaction = conn.transaction()
                await transaction.start()
                try:
                    yield Tx(conn, entity)
                    raise failure
                finally:
                    await transaction.rollback()

        return commit_fails

    def fails(*_: Any, **__: Any) -> Any:
        raise failure

    async def fails_later(*_: Any, **__: Any) -> Any:
        raise failure

    return (
        fails
        if (kind, name) in ((Inbox, "read"), (Keys, "digest"), (Keys, "seal"))
        else fails_later
    )


async def test_each_failure_at_each_step_asks_for_another_delivery(
    only: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[Heard] = []
    for step in STEPS:
        for failure in FAILURES:
            with monkeypatch.context() as patched:
                patched.setattr(*step, _failing(step, failure))
                heard.append(await only.deliver(sample("item/updated")))

    assert len(heard) == len(STEPS) * len(FAILURES)
    assert {one.status for one in heard} == {503}
    assert {one.header("retry-after") for one in heard} == {"30"}
    assert len({one.body for one in heard if b"unavailable" in one.body}) >= 1
    assert not [one.body for one in heard if b"space" in one.body or b"mistake" in one.body]
    assert await only.count() == await only.count("pgqueuer") == 0
    assert (await only.deliver(sample("item/updated"))).status == 200


async def test_while_secrets_cannot_be_read_nobody_is_told_to_be_a_forger(
    only: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = 0

    async def away(*_: Any, **__: Any) -> None:
        nonlocal asked
        asked += 1
        raise StoreUnavailableError("the database does not answer")

    with monkeypatch.context() as patched:
        patched.setattr(HookRows, "get", away)
        only.app.inbox.hooks.secrets.forget()
        wrong = [await only.knock(b"{}", []) for _ in range(20)]
        right = await only.deliver(sample("item/updated"))

    assert {one.status for one in (*wrong, right)} == {503}
    # A failure is kept for a second, so a flood does not become one of the database.
    assert asked <= 3


async def test_forgeries_beyond_the_limit_need_no_database(
    only: Door, emptied: EmbeddedCluster
) -> None:
    for _ in range(60):
        await only.knock(b"{}", [])
    owner = await asyncpg.connect(emptied.owner_url)
    try:
        async with owner.transaction():
            # Whoever asked the database for anything would wait for this.
            await owner.execute("LOCK TABLE tomada.hooks, tomada.inbox")
            heard = [await only.knock(b"{}", []) for _ in range(500)]
    finally:
        await owner.close()

    assert {one.status for one in heard} == {429}
