"""Read a bank into an item: the household first, afterwards what happened since.

The household is a function of seed, connector and user, as of the first reading; what was
withheld then (a product that failed or was not asked for) comes with a later run.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from tomada.simulator.balances import contribution, shift
from tomada.simulator.encoding import number, plain_details
from tomada.simulator.ids import uuid_of
from tomada.simulator.ledger import Ledgers, to_millisecond
from tomada.simulator.products.rules import CategoryRules
from tomada.simulator.records import AccountRecord, BankRecord, TransactionRecord
from tomada.simulator.sandbox import login_of
from tomada.simulator.state import ItemRecord, Waiting

NewRows = dict[str, list[TransactionRecord]]

_PRODUCT_OF = {"BANK": ("ACCOUNTS", "accounts"), "CREDIT": ("CREDIT_CARDS", "creditCards")}


class BankSource(Protocol):
    """Whoever knows what a person has at a bank."""

    def __call__(
        self, *, seed: int, connector_id: int, user: str, today: date, now: datetime
    ) -> BankRecord:
        """Tell everything of *user* at that institution; the same each time it is asked."""


@dataclass(frozen=True, slots=True, repr=False)
class Collector:
    """What an execution does once it is logged in."""

    seed: int
    clock: Callable[[], datetime]
    source: BankSource
    ledgers: Ledgers
    rules: CategoryRules

    def collect(self, item: ItemRecord, *, failed: Sequence[str] = ()) -> NewRows:
        """Take in what is new, except of the products that *failed*; give the new rows."""
        now = to_millisecond(self.clock())
        new: NewRows = {}
        if item.holds_back:
            self._read_bank(item, failed, now, new)
        if "transactions" not in failed:
            self._take_waiting(item, now, new)
        for account in item.accounts:
            account.updated_at = now
        return {account_id: rows for account_id, rows in new.items() if rows}

    def take_in(self, item: ItemRecord, waiting: Waiting, now: datetime) -> bool:
        """Book one movement on its account; False while the account is not collected."""
        ledger = self.ledgers.account(waiting.account_id)
        if ledger is None:
            return False
        row = waiting.row
        row.created_at = row.updated_at = now
        self.rules.categorise(ledger.account, row)
        self.ledgers.add(ledger, row)
        if not waiting.counted:
            shift(ledger.account, contribution(ledger.account, row))
        if ledger.account.type == "BANK" and row.status == "POSTED":
            row.balance = number(ledger.account.balance)
        ledger.account.updated_at = now
        item.updated_at = now
        return True

    def _take_waiting(self, item: ItemRecord, now: datetime, new: NewRows) -> None:
        left = []
        for waiting in item.waiting:
            if self.take_in(item, waiting, now):
                new.setdefault(waiting.account_id, []).append(waiting.row)
            else:
                left.append(waiting)
        item.waiting = left

    def _read_bank(
        self, item: ItemRecord, failed: Sequence[str], now: datetime, new: NewRows
    ) -> None:
        if item.bank_read_at is None:
            item.bank_read_at = now
            item.collected_user = login_of(item.parameters)
        bank = self.source(
            seed=self.seed,
            connector_id=item.connector_id,
            user=item.collected_user or login_of(item.parameters),
            today=item.bank_read_at.astimezone(ZoneInfo("America/Sao_Paulo")).date(),
            now=item.bank_read_at,
        )
        item.owner, item.tax_number = bank.owner, bank.tax_number
        with_rows = "TRANSACTIONS" in item.products and "transactions" not in failed
        item.holds_back = not with_rows
        for index, account in enumerate(bank.accounts):
            product, detail = _PRODUCT_OF[account.type]
            if product not in item.products or detail in failed:
                item.holds_back = True
                continue
            _name_parts(item.id, index, account)
            held = self.ledgers.account(account.id)
            if held is None:
                rows, account.transactions = account.transactions, []
                account.item_id = item.id
                account.owner = account.owner or bank.owner
                account.tax_number = account.tax_number or bank.tax_number
                account.created_at = account.updated_at = now
                item.accounts.append(account)
                self.ledgers.open(item, [account])
                held = self.ledgers.account(account.id)
            elif held.account.transactions:
                continue
            else:
                rows = account.transactions
            if held is not None and with_rows:
                for row in rows:
                    row.created_at = row.updated_at = now
                    self.rules.categorise(held.account, row)
                    self.ledgers.add(held, row)
                new[account.id] = rows


def _name_parts(item_id: str, index: int, account: AccountRecord) -> None:
    """Give the account, its bills and its rows their ids, and keep the links between them."""
    account.id = uuid_of(item_id, "account", index)
    account.bank_data = plain_details(account.bank_data)
    account.credit_data = plain_details(account.credit_data)
    bills: dict[str, str] = {}
    for place, bill in enumerate(account.bills):
        named = uuid_of(account.id, "bill", place)
        bills[bill.id] = named
        bill.id = named
        bill.payments = plain_details(bill.payments)
        bill.finance_charges = plain_details(bill.finance_charges)
    for place, row in enumerate(account.transactions):
        row.id = uuid_of(account.id, "transaction", place)
        row.account_id = account.id
        tidy(row)
        card = row.credit_card_metadata
        if card is not None and card.get("billId") in bills:
            card["billId"] = bills[card["billId"]]


def tidy(row: TransactionRecord) -> None:
    """Bring a row's instants and amounts into the forms the API carries, once and for all."""
    row.date = to_millisecond(row.date)
    row.amount = number(row.amount)
    if row.amount_in_account_currency is not None:
        row.amount_in_account_currency = number(row.amount_in_account_currency)
    if row.balance is not None:
        row.balance = number(row.balance)
    row.payment_data = plain_details(row.payment_data)
    row.credit_card_metadata = plain_details(row.credit_card_metadata)
