"""The dashboard: pages for people, drawn on the server and kept alive by small modules."""

from collections.abc import Awaitable, Callable

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from tomada.bootstrap import App
from tomada.web.auth import Guard
from tomada.web.dashboard.assets import PREFIX, Assets, load_assets
from tomada.web.dashboard.card_pages import CardPages
from tomada.web.dashboard.catalogue import load_texts
from tomada.web.dashboard.drawing import open_drawing
from tomada.web.dashboard.fragments import Fragments
from tomada.web.dashboard.operator import ON_DUTY, OperatorPages
from tomada.web.dashboard.pages import Pages
from tomada.web.dashboard.policy import Policy
from tomada.web.dashboard.privacy import PrivacyPages
from tomada.web.dashboard.problems import STEPPED_UP, told
from tomada.web.dashboard.shelves import Shelves
from tomada.web.rules import Open, Rule

_DOOR = Rule(why="the door")
_PARTS = Guard(Rule(frozenset({"subject"}), page=True))

__all__ = ["dashboard_router"]


def dashboard_router(app: App) -> APIRouter:
    """Make the routes of the dashboard: pages, their parts under ``/ui``, and their files."""
    settings = app.settings
    policy = Policy(app_url=settings.origin, widget_origin=settings.widget_origin)
    drawing = open_drawing(load_assets(), load_texts(), policy)
    pages, fragments = Pages(app, drawing), Fragments(app, drawing)
    shelves = Shelves(app, drawing)
    cards = CardPages(app, drawing)
    privacy = PrivacyPages(app, drawing)
    router = APIRouter(include_in_schema=False)
    router.add_api_route(
        "/entrar", told(pages.sign_in, drawing, _DOOR), methods=["GET"], response_model=None
    )
    for path, page in (
        ("/confirmar", pages.step_up),
        ("/seguranca", pages.security),
        ("/", pages.overview),
        ("/conectar", pages.choose),
        ("/conectar/{connector_id}", pages.consent),
        ("/reconectar/{item_id}", pages.reconnect),
        ("/privacidade", privacy.own),
        ("/desconectar/{item_id}", privacy.disconnect),
        ("/revogar/{consent_id}", privacy.revoke),
        ("/faturas", shelves.bills),
        ("/investimentos", shelves.investments),
        ("/emprestimos", shelves.loans),
        ("/cartao/{account_id}", cards.card),
        ("/fatura/{bill_id}", cards.bill),
    ):
        router.add_api_route(path, told(page, drawing), methods=["GET"], response_model=None)
    router.add_api_route(
        "/privacidade/apagar",
        told(privacy.erase, drawing, STEPPED_UP),
        methods=["GET"],
        response_model=None,
    )
    router.add_api_route(
        "/operador",
        told(OperatorPages(app, drawing).operation, drawing, ON_DUTY),
        methods=["GET"],
        response_model=None,
    )
    for path, part in (("/ui/rows", fragments.rows), ("/ui/parts", fragments.parts)):
        router.add_api_route(
            path, part, methods=["POST"], response_model=None, dependencies=[Depends(_PARTS)]
        )
    router.add_api_route(
        PREFIX + "/{version}/{name:path}",
        _files(drawing.assets),
        methods=["GET", "HEAD"],
        response_model=None,
        dependencies=[Depends(Open("the dashboard's own files"))],
    )
    return router


def _files(assets: Assets) -> Callable[[Request], Awaitable[Response]]:
    async def serve(request: Request) -> Response:
        return assets.serve(request, request.path_params["version"], request.path_params["name"])

    return serve
