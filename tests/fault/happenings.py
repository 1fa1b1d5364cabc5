"""What happens at the banks: each a function of the world, an item and a source of chance."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal
from random import Random
from typing import Any

from tests.fault.invariants import Watched
from tomada.simulator.balances import contribution, shift
from tomada.simulator.records import AccountRecord, TransactionRecord
from tomada.simulator.state import ItemRecord

Happening = Callable[["Scene"], None]
_ENDS = (
    *("SUCCESS", "SUCCESS", "PARTIAL_SUCCESS", "INVALID_CREDENTIALS", "SITE_NOT_AVAILABLE"),
    *("CONNECTION_ERROR", "UNEXPECTED_ERROR", "ACCOUNT_LOCKED", "WAITING_USER_INPUT"),
    *("WAITING_USER_ACTION", "USER_AUTHORIZATION_NOT_GRANTED", "MERGE_ERROR"),
)


@dataclass(slots=True)
class Graveyard:
    """What the banks have taken back or closed, and may bring again."""

    rows: list[TransactionRecord] = field(default_factory=list)
    accounts: list[tuple[ItemRecord, AccountRecord]] = field(default_factory=list)


class Scene:
    """One item of one world, and what chance decides there."""

    def __init__(self, house: Watched, rng: Random, graveyard: Graveyard) -> None:
        self.house, self.rng, self.world = house, rng, house.world
        self.graveyard = graveyard
        self.item: ItemRecord = self.world.state.items[rng.choice(sorted(house.items))]
        self.families: set[str] = set()
        # Whether something went of which no event tells.
        self.silent = False

    @property
    def colour(self) -> str:
        """The word that stands in each description of this item and of no other."""
        return self.item.parameters["user"]

    def post(self, **details: Any) -> TransactionRecord:
        return self.world.bank.post(self.item.id, **details)

    def rows(self) -> Iterator[TransactionRecord]:
        for account in self.item.accounts:
            yield from account.transactions

    def row(self) -> TransactionRecord | None:
        rows = sorted(self.rows(), key=lambda one: one.id)
        return self.rng.choice(rows) if rows else None

    def words(self) -> str:
        return f"{self.rng.choice(('Padaria', 'Posto', 'PIX', 'Boleto'))} {self.colour}"

    def amount(self) -> Decimal:
        return Decimal(self.rng.choice((1, 10, 19, 333, 12345, self.rng.randint(1, 10**7)))) / 100


def movement(scene: Scene) -> None:
    account = scene.rng.choice(scene.item.accounts)
    scene.post(
        account_id=account.id, kind="card_purchase" if account.type == "CREDIT" else None,
        description=scene.words(), amount=scene.amount(),
        status=scene.rng.choice((None, "PENDING")), collect=scene.rng.random() < 0.9,
    )  # fmt: skip


def twin(scene: Scene) -> None:
    """Post the same again: two coffees of one day."""
    row = scene.row()
    if row is not None:
        scene.post(
            account_id=row.account_id, description=row.description, amount=abs(row.amount),
            date=row.date,
        )  # fmt: skip
        scene.families.add("P10")


def back_dated(scene: Scene) -> None:
    day = scene.world.clock() - timedelta(days=scene.rng.randint(1, 90))
    scene.post(description=scene.words(), amount=scene.amount(), date=day)


def posted(scene: Scene) -> None:
    """Let what was pending be posted, under the same id, perhaps with another amount."""
    waiting = sorted((one for one in scene.rows() if one.status == "PENDING"), key=lambda r: r.id)
    if waiting:
        row = scene.rng.choice(waiting)
        change: dict[str, Any] = {"status": "POSTED"}
        if scene.rng.random() < 0.3:
            change["amount"] = row.amount + Decimal("0.01")
        scene.world.bank.edit(row.id, change)
        scene.families.add("P10")


def edited(scene: Scene) -> None:
    row = scene.row()
    if row is None:
        return
    changes: list[dict[str, Any]] = [
        {"description": scene.words()},
        {"amount": row.amount + Decimal("0.01")},
        {"amount": -row.amount},
        {"date": row.date + timedelta(days=scene.rng.choice((-40, -1, 1, 40)))},
        {"date": row.date.replace(hour=scene.rng.choice((0, 2, 3, 23)), minute=59)},
        {"category": scene.rng.choice((None, "Groceries", "Health"))},
        {"order": scene.rng.randint(0, 5)},
    ]
    change = scene.rng.choice(changes)
    if change.get("date", row.date) > scene.world.clock():
        change = {"description": scene.words()}
    scene.world.bank.edit(row.id, change)
    scene.families.add("P10")


def currency_changed(scene: Scene) -> None:
    row = scene.row()
    if row is not None and row.amount_in_account_currency is None:
        row.currency_code = "USD" if row.currency_code == "BRL" else "BRL"
        scene.world.bank.edit(row.id, {"description": row.description})
        scene.families.add("P10")


def taken_back(scene: Scene) -> None:
    row = scene.row()
    if row is not None:
        scene.graveyard.rows.append(row)
        scene.world.bank.take_back(row.id)
        scene.families.add("P11")


def restored(scene: Scene) -> None:
    """Let a row that was taken back come again under its old id."""
    for row in scene.graveyard.rows:
        ledger = scene.world.ledgers.account(row.account_id)
        if ledger is not None and scene.world.ledgers.row(row.id) is None:
            scene.graveyard.rows.remove(row)
            again = replace(row)
            again.created_at = again.updated_at = scene.world.bank._now()
            scene.world.ledgers.add(ledger, again)
            shift(ledger.account, contribution(ledger.account, again))
            scene.world.bank._touched(ledger)
            scene.world.hooks.created(ledger.item, ledger.account.id, [again])
            scene.families.add("P11")
            return


def reidentified(scene: Scene) -> None:
    row = scene.row()
    if row is not None:
        scene.world.reidentify(row.id)
        scene.families.add("P10")


def ran(scene: Scene) -> None:
    """Let Pluggy read the bank, with any end."""
    if not scene.world.executions.running(scene.item.id):
        scene.world.run(scene.item.id, outcome=scene.rng.choice(_ENDS))
        scene.families.add("P12")


def answered(scene: Scene) -> None:
    """Let the person do what the bank asks, rightly or wrongly."""
    item = scene.item
    if item.status == "WAITING_USER_INPUT" and item.parameter is not None:
        value = scene.rng.choice(("123456", "000000"))
        scene.world.items.answer_mfa(item.id, {item.parameter["name"]: value})
        scene.families.add("P12")
    elif item.status == "WAITING_USER_ACTION":
        scene.world.executions.decide(item, approved=scene.rng.random() < 0.7)
        scene.families.add("P12")


def consent_withdrawn(scene: Scene) -> None:
    """Let the person withdraw the bank's consent at the bank, and Pluggy come to notice it."""
    if scene.world.consents.of(scene.item.id) and not scene.world.executions.running(scene.item.id):
        scene.world.consents.withdraw(scene.item)
        if scene.rng.random() < 0.7:
            scene.world.run(scene.item.id)
        scene.families.add("P13")


