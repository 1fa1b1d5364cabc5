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
from tomada.pluggy.errors import ContractError
from tomada.pluggy.webhooks import WebhookEvent, parse_event
from tomada.services.bodies import sealed_body
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


@dataclass(frozen=True, slots=True)
class Inbox:
    """Every event that Pluggy ever told us, each once."""

    store: Store
    vault: Vault
    clock: Clock
    hooks: Hooks
    client_id: str

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
        async with self.store.begin() as tx:
            state = await self.state_of(tx, letter)
            row = InboxRow(
                letter.event_id, letter.event, letter.item_id, digest, sealed, state, now,
                letter.set_aside, "listed" if proof.listed else "elsewhere",
            )  # fmt: skip
            arrival = await self._add(tx, row)
            # Which of two bodies under one id is right cannot be told: everything is compared.
            if arrival != "duplicate" and letter.item_id is not None:
                await self.queue(tx, letter.item_id, state, full=arrival == "conflict")
            if proof.first is not None:
                made = proof.first.rotated_at
                await HookRows(tx).mark_seen(NAME, rotated_at=made, at=now)
        if proof.first is not None:
            self.hooks.secrets.forget()
        log.info("webhook_kept", kind=letter.event, status=state, reason=arrival)

    async def _add(self, tx: Tx, row: InboxRow) -> str:
        if await InboxRows(tx).add(row):
            return "new"
        if row.state == "new" and row.item_id is not None:
            # In the order of every run, which locks what is left to do before it marks events.
            await WorkRows(tx).lock(row.item_id)
        return await InboxRows(tx).repeat(row)

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
        if letter.item_id is None or not letter.acted_on:
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
