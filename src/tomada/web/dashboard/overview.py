"""Gather what the overview shows, and its parts again when something happened."""

from dataclasses import dataclass

from tomada.bootstrap import App
from tomada.domain.accounts import Account
from tomada.domain.clock import bank_day
from tomada.domain.ids import EntityId, ItemId
from tomada.domain.items import Item
from tomada.domain.products import Freshness
from tomada.domain.refreshes import Refresh
from tomada.domain.transactions import MonthTotals
from tomada.web.dashboard.banks import Bank, account_names, show_banks
from tomada.web.dashboard.cases import case_words
from tomada.web.dashboard.catalogue import Texts
from tomada.web.dashboard.figures import Figure, sum_up
from tomada.web.dashboard.months import Chart, draw, in_one_currency
from tomada.web.dashboard.notices import Notice, show_notices
from tomada.web.dashboard.rows import Statement
from tomada.web.dashboard.statement import FIRST, Choice, Reader
from tomada.web.dashboard.suggestions import Suggestion, show_suggestions

_NOTICES = 20


@dataclass(frozen=True, slots=True)
class Parts:
    """What changes while the page is open, the statement apart."""

    banks: tuple[Bank, ...]
    figures: tuple[Figure, ...]
    chart: Chart
    notices: tuple[Notice, ...]
    unread: int
    accounts: dict[str, str]
    upcoming: Statement
    suggestions: tuple[Suggestion, ...]


@dataclass(frozen=True, slots=True)
class View:
    """The whole page, or the part of it that a fragment needs.

    *parts* is None in a fragment of the statement. *feed* is the number of the last entry that is certainly in it; *reading* says that a first
    reading goes on; *continues* that the statement goes on from another part.
    """

    feed: int
    parts: Parts | None
    statement: Statement
    choice: Choice
    reading: bool
    continues: bool

    @property
    def chosen(self) -> str:
        """The account the statement is narrowed to, or nothing."""
        return self.choice.account_id or ""


@dataclass(frozen=True, slots=True)
class _Holdings:
    items: list[Item]
    refreshes: dict[ItemId, Refresh]
    accounts: list[Account]
    months: list[MonthTotals]
    known: list[Freshness]


@dataclass(frozen=True, slots=True)
class Overview:
    """Reads one person's overview."""

    app: App
    entity: EntityId
    texts: Texts
    origins: tuple[str, ...]

    async def whole(self, choice: Choice) -> View:
        """Read everything.

        The feed's number is read first: what happens while the rest is read is told again, and
        nothing can fall between the page and its stream.
        """
        feed = await self.app.feed.head(self.entity)
        held = await self._holdings()
        parts = await self._parts(held, choice)
        return await self._view(held, parts, choice, feed=feed, cursor=None, limit=FIRST)

    async def statement(self, choice: Choice, *, cursor: str | None, limit: int) -> View:
        """Read a part of the statement; raises ``InvalidInputError`` for a strange cursor."""
        held = await self._holdings()
        return await self._view(held, None, choice, feed=0, cursor=cursor, limit=limit)

    async def parts(self, choice: Choice) -> Parts:
        """Read everything but the statement."""
        return await self._parts(await self._holdings(), choice)

    async def _holdings(self) -> _Holdings:
        return _Holdings(
            items=await self.app.items.list(self.entity),
            refreshes=await self.app.refreshes.states(self.entity),
            accounts=await self.app.ledger.accounts(self.entity),
            months=in_one_currency(await self.app.ledger.months(self.entity)),
            known=await self.app.freshness.list(self.entity),
        )

    async def _parts(self, held: _Holdings, choice: Choice) -> Parts:
        now = self.app.clock()
        names = account_names(held.items, held.accounts, self.texts)
        notices = show_notices(
            await self.app.notices.list(self.entity, limit=_NOTICES), now=now, texts=self.texts
        )
        return Parts(
            banks=show_banks(
                held.items,
                held.accounts,
                now=now,
                texts=self.texts,
                origins=self.origins,
                refreshes=held.refreshes,
                chosen=choice.account_id,
                known=held.known,
                cases=case_words(
                    await self.app.proofs.cases(self.entity), now=now, texts=self.texts
                ),
            ),
            figures=sum_up(held.accounts, held.months, self.texts),
            chart=draw(held.months, today=bank_day(now), chosen=choice.month, texts=self.texts),
            notices=notices,
            unread=sum(one.unread for one in notices),
            accounts=names,
            upcoming=await self._reader.upcoming(choice, accounts=names),
            suggestions=await self._suggestions(),
        )

    async def _suggestions(self) -> tuple[Suggestion, ...]:
        found = await self.app.links.all(self.entity, state="suggested")
        ids = {name for one in found for name in (one.link.row_id, one.link.other_id)}
        rows = await self.app.ledger.some(self.entity, sorted(ids))
        return show_suggestions(found, rows, texts=self.texts)

    @property
    def _reader(self) -> Reader:
        return Reader(self.app.ledger, self.entity, bank_day(self.app.clock()), self.texts)

    async def _view(
        self,
        held: _Holdings,
        parts: Parts | None,
        choice: Choice,
        *,
        feed: int,
        cursor: str | None,
        limit: int,
    ) -> View:
        names = account_names(held.items, held.accounts, self.texts)
        statement = await self._reader.part(
            choice, accounts=names, totals=held.months, cursor=cursor, limit=limit
        )
        return View(
            feed=feed,
            parts=parts,
            statement=statement,
            choice=choice,
            reading=any(item.syncing or item.next_step == "wait" for item in held.items),
            continues=cursor is not None,
        )
