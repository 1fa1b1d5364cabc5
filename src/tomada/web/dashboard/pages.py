"""The pages: sign-in, overview, choosing a bank, consent, reconnecting."""

from dataclasses import dataclass
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from tomada.bootstrap import App
from tomada.domain.errors import NotFoundError, UnauthenticatedError
from tomada.domain.ids import AccountId, ItemId
from tomada.domain.items import Institution, Item
from tomada.web.dashboard.banks import show_banks
from tomada.web.dashboard.catalogue import Texts
from tomada.web.dashboard.drawing import Drawing
from tomada.web.dashboard.overview import Overview
from tomada.web.dashboard.statement import Choice
from tomada.web.dashboard.tiles import Tile, bank_tile, initials_of
from tomada.web.dashboard.visitor import Visitor, visitor_of
from tomada.web.paths import pluggy_id

_LONGEST_CONNECTOR_ID = 9


@dataclass(frozen=True, slots=True)
class Mark:
    """A word beside an institution's name."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Choosable:
    """An institution on the page that lists them."""

    name: str
    href: str
    tile: Tile
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Pages:
    """One method for each page; a page needs somebody signed in, the door apart."""

    app: App
    drawing: Drawing

    async def sign_in(self, request: Request) -> Response:
        """Show the door, or the way in to who is inside already."""
        visitor = await visitor_of(request)
        goal = own_path(request.query_params.get("de"))
        if visitor.session is not None:
            return RedirectResponse(goal, 303)
        return self.drawing.page(
            request,
            visitor,
            "signin.html.j2",
            next_path=goal,
            demo_hint=self.app.settings.demo_hint,
        )

    async def step_up(self, request: Request) -> Response:
        """Ask the person to prove again who they are, on the way to where that is needed."""
        visitor = await insider(request)
        goal = own_path(request.query_params.get("de"))
        in_force = await self._has_factor(visitor)
        return self.drawing.page(
            request, visitor, "stepup.html.j2", next_path=goal, in_force=in_force
        )

    async def security(self, request: Request) -> Response:
        """Show whether there is a second factor, and set one up or take it away."""
        visitor = await insider(request)
        in_force = await self._has_factor(visitor)
        return self.drawing.page(request, visitor, "security.html.j2", in_force=in_force)

    async def _has_factor(self, visitor: Visitor) -> bool:
        return await self.app.access.factors.is_in_force(visitor.caller.user_id)

    async def overview(self, request: Request) -> Response:
        """Show everything; ``?conta=`` narrows the statement to one account."""
        visitor = await insider(request)
        account = request.query_params.get("conta")
        choice = Choice(account_id=AccountId(pluggy_id(account)) if account else None)
        overview = Overview(
            self.app,
            visitor.entity,
            self.drawing.texts(visitor),
            self.drawing.policy.logo_origins,
        )
        view = await overview.whole(choice)
        return self.drawing.page(request, visitor, "overview.html.j2", view=view)

    async def choose(self, request: Request) -> Response:
        """List the institutions; one that is connected leads to its renewal."""
        visitor = await insider(request)
        texts = self.drawing.texts(visitor)
        connected = {
            item.detail.connector_id: item for item in await self.app.items.list(visitor.entity)
        }
        listed = await self.app.connect.institutions()
        return self.drawing.page(
            request,
            visitor,
            "choose.html.j2",
            step=1,
            institutions=[
                self._choosable(one, connected.get(one.connector_id), texts) for one in listed
            ],
        )

    async def consent(self, request: Request) -> Response:
        """Show what the person agrees to, and open the widget once they did.

        ``?item=`` renews the consent of a connection that exists.
        """
        visitor = await insider(request)
        bank = await self.app.connect.institution(_connector_id(request))
        renewed = await self._renewed(request, visitor, bank)
        connected = None if renewed else await self._connection(visitor, bank.connector_id)
        notice = await self.app.consents.notice(bank.connector_id, locale=visitor.language)
        return self.drawing.page(
            request,
            visitor,
            "consent.html.j2",
            widget=True,
            bank=_Named(bank.name, bank.connector_id, self._tile(bank)),
            notice=notice,
            item_id=renewed.id if renewed else None,
            connected_item=connected.id if connected else None,
            widget_origin=self.app.settings.widget_origin,
        )

    async def reconnect(self, request: Request) -> Response:
        """Open the widget in update mode for a connection of the person's."""
        visitor = await insider(request)
        item_id = ItemId(pluggy_id(request.path_params["item_id"]))
        item = await self.app.items.get(visitor.entity, item_id)
        texts = self.drawing.texts(visitor)
        shown = show_banks(
            [item], [], now=self.app.clock(), texts=texts, origins=self._logo_origins
        )[0]
        return self.drawing.page(
            request,
            visitor,
            "reconnect.html.j2",
            widget=True,
            bank=_Named(shown.name, item.detail.connector_id, shown.tile),
            item_id=item.id,
            reason=shown.step.reason if shown.step and shown.step.label else None,
            widget_origin=self.app.settings.widget_origin,
        )

    async def _renewed(self, request: Request, visitor: Visitor, bank: Institution) -> Item | None:
        asked = request.query_params.get("item")
        if not asked:
            return None
        item = await self.app.items.get(visitor.entity, ItemId(pluggy_id(asked)))
        if item.detail.connector_id != bank.connector_id:
            raise NotFoundError("this connection is with another bank")
        return item

    async def _connection(self, visitor: Visitor, connector_id: int) -> Item | None:
        items = await self.app.items.list(visitor.entity)
        return next((one for one in items if one.detail.connector_id == connector_id), None)

    @property
    def _logo_origins(self) -> tuple[str, ...]:
        return self.drawing.policy.logo_origins

    def _tile(self, bank: Institution) -> Tile:
        return bank_tile(
            initials_of(bank.name), bank.color, bank.image_url, origins=self._logo_origins
        )

    def _choosable(self, bank: Institution, item: Item | None, texts: Texts) -> Choosable:
        href = f"/reconectar/{item.id}" if item else f"/conectar/{bank.connector_id}"
        return Choosable(bank.name, href, self._tile(bank), tuple(_marks(bank, item, texts)))


