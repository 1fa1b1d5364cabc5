"""Agreeing: one switch a purpose, what proves it, and when it is asked anew."""

import hashlib
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from tests.integration.web.people import API, Person
from tomada.domain.consents import EARLIER_VERSIONS, NOTICE_VERSION, accepted_versions
from tomada.domain.purposes import EVERY_PURPOSE, PURPOSES
from tomada.services.notices import LOCALES, Notices
from tomada.settings import Settings

# A change of words, purposes or products needs a new version, and its own line here.
PINNED = {"2026-11.3": "a8a681b35635d9fe7073c28e6beb0880632b96617dccb3dd913d0d53ec42a313"}


async def _agreement(rita: Person, **other: Any) -> dict[str, Any]:
    connector = await rita.bank()
    notice = await rita.get("/consents/notice", connectorId=connector)
    return {
        "connectorId": connector,
        "noticeVersion": notice["version"],
        "noticeSha256": notice["sha256"],
        "purposes": ["statement"],
        "adult": True,
        **other,
    }


def test_other_words_or_purposes_need_another_version() -> None:
    settings = Settings(env="development")
    found = {
        locale: Notices(settings.controller).write("Banco", locale).sha256 for locale in LOCALES
    }
    made = hashlib.sha256(msgspec.json.encode([PURPOSES, found])).hexdigest()

    assert made == PINNED[NOTICE_VERSION]


@pytest.mark.parametrize(
    ("other", "field"),
    [
        ({"adult": False}, "adult"),
        ({"purposes": []}, "purposes"),
        ({"purposes": ["investments"]}, "purposes"),
        ({"purposes": ["statement", "marketing"]}, "purposes"),
    ],
)
async def test_what_is_no_agreement_leaves_no_consent(
    rita: Person, other: dict[str, Any], field: str
) -> None:
    answer = await rita.post("/consents", await _agreement(rita, **other))

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field
    assert (await rita.get("/consents"))["consents"] == []


async def test_a_refused_purpose_blocks_nothing_else_and_is_not_asked_for(
    rita: Person, bento: Person
) -> None:
    agreed = await _agreement(rita)
    await rita.post("/consents", agreed)

    narrow = await _products_at_pluggy(rita, agreed["connectorId"])

    (consent,) = (await rita.get("/consents"))["consents"]
    statement = next(one for one in PURPOSES if one.code == "statement")
    assert consent["purposes"] == ["statement"]
    assert narrow <= set(statement.products)
    assert "TRANSACTIONS" in narrow
    await bento.post("/consents", await _agreement(bento, purposes=list(EVERY_PURPOSE)))
    assert narrow < await _products_at_pluggy(bento, agreed["connectorId"]), "he gets it all"


async def _products_at_pluggy(rita: Person, connector: int) -> set[str]:
    """Let the widget make an item with a fresh token, and see what Pluggy is to read."""
    token = await rita.post("/create-connect-token", {"connectorId": connector})
    assert token.status_code == 200, token.text
    return set(rita.tomada.simulator.world.state.items[await rita.widget(token)].products)


async def test_the_proof_has_the_exact_text_and_each_event_names_the_one_before(
    rita: Person,
) -> None:
    item = await rita.read_a_bank()
    (consent,) = (await rita.get("/consents"))["consents"]
    assert consent["status"] == "active"
    await rita.agree(consent["connectorId"])

    listed = (await rita.get("/consents"))["consents"]
    proof = await rita.get(f"/consents/{consent['id']}/proof")
    renewed = await rita.get(f"/consents/{listed[0]['id']}/proof")

    exact = hashlib.sha256(proof["noticeExact"].encode()).hexdigest()
    assert exact == proof["noticeSha256"] == proof["notice"]["sha256"]
    events = [msgspec.json.decode(one["text"]) for one in proof["events"]]
    assert [one["kind"] for one in events] == ["granted", "active", "superseded"]
    digests = [hashlib.sha256(one["text"].encode()).hexdigest() for one in proof["events"]]
    assert digests == [one["sha256"] for one in proof["events"]]
    assert [one["previous"] for one in events] == [None, *digests[:-1]]
    assert [one["data"]["event_sha256"] for one in proof["audit"]] == digests
    granted = events[0]["detail"]
    assert granted["notice"]["sha256"] == exact
    assert {one["code"] for one in granted["purposes"] if one["granted"]} == set(EVERY_PURPOSE)
    assert granted["act"]["network"] == "127.0.0.0/24"
    assert len(granted["act"]["session"]) == 64
    assert granted["controller"]["name"]
    # The connection goes on under the new agreement.
    assert [one["status"] for one in listed] == ["active", "superseded"]
    assert (
        msgspec.json.decode(renewed["events"][0]["text"])["detail"]["supersedes"] == consent["id"]
    )
    again = await rita.post("/create-connect-token", {"itemId": item})
    assert again.status_code == 200, again.text


async def test_another_persons_proof_is_not_there(rita: Person, bento: Person) -> None:
    await rita.agree(await rita.bank())
    (consent,) = (await rita.get("/consents"))["consents"]

    answer = await bento.client.get(f"{API}/consents/{consent['id']}/proof")

    assert answer.status_code == 404


async def test_under_a_notice_whose_time_is_over_nothing_is_read(rita: Person) -> None:
    item = await rita.read_a_bank()
    app, entity = rita.tomada.app, (await rita.tomada.app.access.session(_token(rita)))
    assert entity is not None
    async with app.store.begin(entity.entity_id) as tx:
        await tx.conn.execute("UPDATE consents SET notice_version = '2020-01.1'")
    recorder = rita.tomada.simulator.world.recorder
    recorder.log.clear()

    refused = await rita.post("/sync-data", {"itemId": item})
    token = await rita.post("/create-connect-token", {"itemId": item})

    assert (refused.status_code, token.status_code) == (403, 403)
    assert refused.json()["code"] == "consent_required"
    assert [one.path for one in recorder.log] == []
    (consent,) = (await rita.get("/consents"))["consents"]
    assert consent["inForce"] is False


def test_an_earlier_notice_holds_until_its_day() -> None:
    for version, end in EARLIER_VERSIONS.items():
        assert version in accepted_versions(end - timedelta(seconds=1))
        assert version not in accepted_versions(end)
        assert NOTICE_VERSION in accepted_versions(end)


def _token(person: Person) -> str:
    return next(iter(person.client.cookies.values()))
