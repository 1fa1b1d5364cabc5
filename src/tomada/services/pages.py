"""Applying what Pluggy says of transactions: only what changed is written."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from uuid_utils.compat import uuid7

from tomada.domain.errors import ProviderError
from tomada.domain.feed import FeedKind
from tomada.domain.ids import AccountId, ItemId, TransactionId
from tomada.domain.links import plain_words
from tomada.domain.transactions import Movement
from tomada.pluggy.models.accounts import Account
from tomada.pluggy.models.transactions import Transaction
from tomada.services.card_lines import AT_A_TIME, Liner
from tomada.services.linking import Linking, Merged
from tomada.services.normalise import content, movement
from tomada.services.sealed import seal
from tomada.services.vault import Keys
from tomada.store.feed import FeedRows
from tomada.store.transactions import Gone, TransactionRow, TransactionRows
from tomada.store.tx import Tx

RAW_GROUP = "raw"


@dataclass(frozen=True, slots=True)
class Effects:
    """What one page did; *newest* is the latest creation time at Pluggy among its rows."""

    read: int
    added: tuple[TransactionId, ...]
    changed: tuple[TransactionId, ...]
    gone: tuple[TransactionId, ...]
    newest: datetime | None

    def after(self, merged: Iterable[Merged]) -> "Effects":
        """Tell the same once rows were found to be others: the reader sees one row stay."""
        added, changed, gone = list(self.added), list(self.changed), list(self.gone)
        for one in merged:
            if one.new in added:
                added.remove(one.new)
            else:
                gone.append(one.new)
            if one.old in gone:
                gone.remove(one.old)
                changed.append(one.old)
            else:
                (added if one.was_gone else changed).append(one.old)
        return replace(self, added=tuple(added), changed=tuple(changed), gone=tuple(gone))


@dataclass(frozen=True, slots=True)
class Book:
    """One account's place in the ledger during a run."""

    keys: Keys
    item_id: ItemId
    account: Account

    @property
    def account_id(self) -> AccountId:
        """The account's id."""
        return AccountId(self.account.id)

    async def put(self, tx: Tx, transactions: Sequence[Transaction], *, now: datetime) -> Effects:
        """Apply a page: insert what is new, rewrite what changed, leave the rest untouched.

        The feed entries commit with the rows. Raises ``ProviderError`` where a row belongs to
        another account.
        """
        if any(one.account_id != self.account.id for one in transactions):
            raise ProviderError("Pluggy sent another account's rows", provider_code="unreadable")
        latest = {one.id: one for one in transactions}
        linking = Linking(tx, self.keys, now)
        known = await TransactionRows(tx).known(self.account_id, list(latest))
        unknown = [one for one in latest if one not in known]
        parted = await linking.part(self.account_id, unknown) if unknown else []
        if parted:
            known = await TransactionRows(tx).known(self.account_id, list(latest))
        rows: list[TransactionRow] = []
        added: list[TransactionId] = []
        changed: list[TransactionId] = []
        fresh: set[TransactionId] = set()
        for number, one in enumerate(latest.values(), start=1):
            if number % AT_A_TIME == 0:
                await asyncio.sleep(0)
            before = known.get(one.id)
            digest = self.keys.digest("transaction", content(one.raw))
            if before is None or before.gone:
                added.append(before.id if before is not None else TransactionId(uuid7()))
                if before is None:
                    fresh.add(added[-1])
                rows.append(self._row(one, added[-1], digest, now=now))
            elif before.content_digest != digest:
                changed.append(before.id)
                rows.append(self._row(one, before.id, digest, now=now))
        if rows:
            await TransactionRows(tx).put(rows)
            written = [(row, latest[row.pluggy_id]) for row in rows]
            account = self.account
            liner = Liner(self.keys, self.account_id, account.currency_code, account.type)
            await liner.put(tx, written, new=fresh)
        effects = Effects(
            read=len(latest),
            added=(*added, *parted),
            changed=tuple(changed),
            gone=(),
            newest=max((one.created_at for one in latest.values()), default=None),
        )
        if added:
            effects = effects.after(await linking.settle(self.account_id))
        await tell(tx, self.item_id, self.account_id, effects, now=now)
        return effects

    async def bury(
        self, tx: Tx, pluggy_ids: Sequence[str], *, now: datetime, reason: Gone
    ) -> Effects:
        """Turn rows that Pluggy confirmed to be absent into tombstones."""
        gone = await TransactionRows(tx).bury(self.account_id, pluggy_ids, at=now, reason=reason)
        effects = Effects(read=0, added=(), changed=(), gone=tuple(gone), newest=None)
        if gone:
            effects = effects.after(await Linking(tx, self.keys, now).settle(self.account_id))
        await tell(tx, self.item_id, self.account_id, effects, now=now)
        return effects

    async def follow(
        self, tx: Tx, absent: Mapping[TransactionId, datetime | None], *, now: datetime
    ) -> Effects:
        """Find out what rows live on as that Pluggy has just proven not to have any more.

        Nothing is removed for lack of a successor; see ``Linking.settle``.
        """
        linking = Linking(tx, self.keys, now)
        merged = await linking.settle(self.account_id, absent=absent)
        effects = Effects(read=0, added=(), changed=(), gone=(), newest=None).after(merged)
        await tell(tx, self.item_id, self.account_id, effects, now=now)
        return effects

    def _fingerprint(self, moved: Movement) -> bytes:
        """Digest what makes two rows look the same."""
        words = plain_words(moved.detail.description)
        text = f"{moved.signed_minor} {moved.currency} {words}"
        return self.keys.digest("fingerprint", text.encode())

    def _row(
        self, one: Transaction, row_id: TransactionId, digest: bytes, *, now: datetime
    ) -> TransactionRow:
        moved = movement(one, self.account)
        return TransactionRow(
            id=row_id,
            account_id=self.account_id,
            item_id=self.item_id,
            pluggy_id=one.id,
            day=moved.day,
            instant=moved.instant,
            direction=moved.direction,
            signed_minor=moved.signed_minor,
            currency=moved.currency,
            status=moved.status,
            position=moved.order,
            created_upstream=moved.created_upstream,
            conflicting=moved.conflicting,
            untyped=moved.untyped,
            inexact=moved.inexact,
            content_digest=digest,
            fingerprint=self._fingerprint(moved),
            sealed=seal(self.keys, "transactions", row_id, moved.detail),
            sealed_raw=self.keys.seal("transactions", row_id, one.raw, group=RAW_GROUP),
            first_seen_at=now,
            changed_at=now,
        )


async def tell(
    tx: Tx, item_id: ItemId, account_id: AccountId, effects: Effects, *, now: datetime
) -> None:
    """Write what happened to an account's rows into the feed."""
    lines: list[tuple[FeedKind, tuple[TransactionId, ...]]] = [
        ("transactions.new", effects.added),
        ("transactions.changed", effects.changed),
        ("transactions.gone", effects.gone),
    ]
    entries: list[tuple[FeedKind, dict[str, Any]]] = [
        (
            kind,
            {
                "itemId": item_id,
                "accountId": account_id,
                "count": len(ids),
                "transactionIds": [str(one) for one in ids],
            },
        )
        for kind, ids in lines
        if ids
    ]
    await FeedRows(tx).append(entries, at=now)
