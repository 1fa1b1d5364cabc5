"""The web application: every route, behind the edge and its limits."""

import msgspec
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from tomada.bootstrap import App
from tomada.domain.errors import TomadaError
from tomada.web import (
    access,
    annotations,
    bills,
    card_schemas,
    cards,
    connect,
    consent_schemas,
    consents,
    errors,
    holdings,
    items,
    ledger,
    link_schemas,
    links,
    news,
    operator,
    operator_schemas,
    ops,
    privacy,
    privacy_schemas,
    product_schemas,
    proof_schemas,
    proofs,
    push,
    reports,
    schemas,
    sync,
    sync_schemas,
    webhooks,
)
from tomada.web.cors import Cors
from tomada.web.dashboard import dashboard_router
from tomada.web.dashboard.catalogue import load_texts
from tomada.web.describe import describe_shapes
from tomada.web.limits import Limits
from tomada.web.measured import Measured
from tomada.web.middleware import Edge
from tomada.web.ops import Readiness
from tomada.web.origins import Origins, origins_of
from tomada.web.reports import Reports
from tomada.web.rules import stated
from tomada.web.shedding import Shedding
from tomada.web.streams import Streams
from tomada.web.webhooks import Refusals, larger_bodies


def create_app(app: App) -> FastAPI:
    """Make the web application of *app*; it neither opens nor closes anything of it."""
    development = app.settings.env == "development"
    api = FastAPI(
        title="Tomada",
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json" if development else None,
        redirect_slashes=False,
        # The framework's own traces hold whole addresses, which hold what people search for.
        telemetry={
            "tracing": False,
            "metrics": False,
            "logs": False,
            "operation_spans": False,
            "auto_configure": False,
        },
    )
    origins = origins_of(
        app.settings.origin, development=development, products=app.settings.product_origins
    )
    api.state.tomada = app
    api.state.origins = origins
    api.state.texts = load_texts()
    api.state.streams = Streams()
    api.state.refusals = Refusals(app.clock)
    api.state.reports = Reports(app.clock)
    api.state.readiness = Readiness(app.pings)
    _answer_errors(api)
    # Routes are tried in order, and deliveries come in bursts.
    for module in (
        webhooks,
        access,
        connect,
        sync,
        items,
        ledger,
        annotations,
        links,
        bills,
        cards,
        holdings,
        proofs,
        news,
        consents,
        privacy,
        push,
        reports,
        operator,
        ops,
    ):
        api.include_router(module.router)
    api.include_router(dashboard_router(app))
    # A route that says nothing of who may use it is refused before anybody could.
    stated(api.routes)
    describe_shapes(api, _shapes())
    _add_layers(api, app, origins)
    return api


def _add_layers(api: FastAPI, app: App, origins: Origins) -> None:
    # The one added last is the outermost.
    api.add_middleware(Limits, larger=larger_bodies(app))
    api.add_middleware(Shedding)
    api.add_middleware(Cors, origins=origins)
    api.add_middleware(Edge, origins=origins, trusted_proxies=app.settings.trusted_proxies)
    api.add_middleware(Measured, metrics=app.metrics)


def _answer_errors(api: FastAPI) -> None:
    for kind, handler in (
        (TomadaError, errors.on_tomada_error),
        (errors.ProblemError, errors.on_problem),
        (HTTPException, errors.on_http_error),
        (RequestValidationError, errors.on_invalid_request),
    ):
        api.add_exception_handler(kind, handler)


def _shapes() -> list[type[msgspec.Struct]]:
    return [
        shape
        for module in (
            schemas,
            product_schemas,
            proof_schemas,
            link_schemas,
            sync_schemas,
            card_schemas,
            operator_schemas,
            consent_schemas,
            privacy_schemas,
        )
        for shape in vars(module).values()
        if isinstance(shape, type)
        and issubclass(shape, schemas.Shape)
        and shape.__module__ == module.__name__
        and shape is not schemas.Shape
    ]
