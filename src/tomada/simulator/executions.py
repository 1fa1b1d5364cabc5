"""Run the bank's side of an item: the states, the waiting, the data, the events.

One task per item. The order of states and events is the provider's; only the pace is ours.
"""

import asyncio
import logging
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tomada.simulator.clock import WorldClock
from tomada.simulator.collect import Collector
from tomada.simulator.connectors import Catalogue, Connector
from tomada.simulator.consents import Consents
from tomada.simulator.hooks import Hooks
from tomada.simulator.outcomes import failure, prompt_parameter, status_detail, user_action
from tomada.simulator.products.holdings import Holdings
from tomada.simulator.products.quotas import Quotas
from tomada.simulator.products.resources import restricted
from tomada.simulator.sandbox import LOGIN_CODES, MFA_TOKEN, Script, script_for
from tomada.simulator.settings import SimulatorSettings
from tomada.simulator.state import ItemRecord, State

# Shares of the whole delay: before the login, the login, and everything that is collected.
_CREATED, _LOGIN, _COLLECTING = 0.08, 0.22, 0.70

_RETRIES = 5

_PHASES = (
    ("ACCOUNTS", "ACCOUNTS_IN_PROGRESS"),
    ("CREDIT_CARDS", "CREDITCARDS_IN_PROGRESS"),
    ("TRANSACTIONS", "TRANSACTIONS_IN_PROGRESS"),
    ("PAYMENT_DATA", "PAYMENT_DATA_IN_PROGRESS"),
    ("INVESTMENTS", "INVESTMENTS_IN_PROGRESS"),
    ("INVESTMENTS_TRANSACTIONS", "INVESTMENTS_TRANSACTIONS_IN_PROGRESS"),
    ("IDENTITY", "IDENTITY_IN_PROGRESS"),
    ("LOANS", "LOANS_IN_PROGRESS"),
)


