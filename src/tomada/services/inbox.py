"""Taking webhooks in: who sent it, keep it durably, have it looked at.

An event is a hint that something changed; nothing it says reaches the ledger. It is answered only
after it is committed, and whatever goes wrong on our side is told as unavailable, so that Pluggy
sends it again.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tomada.domain.clock import Clock
from tomada.domain.errors import RefusedError
from tomada.domain.ids import ItemId
from tomada.metrics import DELIVERIES, Metrics
from tomada.pluggy.errors import ContractError
from tomada.pluggy.webhooks import WebhookEvent, parse_event
from tomada.services.bodies import sealed_body
from tomada.services.correlation import correlation_of
from tomada.services.hook_secrets import NAME
from tomada.services.hooks import Hooks
from tomada.services.vault import Vault
from tomada.store.hooks import HookRows
from tomada.store.inbox import InboxRow, InboxRows
from tomada.store.items import ItemRoutes
from tomada.store.jobs import Jobs
from tomada.store.tx import Store, Tx
from tomada.store.work import WorkRows
from tomada.telemetry import log

_ACTED_ON = ("item", "transactions")
_LONGEST_ID = 64


class ForbiddenError(RefusedError):
    """The delivery is not from Pluggy; *reason* is for the log, the caller is not told."""

    code = "forbidden"

    def __init__(self, reason: str) -> None:
        super().__init__("this caller may not deliver here")
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Letter:
    """What a body is to us: its name, what it is about, and why it is set aside, if it is."""

    event_id: str
    event: str
    item_id: ItemId | None
    acted_on: bool
    set_aside: str | None = None

    @property
    def wants_a_run(self) -> bool:
        """Whether its item is to be read because of it."""
        return self.acted_on and self.set_aside is None and self.item_id is not None


@dataclass(frozen=True, slots=True)
class Inbox:
    """Every event that Pluggy ever told us, each once."""

    store: Store
    vault: Vault
    clock: Clock
    hooks: Hooks
    client_id: str
    metrics: Metrics

    async def accept(
        self,
        raw: bytes,
        headers: Mapping[str, Sequence[str]],
        peer: str,
        *,
        locator: str | None = None,
    ) -> None:
        """Keep one delivery and queue its work; a repeat is counted and starts nothing.

        *headers* has lower-case names and every value of each. *peer* is the address it came
        from, by the rule for trusted proxies. Raises ``ForbiddenError`` for a delivery that is
        not Pluggy's, and ``UnavailableError`` where it could not be kept.
        """
        single = {name: values[0] for name, values in headers.items() if len(values) == 1}
        proof = await self.hooks.prove(single, raw, source=peer, locator=locator)
        if proof.refused is not None:
            raise ForbiddenError(proof.refused)
        letter = self.read(raw)
        now = self.clock()
        digest, sealed = sealed_body(self.vault.system, letter.event_id, raw)
        row = InboxRow(
            letter.event_id, letter.event, letter.item_id, digest, sealed,
            "done" if letter.set_aside is None else "quarantined", now,
            letter.set_aside, "listed" if proof.listed else "elsewhere",
        )  # fmt: skip
        if proof.first is None and not letter.wants_a_run and await self._put_away(row):
            self._told(letter, row.state)
            return
        async with self.store.begin() as tx:
            kept = await self._keep(tx, row, letter)
            if proof.first is not None:
                made = proof.first.rotated_at
                await HookRows(tx).mark_seen(NAME, rotated_at=made, at=now)
        if proof.first is not None:
            self.hooks.secrets.forget()
        self._told(letter, kept)

    def _told(self, letter: Letter, status: str) -> None:
        self.metrics.count(DELIVERIES, outcome=status)
        name = correlation_of(self.vault.system, letter.event_id)
        log.info("webhook_kept", kind=letter.event, status=status, correlation=name)

    async def _put_away(self, row: InboxRow) -> bool:
        """Keep an event that asks for nothing; False where there is one of that id."""
        async with self.store.single() as tx:
            return await InboxRows(tx).take_in(row, acted_on=False) is not None

    async def _keep(self, tx: Tx, row: InboxRow, letter: Letter) -> str:
        item = letter.item_id
        taken = await InboxRows(tx).take_in(row, acted_on=letter.wants_a_run)
        if taken is None:
            return await self._repeat(tx, row, letter)
        if item is not None and taken.state == "unbound":
            await Jobs(tx).claim(item)
        elif item is not None and taken.idle:
            # Where something was wanted before, a run or a job is on its way already, and one that
            # got lost is found within two seconds.
            await Jobs(tx).sync(item)
        return taken.state

    async def _repeat(self, tx: Tx, row: InboxRow, letter: Letter) -> str:
        state = await self.state_of(tx, letter)
        if state == "new" and letter.item_id is not None:
            # In the order of every run, which locks what is left to do before it marks events.
            await WorkRows(tx).lock(letter.item_id)
        arrival = await InboxRows(tx).repeat(row)
        # Which of two bodies under one id is right cannot be told: everything is compared.
        if arrival == "conflict" and letter.item_id is not None:
            await self.queue(tx, letter.item_id, state, full=True)
        return arrival

    def read(self, raw: bytes) -> Letter:
        """Read a body that is Pluggy's, whatever it is."""
        digest = f"sha256:{hashlib.sha256(raw).hexdigest()}"
        try:
            event = parse_event(raw)
        except ContractError:
            return Letter(digest, "unparsable", None, acted_on=False, set_aside="unparsable")
        foreign = event.client_id is not None and event.client_id != self.client_id
        return Letter(
            _event_id(event) or digest,
            event.event,
            ItemId(event.item_id) if event.item_id else None,
            acted_on=event.subject in _ACTED_ON,
            set_aside="foreign" if foreign else None,
        )

    async def state_of(self, tx: Tx, letter: Letter) -> str:
        """Say what is to be done about it; keeps its item from being removed until commit."""
        if letter.set_aside is not None:
            return "quarantined"
        if letter.item_id is None or not letter.wants_a_run:
            return "done"
        owner = await ItemRoutes(tx).hold(letter.item_id)
        return "unbound" if owner is None else "new"

    async def queue(self, tx: Tx, item: ItemId, state: str, *, full: bool) -> None:
        """Have done what the state asks for."""
        if state == "new":
            await WorkRows(tx).want(item, full=full)
            await Jobs(tx).sync(item)
        elif state == "unbound":
            await Jobs(tx).claim(item)


def _event_id(event: WebhookEvent) -> str | None:
    """Take an id that can be kept as it is; an event without one is named by its body."""
    sent = event.event_id
    if sent is None or len(sent) > _LONGEST_ID or not all("!" <= c <= "~" for c in sent):
        return None
    return sent
