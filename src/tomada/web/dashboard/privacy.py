"""The pages about a person's own data: what is held, and the ways out."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from tomada.bootstrap import App
from tomada.domain.errors import NotFoundError
from tomada.domain.ids import ItemId
from tomada.web.dashboard.drawing import Drawing
from tomada.web.dashboard.pages import insider
from tomada.web.paths import own_id, pluggy_id


@dataclass(frozen=True, slots=True)
class PrivacyPages:
    """One method for each page; each needs somebody signed in."""

    app: App
    drawing: Drawing

    async def disconnect(self, request: Request) -> Response:
        """Ask what becomes of the history of a connection that is to end."""
        visitor = await insider(request)
        item_id = ItemId(pluggy_id(request.path_params["item_id"]))
        item = await self.app.items.get(visitor.entity, item_id)
        return self.drawing.page(
            request,
            visitor,
            "revoke.html.j2",
            bank=item.detail.institution,
            method="DELETE",
            path=f"/api/open-finance/items/{item.id}",
        )

    async def revoke(self, request: Request) -> Response:
        """Ask the same for a consent, whether or not anything was connected under it."""
        visitor = await insider(request)
        consent_id = own_id(request.path_params["consent_id"])
        found = [
            one for one in await self.app.consents.list(visitor.caller) if one.id == consent_id
        ]
        if not found:
            raise NotFoundError("there is no such consent")
        return self.drawing.page(
            request,
            visitor,
            "revoke.html.j2",
            bank=found[0].institution,
            method="POST",
            path=f"/api/open-finance/consents/{consent_id}/revoke",
        )
