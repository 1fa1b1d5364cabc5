"""The pages about a person's own data: what is held, and the ways out."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from tomada.bootstrap import App
from tomada.domain.errors import NotFoundError
from tomada.domain.ids import ItemId
from tomada.web.dashboard.drawing import Drawing
from tomada.web.dashboard.pages import insider
from tomada.web.dashboard.privacy_view import Drawer, PrivacyView
from tomada.web.dashboard.visitor import Visitor
from tomada.web.paths import own_id, pluggy_id

_ENTRIES, _SHOWN = 1000, 100


@dataclass(frozen=True, slots=True)
class PrivacyPages:
    """One method for each page; each needs somebody signed in."""

    app: App
    drawing: Drawing

    async def own(self, request: Request) -> Response:
        """Show what is held, who looked, and the ways out."""
        visitor = await insider(request)
        privacy, entity, now = self.app.privacy, visitor.entity, self.app.clock()
        drawer = self._drawer(visitor)
        found = await privacy.accesses.list(entity, limit=_ENTRIES)
        endings = {one.consent_id: one for one in await privacy.accesses.endings(entity)}
        copies = await privacy.exports.list(visitor.caller)
        view = PrivacyView(
            counts=drawer.counts(await privacy.accesses.counts(entity)),
            banks=drawer.banks(await self.app.items.list(entity)),
            consents=tuple(
                drawer.agreed(one, endings) for one in await self.app.consents.list(visitor.caller)
            ),
            others=tuple(drawer.line(o) for o in found if o.who in ("operator", "somebody")),
            entries=tuple(drawer.line(one) for one in found[:_SHOWN]),
            copy=drawer.copy(copies, possible=privacy.exports.possible(copies, now)),
            controller=privacy.controller,
        )
        return self.drawing.page(request, visitor, "privacy.html.j2", view=view)

    async def erase(self, request: Request) -> Response:
        """Show what an erasure takes and what stays, before it is asked for."""
        visitor = await insider(request)
        plan = await self.app.privacy.erasures.plan(visitor.caller)
        return self.drawing.page(
            request, visitor, "erase.html.j2", counts=self._drawer(visitor).counts(plan.rows)
        )

    def _drawer(self, visitor: Visitor) -> Drawer:
        notice = self.app.consents.notices.write("", visitor.language)
        labels = {one.code: one.label for one in notice.purposes}
        return Drawer(self.app.clock(), self.drawing.texts(visitor), labels)

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
