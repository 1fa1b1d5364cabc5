"""The evidence of an act names what it was proved by, and nothing that proved nothing."""

import hashlib
from datetime import UTC, datetime
from types import SimpleNamespace
from uuid import UUID

import pytest
from starlette.requests import Request

from tomada.domain.access import ActorKind, Bearer
from tomada.domain.ids import EntityId, UserId
from tomada.web.acts import act_of
from tomada.web.origins import origins_of

_SOMEBODY = UUID("01985a3c-0000-7000-8000-000000000001")
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def a_request(*, bearer: ActorKind | None = None) -> Request:
    """Come from a browser that sends its cookie, perhaps with a credential let in by a guard."""
    headers = {"user-agent": FIREFOX, "cookie": "tomada_session=the-cookie"}
    state: dict[str, object] = {"address": "192.0.2.77"}
    if bearer is not None:
        headers["authorization"] = "Bearer x"
        day = datetime(2026, 11, 23, tzinfo=UTC)
        state["bearer"] = Bearer(bearer, UserId(_SOMEBODY), EntityId(_SOMEBODY), None, None, day)
    app = SimpleNamespace(
        state=SimpleNamespace(origins=origins_of("http://localhost:8600", development=True))
    )
    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "app": app, "headers": raw, "state": state})


def test_an_act_under_a_cookie_names_its_session() -> None:
    act = act_of(a_request(), "agree")

    assert act.session == hashlib.sha256(b"the-cookie").hexdigest()
    assert (act.strength, act.channel, act.agent) == ("session", "dashboard", "Firefox")
    assert act.network == "192.0.2.0/24"


@pytest.mark.parametrize(("kind", "strength"), [("user", "product_token"), ("api_key", "api_key")])
def test_an_act_under_a_credential_names_that_and_no_cookie_beside_it(
    kind: ActorKind, strength: str
) -> None:
    act = act_of(a_request(bearer=kind), "agree")

    assert (act.session, act.strength, act.channel) == ("", strength, "api")
