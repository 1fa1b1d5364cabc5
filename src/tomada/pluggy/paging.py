"""Lists longer than one answer: read to the end, or fail; never end quietly too soon.

A link in an answer is never followed: only the ``after`` value is taken out of it, and the
filters of the first call are repeated on every page.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Generic, TypeVar
from urllib.parse import parse_qsl, urlsplit

from tomada.pluggy.errors import ContractError
from tomada.pluggy.wire import Rows

T = TypeVar("T")

PAGE_SIZE = 500
# Five million rows of one account; a list that long is a loop.
_MAX_PAGES = 10_000
_MAX_EMPTY = 3


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One answer of a longer list; *next* names the page behind it, None on the last one.

    *next* of a page that is safely stored is what to continue with later.
    """

    items: list[T]
    next: str | None


async def ahead(pages: AsyncIterator[Page[T]]) -> AsyncGenerator[Page[T], None]:
    """Give page after page, the next one on its way while this one is used.

    To be closed, as by ``contextlib.aclosing``: a reading that is broken off leaves a request.
    """
    coming = asyncio.ensure_future(anext(pages, None))
    try:
        while (page := await coming) is not None:
            coming = asyncio.ensure_future(anext(pages, None))
            yield page
            del page
    finally:
        coming.cancel()
        # What became of a page that nobody wants does not matter.
        await asyncio.gather(coming, return_exceptions=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class CursorList(Generic[T]):
    """A list by cursor, read while it is iterated; each iteration reads anew."""

    fetch: Callable[[str | None], Awaitable[Rows[T]]]
    route: str
    after: str | None = None

    async def pages(self) -> AsyncIterator[Page[T]]:
        """Give page after page; raise ContractError when the cursors cannot be trusted."""
        after, seen, empty = self.after, {self.after}, 0
        while True:
            rows = await self.fetch(after)
            if len(rows.items) > PAGE_SIZE:
                raise self._broken(
                    f"a page of {len(rows.items)} rows, where {PAGE_SIZE} is the most"
                )
            after = None if not rows.next else self._cursor(rows.next)
            empty = 0 if rows.items else empty + 1
            if after in seen and after is not None:
                raise self._broken("the pages go in a circle")
            if after is not None and (empty > _MAX_EMPTY or len(seen) >= _MAX_PAGES):
                raise self._broken("the pages do not end")
            seen.add(after)
            yield Page(rows.items, after)
            if after is None:
                return
            # Whoever is done with a page shall have its memory back before the next one comes.
            del rows

    async def __aiter__(self) -> AsyncIterator[T]:
        """Give row after row."""
        async for page in self.pages():
            for item in page.items:
                yield item
            del page

    def _cursor(self, link: str) -> str:
        """Take the cursor out of *link*, whatever host it names.

        The value is base64 and comes unencoded, so a plus sign in it is a plus sign.
        """
        asked = urlsplit(link).query.replace("+", "%2B")
        found = dict(parse_qsl(asked, keep_blank_values=True)).get("after")
        if not found:
            raise self._broken("a next page without a cursor")
        return found

    def _broken(self, what: str) -> ContractError:
        return ContractError(what, method="GET", route=self.route)


@dataclass(frozen=True, slots=True, kw_only=True)
class PagedList(Generic[T]):
    """A list by page number, read while it is iterated; each iteration reads anew."""

    fetch: Callable[[int], Awaitable[Rows[T]]]
    route: str

    async def pages(self) -> AsyncIterator[Page[T]]:
        """Give page after page; raise ContractError when rows are missing at the end."""
        number, count, totals = 1, 0, set[int | None]()
        while True:
            rows = await self.fetch(number)
            if rows.page is not None and rows.page != number:
                raise self._broken(f"asked for page {number} and got page {rows.page}")
            count += len(rows.items)
            totals.add(rows.total)
            last = number >= (rows.total_pages or 1)
            if not rows.items and not last:
                raise self._broken(f"page {number} of {rows.total_pages} is empty")
            yield Page(rows.items, None if last else str(number + 1))
            if last:
                break
            if number >= _MAX_PAGES:
                raise self._broken("the pages do not end")
            number += 1
            del rows
        # A total that moved between pages is a list that changed, which proves no loss.
        if len(totals) == 1 and (total := totals.pop()) is not None and count < total:
            raise self._broken(f"the list ended after {count} of {total} rows")

    async def __aiter__(self) -> AsyncIterator[T]:
        """Give row after row."""
        async for page in self.pages():
            for item in page.items:
                yield item
            del page

    def _broken(self, what: str) -> ContractError:
        return ContractError(what, method="GET", route=self.route)
