"""After a reconnection: an account that has another id is known again, and its rows stay ours."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

from uuid_utils.compat import uuid7

from tomada.domain.access import Caller
from tomada.domain.accounts import AccountDetail
from tomada.domain.errors import NotFoundError
from tomada.domain.ids import AccountId, EntityId, ItemId
from tomada.domain.links import LinkState
from tomada.domain.reconnect import AccountLink, known_again, same_rows
from tomada.services.audit import Audit
from tomada.services.linking import Linking
from tomada.services.observations import observe
from tomada.services.pages import Effects, tell
from tomada.services.runs import Run, Runs
from tomada.services.sealed import unseal
from tomada.services.vault import Keys
from tomada.store.account_links import AccountLinkRows
from tomada.store.accounts import AccountRow, AccountRows
from tomada.store.items import ItemRow, ItemRows
from tomada.store.jobs import Jobs
from tomada.store.observations import ObservationRows
from tomada.store.tx import Tx
from tomada.store.work import WorkRows
from tomada.telemetry import log

_AT_ONCE = timedelta(days=31)
_NEAR = timedelta(days=3)
_GONE = "DELETED"


@dataclass(frozen=True, slots=True)
class Reconnecting:
    """Looks for what a connection's new accounts were before."""

    runs: Runs
    audit: Audit

    async def follow(self, run: Run, listed: Collection[AccountId]) -> None:
        """Move lost accounts to those they go on as; ask where that is not sure.

        Lost is an account that its connection does not list any more, or whose connection to the
        same bank is gone. Safe to repeat: it goes on where it was cut off.
        """
        async with self.runs.writing(run) as tx:
            accounts = await AccountRows(tx).all()
            items = {one.id: one for one in await ItemRows(tx).all()}
            lost = [one for one in accounts if _lost(one, run, items, listed)]
            links = await AccountLinkRows(tx).all() if lost else []
        if not lost:
            return
        here = {one.id: one for one in accounts if one.id in listed}
        asked = {(one.from_account_id, one.to_account_id) for one in links}
        links += await self._find(run, lost, list(here.values()), asked)
        for link in links:
            former = next((one for one in lost if one.id == link.from_account_id), None)
            later = here.get(link.to_account_id)
            if (
                link.state in ("automatic", "confirmed")
                and former is not None
                and later is not None
            ):
                await self._move(run, former, later)

    async def _find(
        self,
        run: Run,
        lost: Sequence[AccountRow],
        here: Sequence[AccountRow],
        asked: set[tuple[AccountId, AccountId]],
    ) -> list[AccountLink]:
        async with self.runs.writing(run) as tx:
            pairs = [
                (former, later)
                for former in lost
                for later in here
                if _kind(former) == _kind(later) and (former.id, later.id) not in asked
            ]
            judged = [await self._judged(tx, run.keys, *pair) for pair in pairs]
            likely = [one for one in judged if one is not None]
            found = [_doubted(one, likely) for one in likely]
            for one in found:
                await AccountLinkRows(tx).add(one)
                await self.audit.write(
                    tx, f"account_link_{one.state}", subject=("account", one.to_account_id),
                    data={"shared": one.shared, "compared": one.compared},
                )  # fmt: skip
        return found

    async def _judged(
        self, tx: Tx, keys: Keys, former: AccountRow, later: AccountRow
    ) -> AccountLink | None:
        shared, compared = await AccountLinkRows(tx).overlap(former.id, later.id)
        same = _number(keys, former) == _number(keys, later) != ""
        state = known_again(same_number=same, shared=shared, compared=compared)
        if state is None:
            return None
        now = self.runs.clock()
        return AccountLink(uuid7(), state, former.id, later.id, shared, compared, now, None)

    async def _move(self, run: Run, former: AccountRow, later: AccountRow) -> None:
        """Move rows a month at a time, each month one commit; then what is left, and the account."""
        async with self.runs.writing(run) as tx:
            days = await AccountLinkRows(tx).days(former.id)
        start = days[0] if days is not None else None
        while days is not None and start is not None and start <= days[1]:
            end = start + _AT_ONCE
            async with self.runs.writing(run) as tx:
                rows = ObservationRows(tx)
                old = await rows.around(former.id, first=start, last=end, but=[])
                new = await rows.around(later.id, first=start - _NEAR, last=end + _NEAR, but=[])
                pairs = same_rows(observe(run.keys, old), observe(run.keys, new))
                seen = {one.row.id: one for one in (*old, *new)}
                now = self.runs.clock()
                merged = await Linking(tx, run.keys, now).merge(pairs, seen, state="automatic")
                nothing = Effects(read=0, added=(), changed=(), gone=(), newest=None)
                effects = nothing.after(merged)
                await tell(tx, run.item_id, later.id, effects, now=now)
            start = end + timedelta(days=1)
        async with self.runs.writing(run) as tx:
            await AccountLinkRows(tx).rehome(former.id, later.id, run.item_id)
            if former.item_id != run.item_id and not await AccountRows(tx).all(former.item_id):
                await ItemRows(tx).remove(former.item_id)
            await self.audit.write(tx, "account_moved", subject=("account", later.id))
        log.info("account_moved")


@dataclass(frozen=True, slots=True)
class Reconnections:
    """The person's side: accounts that may be others, and their word on it."""

    runs: Runs
    audit: Audit

    async def all(self, entity: EntityId, *, state: LinkState | None = None) -> list[AccountLink]:
        """List them, newest first."""
        async with self.runs.store.begin(entity) as tx:
            return await AccountLinkRows(tx).all(state=state)

    async def answer(self, caller: Caller, link_id: UUID, *, accept: bool) -> AccountLink:
        """Accept or decline a suggestion; the next reading moves what was accepted.

        Raises ``NotFoundError`` where no such suggestion waits.
        """
        state: LinkState = "confirmed" if accept else "undone"
        async with self.runs.store.begin(caller.entity_id) as tx:
            link = await AccountLinkRows(tx).decide(link_id, state, at=self.runs.clock())
            if link is None:
                raise NotFoundError("no such suggestion waits")
            accounts = {one.id: one.item_id for one in await AccountRows(tx).all()}
            if accept and (item_id := accounts.get(link.to_account_id)) is not None:
                await WorkRows(tx).want(item_id, full=False)
                await Jobs(tx).sync(item_id)
            await self.audit.write(
                tx, f"account_link_{state}", caller=caller,
                subject=("account", link.to_account_id),
            )  # fmt: skip
        return link


def _lost(
    account: AccountRow, run: Run, items: dict[ItemId, ItemRow], listed: Collection[AccountId]
) -> bool:
    if account.item_id == run.item_id:
        return account.id not in listed
    other, own = items.get(account.item_id), items[run.item_id]
    return (
        other is not None
        and other.status == _GONE
        and other.institution_digest == own.institution_digest
    )


def _kind(account: AccountRow) -> tuple[str, str, str]:
    return account.type, account.subtype, account.currency


def _number(keys: Keys, account: AccountRow) -> str:
    """Give the digits of an account's number; formats vary, and cards show their last four."""
    detail = unseal(keys, "accounts", account.id, account.sealed, AccountDetail)
    return "".join(one for one in detail.number if one.isdigit())


def _doubted(link: AccountLink, found: Sequence[AccountLink]) -> AccountLink:
    """Ask where two accounts could be the one."""
    rivals = [
        one for one in found
        if one.from_account_id == link.from_account_id or one.to_account_id == link.to_account_id
    ]  # fmt: skip
    return link if len(rivals) == 1 else replace(link, state="suggested")
