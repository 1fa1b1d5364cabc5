"""Following a movement from one id of Pluggy's to the next, inside the transaction that saw it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from uuid_utils.compat import uuid7

from tomada.domain.annotations import Annotation
from tomada.domain.ids import AccountId, TransactionId
from tomada.domain.links import AROUND, Link, LinkState, Match, matches
from tomada.services.observations import Evidence, Whole, evidence_of, observe, whole
from tomada.services.sealed import seal, unseal
from tomada.services.vault import Keys
from tomada.store.annotations import AnnotationRow, AnnotationRows
from tomada.store.card_lines import CardLineRows
from tomada.store.links import LinkRow, LinkRows
from tomada.store.observations import ObservationRows, Seen
from tomada.store.transactions import TransactionRows
from tomada.store.tx import Tx

LOOK_BACK = timedelta(days=45)
"""A row that went longer ago is not what a new one continues."""


@dataclass(frozen=True, slots=True)
class Merged:
    """*new* is no row any more; *old* is what it was, and was a tombstone before where *was_gone*."""

    old: TransactionId
    new: TransactionId
    was_gone: bool


@dataclass(frozen=True, slots=True)
class Linking:
    """Joins and parts observations of one entity in one transaction."""

    tx: Tx
    keys: Keys
    now: datetime

    async def settle(
        self,
        account_id: AccountId,
        *,
        absent: Mapping[TransactionId, datetime | None] | None = None,
    ) -> list[Merged]:
        """Join what vanished from an account with what it lives on as; keep doubts as suggestions.

        *absent* are live rows that Pluggy has just proven not to have, with the time at which they
        certainly were there; about them only what is sure is done.
        """
        rows = ObservationRows(self.tx)
        vanished = await rows.gone(account_id, since=self.now - LOOK_BACK)
        if absent:
            vanished += [
                one._replace(present=_later(one.present, absent[one.row.id]))
                for one in await rows.of(list(absent))
            ]
        if not vanished:
            return []
        days = [one.row.day for one in vanished]
        around = await rows.around(
            account_id,
            first=min(days) - AROUND,
            last=max(days) + AROUND,
            but=[one.row.id for one in vanished],
        )
        refused = await LinkRows(self.tx).parted("same", [one.row.pluggy_id for one in vanished])
        found = matches(observe(self.keys, vanished), observe(self.keys, around), refused=refused)
        seen = {one.row.id: one for one in (*vanished, *around)}
        for one in found:
            # A doubt is worth a question only where the person has something to lose.
            written = one.old.marked or one.new.marked
            if not one.automatic and written and seen[one.old.id].row.gone_at is not None:
                await self._keep(one, state="suggested", former=None)
        return await self.merge([one for one in found if one.automatic], seen, state="automatic")

    async def join(self, row: LinkRow) -> Merged | None:
        """Join what was only suggested, at a person's word; None where it does not apply any more.

        It applies while the one row is a tombstone and the other one lives.
        """
        link = row.link
        rows = await ObservationRows(self.tx).of([link.row_id, link.other_id])
        seen = {one.row.id: one for one in rows}
        old, new = seen.get(link.row_id), seen.get(link.other_id)
        if old is None or new is None or old.row.gone_at is None or new.row.gone_at is not None:
            return None
        before, after = observe(self.keys, [old, new])
        match = Match(before, after, link.rule, link.confidence, automatic=False)
        former = whole(self.keys, old.row)
        evidence = evidence_of(match, former)
        await LinkRows(self.tx).set_state(
            link.id, "confirmed", at=self.now,
            sealed=seal(self.keys, "transaction_links", link.id, evidence),
        )  # fmt: skip
        return (await self._merge([(old, new)]))[0]

    async def merge(
        self, joined: Sequence[Match], seen: Mapping[TransactionId, Seen], *, state: LinkState
    ) -> list[Merged]:
        """Keep links, and let each older row go on with what the newer one says."""
        pairs = [
            (seen[one.old.id], seen[one.new.id])
            for one in joined
            if await self._keep(one, state=state, former=whole(self.keys, seen[one.old.id].row))
        ]
        return await self._merge(pairs)

    async def _merge(self, pairs: Sequence[tuple[Seen, Seen]]) -> list[Merged]:
        """Rewrite the older row of each pair; its id and its note stay, and the newer row goes."""
        replaced = []
        for old, new in pairs:
            if new.marked:
                await self._move_annotation(new.row.id, old.row.id)
            said = whole(self.keys, new.row).under(self.keys, old.row.id)
            first = old.row.first_seen_at
            replaced.append(replace(said, first_seen_at=first, changed_at=self.now))
        await CardLineRows(self.tx).follow([(new.row.id, old.row.id) for old, new in pairs])
        await TransactionRows(self.tx).remove([new.row.id for _, new in pairs])
        await TransactionRows(self.tx).replace(replaced)
        return [Merged(old.row.id, new.row.id, old.row.gone_at is not None) for old, new in pairs]

    async def part(self, account_id: AccountId, pluggy_ids: Sequence[str]) -> list[TransactionId]:
        """Part links whose former id is there again beside the new one; gives the rows made anew.

        Two observations of one complete list are two movements, whatever was thought before.
        """
        left = await LinkRows(self.tx).left_behind(account_id, pluggy_ids)
        return [row.link.other_id for row in left if await self.split(row)]

    async def split(self, row: LinkRow) -> bool:
        """Undo a link for good: two rows again, the older one as it was.

        False where the row has gone on to another id since: the later link has to be undone first.
        """
        link = row.link
        evidence = unseal(self.keys, "transaction_links", link.id, row.sealed, Evidence)
        (kept,) = await ObservationRows(self.tx).of([link.row_id])
        if evidence.former is None or kept.row.pluggy_id != link.to_pluggy_id:
            return False
        now_said = whole(self.keys, kept.row)
        former = evidence.former.under(self.keys, link.row_id)
        # What was only absent when they were joined is removed by now.
        gone_at = former.gone_at or self.now
        rows = TransactionRows(self.tx)
        await rows.replace([replace(former, account_id=kept.row.account_id,
                                    item_id=kept.row.item_id, changed_at=self.now)])  # fmt: skip
        await rows.bury(kept.row.account_id, [former.pluggy_id], at=gone_at, reason="absent")
        again = now_said.under(self.keys, link.other_id)
        await rows.put([replace(again, first_seen_at=link.at, changed_at=self.now)])
        await LinkRows(self.tx).set_state(link.id, "undone", at=self.now)
        return True

    async def _keep(self, match: Match, *, state: LinkState, former: Whole | None) -> bool:
        link = Link(
            id=uuid7(),
            kind="same",
            rule=match.rule,
            state=state,
            confidence=match.confidence,
            row_id=match.old.id,
            other_id=match.new.id,
            from_pluggy_id=match.old.pluggy_id,
            to_pluggy_id=match.new.pluggy_id,
            at=self.now,
            decided_at=None,
        )
        evidence = evidence_of(match, former)
        sealed = seal(self.keys, "transaction_links", link.id, evidence)
        return await LinkRows(self.tx).add(LinkRow(link, sealed))

    async def _move_annotation(self, source: TransactionId, target: TransactionId) -> None:
        """Let a note follow; where both rows have one, the two are put together."""
        found = await AnnotationRows(self.tx).of([source, target])
        written = [
            unseal(self.keys, "annotations", one.transaction_id, one.sealed, Annotation)
            for one in (found.get(target), found.get(source))
            if one is not None
        ]
        first, last = written[0], written[-1]
        notes = dict.fromkeys(one.note for one in written if one.note)
        both = Annotation(
            note="\n".join(notes),
            category=first.category or last.category,
            hidden=first.hidden or last.hidden,
        )
        sealed = seal(self.keys, "annotations", target, both)
        await AnnotationRows(self.tx).put(AnnotationRow(target, both.hidden, sealed), at=self.now)


def _later(one: datetime | None, other: datetime | None) -> datetime | None:
    return max((when for when in (one, other) if when is not None), default=None)
