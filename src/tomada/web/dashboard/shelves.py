"""The pages of bills, investments and loans."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from tomada.bootstrap import App
from tomada.web.dashboard.drawing import Drawing
from tomada.web.dashboard.holdings import Drawer, Shelf
from tomada.web.dashboard.pages import insider
from tomada.web.dashboard.visitor import Visitor


@dataclass(frozen=True, slots=True)
class Shelves:
    """One method for each page; each needs somebody signed in."""

    app: App
    drawing: Drawing

    async def bills(self, request: Request) -> Response:
        """Show the bills of all cards."""
        visitor = await insider(request)
        drawer = await self._drawer(visitor)
        bills = await self.app.bills.list(visitor.entity)
        accounts = await self.app.ledger.accounts(visitor.entity)
        return self._page(request, visitor, drawer.bills(bills, accounts))

    async def investments(self, request: Request) -> Response:
        """Show all investments."""
        visitor = await insider(request)
        drawer = await self._drawer(visitor)
        listed = await self.app.holdings.investments(visitor.entity)
        return self._page(request, visitor, drawer.investments(listed))

    async def loans(self, request: Request) -> Response:
        """Show all loans."""
        visitor = await insider(request)
        drawer = await self._drawer(visitor)
        return self._page(
            request, visitor, drawer.loans(await self.app.holdings.loans(visitor.entity))
        )

    async def _drawer(self, visitor: Visitor) -> Drawer:
        return Drawer(
            await self.app.items.list(visitor.entity),
            await self.app.freshness.list(visitor.entity),
            self.app.clock(),
            self.drawing.texts(visitor),
            self.drawing.policy.logo_origins,
        )

    def _page(self, request: Request, visitor: Visitor, shelf: Shelf) -> Response:
        return self.drawing.page(request, visitor, "holdings.html.j2", shelf=shelf)
