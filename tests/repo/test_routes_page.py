"""The page of routes says what the routes say; a route that says nothing is refused."""

import pytest
from fastapi import APIRouter, Depends, FastAPI

from scripts.routes_page import PAGE, page, table
from tomada.web.rules import Open, UnruledRouteError, stated


def test_the_page_of_routes_is_what_the_routes_state() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run: python scripts/routes_page.py"
    assert len(table()) > 60


def test_a_route_without_a_rule_is_refused() -> None:
    good, bad = APIRouter(), APIRouter()

    @good.get("/good", dependencies=[Depends(Open("a sample"))])
    def _good() -> None: ...

    @bad.get("/bad")
    def _bad() -> None: ...

    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.include_router(good)
    fine = stated(app.routes)
    app.include_router(bad)

    assert [(one.method, one.path) for one in fine] == [("GET", "/good")]
    with pytest.raises(UnruledRouteError):
        stated(app.routes)
