"""The same program as an installation under a public name, behind a proxy that speaks TLS."""

from collections.abc import AsyncIterator
from dataclasses import replace
from ipaddress import ip_network

import httpx2
import pytest

from tests.conftest import PASSWORD, Running
from tests.integration.web.people import API
from tomada.web.app import create_app

URL = "https://bank.example"
SIGN_IN = {"email": "rita@example.com", "password": PASSWORD}
PROXY = "10.0.0.1"


@pytest.fixture
async def public(tomada: Running) -> AsyncIterator[httpx2.AsyncClient]:
    await tomada.app.access.create_user(SIGN_IN["email"], PASSWORD, "Rita")
    settings = tomada.app.settings.model_copy(
        update={"env": "production", "app_url": URL, "trusted_proxies": (ip_network(PROXY),)}
    )
    web = create_app(replace(tomada.app, settings=settings))
    transport = httpx2.ASGITransport(web, client=(PROXY, 4711))
    async with httpx2.AsyncClient(
        transport=transport, base_url=URL, headers={"Origin": URL}
    ) as client:
        yield client


async def test_the_cookie_is_bound_to_the_host_and_to_tls(public: httpx2.AsyncClient) -> None:
    answer = await public.post("/api/session", json=SIGN_IN)
    cookie = answer.headers["Set-Cookie"]
    secret = public.cookies["__Host-tomada_session"]
    known = await public.get("/api/session")
    public.cookies.clear()
    plain = await public.get("/api/session", headers={"Cookie": f"tomada_session={secret}"})

    assert cookie.startswith("__Host-tomada_session=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=lax"} <= set(cookie.split("; "))
    assert "Domain" not in cookie
    assert (known.status_code, plain.status_code) == (200, 401)


async def test_every_answer_asks_for_tls_from_then_on(public: httpx2.AsyncClient) -> None:
    for path in ("/healthz", "/nowhere", f"{API}/items"):
        answer = await public.get(path)

        assert answer.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"


async def test_what_helps_developers_is_not_there(public: httpx2.AsyncClient) -> None:
    described = await public.get("/openapi.json")
    ready = await public.get("/readyz")
    await public.post("/api/session", json=SIGN_IN)
    ready_for_rita = await public.get("/readyz")

    assert described.status_code == 404
    assert ready.json() == {"ready": True}
    assert ready_for_rita.json() == {"ready": True}


async def test_other_names_of_the_machine_are_not_served(public: httpx2.AsyncClient) -> None:
    for host in ("localhost", "127.0.0.1", "bank.example:8600", "10.0.0.1"):
        answer = await public.get("/healthz", headers={"Host": host})

        assert answer.status_code == 421, host


async def test_tries_are_counted_by_the_address_that_the_proxy_names(
    public: httpx2.AsyncClient,
) -> None:
    async def tried(forwarded: str, password: str) -> int:
        answer = await public.post(
            "/api/session",
            json={**SIGN_IN, "password": password},
            headers={"X-Forwarded-For": forwarded},
        )
        return answer.status_code

    wrong = [await tried(f"192.0.2.{n}, 198.51.100.7", "another one") for n in range(11)]
    elsewhere = await tried("198.51.100.8", PASSWORD)

    assert wrong == [401] * 10 + [429]
    assert elsewhere == 200
