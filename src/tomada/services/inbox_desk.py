"""The operator's side of the inbox: look, open on purpose, have it done again."""

from dataclasses import dataclass, replace

from tomada.domain.clock import Clock
from tomada.domain.errors import InvalidInputError, NotFoundError
from tomada.domain.ids import ItemId
from tomada.domain.inbox import Entry, Selection
from tomada.services.audit import Audit
from tomada.services.inbox import Inbox, Letter
from tomada.services.vault import Vault
from tomada.store.inbox_desk import Body, InboxDeskRows
from tomada.store.items import ItemRoutes
from tomada.store.tx import Store
from tomada.store.work import WorkRows
from tomada.telemetry import log

_AT_ONCE = 500
MOST = 100_000
"""As many events as one command has done again."""


@dataclass(frozen=True, slots=True)
class Replayed:
    """How many events were put back, and how many cannot be: set aside for what they say."""

    replayed: int
    set_aside: int


@dataclass(frozen=True, slots=True)
class InboxDesk:
    """Everything an operator may see of events without a database tool."""

    store: Store
    vault: Vault
    clock: Clock
    audit: Audit
    inbox: Inbox

    async def counts(self) -> dict[str, int]:
        """Count the events of each state."""
        async with self.store.begin() as tx:
            return await InboxDeskRows(tx).counts()

    async def entries(self, which: Selection, *, limit: int = 100) -> list[Entry]:
        """List events, newest first; nothing of what they say is opened."""
        async with self.store.begin() as tx:
            return await InboxDeskRows(tx).entries(which, limit=limit)

    async def get(self, event_id: str) -> Entry:
        """Find one; raises ``NotFoundError``."""
        found = await self.entries(Selection(event_ids=(event_id,)), limit=1)
        if not found:
            raise NotFoundError("there is no such event")
        return found[0]

    async def open(self, event_id: str, *, actor: str) -> list[bytes]:
        """Open the bodies of one event, with an entry in its entity's log, else the installation's.

        There are several where it came with different ones, and none after 90 days. Raises
        ``NotFoundError``.
        """
        entry = await self.get(event_id)
        item = ItemId(entry.item_id) if entry.item_id is not None else None
        async with self.store.begin() as tx:
            owner = None if item is None else await ItemRoutes(tx).entity_of(item)
        async with self.store.begin(owner) as tx:
            bodies = await InboxDeskRows(tx).bodies(event_id)
            await self.audit.write(
                tx, "webhook_opened", operator=actor, subject=("webhook_event", event_id),
                data={"bodies": len(bodies)},
            )  # fmt: skip
        # Opened only after the record of it is durable.
        return [self._opened(event_id, one) for one in bodies if one.sealed is not None]

    def _opened(self, event_id: str, body: Body) -> bytes:
        sealed = body.sealed or b""
        return self.vault.system.open("inbox", event_id, sealed, group=body.digest.hex())

    async def replay(self, which: Selection, *, actor: str) -> Replayed:
        """Have events done again as if they had just come in; safe to repeat.

        They are read anew, so what was set aside because this version or these settings could
        not read it may be served. What is parked is tried again. Raises ``InvalidInputError``
        where nothing is selected in particular.
        """
        if which.everything:
            raise InvalidInputError("say which events are meant", field="selection")
        # Read to the end before anything changes state under the selection.
        names = [one.event_id for one in await self.entries(which, limit=MOST)]
        replayed = 0
        for start in range(0, len(names), _AT_ONCE):
            part = Selection(event_ids=tuple(names[start : start + _AT_ONCE]))
            for entry in await self.entries(part, limit=_AT_ONCE):
                replayed += await self._again(entry)
        done = Replayed(replayed, len(names) - replayed)
        data = {"replayed": done.replayed, "setAside": done.set_aside}
        async with self.store.begin() as tx:
            await self.audit.write(tx, "webhooks_replayed", operator=actor, data=data)
        log.info("webhooks_replayed", count=replayed)
        return done

    async def _again(self, entry: Entry) -> bool:
        """Put one event back; False where it stays set aside."""
        letter = await self._letter(entry)
        async with self.store.begin() as tx:
            state = await self.inbox.state_of(tx, letter)
            if state == "new" and letter.item_id is not None:
                # In the order of every run: what is left to do comes before the inbox.
                await WorkRows(tx).lock(letter.item_id)
            rows = InboxDeskRows(tx)
            await rows.again(entry.event_id, state=state, reason=letter.set_aside, at=self.clock())
            if letter.item_id is not None:
                # Without a body nobody knows what it asked for, so everything is compared.
                full = entry.pruned_at is not None or entry.conflicts > 0
                await self.inbox.queue(tx, letter.item_id, state, full=full)
        return letter.set_aside is None

    async def _letter(self, entry: Entry) -> Letter:
        async with self.store.begin() as tx:
            first = (await InboxDeskRows(tx).bodies(entry.event_id))[0]
        if first.sealed is not None:
            letter = self.inbox.read(self._opened(entry.event_id, first))
            return replace(letter, event_id=entry.event_id)
        item = ItemId(entry.item_id) if entry.item_id is not None else None
        unread = entry.reason if entry.reason in ("unparsable", "foreign") else None
        return Letter(entry.event_id, entry.event, item, acted_on=True, set_aside=unread)
