"""What a person writes to their movements: kept beside what the bank says, never mixed into it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tomada.domain.access import Caller
from tomada.domain.annotations import CATEGORY_LENGTH, NOTE_LENGTH, Annotation
from tomada.domain.clock import Clock
from tomada.domain.errors import InvalidInputError, NotFoundError
from tomada.domain.ids import EntityId, TransactionId
from tomada.services.audit import Audit
from tomada.services.pages import Effects, tell
from tomada.services.sealed import seal, unseal
from tomada.services.vault import Keys, Vault
from tomada.store.annotations import AnnotationRow, AnnotationRows
from tomada.store.observations import ObservationRows
from tomada.store.tx import Store


@dataclass(frozen=True, slots=True)
class Annotations:
    """The person's own layer over the ledger."""

    store: Store
    vault: Vault
    clock: Clock
    audit: Audit

    async def of(
        self, entity: EntityId, ids: Sequence[TransactionId]
    ) -> dict[TransactionId, Annotation]:
        """Read what was written to some movements."""
        keys = await self.vault.keys(entity)
        async with self.store.begin(entity) as tx:
            rows = await AnnotationRows(tx).of(ids)
        return all_opened(keys, rows.values())

    async def change(
        self,
        caller: Caller,
        row_id: TransactionId,
        *,
        note: str | None = None,
        category: str | None = None,
        hidden: bool | None = None,
    ) -> Annotation:
        """Write to a movement; None leaves a part as it is, an empty text removes it.

        What changes nothing writes nothing. Raises ``NotFoundError`` for an unknown or foreign row,
        ``InvalidInputError`` for a text that is too long.
        """
        _check(note, NOTE_LENGTH, field="note")
        _check(category, CATEGORY_LENGTH, field="category")
        keys = await self.vault.keys(caller.entity_id)
        async with self.store.begin(caller.entity_id) as tx:
            rows = await ObservationRows(tx).of([row_id])
            if not rows:
                raise NotFoundError("there is no such movement")
            found = (await AnnotationRows(tx).of([row_id])).get(row_id)
            before = Annotation() if found is None else opened(keys, found)
            after = Annotation(
                note=before.note if note is None else note.strip(),
                category=before.category if category is None else category.strip(),
                hidden=before.hidden if hidden is None else hidden,
            )
            if after == before:
                return before
            if after.empty:
                await AnnotationRows(tx).remove(row_id)
            else:
                sealed = seal(keys, "annotations", row_id, after)
                row = AnnotationRow(row_id, after.hidden, sealed)
                await AnnotationRows(tx).put(row, at=self.clock())
            at = rows[0].row
            effects = Effects(read=0, added=(), changed=(row_id,), gone=(), newest=None)
            await tell(tx, at.item_id, at.account_id, effects, now=self.clock())
            await self.audit.write(
                tx, "transaction_annotated", caller=caller,
                subject=("transaction", str(row_id)), data={"hidden": after.hidden},
            )  # fmt: skip
        return after


def opened(keys: Keys, row: AnnotationRow) -> Annotation:
    """Open one."""
    return unseal(keys, "annotations", row.transaction_id, row.sealed, Annotation)


def all_opened(keys: Keys, rows: Iterable[AnnotationRow]) -> dict[TransactionId, Annotation]:
    """Open those of some rows."""
    return {row.transaction_id: opened(keys, row) for row in rows}


def _check(text: str | None, longest: int, *, field: str) -> None:
    if text is not None and len(text) > longest:
        raise InvalidInputError(f"{longest} characters are the most", field=field)
