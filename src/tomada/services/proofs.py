"""The balance proof of bank accounts, taken at the end of each reading and read by those who ask."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation

from uuid_utils.compat import uuid7

from tomada.domain.accounts import AccountDetail
from tomada.domain.clock import Clock, bank_day
from tomada.domain.feed import FeedKind
from tomada.domain.ids import AccountId, EntityId
from tomada.domain.money import to_minor
from tomada.domain.proofs import (
    Anchor,
    BalanceCase,
    Evidence,
    Gap,
    Reported,
    Step,
    Sums,
    anchored,
    differences,
    gaps,
    likely_cause,
    opening_of,
    widened,
)
from tomada.domain.transactions import Detail
from tomada.pluggy import PluggyClient
from tomada.pluggy.models.items import Item as PluggyItem
from tomada.services.account_rows import digest_of
from tomada.services.provider import translated
from tomada.services.runs import Run, Runs
from tomada.services.sealed import unseal, unseal_all
from tomada.services.vault import Keys
from tomada.store.accounts import AccountRow, AccountRows
from tomada.store.feed import FeedRows
from tomada.store.proofs import ProofRows
from tomada.store.tx import Store, Tx
from tomada.telemetry import log

_BANK = "BANK"
_SAVINGS = "SAVINGS_ACCOUNT"
_DAY = timedelta(days=1)
_MOST_CASES = 200
# Opening so many takes some 2 ms, during which nothing else happens in the process.
_AT_A_TIME = 500


@dataclass(frozen=True, slots=True)
class _Account:
    """A bank account with the balance that was read at the beginning of the run."""

    row: AccountRow
    reported: Reported


@dataclass(frozen=True, slots=True)
class Prover:
    """The worker's side: compares balances with rows once a reading is whole."""

    runs: Runs
    clock: Clock
    pluggy: PluggyClient

    async def check(self, run: Run, item: PluggyItem) -> None:
        """Prove each bank account of the item; open, correct or close its case.

        The balance was read before the rows. Where they disagree it is read once more: an account
        that moved meanwhile proves nothing, and Pluggy announces what moved it.
        """
        detail = item.status_detail
        if detail is not None and detail.accounts and detail.accounts.is_updated is False:
            return
        current = not (
            detail is not None
            and detail.transactions is not None
            and detail.transactions.is_updated is False
        )
        async with self.runs.store.begin(run.entity) as tx:
            accounts = [
                _Account(row, _reported(run.keys, row))
                for row in await AccountRows(tx).all(run.item_id)
                if row.type == _BANK and row.balance_minor is not None
            ]
            proof = _Proof(tx, run.keys, self.clock, rows_current=current)
            unclear = [one for one in accounts if not await proof.holds(one)]
        if not unclear:
            return
        standing = await self._standing(run)
        async with self.runs.writing(run) as tx:
            proof = _Proof(tx, run.keys, self.clock, rows_current=current)
            for one in unclear:
                if one.row.content_digest == standing.get(one.row.id):
                    await proof.settle(one)

    async def _standing(self, run: Run) -> dict[AccountId, bytes]:
        """Read the accounts again: what each says now."""
        with translated():
            accounts = await self.pluggy.list_accounts(run.item_id)
        return {AccountId(one.id): digest_of(run.keys, one) for one in accounts}


