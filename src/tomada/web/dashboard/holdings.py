"""Bills, investments and loans as pages show them: by bank, with how fresh each of them is."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from tomada.domain.accounts import Account
from tomada.domain.bills import Bill
from tomada.domain.clock import bank_day
from tomada.domain.holdings import Investment, Loan
from tomada.domain.items import Item
from tomada.domain.products import Freshness, Product
from tomada.web.dashboard import wording
from tomada.web.dashboard.catalogue import Texts
from tomada.web.dashboard.fresh import FreshLine, fresh_line
from tomada.web.dashboard.tiles import Tile, bank_tile, initials_of

Part = Literal["bills", "investments", "loans"]
PRODUCT: dict[Part, Product] = {
    "bills": "CREDIT_CARDS",
    "investments": "INVESTMENTS",
    "loans": "LOANS",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One bill, position or contract: what it is, its notes, its figure and what that means."""

    symbol: str
    title: str
    notes: tuple[str, ...]
    figure: str
    caption: str
    mark: str | None = None
    bad: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """What one bank has of it, under the sentence that says how fresh that is."""

    item_id: str
    name: str
    tile: Tile
    fresh: FreshLine
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Shelf:
    """A whole page: sections by bank and what they come to, None where there is nothing."""

    part: Part
    total: str | None
    sections: tuple[Section, ...]


@dataclass(frozen=True, slots=True)
class Drawer:
    """Draws the pages of one person at one instant."""

    items: Sequence[Item]
    known: Sequence[Freshness]
    now: datetime
    texts: Texts
    origins: Collection[str]

    def bills(self, bills: Sequence[Bill], accounts: Sequence[Account]) -> Shelf:
        """Draw the cards' bills, the latest first, and before them when the next is due."""
        cards = [one for one in accounts if one.type == "CREDIT"]
        lines: dict[str, list[Line]] = {}
        for card in cards:
            held = lines.setdefault(card.item_id, [])
            held += self._forecast(card)
            held += [self._bill(one, card) for one in bills if one.account_id == card.id]
        return self._shelf("bills", lines, None)

    def investments(self, investments: Sequence[Investment]) -> Shelf:
        """Draw positions, the largest first."""
        lines: dict[str, list[Line]] = {}
        for one in investments:
            lines.setdefault(one.item_id, []).append(self._investment(one))
        total = self._total((one.balance_minor, one.currency) for one in investments)
        return self._shelf("investments", lines, total)

    def loans(self, loans: Sequence[Loan]) -> Shelf:
        """Draw contracts, the latest first."""
        lines: dict[str, list[Line]] = {}
        for one in loans:
            lines.setdefault(one.item_id, []).append(self._loan(one))
        owed = [(one.outstanding_minor, one.currency) for one in loans]
        total = self._total((minor, unit) for minor, unit in owed if minor is not None)
        return self._shelf("loans", lines, total)

    def _shelf(self, part: Part, lines: dict[str, list[Line]], total: str | None) -> Shelf:
        product = PRODUCT[part]
        known = {one.item_id: one for one in self.known if one.product == product}
        return Shelf(
            part,
            total,
            tuple(
                Section(
                    item.id,
                    item.detail.institution,
                    bank_tile(
                        initials_of(item.detail.institution),
                        item.detail.color,
                        item.detail.image_url,
                        origins=self.origins,
                    ),
                    fresh_line(known.get(item.id), product, now=self.now, texts=self.texts),
                    tuple(lines.get(item.id, ())),
                )
                for item in sorted(self.items, key=lambda one: one.bound_at)
                if item.id in known or item.id in lines
            ),
        )

    def _forecast(self, card: Account) -> list[Line]:
        terms = card.detail.terms
        if terms is None or terms.due_day is None:
            return []
        notes = [self._card(card)]
        if terms.close_day is not None:
            notes.append(self.texts("bills.closes", day=self._day(terms.close_day)))
        title = self.texts("bills.next", day=self._day(terms.due_day))
        mark = self.texts("bills.forecast")
        return [Line("clock", title, tuple(notes), "", self.texts("bills.no_total"), mark)]

    def _bill(self, bill: Bill, card: Account) -> Line:
        texts, unit = self.texts, bill.currency
        notes = [self._card(card)]
        if bill.closing_day is not None:
            notes.append(texts("bills.closed", day=self._day(bill.closing_day)))
        if bill.minimum_minor is not None:
            notes.append(texts("bills.minimum", amount=self._money(bill.minimum_minor, unit)))
        charges = sum(one.amount_minor or 0 for one in bill.detail.charges)
        if charges:
            notes.append(texts("bills.charges", amount=self._money(charges, unit)))
        is_open = bill.state(bank_day(self.now)) == "open"
        return Line(
            "card",
            texts("bills.due", day=self._day(bill.due_day)),
            tuple(notes),
            wording.balance(bill.total_minor, unit, texts.language),
            texts("bills.total"),
            texts("bills.open") if is_open else None,
        )

    def _investment(self, one: Investment) -> Line:
        texts = self.texts
        kind = texts.known(f"investment.{one.subtype}") or texts.known(f"investment.{one.type}")
        notes = [note for note in (kind, one.detail.code, one.detail.issuer) if note]
        if one.due_day is not None:
            notes.append(texts("investment.due", day=self._day(one.due_day)))
        if one.quoted_day is not None:
            notes.append(texts("investment.quoted", day=self._day(one.quoted_day)))
        return Line(
            "growth",
            one.detail.name,
            tuple(notes),
            wording.balance(one.balance_minor, one.currency, texts.language),
            texts("investment.net"),
            texts("investment.withdrawn") if one.status == "TOTAL_WITHDRAWAL" else None,
        )

    def _loan(self, one: Loan) -> Line:
        texts, detail = self.texts, one.detail
        notes = [texts.known(f"loan.{one.kind}") or one.kind]
        if one.contract_day is not None:
            notes.append(texts("loan.since", day=self._day(one.contract_day)))
        if detail.paid is not None and detail.instalments is not None:
            notes.append(texts("loan.paid", paid=detail.paid, all=detail.instalments))
        if one.contract_minor is not None:
            amount = self._money(one.contract_minor, one.currency)
            notes.append(texts("loan.contracted", amount=amount))
        late = detail.past_due or 0
        return Line(
            "percent",
            detail.product_name,
            tuple(notes),
            wording.known_balance(one.outstanding_minor, one.currency, texts),
            texts("loan.outstanding"),
            texts("loan.late", n=late) if late else None,
            bad=late > 0,
        )

    def _card(self, card: Account) -> str:
        name = card.detail.marketing_name or card.detail.name
        digits = "".join(sign for sign in card.detail.number if sign.isdigit())[-4:]
        return f"{name} ••{digits}" if digits else name

    def _money(self, minor: int, currency: str) -> str:
        return wording.money(minor, currency, self.texts.language)

    def _day(self, day: date) -> str:
        month = wording.month_name(day, self.texts.language)
        return self.texts("rows.day_year", day=day.day, month=month, year=day.year)

    def _total(self, amounts: Iterable[tuple[int, str]]) -> str | None:
        sums: dict[str, int] = {}
        for minor, currency in amounts:
            sums[currency] = sums.get(currency, 0) + minor
        parts = [wording.balance(minor, unit, self.texts.language) for unit, minor in sums.items()]
        return " + ".join(parts) or None
