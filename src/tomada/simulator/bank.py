"""What happens at the banks after the first reading: movements, corrections, take-backs.

The same power for programs (`World`) and over HTTP (`/_simulator`). A movement on an item that is not
UPDATED, or one posted with *collect* false, stays at the bank until the next good run.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from random import Random
from typing import Any, Protocol

from tomada.simulator.balances import contribution, shift
from tomada.simulator.collect import Collector, tidy
from tomada.simulator.hooks import Hooks
from tomada.simulator.ids import Ids
from tomada.simulator.ledger import Ledger, Ledgers, to_millisecond
from tomada.simulator.products.quotas import Quotas
from tomada.simulator.records import AccountRecord, TransactionRecord
from tomada.simulator.refusals import ApiError, invalid, not_found
from tomada.simulator.settings import SimulatorSettings
from tomada.simulator.state import ItemRecord, State, Waiting

EDITABLE = frozenset(
    {
        "description",
        "description_raw",
        "amount",
        "date",
        "status",
        "category",
        "category_id",
        "balance",
        "order",
        "merchant",
        "payment_data",
        "credit_card_metadata",
    }
)
# Kinds that belong on a card when the person has one.
_CARD_FIRST = frozenset(
    {
        "purchase",
        "card_purchase",
        "instalment_purchase",
        "subscription",
        "refund",
        "foreign_purchase",
    }
)


class MovementSource(Protocol):
    """Whoever invents movements."""

    def __call__(
        self, account: AccountRecord, *, rng: Random, now: datetime, kind: str | None = None
    ) -> TransactionRecord:
        """Invent one; `ValueError` when *kind* cannot happen on *account*."""


@dataclass(slots=True, repr=False)
class Bank:
    """The banks' side of one world."""

    settings: SimulatorSettings
    state: State
    ids: Ids
    ledgers: Ledgers
    collector: Collector
    hooks: Hooks
    quotas: Quotas
    invent: MovementSource
    rng: Random

    def post(
        self,
        item_id: str,
        *,
        kind: str | None = None,
        account_id: str | None = None,
        description: str | None = None,
        amount: Decimal | None = None,
        date: datetime | None = None,
        status: str | None = None,
        collect: bool = True,
    ) -> TransactionRecord:
        """Let a movement happen now.

        *kind* draws a plausible one (`purchase`, `pix_in`, `pix_out`, …), None draws the kind too;
        what else is given replaces the drawn value. *amount* is a magnitude: the kind decides the
        sign. The account is the card for card kinds, else the checking account.
        """
        item = self.state.items.get(item_id)
        if item is None:
            raise not_found("item")
        account = self._account_for(item, account_id, kind)
        row = self._invented(account, kind)
        row.id, row.account_id = self.ids.new("transaction"), account.id
        if amount is not None:
            _set_amount(row, abs(amount).copy_sign(row.amount))
        if description is not None:
            row.description = row.description_raw = description
        if date is not None:
            row.date = date
        if status is not None:
            row.status = _checked_status(status)
        tidy(row)
        item.waiting.append(Waiting(account.id, row))
        self.state.changed()
        if collect:
            self.collect(item.id)
        return row

    def collect(self, item_id: str) -> None:
        """Let what waits at the bank be collected now, if a run could collect it."""
        item = self.state.items.get(item_id)
        if item is not None and item.status == "UPDATED" and not self.quotas.exhausted(item):
            self._collect_now(item)

    def edit(self, row_id: str, changes: Mapping[str, Any]) -> TransactionRecord:
        """Let the bank correct a row; the account's balance follows."""
        unknown = set(changes) - EDITABLE
        if unknown:
            raise invalid([f"property {name} should not exist" for name in sorted(unknown)])
        ledger, row = self._found(row_id)
        if "status" in changes:
            _checked_status(changes["status"])
        before = contribution(ledger.account, row)
        for name, value in changes.items():
            if name == "amount":
                _set_amount(row, value)
                row.type = _direction(ledger.account, value)
            else:
                setattr(row, name, value)
        tidy(row)
        shift(ledger.account, contribution(ledger.account, row) - before)
        row.updated_at = self._now()
        ledger.moved()
        self._touched(ledger)
        self.hooks.updated(ledger.item, ledger.account.id, [row.id])
        return row

    def take_back(self, row_id: str) -> None:
        """Let the bank take a row back, and its effect on the balance with it."""
        ledger, row = self._found(row_id)
        self.ledgers.remove(ledger, row)
        shift(ledger.account, -contribution(ledger.account, row))
        self._touched(ledger)
        self.hooks.deleted(ledger.item, ledger.account.id, [row_id])

    def reidentify(self, row_id: str) -> TransactionRecord:
        """Let a row come back under a new id: deleted and created, with nothing to link the two."""
        ledger, row = self._found(row_id)
        self.ledgers.remove(ledger, row)
        again = replace(row, id=self.ids.new("transaction"))
        again.created_at = again.updated_at = self._now()
        self.ledgers.add(ledger, again)
        self._touched(ledger)
        self.hooks.deleted(ledger.item, ledger.account.id, [row_id])
        self.hooks.created(ledger.item, ledger.account.id, [again])
        return again

    def happen(self) -> TransactionRecord | None:
        """Let something plausible happen to somebody whose item is up to date."""
        ready = [
            item for item in self.state.items.values() if item.status == "UPDATED" and item.accounts
        ]
        if not ready:
            return None
        item = self.rng.choice(ready)
        usual = [one for one in item.accounts if one.subtype != "SAVINGS_ACCOUNT"]
        account = self.rng.choice(usual or item.accounts)
        return self.post(item.id, account_id=account.id)

    def _collect_now(self, item: ItemRecord) -> None:
        item.triggered_by = "SYNC"
        now = self._now()
        left: list[Waiting] = []
        new: dict[str, list[TransactionRecord]] = {}
        for waiting in item.waiting:
            if self.collector.take_in(item, waiting, now):
                new.setdefault(waiting.account_id, []).append(waiting.row)
            else:
                left.append(waiting)
        item.waiting = left
        item.last_updated_at = now
        for account_id, rows in new.items():
            self.hooks.created(item, account_id, rows)

    def _invented(self, account: AccountRecord, kind: str | None) -> TransactionRecord:
        try:
            return self.invent(account, rng=self.rng, now=self._now(), kind=kind)
        except ValueError as failure:
            raise invalid(str(failure)) from failure

    def _account_for(
        self, item: ItemRecord, account_id: str | None, kind: str | None
    ) -> AccountRecord:
        if account_id is not None:
            ledger = self.ledgers.account(account_id)
            if ledger is None or ledger.item is not item:
                raise not_found("account")
            return ledger.account
        if not item.accounts:
            raise ApiError(409, "The item has no accounts yet")
        wanted = "CREDIT_CARD" if kind in _CARD_FIRST else "CHECKING_ACCOUNT"
        return _first(item.accounts, wanted)

    def _found(self, row_id: str) -> tuple[Ledger, TransactionRecord]:
        found = self.ledgers.row(row_id)
        if found is None:
            raise not_found("transaction")
        return found

    def _touched(self, ledger: Ledger) -> None:
        ledger.item.triggered_by = "SYNC"
        ledger.item.last_updated_at = ledger.item.updated_at = self._now()
        ledger.account.updated_at = self._now()
        self.state.changed()

    def _now(self) -> datetime:
        return to_millisecond(self.settings.clock())


def _first(accounts: Iterable[AccountRecord], subtype: str) -> AccountRecord:
    ordered = list(accounts)
    return next((one for one in ordered if one.subtype == subtype), ordered[0])


def _set_amount(row: TransactionRecord, amount: Decimal) -> None:
    if row.amount_in_account_currency is not None and row.amount:
        rate = row.amount_in_account_currency / row.amount
        row.amount_in_account_currency = (amount * rate).quantize(Decimal("0.01"))
    row.amount = amount


def _direction(account: AccountRecord, amount: Decimal) -> Any:
    rises = amount > 0
    return "CREDIT" if rises == (account.type == "BANK") else "DEBIT"


def _checked_status(status: Any) -> Any:
    if status not in {"POSTED", "PENDING"}:
        raise invalid("status must be one of the following values: POSTED, PENDING")
    return status
