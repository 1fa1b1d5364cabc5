"""The ledger of the banks' monthly quotas: what Pluggy's runs used, and what is left of it.

Runs are counted by the times that Pluggy reports for each product, so one that nobody saw the end
of is not counted; the bank's own word that a quota is used up comes as a warning of the run and
always counts.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from tomada.domain.clock import Clock
from tomada.domain.ids import ItemId
from tomada.domain.quotas import Quota, month_of, quota_of, refresh_within, runs_left
from tomada.domain.refreshes import Refresh
from tomada.pluggy.models.items import Item as PluggyItem
from tomada.pluggy.models.items import StatusDetailProduct
from tomada.store.items import ItemRow
from tomada.store.quotas import QuotaRows
from tomada.store.tx import Tx
from tomada.telemetry import log

_FIRST_OPEN_FINANCE = 600
# No code tells this warning from others (UNKNOWN); its words name a limit and a month.
_LIMIT = re.compile(r"limit", re.IGNORECASE)
_MONTH = re.compile(r"month|mensal|m[eê]s\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class QuotaSettings:
    """The limits a month by product, *otherwise* for the rest, and how often Pluggy runs."""

    limits: Mapping[str, int]
    otherwise: int
    auto_sync_every: timedelta


@dataclass(frozen=True, slots=True)
class Quotas:
    """Counts and predicts, in the transactions of others."""

    clock: Clock
    settings: QuotaSettings

    async def note(self, tx: Tx, row: ItemRow, item: PluggyItem) -> None:
        """Count the latest run of *item*, if it is new and the bank counts; safe to repeat."""
        if not _counts(item):
            return
        by_month: dict[date, dict[str, datetime]] = {}
        for product, at in _reads(item).items():
            by_month.setdefault(month_of(at), {})[product] = at
        for month, reads in by_month.items():
            await QuotaRows(tx).count(row.id, row.institution_digest, reads=reads, month=month)
        limited = _limited(item)
        if limited:
            now = self.clock()
            await QuotaRows(tx).exhaust(
                row.id, row.institution_digest, products=limited, at=now, month=month_of(now)
            )
            log.warning("quota_used_up", count=len(limited))

    async def of(self, tx: Tx, row: ItemRow) -> list[Quota]:
        """Give the products of the item's bank that were read this month."""
        now = self.clock()
        uses = await QuotaRows(tx).of_month(month_of(now))
        planned = self._planned(row)
        return [
            quota_of(
                use,
                self.settings.limits.get(use.product, self.settings.otherwise),
                planned=planned,
                now=now,
            )
            for use in uses.get(row.institution_digest, [])
        ]

    async def allows(self, tx: Tx, row: ItemRow) -> Refresh:
        """Say whether a refresh is worth a run."""
        return refresh_within(await self.of(tx, row), planned=self._planned(row))

    def _planned(self, row: ItemRow) -> int:
        every = self.settings.auto_sync_every
        return runs_left(row.next_auto_sync_at, every, now=self.clock())


def _counts(item: PluggyItem) -> bool:
    connector = item.connector
    if connector is None:
        return False
    return bool(connector.is_open_finance) or int(connector.id) >= _FIRST_OPEN_FINANCE


def _products(item: PluggyItem) -> dict[str, StatusDetailProduct]:
    """Give what the run says of each product it was asked for; nothing where all went well."""
    detail = item.status_detail
    if detail is None:
        return {}
    parts = {
        "ACCOUNTS": detail.accounts,
        "CREDIT_CARDS": detail.credit_cards,
        "TRANSACTIONS": detail.transactions,
        "INVESTMENTS": detail.investments,
        "INVESTMENTS_TRANSACTIONS": detail.investment_movements,
        "IDENTITY": detail.identity,
        "LOANS": detail.loans,
    }
    return {product: part for product, part in parts.items() if part is not None}


def _reads(item: PluggyItem) -> dict[str, datetime]:
    """Give the time of each product's latest reading."""
    if item.last_updated_at is None:
        return {}
    told = _products(item)
    if not told:
        return dict.fromkeys(item.products or ("ACCOUNTS", "TRANSACTIONS"), item.last_updated_at)
    return {
        product: part.last_updated_at or item.last_updated_at
        for product, part in told.items()
        if part.is_updated or part.last_updated_at is not None
    }


def _limited(item: PluggyItem) -> list[str]:
    """Name the products whose month is over by the bank's own word."""
    return [
        product
        for product, part in _products(item).items()
        if not part.is_updated
        and any(
            _LIMIT.search(text) and _MONTH.search(text)
            for one in part.warnings or ()
            for text in (one.message, one.provider_message)
            if text
        )
    ]


def quota_line(item_id: ItemId, quota: Quota) -> dict[str, object]:
    """Describe a product's month for the operator."""
    return {
        "itemId": item_id,
        "product": quota.product,
        "used": quota.used,
        "limit": quota.limit,
        "exhausted": quota.exhausted,
        "runsOutAt": quota.runs_out_at.isoformat() if quota.runs_out_at else None,
        "resetsAt": quota.resets_at.isoformat(),
    }