class _EndedError(Exception):
    """The execution ended in an error code."""

    def __init__(self, code: str, provider_message: str | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.provider_message = provider_message


@dataclass(slots=True, repr=False)
class Executions:
    """All executions of one world that are under way."""

    settings: SimulatorSettings
    clock: WorldClock
    state: State
    catalogue: Catalogue
    collector: Collector
    consents: Consents
    hooks: Hooks
    holdings: Holdings
    quotas: Quotas
    _tasks: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    # What a waiting execution waits for: the MFA values, or whether access was approved.
    _waits: dict[str, asyncio.Future[Mapping[str, str] | bool | None]] = field(default_factory=dict)

    def start(self, item: ItemRecord, script: Script) -> None:
        """Begin an execution; the item says UPDATING from now on."""
        self.stop(item.id)
        item.error = item.parameter = item.user_action = None
        self._at(item, "UPDATING", "CREATED")
        self._spawn(item, self._run(item, script))

    def start_usual(self, item: ItemRecord) -> None:
        """Begin an execution that goes as the item's login and the bank's health have it."""
        script = script_for(self.catalogue.by_id[item.connector_id], item.parameters)
        if self.catalogue.status(item.connector_id) == "OFFLINE":
            script = Script(outcome="SITE_NOT_AVAILABLE")
        self.start(item, script)

    def running(self, item_id: str) -> bool:
        """Say whether an execution of the item is under way, waiting ones included."""
        return item_id in self._tasks

    @property
    def busy(self) -> bool:
        """Say whether an execution goes on that waits for nobody."""
        return any(item_id not in self._waits for item_id in self._tasks)

    def stop(self, item_id: str) -> None:
        """End the item's execution without a trace."""
        task = self._tasks.pop(item_id, None)
        self._waits.pop(item_id, None)
        if task is not None:
            task.cancel()

    async def stop_all(self) -> None:
        """End every execution and see them gone."""
        tasks = list(self._tasks.values())
        for item_id in list(self._tasks):
            self.stop(item_id)
        await asyncio.gather(*tasks, return_exceptions=True)

    def answer(self, item: ItemRecord, values: Mapping[str, str]) -> None:
        """Give the waiting execution its MFA values."""
        self._at(item, "UPDATING", "LOGIN_MFA_IN_PROGRESS")
        self._resolve(item, dict(values))

    def decide(self, item: ItemRecord, *, approved: bool) -> bool:
        """Approve or refuse access, as the person does at the bank; False if nothing waits."""
        return self._resolve(item, approved)

    def _resolve(self, item: ItemRecord, outcome: Mapping[str, str] | bool) -> bool:  # noqa: FBT001  a value of the wait, not a switch
        wait = self._waits.pop(item.id, None)
        if wait is None or wait.done():
            return False
        wait.set_result(outcome)
        return True

    def _spawn(self, item: ItemRecord, work: Coroutine[Any, Any, None]) -> None:
        task = self.clock.spawn(work)
        self._tasks[item.id] = task

        def forget(done: asyncio.Task[None]) -> None:
            if self._tasks.get(item.id) is done:
                del self._tasks[item.id]
            broken = None if done.cancelled() else done.exception()
            if broken is not None:
                # A fault of the simulator's own must not leave the item running for ever.
                log = logging.getLogger("tomada.simulator")
                log.error("the execution of item %s broke", item.id, exc_info=broken)
                self._fail(item, "UNEXPECTED_ERROR", None)

        task.add_done_callback(forget)

    async def _run(self, item: ItemRecord, script: Script) -> None:
        connector = self.catalogue.by_id[item.connector_id]
        try:
            await self._log_in(item, script)
            await self._read(item)
            self._finish(item, script, connector)
        except _EndedError as end:
            self._fail(item, end.code, end.provider_message)

    async def _log_in(self, item: ItemRecord, script: Script) -> None:
        await self._pause(_CREATED)
        self._at(item, "UPDATING", "LOGIN_IN_PROGRESS")
        await self._pause(_LOGIN)
        if self.consents.lapsed(item) and not item.authorising:
            raise _EndedError("USER_AUTHORIZATION_REVOKED")
        if script.approval == "device":
            await self._await_device(item)
        elif script.approval is not None:
            url = f"{self.hooks.origin}/_bank/authorize?item={item.id}"
            expires = self._in(self.settings.approval_ttl)
            item.user_action = user_action(script.approval, url=url, expires=expires)
            item.parameter = prompt_parameter("oauth", expires=expires, url=url)
            self._at(item, "WAITING_USER_ACTION", "WAITING_USER_ACTION")
            self.hooks.item("item/waiting_user_action", item)
            approved = await self._wait(item, self.settings.approval_ttl)
            item.user_action = item.parameter = None
            if approved is not True:
                raise _EndedError("USER_AUTHORIZATION_NOT_GRANTED")
            self._at(item, "UPDATING", "LOGIN_IN_PROGRESS")
        if script.prompt is not None:
            expires = self._in(self.settings.mfa_ttl)
            item.parameter = prompt_parameter(script.prompt, expires=expires)
            self._at(item, "WAITING_USER_INPUT", "WAITING_USER_INPUT")
            self.hooks.item("item/waiting_user_input", item)
            values = await self._wait(item, self.settings.mfa_ttl)
            if not isinstance(values, Mapping):
                raise _EndedError("USER_INPUT_TIMEOUT")
            item.parameter = None
            await self._pause(_CREATED)
            # Any choice of a select is right; every other prompt asks for the one value.
            if script.prompt != "select" and set(values.values()) != {MFA_TOKEN}:
                raise _EndedError("INVALID_CREDENTIALS_MFA", "Código incorreto.")
        if script.outcome not in {"SUCCESS", "PARTIAL_SUCCESS"}:
            raise _EndedError(script.outcome, script.provider_message)

    async def _await_device(self, item: ItemRecord) -> None:
        self._fail(item, "USER_AUTHORIZATION_PENDING", "Autorize o dispositivo no aplicativo.")
        delay = timedelta(seconds=self.settings.device_approval_delay)
        if await self._wait(item, delay) is False:
            raise _EndedError("USER_AUTHORIZATION_NOT_GRANTED")
        item.error = None
        self._at(item, "UPDATING", "LOGIN_IN_PROGRESS")

    async def _read(self, item: ItemRecord) -> None:
        phases = [status for product, status in _PHASES if product in item.products]
        for index, status in enumerate(phases):
            self._at(item, "UPDATING", status)
            if index == 0:
                self.hooks.item("item/login_succeeded", item)
            await self._pause(_COLLECTING / len(phases))

    def _finish(self, item: ItemRecord, script: Script, connector: Connector) -> None:
        first = item.last_updated_at is None
        script = self.quotas.count_run(item, restricted(item, script))
        new = self.collector.collect(item, failed=script.failed)
        self.holdings.collect(item, failed=script.failed)
        now = self.clock()
        item.last_updated_at = item.last_run_ended_at = now
        item.failed_logins = item.failed_runs = 0
        item.error = None
        item.status_detail = status_detail(item, script, now=now)
        if connector.is_open_finance:
            item.resources_collected_at = now
            item.resources_pending = bool(script.resources_pending) and first
            self.consents.grant(item)
        item.authorising = False
        self._plan(item, timedelta(hours=self.settings.auto_sync_hours or 0))
        self._at(item, "UPDATED", script.outcome)
        for account_id, rows in new.items():
            self.hooks.created(item, account_id, rows)
        self.hooks.item("item/created" if first else "item/updated", item)

    def _plan(self, item: ItemRecord, after: timedelta | None) -> None:
        # Whose runs need the person each time, or who was told to stop, never runs by itself.
        connector = self.catalogue.by_id[item.connector_id]
        alone = item.auto_sync and self.settings.auto_sync_hours and not connector.needs_fresh_mfa
        ended = item.last_run_ended_at
        planned = ended + after if alone and ended is not None and after is not None else None
        item.next_auto_sync_at = planned

    def _fail(self, item: ItemRecord, code: str, provider_message: str | None) -> None:
        item.parameter = item.user_action = None
        item.error = failure(code, provider_message)
        item.last_run_ended_at = self.clock()
        item.failed_runs += 1
        item.authorising = False
        refused = code in LOGIN_CODES
        if refused:
            item.failed_logins += 1
        # An outage is retried about hourly, five times; a login only the person can mend.
        retried = not refused and item.failed_runs <= _RETRIES
        self._plan(item, timedelta(hours=1) if retried else None)
        if code == "USER_AUTHORIZATION_REVOKED":
            self.consents.revoke(item)
        # An unexpected failure shows the general status; its code is in the error.
        shown = "ERROR" if code == "UNEXPECTED_ERROR" else code
        self._at(item, "LOGIN_ERROR" if refused else "OUTDATED", shown)
        error = {"code": code, "message": item.error["message"]}
        self.hooks.item("item/error", item, error=error)

    async def _wait(self, item: ItemRecord, ttl: timedelta) -> Mapping[str, str] | bool | None:
        loop = asyncio.get_running_loop()
        wait: asyncio.Future[Mapping[str, str] | bool | None] = loop.create_future()
        self._waits[item.id] = wait
        try:
            return await self.clock.rest(wait, seconds=ttl.total_seconds())
        finally:
            if self._waits.get(item.id) is wait:
                del self._waits[item.id]

    async def _pause(self, share: float) -> None:
        await self.clock.sleep(self.settings.bank_delay * share)

    def _in(self, ttl: timedelta) -> datetime:
        return self.clock() + ttl

    def _at(self, item: ItemRecord, status: str, execution_status: str) -> None:
        item.status, item.execution_status = status, execution_status
        item.updated_at = self.clock()
        self.state.changed()
