"""A card and its bills as a person reads them: named figures, groups of lines, what is left over."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from tomada.domain.bills import Bill, FinanceCharge
from tomada.domain.card_limits import LimitGroup
from tomada.domain.documents import without_documents
from tomada.domain.ids import TransactionId
from tomada.domain.statements import Entry
from tomada.domain.transactions import Transaction
from tomada.services.cards import BillView, CardView
from tomada.web.dashboard import wording
from tomada.web.dashboard.catalogue import Texts

Rows = Mapping[TransactionId, Transaction]


@dataclass(frozen=True, slots=True)
class Fact:
    """A figure under its name; *hint* says what it holds."""

    name: str
    text: str
    hint: str | None = None


@dataclass(frozen=True, slots=True)
class BillLink:
    """A closed bill in the list of a card; *open_text* is the difference that stays open."""

    href: str
    title: str
    due: str
    total: str
    state: str
    state_text: str
    open_text: str | None


@dataclass(frozen=True, slots=True)
class CardPage:
    """One card."""

    account_id: str
    name: str
    institution: str
    facts: tuple[Fact, ...]
    shared: str | None
    share: int | None
    bills: tuple[BillLink, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a bill."""

    title: str
    notes: tuple[str, ...]
    amount: str


@dataclass(frozen=True, slots=True)
class Group:
    """Lines of one sort with their sum; a sum that takes away has a minus."""

    title: str
    sum: str
    lines: tuple[Line, ...]
    note: str | None = None


@dataclass(frozen=True, slots=True)
class BillPage:
    """One bill: groups, then the difference, then the total they make."""

    card: str
    card_id: str
    title: str
    due: str
    total: str
    state: str
    state_text: str
    groups: tuple[Group, ...]
    difference: str | None
    reason: str | None
    settlements: tuple[Line, ...]
    earlier: tuple[Line, ...]