@dataclass(frozen=True, slots=True)
class _Named:
    name: str
    connector_id: int
    tile: Tile


def _marks(bank: Institution, item: Item | None, texts: Texts) -> list[Mark]:
    marks = []
    if item is not None:
        marks.append(Mark("good", texts("choose.connected")))
    if not bank.online:
        marks.append(Mark("stale", texts("choose.offline")))
    if bank.kind == "BUSINESS_BANK":
        marks.append(Mark("plain-mark", texts("choose.business")))
    if bank.kind == "INVESTMENT":
        marks.append(Mark("plain-mark", texts("choose.investment")))
    if bank.is_open_finance:
        marks.append(Mark("plain-mark", texts("choose.open_finance")))
    if bank.is_sandbox:
        marks.append(Mark("plain-mark", texts("choose.sandbox")))
    return marks


async def insider(request: Request) -> Visitor:
    """Find out who asks; raises ``UnauthenticatedError`` where nobody is signed in."""
    visitor = await visitor_of(request)
    if visitor.session is None:
        raise UnauthenticatedError("nobody is signed in")
    return visitor


def _connector_id(request: Request) -> int:
    text = str(request.path_params["connector_id"])
    if not text.isascii() or not text.isdigit() or len(text) > _LONGEST_CONNECTOR_ID:
        raise NotFoundError("there is no such institution")
    return int(text)


def own_path(text: str | None) -> str:
    """Read where to go after signing in: a path of ours, else the start.

    Two slashes, a backslash or a control character could lead to another site.
    """
    if not text or not text.startswith("/") or text.startswith("//"):
        return "/"
    if "\\" in text or any(ord(sign) < ord(" ") for sign in text):
        return "/"
    return text


def step_up_for(request: Request) -> str:
    """Give the address of the page to step up on, which leads back to where the person was."""
    return f"/confirmar?de={quote(request.url.path, safe='/')}"


def door_for(request: Request) -> str:
    """Give the address of the door, from which the person comes back to where they were."""
    here = request.url.path
    return "/entrar" if here == "/" else f"/entrar?de={quote(here, safe='/')}"
