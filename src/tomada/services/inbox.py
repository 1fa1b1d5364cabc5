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
from tomada.services.hooks import Hooks
from tomada.services.vault import Vault
from tomada.store.inbox import InboxRow, InboxRows
from tomada.store.items import ItemRoutes
from tomada.store.jobs import Jobs
from tomada.store.tx import Store, Tx
from tomada.store.work import WorkRows
from tomada.telemetry import log

_ACTED_ON = ("item", "transactions")


class ForbiddenError(RefusedError):
    """The delivery is not from Pluggy; which proof failed is not told."""

    code = "forbidden"


@dataclass(frozen=True, slots=True)
class Inbox:
    """Every event that Pluggy ever told us, each once."""

    store: Store
    vault: Vault
    clock: Clock
    hooks: Hooks
    client_id: str

    async def accept(self, raw: bytes, headers: Mapping[str, Sequence[str]], peer: str) -> None:
        """Keep one delivery and queue its work; a repeat is counted and starts nothing.

        *headers* has lower-case names and every value of each. *peer* is the address it came
        from, by the rule for trusted proxies. Raises ``ForbiddenError`` for a delivery that is
        not Pluggy's, and ``UnavailableError`` where it could not be kept.
        """
        single = {name: values[0] for name, values in headers.items() if len(values) == 1}
        refusal = await self.hooks.refusal(single, raw, source=peer)
        if refusal is not None:
            log.warning("webhook_refused", reason=refusal)
            raise ForbiddenError("this caller may not deliver here")
        digest = hashlib.sha256(raw).hexdigest()
        try:
            event = parse_event(raw)
        except ContractError:
            await self._keep(raw, f"sha256:{digest}", None, reason="unparsable")
            return
        foreign = event.client_id is not None and event.client_id != self.client_id
        await self._keep(
            raw, _event_id(event, digest), event, reason="foreign" if foreign else None
        )

    async def _keep(
        self, raw: bytes, event_id: str, event: WebhookEvent | None, *, reason: str | None
    ) -> None:
        digest, sealed = sealed_body(self.vault.system, event_id, raw)
        name = event.event if event is not None else "unparsable"
        item = ItemId(event.item_id) if event is not None and event.item_id else None
        async with self.store.begin() as tx:
            if reason is not None:
                state = "quarantined"
            elif event is None or item is None or event.subject not in _ACTED_ON:
                state = "done"
            else:
                owner = await ItemRoutes(tx).hold(item)
                state = "unbound" if owner is None else "new"
            row = InboxRow(event_id, name, item, digest, sealed, state, self.clock(), reason)
            arrival = await InboxRows(tx).add(row)
            # Which of two bodies under one id is right cannot be told: everything is compared.
            if arrival != "duplicate" and item is not None:
                await self._queue(tx, item, state, full=arrival == "conflict")
        log.info("webhook_kept", kind=name, status=state, reason=arrival)

    async def _queue(self, tx: Tx, item: ItemId, state: str, *, full: bool) -> None:
        if state == "new":
            await WorkRows(tx).want(item, full=full)
            await Jobs(tx).sync(item)
        elif state == "unbound":
            await Jobs(tx).claim(item)


def _event_id(event: WebhookEvent, digest: str) -> str:
    """Name the event; one without an id is named by its body."""
    sent = event.event_id
    visible = sent is not None and len(sent) <= 64 and all("!" <= c <= "~" for c in sent)  # noqa: PLR2004  (the longest id that is kept as it is)
    return sent if sent is not None and visible else f"sha256:{digest}"
