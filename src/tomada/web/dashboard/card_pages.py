"""The pages of cards and bills."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from tomada.bootstrap import App
from tomada.domain.errors import NotFoundError
from tomada.web.dashboard.banks import account_names
from tomada.web.dashboard.cards import bill_page, card_page
from tomada.web.dashboard.drawing import Drawing
from tomada.web.dashboard.pages import insider
from tomada.web.dashboard.visitor import Visitor
from tomada.web.paths import pluggy_id


@dataclass(frozen=True, slots=True)
class CardPages:
    """One method for each page; both need somebody signed in."""

    app: App
    drawing: Drawing

    async def card(self, request: Request) -> Response:
        """Show a card: its figures and its bills."""
        visitor = await insider(request)
        wanted = pluggy_id(request.path_params["account_id"])
        views = await self.app.cards.all(visitor.entity)
        view = next((one for one in views if one.account.id == wanted), None)
        if view is None:
            raise NotFoundError("there is no such card")
        limits = await self.app.cards.limits(visitor.entity)
        shown = card_page(view, limits, self.drawing.texts(visitor))
        return self.drawing.page(request, visitor, "card.html.j2", card=shown)

    async def bill(self, request: Request) -> Response:
        """Show a bill: lines, charges, credits, what is left over, and the total."""
        visitor = await insider(request)
        wanted = pluggy_id(request.path_params["bill_id"])
        _, view, rows = await self.app.cards.bill(visitor.entity, wanted)
        texts = self.drawing.texts(visitor)
        shown = bill_page(view, rows, await self._names(visitor), texts)
        return self.drawing.page(request, visitor, "bill.html.j2", bill=shown)

    async def _names(self, visitor: Visitor) -> dict[str, str]:
        items = await self.app.items.list(visitor.entity)
        accounts = await self.app.ledger.accounts(visitor.entity)
        return account_names(items, accounts, self.drawing.texts(visitor))
