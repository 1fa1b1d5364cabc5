"""Links as a person sees them: what was joined and why, what is suggested, and the last word on it."""

from dataclasses import dataclass
from uuid import UUID

from tomada.domain.access import Caller
from tomada.domain.clock import Clock
from tomada.domain.errors import NotFoundError, SupersededError
from tomada.domain.ids import EntityId, TransactionId
from tomada.domain.links import Link, LinkState
from tomada.services.audit import Audit
from tomada.services.linking import Linking
from tomada.services.observations import Evidence
from tomada.services.pages import Effects, tell
from tomada.services.sealed import unseal
from tomada.services.vault import Keys, Vault
from tomada.store.links import LinkRow, LinkRows
from tomada.store.observations import ObservationRows
from tomada.store.transactions import TransactionRow
from tomada.store.tx import Store, Tx
from tomada.store.work import WorkRows

_LISTED = 200


@dataclass(frozen=True, slots=True)
class Judged:
    """A link with its evidence."""

    link: Link
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Links:
    """Every decision that observations belong together, and undoing it for good."""

    store: Store
    vault: Vault
    clock: Clock
    audit: Audit

    async def all(self, entity: EntityId, *, state: LinkState | None = None) -> list[Judged]:
        """List the newest links, of one state where given."""
        keys = await self.vault.keys(entity)
        async with self.store.begin(entity) as tx:
            rows = await LinkRows(tx).all(state=state, limit=_LISTED)
        return [_judged(keys, row) for row in rows]

    async def of(self, entity: EntityId, row_id: TransactionId) -> list[Judged]:
        """Tell a row's history, oldest first."""
        keys = await self.vault.keys(entity)
        async with self.store.begin(entity) as tx:
            rows = await LinkRows(tx).of(row_id)
        return [_judged(keys, row) for row in rows]

    async def confirm(self, caller: Caller, link_id: UUID) -> Judged:
        """Accept a suggestion, or a link that was made by itself.

        Raises ``NotFoundError`` for an unknown or foreign one, ``SupersededError`` where a row it
        speaks of has gone on since.
        """
        return await self._decide(caller, link_id, confirm=True)

    async def undo(self, caller: Caller, link_id: UUID) -> Judged:
        """Part two rows for good, or decline a suggestion; the pair is never linked again.

        Raises as ``confirm`` does.
        """
        return await self._decide(caller, link_id, confirm=False)

    async def _decide(self, caller: Caller, link_id: UUID, *, confirm: bool) -> Judged:
        keys = await self.vault.keys(caller.entity_id)
        async with self.store.begin(caller.entity_id) as tx:
            row = await _found(tx, link_id)
            (at,) = await ObservationRows(tx).of([row.link.row_id])
        async with self.store.begin(caller.entity_id) as tx:
            # A run of the item waits, or is waited for: it may follow the row further.
            await WorkRows(tx).lock(at.row.item_id)
            row = await _found(tx, link_id)
            linking = Linking(tx, keys, self.clock())
            decided = await (
                self._confirm(linking, row, at.row) if confirm else self._undo(linking, row, at.row)
            )
            if decided:
                await self.audit.write(
                    tx, "link_confirmed" if confirm else "link_undone", caller=caller,
                    subject=("link", str(link_id)), data={"rule": row.link.rule},
                )  # fmt: skip
            return _judged(keys, await _found(tx, link_id))

    async def _confirm(self, linking: Linking, row: LinkRow, at: TransactionRow) -> bool:
        link = row.link
        if link.state == "confirmed":
            return False
        if link.state == "undone":
            raise SupersededError("this link was undone for good")
        if link.state == "suggested" and link.kind == "same":
            merged = await linking.join(row)
            if merged is None:
                raise SupersededError("one of the two rows has changed since")
            await self._tell(linking, at, added=merged.old, gone=merged.new)
            return True
        await LinkRows(linking.tx).set_state(link.id, "confirmed", at=linking.now)
        return True

    async def _undo(self, linking: Linking, row: LinkRow, at: TransactionRow) -> bool:
        link = row.link
        if link.state == "undone":
            return False
        if link.kind == "transfer" or link.state == "suggested":
            await LinkRows(linking.tx).set_state(link.id, "undone", at=linking.now)
            return True
        if not await linking.split(row):
            raise SupersededError("undo the later link of this row first")
        await self._tell(linking, at, added=link.other_id, gone=link.row_id)
        return True

    async def _tell(
        self, linking: Linking, at: TransactionRow, *, added: TransactionId, gone: TransactionId
    ) -> None:
        effects = Effects(read=0, added=(added,), changed=(), gone=(gone,), newest=None)
        await tell(linking.tx, at.item_id, at.account_id, effects, now=linking.now)


async def _found(tx: Tx, link_id: UUID) -> LinkRow:
    row = await LinkRows(tx).get(link_id)
    if row is None:
        raise NotFoundError("there is no such link")
    return row


def _judged(keys: Keys, row: LinkRow) -> Judged:
    sealed = unseal(keys, "transaction_links", row.link.id, row.sealed, Evidence)
    return Judged(row.link, sealed)