def card_page(view: CardView, limits: Sequence[LimitGroup], texts: Texts) -> CardPage:
    """Lay a card out."""
    card, figures = view.account, view.figures

    def money(minor: int | None) -> str:
        return wording.known_balance(minor, card.currency, texts)

    facts = [
        Fact(texts("card.open_bill"), money(figures.open_bill_minor), texts("card.open_bill_hint")),
        Fact(texts("card.debt"), money(figures.posted_debt_minor), texts("card.debt_hint")),
        Fact(texts("card.to_come"), money(figures.to_come_minor), texts("card.to_come_hint")),
    ]
    if figures.unplaced_minor:
        facts.append(
            Fact(texts("card.unplaced"), money(figures.unplaced_minor), texts("card.unplaced_hint"))
        )
    group = next((one for one in limits if card.id in one.account_ids), None)
    share = None
    if group is not None and group.limit_minor:
        left = group.available_minor
        facts.append(
            Fact(
                texts("card.available"),
                money(left),
                texts("card.of_limit", limit=money(group.limit_minor)),
            )
        )
        if left is not None:
            share = max(0, min(100, (group.limit_minor - left) * 100 // group.limit_minor))
    return CardPage(
        account_id=str(card.id),
        name=card.detail.marketing_name or card.detail.name,
        institution=card.detail.institution,
        facts=tuple(facts),
        shared=_shared(group, texts),
        share=share,
        bills=tuple(_link(one, texts) for one in view.bills),
    )


def bill_page(view: BillView, rows: Rows, accounts: Mapping[str, str], texts: Texts) -> BillPage:
    """Lay a bill out."""
    one, bill = view.statement, view.statement.bill

    def money(minor: int) -> str:
        return wording.balance(minor, bill.currency, texts.language)

    charges = (*_lines(one.charge_lines, rows, texts), *_charges(one.charges, texts))
    groups = [
        Group(texts("bill.purchases"), money(one.lines_minor), _lines(one.purchases, rows, texts)),
        Group(texts("bill.charges"), money(one.charges_minor), charges),
        Group(texts("bill.credits"), money(-one.credits_minor), _lines(one.credits, rows, texts)),
    ]
    off = one.difference_minor
    return BillPage(
        card=accounts.get(str(bill.account_id), texts("account.CREDIT")),
        card_id=str(bill.account_id),
        title=_title(bill, texts),
        due=_day(bill.due_day, texts),
        total=money(bill.total_minor),
        state=view.paid,
        state_text=_paid(view, texts),
        groups=tuple(group for group in groups if group.lines),
        difference=money(off) if off else None,
        reason=texts(f"bill.reason_{one.reason}") if one.reason else None,
        settlements=tuple(
            Line(
                texts("bill.payment_of", day=_day(paid.day, texts)),
                _sides(paid.bank_id, paid.card_id, rows, accounts, texts),
                money(paid.amount_minor),
            )
            for paid in view.payments
        ),
        earlier=_lines(one.payments, rows, texts),
    )


def _link(view: BillView, texts: Texts) -> BillLink:
    bill, off = view.statement.bill, view.statement.difference_minor
    return BillLink(
        href=f"/fatura/{bill.id}",
        title=_title(bill, texts),
        due=texts("bill.due", day=_day(bill.due_day, texts)),
        total=wording.balance(bill.total_minor, bill.currency, texts.language),
        state=view.paid,
        state_text=texts(f"bill.state_{view.paid}"),
        open_text=texts("bill.off_by", amount=wording.balance(off, bill.currency, texts.language))
        if off
        else None,
    )


def _title(bill: Bill, texts: Texts) -> str:
    return texts("bill.title", month=wording.month_title(bill.due_day, texts.language))


def _day(day: date, texts: Texts) -> str:
    month = wording.month_name(day, texts.language)
    return texts("rows.day_year", day=day.day, month=month, year=day.year)


def _paid(view: BillView, texts: Texts) -> str:
    if view.paid != "partly":
        return texts(f"bill.state_{view.paid}")
    bill = view.statement.bill
    return texts(
        "bill.partly_of", amount=wording.money(view.paid_minor, bill.currency, texts.language)
    )


def _shared(group: LimitGroup | None, texts: Texts) -> str | None:
    if group is None or len(group.account_ids) == 1:
        return None
    word = "card.shared" if group.certain else "card.maybe_shared"
    return texts(word, n=len(group.account_ids))


def _lines(entries: Iterable[Entry], rows: Rows, texts: Texts) -> tuple[Line, ...]:
    return tuple(_line(one, rows[one.id], texts) for one in entries if one.id in rows)


def _line(one: Entry, row: Transaction, texts: Texts) -> Line:
    notes = [_day(one.day, texts)]
    part = one.line.part
    if part is not None:
        notes.append(texts("rows.instalment", part=f"{part.number}/{part.of or '?'}"))
    if one.line.kind != "purchase":
        notes.append(texts(f"bill.kind_{one.line.kind}"))
    if one.line.evidence == "text":
        notes.append(texts("bill.by_text"))
    return Line(
        without_documents(row.movement.detail.description),
        tuple(notes),
        wording.balance(one.amount_minor, one.currency, texts.language),
    )


def _charges(charges: Iterable[FinanceCharge], texts: Texts) -> tuple[Line, ...]:
    return tuple(
        Line(
            one.info or texts.known(f"bill.charge_{one.type}") or texts("bill.charge_OTHER"),
            (texts("bill.listed_by_bank"),),
            wording.known_balance(one.amount_minor, one.currency, texts),
        )
        for one in charges
    )


def _sides(
    bank: TransactionId | None,
    card: TransactionId | None,
    rows: Rows,
    accounts: Mapping[str, str],
    texts: Texts,
) -> tuple[str, ...]:
    notes = []
    for side, word in ((bank, "bill.from"), (card, "bill.seen_by_card")):
        row = rows.get(side) if side is not None else None
        if row is not None:
            account = accounts.get(str(row.movement.account_id), "")
            notes.append(texts(word, account=account))
    return tuple(notes)
