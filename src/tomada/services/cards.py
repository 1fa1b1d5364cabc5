"""Cards as people think of them: bills with their lines, the open bill, instalments, limits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tomada.domain.accounts import Account
from tomada.domain.bill_payments import Payment, match
from tomada.domain.bills import Bill
from tomada.domain.card_figures import BillPaid, Figures, figures, paid_of
from tomada.domain.card_limits import CardLimit, LimitGroup, limit_groups
from tomada.domain.clock import Clock, bank_day
from tomada.domain.errors import NotFoundError
from tomada.domain.ids import EntityId, TransactionId
from tomada.domain.instalments import PartLine, Series, series_of
from tomada.domain.statements import Entry, Outlook, Statement, outlook, state
from tomada.domain.transactions import Transaction
from tomada.pluggy.models.transactions import Transaction as PluggyTransaction
from tomada.pluggy.wire import decode
from tomada.services.bills import Bills, opened_bill
from tomada.services.card_lines import Liner
from tomada.services.ledger import Ledger
from tomada.services.listing import RAW_GROUP
from tomada.services.runs import Run, Runs
from tomada.services.vault import Keys
from tomada.store.bill_payments import BillPaymentRows
from tomada.store.bills import BILLS
from tomada.store.card_lines import CardLineRows
from tomada.store.listed import ListedRows
from tomada.store.tx import Store, Tx

_CARD = "CREDIT"
_AT_A_TIME = 500


@dataclass(frozen=True, slots=True)
class PaymentLinker:
    """The worker's side: keeps the entity's bill payments as the rows and bills have them."""

    runs: Runs
    clock: Clock

    async def link(self, run: Run) -> None:
        """Bring both sides of each bill payment together, whichever banks they are at.

        Done anew at the end of every reading, from all rows; only what is different is written.
        """
        while await self._catch_up(run):
            pass
        async with self.runs.writing(run) as tx:
            await BillPaymentRows(tx).lock()
            right = match(
                await CardLineRows(tx).sides("bill_payment"),
                await CardLineRows(tx).sides("payment"),
                await _bills(tx, run.keys),
            )
            held = await BillPaymentRows(tx).all()
            wanted, kept = set(right), set(held)
            await BillPaymentRows(tx).replace(
                wrong=[one for one in held if one not in wanted],
                right=[one for one in right if one not in kept],
                at=self.clock(),
            )

    async def _catch_up(self, run: Run) -> bool:
        """Read anew some rows whose line is missing or of an older content; False for none.

        A row that took another's place is such a one, and so is one read before there were lines.
        """
        async with self.runs.writing(run) as tx:
            stale = await CardLineRows(tx).stale(run.item_id, limit=_AT_A_TIME)
            for row in stale:
                raw = run.keys.open("transactions", row.id, row.sealed_raw, group=RAW_GROUP)
                liner = Liner(run.keys, row.account_id, row.currency, row.kind)
                line = liner.line(row.id, decode(raw, PluggyTransaction), row.direction)
                if line is None:
                    await CardLineRows(tx).drop([row.id])
                else:
                    await CardLineRows(tx).put([(line, row.content_digest)])
        return bool(stale)


async def _bills(tx: Tx, keys: Keys) -> list[Bill]:
    return [opened_bill(keys, row) for row in await ListedRows(tx, BILLS).live()]


@dataclass(frozen=True, slots=True)
class BillView:
    """A closed bill explained, and what was paid of it."""

    statement: Statement
    paid_minor: int
    paid: BillPaid
    payments: tuple[Payment, ...]


@dataclass(frozen=True, slots=True)
class CardView:
    """One card: named figures, bills (the latest first), what comes, purchases in instalments."""

    account: Account
    figures: Figures
    bills: tuple[BillView, ...]
    outlook: Outlook
    series: tuple[Series, ...]


@dataclass(frozen=True, slots=True)
class Cards:
    """The cards of the installation's entities."""

    store: Store
    clock: Clock
    ledger: Ledger
    bills: Bills

    async def all(self, entity: EntityId) -> list[CardView]:
        """Look at every card."""
        cards = [one for one in await self.ledger.accounts(entity) if one.type == _CARD]
        bills = await self.bills.list(entity)
        views = []
        for card in cards:
            async with self.store.begin(entity) as tx:
                entries = await CardLineRows(tx).of_card(card.id)
                payments = await BillPaymentRows(tx).all(card.id)
            own = [bill for bill in bills if bill.account_id == card.id]
            views.append(self._view(card, own, entries, payments))
        return views

    async def bill(
        self, entity: EntityId, bill_id: str
    ) -> tuple[Account, BillView, Mapping[TransactionId, Transaction]]:
        """Look at one bill, with the rows of its lines and payments.

        Raises ``NotFoundError`` for a bill that is not there, or somebody else's.
        """
        for card in await self.all(entity):
            for view in card.bills:
                if view.statement.bill.id == bill_id:
                    rows = await self.ledger.some(entity, _ids(view))
                    return card.account, view, rows
        raise NotFoundError("there is no such bill")

    async def limits(self, entity: EntityId) -> list[LimitGroup]:
        """Give each limit once, whichever cards share it."""
        cards = [one for one in await self.ledger.accounts(entity) if one.type == _CARD]
        return limit_groups([_limit(card) for card in cards])

    def _view(
        self,
        card: Account,
        bills: Sequence[Bill],
        entries: Sequence[Entry],
        payments: Sequence[Payment],
    ) -> CardView:
        today = bank_day(self.clock())
        view = outlook(entries, bills, today=today)
        closed = [bill for bill in bills if bill.state(today) == "closed"]
        first = min((one.day for one in entries), default=None)
        shown: list[BillView] = []
        for place, bill in enumerate(bills):
            following = bills[place - 1] if place else None
            before = bills[place + 1] if place + 1 < len(bills) else None
            paid, word = paid_of(bill, following, payments)
            mine = tuple(one for one in payments if one.bill_id == bill.id)
            statement = state(bill, entries, before=before, first_day=first)
            shown.append(BillView(statement, paid, word, mine))
        return CardView(
            account=card,
            figures=figures(card, closed, view, payments),
            bills=tuple(shown),
            outlook=view,
            series=tuple(series_of(_parts(entries, closed))),
        )


def _ids(view: BillView) -> list[TransactionId]:
    one = view.statement
    lines = (*one.purchases, *one.charge_lines, *one.credits, *one.payments)
    sides = [side for paid in view.payments for side in (paid.bank_id, paid.card_id)]
    return [*(line.id for line in lines), *(side for side in sides if side is not None)]


def _parts(entries: Sequence[Entry], bills: Sequence[Bill]) -> list[PartLine]:
    known = {bill.id for bill in bills}
    return [
        PartLine(
            id=one.id,
            account_id=one.line.account_id,
            series=one.line.series,
            number=one.line.part.number,
            of=one.line.part.of,
            day=one.day,
            amount_minor=one.amount_minor,
            billed=one.line.bill_id or str(one.line.bill_month or "") or None,
            closed=one.line.bill_id in known,
            whole_minor=one.line.whole_minor,
            evidence=one.line.part.evidence,
        )
        for one in entries
        if one.line.series is not None and one.line.part is not None
    ]


def _limit(card: Account) -> CardLimit:
    terms = card.detail.terms
    return CardLimit(
        account_id=card.id,
        item_id=card.item_id,
        currency=card.currency,
        limit_minor=card.credit_limit_minor,
        available_minor=card.available_limit_minor,
        number=card.detail.number,
        other_numbers=frozenset() if terms is None else frozenset(terms.other_numbers),
        holder=None if terms is None else terms.holder_type,
    )
