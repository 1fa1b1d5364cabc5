"""Every operation of the contract has a route, and the reference page says what is inferred."""

from starlette.routing import Route

from tests.contract.simulator_products import endpoints
from tests.contract.simulator_products.endpoints import (
    PAGE,
    leftovers,
    operation_name,
    page,
    published,
    routed,
)
from tests.contract.simulator_products.inferences import INFERRED
from tomada.simulator import SimulatorSettings, create_app, new_world


def test_every_published_operation_has_a_route() -> None:
    names = [operation_name(method, path) for method, path in published()]

    assert sorted(set(names) - routed()) == []
    assert len(names) == 88


def test_every_operation_that_older_clients_know_has_a_route() -> None:
    names = {operation_name(method, path) for method, path in leftovers()}

    assert sorted(names - routed()) == []
    assert len(names) == 27


def test_no_route_of_the_api_hides_another() -> None:
    app = create_app(new_world(SimulatorSettings()))
    routes = [route for route in app.routes if isinstance(route, Route)]

    for method, path in (*published(), *leftovers()):
        example = path.replace("{", "").replace("}", "")
        scope = {"type": "http", "method": method, "path": example, "root_path": ""}
        full = next(route for route in routes if route.matches(scope)[0].value == 2)
        assert operation_name(method, full.path) == operation_name(method, path)


def test_what_is_said_is_said_of_an_operation() -> None:
    known = {operation_name(*pair) for pair in (*published(), *leftovers())}

    assert set(INFERRED) <= known


def test_the_reference_page_is_up_to_date() -> None:
    written = PAGE.read_text(encoding="utf-8")

    assert written == page(), f"rewrite it: python -m {endpoints.__name__}"
