"""The list of an account's movements by cursor."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import date, datetime

from tomada.pluggy.calls import Calls
from tomada.pluggy.models.transactions import Transaction
from tomada.pluggy.paging import CursorList, Page
from tomada.pluggy.wire import Rows

_ROUTE = "/v2/transactions"
# Pluggy takes 500 ids, which is an address of 18 KB; many gateways stop at 8.
_IDS_PER_CALL = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class TransactionList:
    """Movements of one account, read while they are iterated; each iteration reads anew.

    ``async for movement in list`` gives rows, ``async for page in list.pages()`` whole pages.
    """

    calls: Calls
    account_id: str
    date_from: date | None = None
    date_to: date | None = None
    created_at_from: datetime | None = None
    ids: tuple[str, ...] | None = None
    after: str | None = None

    def __post_init__(self) -> None:
        if self.created_at_from is not None and self.date_from is not None:
            raise ValueError("Pluggy takes either date_from or created_at_from")
        if self.ids is not None and self.after is not None:
            raise ValueError("a list by ids has no place to continue from")

    async def pages(self) -> AsyncIterator[Page[Transaction]]:
        """Give page after page; an empty page is given too, so that its ``next`` can be kept."""
        for ids in self._portions():
            pages = CursorList(fetch=self._fetcher(ids), route=_ROUTE, after=self.after)
            async for page in pages.pages():
                yield page
                # As in the list itself: the next page takes the place of this one.
                del page

    async def __aiter__(self) -> AsyncIterator[Transaction]:
        """Give row after row."""
        async for page in self.pages():
            for movement in page.items:
                yield movement
            del page

    def _portions(self) -> list[tuple[str, ...] | None]:
        if self.ids is None:
            return [None]
        starts = range(0, len(self.ids), _IDS_PER_CALL)
        return [self.ids[start : start + _IDS_PER_CALL] for start in starts]

    def _fetcher(
        self, ids: tuple[str, ...] | None
    ) -> Callable[[str | None], Awaitable[Rows[Transaction]]]:
        async def fetch(after: str | None) -> Rows[Transaction]:
            params = {
                "accountId": self.account_id,
                "ids": ids,
                "dateFrom": self.date_from,
                "dateTo": self.date_to,
                "createdAtFrom": self.created_at_from,
                "after": after,
            }
            return await self.calls.rows(_ROUTE, Transaction, params=params)

        return fetch