@dataclass(frozen=True, slots=True)
class _Proof:
    """One look at the accounts of an item, in one transaction."""

    tx: Tx
    keys: Keys
    clock: Clock
    rows_current: bool

    @property
    def _rows(self) -> ProofRows:
        return ProofRows(self.tx)

    async def holds(self, account: _Account) -> bool:
        """Tell whether nothing has to be written: proven, anchored as far back, no open case."""
        anchor = (await self._rows.anchors()).get(account.row.id)
        if anchor is None or account.row.id in await self._rows.open_cases():
            return False
        sums = await self._sums(account, anchor)
        older = sums.oldest is not None and sums.oldest + _DAY < anchor.first_day
        return not older and not differences(anchor, account.reported, sums)

    async def settle(self, account: _Account) -> None:
        """Set the anchor, or compare with it and write what came out."""
        anchor = (await self._rows.anchors()).get(account.row.id)
        if anchor is None:
            anchor = await self._anchor(account)
        if anchor is None:
            return
        sums = await self._sums(account, anchor)
        found = differences(anchor, account.reported, sums)
        case = (await self._rows.open_cases()).get(account.row.id)
        if found:
            seen = await self._case(account, anchor, found)
            await self._keep(case, seen)
        elif case is not None:
            await self._rows.put_case(replace(case, closed_at=self.clock()))
            await self._tell("balance_case.closed", case)
        if not found and sums.oldest is not None and sums.oldest + _DAY < anchor.first_day:
            first = sums.oldest + _DAY
            older = await self._rows.between(account.row.id, first, anchor.first_day)
            await self._rows.put_anchor(account.row.id, widened(anchor, first, older))

    async def _sums(self, account: _Account, anchor: Anchor | None) -> Sums:
        return await self._rows.sums(
            account.row.id,
            currency=account.row.currency,
            first_day=None if anchor is None else anchor.first_day,
            today=bank_day(self.clock()),
        )

    async def _anchor(self, account: _Account) -> Anchor | None:
        """Set the anchor; it has to wait until the rows are as new as the balance."""
        if not self.rows_current or account.row.walked_at is None:
            return None
        sums = await self._sums(account, None)
        today = bank_day(self.clock())
        first, opening = today, None
        if sums.oldest is not None:
            first = min(sums.oldest + _DAY, today)
            steps = await self._steps(account, sums.oldest, sums.oldest)
            opening = opening_of(steps)
            if opening is not None and sums.oldest < first:
                opening += sum(step.signed_minor for step in steps)
        anchor = anchored(account.reported, sums, first, at=self.clock(), opening=opening)
        if anchor is not None:
            await self._rows.put_anchor(account.row.id, anchor)
        return anchor

    async def _case(self, account: _Account, anchor: Anchor, found: Sequence[int]) -> BalanceCase:
        account_id, rows = account.row.id, self._rows
        located = await self._gaps(account, anchor)
        cause, difference = likely_cause(
            found,
            Evidence(
                rows_current=self.rows_current,
                doubtful=await rows.doubtful(account_id),
                doubled=await rows.doubled(account_id, [-one for one in found]),
                located=[gap.missing_minor for gap in located if gap.before is not None],
                pending=await rows.pending(account_id),
                outside=await rows.outside(account_id, anchor),
                aside_minor=_aside(account),
                mixed=(await self._sums(account, anchor)).mixed,
            ),
        )
        gap = next((gap for gap in located if gap.missing_minor == difference), None)
        now = self.clock()
        return BalanceCase(
            id=uuid7(),
            account_id=account_id,
            currency=account.row.currency,
            difference_minor=difference,
            cause=cause,
            since=now,
            seen_at=now,
            after=None if gap is None else gap.after,
            before=None if gap is None else gap.before,
        )

    async def _keep(self, case: BalanceCase | None, seen: BalanceCase) -> None:
        if case is None:
            await self._rows.put_case(seen)
            await self._tell("balance_case.opened", seen)
            return
        again = case.seen_again(seen)
        if replace(again, seen_at=case.seen_at) != case:
            await self._rows.put_case(again)

    async def _gaps(self, account: _Account, anchor: Anchor) -> list[Gap]:
        """Find between which rows money is missing, where running balances tell."""
        steps = await self._steps(account, anchor.first_day, bank_day(self.clock()))
        if not any(step.balance_minor is not None for step in steps):
            return []
        return gaps(steps, opening=anchor.opening_minor, closing=account.reported.available_minor)

    async def _steps(self, account: _Account, first: date, last: date) -> list[Step]:
        rows = await self._rows.steps(account.row.id, first, last)
        details = unseal_all(self.keys, "transactions", (one for one, _, _ in rows), Detail)
        steps: list[Step] = []
        for (row, day, signed), detail in zip(rows, details, strict=True):
            balance = _minor(detail.balance, account.row.currency)
            steps.append(Step(row[0], day, signed, balance))
            if len(steps) % _AT_A_TIME == 0:
                await asyncio.sleep(0)
        return steps

    async def _tell(self, kind: FeedKind, case: BalanceCase) -> None:
        line = {"accountId": case.account_id, "caseId": str(case.id), "cause": case.cause}
        await FeedRows(self.tx).append([(kind, line)], at=self.clock())
        log.info("balance_case", kind=kind, cause=case.cause)


def _reported(keys: Keys, row: AccountRow) -> Reported:
    funds = unseal(keys, "accounts", row.id, row.sealed, AccountDetail).funds
    if funds is None:
        return Reported(row.balance_minor or 0)
    return Reported(
        available_minor=row.balance_minor or 0,
        closing_minor=funds.closing_minor,
        invested_minor=funds.invested_minor or 0,
        reserved_minor=funds.reserved_minor or 0,
    )


def _aside(account: _Account) -> int:
    """Give what earns without a row."""
    reported = account.reported
    aside = reported.invested_minor + reported.reserved_minor
    return aside + (reported.available_minor if account.row.subtype == _SAVINGS else 0)


def _minor(text: str | None, currency: str) -> int | None:
    """Read a running balance; None for none, and for what is no amount of the currency."""
    if text is None:
        return None
    try:
        minor = to_minor(Decimal(text), currency)
    except (InvalidOperation, ValueError):
        return None
    return minor.units if minor.exact else None


@dataclass(frozen=True, slots=True)
class Proofs:
    """What the proofs came to, for one entity at a time."""

    store: Store

    async def cases(self, entity: EntityId) -> list[BalanceCase]:
        """List the cases, the open ones first, then the latest."""
        async with self.store.begin(entity) as tx:
            return await ProofRows(tx).cases(limit=_MOST_CASES)

    async def anchors(self, entity: EntityId) -> dict[AccountId, Anchor]:
        """Give where each proven account's proof starts."""
        async with self.store.begin(entity) as tx:
            return await ProofRows(tx).anchors()
