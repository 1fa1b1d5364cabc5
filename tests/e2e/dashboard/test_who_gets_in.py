"""Pages and their parts over plain HTTP: who gets them, under which headers, with which answer."""

import re
from typing import Any

import httpx2
import pytest

from tests.conftest import Running
from tests.integration.web.people import sign_up, visitor

PAGES = ["/", "/conectar", "/conectar/613", "/reconectar/some-item"]
PARTS = ["/ui/rows", "/ui/parts"]
STRANGE: list[Any] = [
    {"cursor": "not-one-of-ours"},
    {"month": "2026-13"},
    {"month": "0000-00"},
    {"month": "november"},
    {"limit": 0},
    {"limit": 501},
    {"words": "x" * 101},
    {"accountId": "../x"},
    {"unknown": 1},
    [],
]


async def test_a_page_leads_a_stranger_to_the_door_and_back(tomada: Running) -> None:
    async with visitor(tomada) as stranger:
        answers = {page: await stranger.get(page) for page in PAGES}

    assert {page: answer.headers["location"] for page, answer in answers.items()} == {
        "/": "/entrar",
        "/conectar": "/entrar?de=/conectar",
        "/conectar/613": "/entrar?de=/conectar/613",
        "/reconectar/some-item": "/entrar?de=/reconectar/some-item",
    }
    assert {answer.status_code for answer in answers.values()} == {303}


@pytest.mark.parametrize("part", PARTS)
async def test_a_part_is_for_the_person_on_our_own_page(tomada: Running, part: str) -> None:
    async with visitor(tomada) as stranger:
        unknown = await stranger.post(part, json={})
    async with sign_up(tomada, "rita") as rita:
        own = await rita.client.post(part, json={})
        foreign = await rita.client.post(
            part,
            json={},
            headers={"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"},
        )
        read = await rita.client.get(part)

    assert unknown.status_code == 401
    assert unknown.json()["code"] == "unauthenticated"
    assert own.status_code == 200
    assert own.headers["content-security-policy"].startswith("default-src 'none'")
    assert foreign.status_code == 403
    assert read.status_code == 405


async def test_a_part_that_cannot_be_is_refused(tomada: Running) -> None:
    async with sign_up(tomada, "rita") as rita:
        answers = [await rita.client.post("/ui/rows", json=wanted) for wanted in STRANGE]

    assert [answer.status_code for answer in answers] == [422] * len(STRANGE)
    assert not any("x" * 101 in answer.text for answer in answers)


async def test_nobody_sees_another_persons_bank(tomada: Running) -> None:
    async with sign_up(tomada, "rita") as rita, sign_up(tomada, "bento") as bento:
        item = await rita.read_a_bank()
        own = (await rita.client.get("/")).text
        account = (await rita.get("/accounts"))["accounts"][0]["id"]

        page = await bento.client.get("/")
        narrowed = await bento.client.get("/", params={"conta": account})
        reconnect = await bento.client.get(f"/reconectar/{item}")
        rows = await bento.client.post("/ui/rows", json={"accountId": account})

    assert item in own
    assert 'class="row"' in own
    for answer in (page, narrowed, rows):
        assert answer.status_code == 200
        assert item not in answer.text
        assert 'class="row"' not in answer.text.partition("<template")[0]
    assert reconnect.status_code == 404
    assert "text/html" in reconnect.headers["content-type"]


async def test_pages_come_under_the_policies_they_need(tomada: Running) -> None:
    async with sign_up(tomada, "rita") as rita:
        plain = await rita.client.get("/")
        widget = await rita.client.get("/conectar/613")
        problem = await rita.client.get("/conectar/999999")

    for answer in (plain, problem):
        assert "frame-src 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["cross-origin-opener-policy"] == "same-origin"
    origin = tomada.simulator.url
    assert f"frame-src {origin};" in widget.headers["content-security-policy"]
    assert widget.headers["cross-origin-opener-policy"] == "same-origin-allow-popups"
    for answer in (plain, widget, problem):
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["referrer-policy"] == "no-referrer"
        nonce = re.findall(
            r"script-src 'nonce-([\w-]{22})';", answer.headers["content-security-policy"]
        )
        scripts = re.findall(r"<script[^>]*>", answer.text)
        assert scripts
        assert all(f'nonce="{nonce[0]}"' in script for script in scripts)
    assert plain.headers["content-security-policy"] != problem.headers["content-security-policy"]


async def test_every_file_that_a_page_names_is_there_for_good(tomada: Running) -> None:
    async with sign_up(tomada, "rita") as rita:
        text = "".join([(await rita.client.get(page)).text for page in ("/", "/conectar/613")])
        names = set(re.findall(r'(?:href|src)="(/static/[^"#]+)', text))
        answers = [await rita.client.get(name) for name in names]

    assert len(names) >= 12
    for answer in answers:
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"


async def test_what_the_door_keeps_is_only_language_and_light(tomada: Running) -> None:
    async with visitor(tomada) as stranger:
        answer = await stranger.get("/entrar", params={"lang": "en"})
        kept: httpx2.Cookies = stranger.cookies
        again = await stranger.get("/entrar")

    assert dict(kept) == {"tomada_lang": "en"}
    assert "HttpOnly" in answer.headers["set-cookie"]
    assert '<html lang="en">' in again.text
