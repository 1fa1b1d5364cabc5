"""Read positions, loans and the holder into an item, each run as of its day."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal, Protocol
from zoneinfo import ZoneInfo

from tomada.simulator.encoding import day_instant, number, plain_details
from tomada.simulator.ids import uuid_of
from tomada.simulator.products.records import (
    HoldingMovementRecord,
    HoldingsRecord,
    InvestmentRecord,
    LoanRecord,
    OrderRecord,
)
from tomada.simulator.refusals import ApiError, invalid, not_found
from tomada.simulator.sandbox import login_of
from tomada.simulator.state import ItemRecord, State


class HoldingsSource(Protocol):
    """Whoever knows what a person has beside accounts."""

    def __call__(
        self,
        *,
        seed: int,
        connector_id: int,
        user: str,
        today: date,
        orders: Sequence[OrderRecord] = (),
    ) -> HoldingsRecord:
        """Tell everything as of *today*; the same each time it is asked."""


@dataclass(frozen=True, slots=True, repr=False)
class Holdings:
    """The positions, loans and holders of one world's items."""

    seed: int
    state: State
    source: HoldingsSource
    clock: Callable[[], datetime]

    def collect(self, item: ItemRecord, *, failed: Sequence[str] = ()) -> None:
        """Read the products the item asks for, except those that *failed*."""
        wanted = {"INVESTMENTS", "LOANS", "IDENTITY"} & set(item.products)
        if not wanted:
            return
        today = self._today()
        read = self.source(
            seed=self.seed,
            connector_id=item.connector_id,
            user=item.collected_user or login_of(item.parameters),
            today=today,
            orders=item.orders,
        )
        if "INVESTMENTS" in wanted and "investments" not in failed:
            moves = "INVESTMENTS_TRANSACTIONS" in item.products
            shown = moves and "investmentsTransactions" not in failed
            self._take_investments(item, read.investments, with_movements=shown)
        if "LOANS" in wanted and "loans" not in failed:
            for loan in read.loans:
                _name_loan(item, loan)
            item.loans = read.loans
        if "IDENTITY" in wanted and "identity" not in failed:
            item.identity = plain(read.identity, _midnight)
            item.identity_read_at = self.clock()

    def investment(self, investment_id: str) -> InvestmentRecord:
        """Find a position or refuse with 404."""
        for item in self.state.items.values():
            for one in item.investments:
                if one.id == investment_id:
                    return one
        raise not_found("investment")

    def loan(self, loan_id: str) -> LoanRecord:
        """Find a loan or refuse with 404."""
        for item in self.state.items.values():
            for one in item.loans:
                if one.id == loan_id:
                    return one
        raise not_found("loan")

    def order(
        self, investment_id: str, *, side: Literal["BUY", "SELL"], amount: Decimal
    ) -> OrderRecord:
        """Let somebody buy or sell today; the next good run of the item shows it."""
        position = self.investment(investment_id)
        if amount <= 0:
            raise invalid("amount must be a positive number")
        if side == "SELL" and amount > position.amount:
            raise ApiError(409, "The position is worth less than that")
        item = self.state.items[position.item_id]
        order = OrderRecord(position.bank_id, self._today(), side, amount)
        item.orders.append(order)
        self.state.changed()
        return order

    def _take_investments(
        self, item: ItemRecord, read: list[InvestmentRecord], *, with_movements: bool
    ) -> None:
        known = {one.id: one for one in item.investments}
        for one in read:
            _name_investment(item, one)
            before = known.get(one.id)
            one.created_at = before.created_at if before is not None else self.clock()
            one.updated_at = self.clock()
            if not with_movements:
                one.movements = before.movements if before is not None else []
        item.investments = read

    def _today(self) -> date:
        return self.clock().astimezone(ZoneInfo("America/Sao_Paulo")).date()


def plain(content: Any, written: Callable[[date], str]) -> Any:
    """Bring nested details into the API's forms: days as *written* has them, tidy numbers."""
    if isinstance(content, dict):
        return {key: plain(value, written) for key, value in content.items()}
    if isinstance(content, list):
        return [plain(value, written) for value in content]
    if isinstance(content, date) and not isinstance(content, datetime):
        return written(content)
    return plain_details(content)


def local_midnight(day: date) -> str:
    """Write a bank day as the instant at which it begins in São Paulo."""
    return f"{day.isoformat()}T03:00:00.000Z"


def _midnight(day: date) -> str:
    return day_instant(day)


def _name_investment(item: ItemRecord, one: InvestmentRecord) -> None:
    one.bank_id = one.id
    one.id, one.item_id = uuid_of(item.id, "investment", one.bank_id), item.id
    one.details = plain(one.details, local_midnight)
    for name, movement in _named(one.movements):
        movement.id = uuid_of(one.id, "movement", name)
    for field in ("quantity", "value", "amount", "balance", "taxes", "taxes2", "original"):
        setattr(one, field, number(getattr(one, field)))


def _named(movements: Sequence[HoldingMovementRecord]) -> Iterator[tuple[str, Any]]:
    """Name movements by what they are, so that later ones leave the names of earlier ones."""
    seen: Counter[str] = Counter()
    for one in movements:
        content = f"{one.type}|{one.day}|{one.amount}"
        seen[content] += 1
        yield f"{content}|{seen[content]}", one


def _name_loan(item: ItemRecord, loan: LoanRecord) -> None:
    loan.id, loan.item_id = uuid_of(item.id, "loan", loan.id), item.id
    loan.details = plain(loan.details, _midnight)
    loan.contract_amount = number(loan.contract_amount)
    loan.outstanding = number(loan.outstanding)
