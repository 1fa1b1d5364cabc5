"""Put the simulator's application together: the API, the control API, the pages, the faults."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from tomada.simulator.api.accounts import AccountsApi
from tomada.simulator.api.auth import AuthApi
from tomada.simulator.api.call import Gate, refusal
from tomada.simulator.api.categories import CategoriesApi
from tomada.simulator.api.connectors import ConnectorsApi
from tomada.simulator.api.control import ControlApi
from tomada.simulator.api.items import ItemsApi
from tomada.simulator.api.origins import OriginsMiddleware
from tomada.simulator.api.pages import Pages
from tomada.simulator.api.transactions import TransactionsApi
from tomada.simulator.api.webhooks import WebhooksApi
from tomada.simulator.encoding import json_answer
from tomada.simulator.faults_answers import FaultMiddleware
from tomada.simulator.panel import panel_routes
from tomada.simulator.payments.api.routes import payment_routes
from tomada.simulator.products.api.control import ProductsControlApi
from tomada.simulator.products.api.holdings import HoldingsApi
from tomada.simulator.products.api.institution import InstitutionApi
from tomada.simulator.products.api.leftovers import LeftoversApi
from tomada.simulator.products.api.merchants import MerchantsApi
from tomada.simulator.products.api.rules import RulesApi
from tomada.simulator.recorder import RecordMiddleware
from tomada.simulator.refusals import ApiError, no_route
from tomada.simulator.scenarios.control import ScenarioControlApi
from tomada.simulator.standin import standin_routes
from tomada.simulator.widget import widget_routes
from tomada.simulator.world import World


def create_app(world: World, *, own_time: bool = True) -> Starlette:
    """Make the ASGI application of *world*.

    With *own_time* its lifespan enters `world.running()`; without, whoever serves it has done so.
    """

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        async with world.running() if own_time else nullcontext():
            yield

    gate = Gate(world)
    routes: list[BaseRoute] = [
        *AuthApi(world).routes(gate),
        *ConnectorsApi(world).routes(gate),
        *ItemsApi(world).routes(gate),
        *AccountsApi(world).routes(gate),
        *TransactionsApi(world).routes(gate),
        *HoldingsApi(world).routes(gate),
        *InstitutionApi(world).routes(gate),
        *MerchantsApi().routes(gate),
        *LeftoversApi(world).routes(gate),
        *ProductsControlApi(world).routes(gate),
        *RulesApi(world).routes(gate),
        *CategoriesApi(world).routes(gate),
        *WebhooksApi(world).routes(gate),
        *payment_routes(gate),
        *ControlApi(world).routes(gate),
        *ScenarioControlApi(world).routes(),
        *Pages(world).routes(),
        *panel_routes(gate),
        *widget_routes(),
        *standin_routes(),
    ]
    return Starlette(
        routes=routes,
        lifespan=lifespan,
        middleware=[
            Middleware(OriginsMiddleware, origin=world.settings.origin),
            Middleware(RecordMiddleware, recorder=world.recorder),
            Middleware(FaultMiddleware, box=world.faults, sleep=world.clock.sleep),
        ],
        exception_handlers={ApiError: refusal, HTTPException: _no_route, Exception: _broken},
    )


def _no_route(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 404
    body = no_route(request.method, request.url.path).body() | {"code": status}
    return json_answer(body, status=status)


def _broken(_request: Request, _error: Exception) -> Response:
    body = {"code": 500, "codeDescription": "INTERNAL_SERVER_ERROR", "message": "Internal error"}
    return json_answer(body, status=500)
