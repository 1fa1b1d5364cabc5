"""Read a part of the statement with everything its headings need."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from tomada.domain.ids import AccountId, EntityId
from tomada.domain.transactions import MonthTotals, Transaction, View
from tomada.services.ledger import Ledger
from tomada.web.dashboard import rows
from tomada.web.dashboard.catalogue import Texts

FIRST = 60
"""Rows the page comes with, and asks for first when something changed."""
MOST = 500
_DAY_LIMIT = 500


@dataclass(frozen=True, slots=True)
class Choice:
    """Which rows the person wants to see; *view* other than the ledger lists what does not count."""

    account_id: AccountId | None = None
    month: date | None = None
    words: str | None = None
    view: View = "ledger"

    @property
    def is_all(self) -> bool:
        """Tell whether nothing is left out."""
        return self == Choice()

    @property
    def has_whole_months(self) -> bool:
        """Tell whether the months shown are complete, so that their totals can head them."""
        return self.account_id is None and self.has_whole_days

    @property
    def has_whole_days(self) -> bool:
        """Tell whether the days shown are complete, so that they can be summed.

        A search picks single rows, and what does not count has no sum.
        """
        return self.words is None and self.view == "ledger"

    @property
    def ends_today(self) -> bool:
        """Tell whether what is scheduled stands apart, so that the newest row comes first.

        Who searches, or looks at a month, wants all of it in one list.
        """
        return self.month is None and self.has_whole_days

    def span(self, today: date) -> tuple[date | None, date | None]:
        """Give the first and last day of the list."""
        if self.month is None:
            return None, today if self.ends_today else None
        first = self.month.replace(day=1)
        after = (first + timedelta(days=32)).replace(day=1)
        return first, after - timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads parts of one entity's statement."""

    ledger: Ledger
    entity: EntityId
    today: date
    texts: Texts

    async def part(
        self,
        choice: Choice,
        *,
        accounts: Mapping[str, str],
        totals: Sequence[MonthTotals],
        cursor: str | None = None,
        limit: int = FIRST,
    ) -> rows.Statement:
        """Read up to *limit* rows from *cursor*.

        Raises ``InvalidInputError`` for a cursor that is none of ours.
        """
        first, last = choice.span(self.today)
        page = await self.ledger.transactions(
            self.entity,
            account_id=choice.account_id,
            day_from=first,
            day_to=last,
            q=choice.words,
            categories=self.texts.categories,
            cursor=cursor,
            limit=limit,
            view=choice.view,
        )
        sums: dict[date, dict[str, int]] = {}
        if choice.has_whole_days:
            sums = rows.sum_days(page.transactions)
            for day in _cut_days(page.transactions, cursor, page.next_cursor):
                sums[day] = await self._whole_day(choice, day)
        return rows.lay_out(
            page.transactions,
            today=self.today,
            texts=self.texts,
            accounts=accounts,
            sums=sums,
            totals=totals if choice.has_whole_months else (),
            next_cursor=page.next_cursor,
        )

    async def upcoming(self, choice: Choice, *, accounts: Mapping[str, str]) -> rows.Statement:
        """Read what is scheduled for later days, where it stands apart from the list."""
        if not choice.ends_today:
            return rows.Statement((), 0, None)
        page = await self.ledger.transactions(
            self.entity,
            account_id=choice.account_id,
            day_from=self.today + timedelta(days=1),
            limit=MOST,
        )
        return rows.lay_out(
            page.transactions,
            today=self.today,
            texts=self.texts,
            accounts=accounts,
            sums=rows.sum_days(page.transactions),
        )

    async def _whole_day(self, choice: Choice, day: date) -> dict[str, int]:
        """Add up a whole day, however many rows it has."""
        found: dict[str, int] = {}
        cursor: str | None = None
        while True:
            page = await self.ledger.transactions(
                self.entity,
                account_id=choice.account_id,
                day_from=day,
                day_to=day,
                cursor=cursor,
                limit=_DAY_LIMIT,
            )
            for currency, minor in rows.sum_days(page.transactions).get(day, {}).items():
                found[currency] = found.get(currency, 0) + minor
            cursor = page.next_cursor
            if cursor is None:
                return found


def _cut_days(
    transactions: Sequence[Transaction], cursor: str | None, next_cursor: str | None
) -> set[date]:
    """Name the days that may go on beyond this part, at either end."""
    days = set()
    if transactions and cursor is not None:
        days.add(transactions[0].movement.day)
    if transactions and next_cursor is not None:
        days.add(transactions[-1].movement.day)
    return days