def account_closed(scene: Scene) -> None:
    """Let the bank list an account no more, nor what was under way to it; the last one stays."""
    if len(scene.item.accounts) > 1:
        account = scene.rng.choice(scene.item.accounts)
        scene.world.ledgers.close(scene.item)
        scene.item.accounts.remove(account)
        scene.item.waiting = [one for one in scene.item.waiting if one.account_id != account.id]
        scene.world.ledgers.open(scene.item, scene.item.accounts)
        scene.graveyard.accounts.append((scene.item, account))
        scene.world.state.changed()
        scene.families.add("P11")
        scene.silent = True


def account_reopened(scene: Scene) -> None:
    """Let an account that was closed, or was only out of sight, be listed again."""
    for item, account in scene.graveyard.accounts:
        if item is scene.item and scene.world.ledgers.account(account.id) is None:
            scene.graveyard.accounts.remove((item, account))
            item.accounts.append(account)
            scene.world.ledgers.open(item, [account])
            scene.world.state.changed()
            scene.families.add("P11")
            scene.silent = True
            return


HAPPENINGS: dict[str, Happening] = {
    "movement": movement,
    "twin": twin,
    "back_dated": back_dated,
    "posted": posted,
    "edited": edited,
    "currency_changed": currency_changed,
    "taken_back": taken_back,
    "restored": restored,
    "reidentified": reidentified,
    "ran": ran,
    "answered": answered,
    "consent_withdrawn": consent_withdrawn,
    "account_closed": account_closed,
    "account_reopened": account_reopened,
}
