from datetime import timedelta

import httpx2
import pytest
from fastapi import APIRouter

from tests.conftest import PASSWORD, Running
from tests.integration.web.conftest import Hands
from tests.integration.web.people import Person
from tomada.domain.access import STEP_UP_LASTS
from tomada.domain.errors import (
    InvalidCredentialsError,
    StepUpRequiredError,
    TooManyAttemptsError,
    UnauthenticatedError,
)
from tomada.services.access import Access
from tomada.services.tickets import Tickets
from tomada.store.tx import Store
from tomada.web.app import create_app
from tomada.web.auth import SteppedUp
from tomada.web.errors import problem_of

EMAIL = "rita@example.com"
ADDRESS = "203.0.113.7"


async def test_a_step_up_renews_the_secret_and_the_proof_and_nothing_else(
    access: Access, tickets: Tickets, clock: Hands
) -> None:
    await access.create_user(EMAIL, PASSWORD, "Rita")
    first = await access.sign_in(EMAIL, PASSWORD, address=ADDRESS)
    ticket = await tickets.of_session(first.token)
    clock.move(minutes=20)

    second = await access.step_up(first.token, PASSWORD, address=ADDRESS, request_id="r1")

    assert first.session.proved_at == clock.now - timedelta(minutes=20)
    assert second.session.proved_at == clock.now
    assert second.token != first.token
    assert await access.session(first.token) is None
    assert (second.session.csrf_token, second.session.expires_at) == (
        first.session.csrf_token,
        first.session.expires_at,
    )
    with pytest.raises(UnauthenticatedError):
        await tickets.redeem(ticket)


async def test_a_step_up_that_fails_changes_nothing_and_is_counted(
    access: Access, store: Store
) -> None:
    await access.create_user(EMAIL, PASSWORD, "Rita")
    signed = await access.sign_in(EMAIL, PASSWORD, address=ADDRESS)

    for _ in range(10):
        with pytest.raises(InvalidCredentialsError):
            await access.step_up(signed.token, "another password", address=ADDRESS)
    with pytest.raises(TooManyAttemptsError):
        await access.step_up(signed.token, PASSWORD, address=ADDRESS)
    for nothing in (None, "invented"):
        with pytest.raises(UnauthenticatedError):
            await access.step_up(nothing, PASSWORD, address=ADDRESS)

    assert await access.session(signed.token) == signed.session
    async with store.begin(signed.session.entity_id) as tx:
        assert not await tx.conn.fetch("SELECT 1 FROM audit WHERE action = 'stepped_up'")


async def _aged(tomada: Running) -> None:
    """Let every proof be just older than what counts."""
    async with tomada.app.store.begin() as tx:
        await tx.conn.execute(
            "UPDATE sessions SET proved_at = proved_at - $1::interval - interval '1 second'",
            STEP_UP_LASTS,
        )


async def test_what_needs_a_step_up_is_closed_until_there_is_one(
    tomada: Running, rita: Person
) -> None:
    router = APIRouter()

    @router.post("/api/precious", status_code=204)
    async def precious(_: SteppedUp) -> None: ...

    web = create_app(tomada.app)
    web.include_router(router)
    transport = httpx2.ASGITransport(web)
    async with httpx2.AsyncClient(
        transport=transport,
        base_url=tomada.url,
        headers=rita.client.headers,
        cookies=rita.client.cookies,
    ) as client:
        fresh = await client.post("/api/precious")
        await _aged(tomada)
        old = await client.post("/api/precious")
        wrong = await client.post("/api/session/step-up", json={"password": "another password"})
        still = await client.post("/api/precious")
        proved = await client.post("/api/session/step-up", json={"password": PASSWORD})
        after = await client.post("/api/precious")
        without = await client.post("/api/precious", headers={"X-CSRF-Token": ""})

    assert fresh.status_code == 204
    assert (old.status_code, still.status_code) == (403, 403)
    expected = problem_of(StepUpRequiredError())
    assert (old.json()["code"], old.json()["detail"]) == (expected.code, expected.detail)
    assert wrong.status_code == 401
    assert (proved.status_code, after.status_code) == (200, 204)
    assert proved.json()["csrfToken"] == rita.client.headers["X-CSRF-Token"]
    assert without.json()["code"] == "cross_site"


async def test_the_page_to_step_up_on_leads_back_to_a_path_of_ours_only(
    rita: Person, anonymous: httpx2.AsyncClient
) -> None:
    back = await rita.client.get("/confirmar", params={"de": "/faturas"})
    away = await rita.client.get("/confirmar", params={"de": "//evil.example"})
    nobody = await anonymous.get("/confirmar")

    assert 'data-next="/faturas"' in back.text
    assert 'data-next="/"' in away.text
    assert (nobody.status_code, nobody.headers["Location"]) == (303, "/entrar?de=/confirmar")
