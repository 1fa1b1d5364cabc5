import httpx2
import pytest

from tests.conftest import PASSWORD
from tests.integration.web.people import API, Person

SIGN_IN = {"email": "rita@example.com", "password": PASSWORD}

CHANGES = [
    ("DELETE", "/api/session"),
    ("POST", "/api/ws-ticket"),
    ("POST", f"{API}/consents"),
    ("DELETE", f"{API}/items/00000000-0000-4000-8000-000000000000"),
    ("POST", f"{API}/notifications/00000000-0000-7000-8000-000000000000/read"),
]
BUTTON = [f"{API}/create-connect-token", f"{API}/sync-data"]

FOREIGN: list[dict[str, str]] = [
    {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"},
    {"Origin": "null", "Sec-Fetch-Site": "cross-site"},
    {"Origin": "http://localhost:1", "Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "none"},
    {},
]


def without(client: httpx2.AsyncClient, *names: str) -> httpx2.AsyncClient:
    for name in names:
        client.headers.pop(name, None)
    return client


async def test_signing_in_sets_a_cookie_that_pages_cannot_read(
    rita: Person, anonymous: httpx2.AsyncClient
) -> None:
    answer = await anonymous.post("/api/session", json=SIGN_IN)

    name, _, attributes = answer.headers["Set-Cookie"].partition("=")
    assert name == "tomada_session"
    assert "; HttpOnly" in attributes
    assert "; SameSite=lax" in attributes
    assert "; Path=/" in attributes
    assert "; Max-Age=43200" in attributes
    body = answer.json()
    assert body["user"]["email"] == rita.email
    assert body["entityId"] == rita.entity_id
    assert set(body) == {
        "user", "entityId", "csrfToken", "expiresAt", "steppedUpUntil", "roles",
    }  # fmt: skip


@pytest.mark.usefixtures("rita")
async def test_a_wrong_password_is_a_plain_401(anonymous: httpx2.AsyncClient) -> None:
    wrong = await anonymous.post("/api/session", json={**SIGN_IN, "password": "another one"})
    unknown = await anonymous.post("/api/session", json={**SIGN_IN, "email": "no@example.com"})

    assert (wrong.status_code, unknown.status_code) == (401, 401)
    assert wrong.json()["error"] == "Unauthorized"
    assert wrong.json() | {"instance": ""} == unknown.json() | {"instance": ""}
    assert "Set-Cookie" not in wrong.headers


@pytest.mark.usefixtures("rita")
async def test_nobody_is_signed_in_by_another_site(anonymous: httpx2.AsyncClient) -> None:
    without(anonymous, "Origin", "Sec-Fetch-Site")

    for headers in FOREIGN:
        answer = await anonymous.post("/api/session", json=SIGN_IN, headers=headers)

        assert answer.status_code == 403, headers
        assert answer.json()["code"] == "cross_site"


@pytest.mark.usefixtures("rita")
async def test_signing_in_again_ends_the_session_before(anonymous: httpx2.AsyncClient) -> None:
    await anonymous.post("/api/session", json=SIGN_IN)
    before = anonymous.cookies["tomada_session"]
    await anonymous.post("/api/session", json=SIGN_IN)
    after = anonymous.cookies["tomada_session"]

    anonymous.cookies.clear()
    anonymous.cookies.set("tomada_session", before)
    old = await anonymous.get("/api/session")

    assert before != after
    assert old.status_code == 401


async def test_who_is_signed_in_can_be_asked_for(rita: Person) -> None:
    answer = await rita.client.get("/api/session")

    assert answer.status_code == 200
    assert answer.json()["user"]["name"] == "Rita"
    assert answer.json()["csrfToken"] == rita.client.headers["X-CSRF-Token"]


async def test_signing_out_takes_the_cookie_back_and_ends_the_session(rita: Person) -> None:
    cookie = rita.client.cookies["tomada_session"]

    answer = await rita.client.delete("/api/session")

    assert answer.status_code == 204
    assert "tomada_session" not in rita.client.cookies
    rita.client.cookies.set("tomada_session", cookie)
    assert (await rita.client.get("/api/session")).status_code == 401


async def test_another_site_changes_nothing_even_with_the_token(rita: Person) -> None:
    without(rita.client, "Origin", "Sec-Fetch-Site")

    for method, path in CHANGES:
        for headers in FOREIGN:
            answer = await rita.client.request(method, path, headers=headers)

            assert answer.status_code == 403, (method, path, headers)
            assert answer.json()["code"] == "cross_site"


async def test_a_page_of_ours_without_the_sessions_token_changes_nothing(rita: Person) -> None:
    without(rita.client, "X-CSRF-Token")

    for method, path in CHANGES:
        for token in (None, b"", b"x" * 43, b"\xe9"):
            headers = {} if token is None else {b"X-CSRF-Token": token}
            answer = await rita.client.request(method, path, headers=headers)

            assert answer.status_code == 403, (method, path, token)
            assert answer.json()["code"] == "cross_site"


async def test_the_token_of_somebody_elses_session_is_no_token(rita: Person, bento: Person) -> None:
    token = bento.client.headers["X-CSRF-Token"]

    answer = await rita.client.post("/api/ws-ticket", headers={"X-CSRF-Token": token})

    assert answer.status_code == 403


async def test_the_buttons_routes_are_for_pages_of_ours_only(rita: Person) -> None:
    without(rita.client, "Origin", "Sec-Fetch-Site")

    for path in BUTTON:
        for headers in FOREIGN:
            answer = await rita.client.post(path, headers=headers, content=b'{"itemId":"x"}')

            assert answer.status_code == 403, (path, headers)
            assert answer.json()["code"] == "cross_site"


async def test_either_proof_of_a_page_of_ours_is_enough_for_the_button(rita: Person) -> None:
    without(rita.client, "Origin", "Sec-Fetch-Site", "X-CSRF-Token")

    for headers in ({"Sec-Fetch-Site": "same-origin"}, {"Origin": rita.tomada.url}):
        answer = await rita.client.post(
            f"{API}/sync-data", headers=headers, content=b'{"itemId":"unknown"}'
        )

        assert answer.status_code == 404, headers


@pytest.mark.usefixtures("rita")
async def test_too_many_tries_are_told_when_to_come_back(anonymous: httpx2.AsyncClient) -> None:
    wrong = {**SIGN_IN, "password": "another one"}
    for _ in range(10):
        await anonymous.post("/api/session", json=wrong)

    answer = await anonymous.post("/api/session", json=SIGN_IN)

    assert answer.status_code == 429
    assert answer.json()["code"] == "too_many_attempts"
    assert 0 < int(answer.headers["Retry-After"]) <= 15 * 60
