from typing import Any

import pytest

from tests.integration.web.people import API, Person, until
from tomada.simulator.faults import Fault


async def test_a_bank_is_connected_and_its_year_is_read(rita: Person) -> None:
    item = await rita.connect_a_bank()
    done = await rita.post("/sync-data", {"itemId": item})
    again = await rita.post("/sync-data", {"itemId": item})
    accounts = await rita.get("/accounts", itemId=item)
    page = await rita.get("/transactions", limit=500)

    assert done.status_code == 200, done.text
    counts = done.json()
    assert set(counts) == {"success", "accounts", "transactions"}
    assert counts["success"] is True
    assert len(accounts["accounts"]) == counts["accounts"] > 0
    assert len(page["transactions"]) == min(counts["transactions"], 500) > 0
    assert again.json() == counts


async def test_the_widget_gets_its_token_and_its_options(rita: Person) -> None:
    connector = await rita.bank()
    await rita.agree(connector)

    answer = await rita.post("/create-connect-token", {"connectorId": connector, "itemId": None})

    token = answer.json()
    origin = rita.tomada.simulator.url
    assert answer.status_code == 200
    assert token["connectUrl"] == f"{origin}/?connect_token={token['connectToken']}"
    assert (token["selectedConnectorId"], token["connectorIds"]) == (connector, [connector])
    assert token["includeSandbox"] is True
    assert "updateItem" not in token


async def test_update_mode_names_the_connection(rita: Person) -> None:
    item = await rita.read_a_bank()

    answer = await rita.post("/create-connect-token", {"itemId": item})

    assert answer.status_code == 200
    assert answer.json()["updateItem"] == item


async def test_the_guides_button_posts_without_headers_of_its_own(rita: Person) -> None:
    await rita.agree(await rita.bank())
    del rita.client.headers["X-CSRF-Token"]

    for content in (b"", b"  ", b"{}", b'{"itemId": null}'):
        for kind in ({}, {"Content-Type": "text/plain"}, {"Content-Type": "nonsense"}):
            answer = await rita.client.post(
                f"{API}/create-connect-token", content=content, headers=kind
            )

            assert answer.status_code == 200, (content, kind)


async def test_no_token_without_a_consent(rita: Person) -> None:
    answer = await rita.post("/create-connect-token", {"connectorId": await rita.bank()})

    assert answer.status_code == 403
    assert (answer.json()["code"], answer.json()["error"]) == ("consent_required", "Forbidden")


async def test_a_connected_bank_is_not_connected_twice(rita: Person) -> None:
    item = await rita.read_a_bank()
    connector = await rita.bank()
    await rita.agree(connector)

    answer = await rita.post("/create-connect-token", {"connectorId": connector})

    assert answer.status_code == 409
    assert (answer.json()["code"], answer.json()["itemId"]) == ("already_connected", item)


async def test_agreeing_to_a_notice_that_is_not_todays_is_refused(rita: Person) -> None:
    connector = await rita.bank()
    notice = await rita.get("/consents/notice", connectorId=connector)
    agreed = {
        "connectorId": connector,
        "noticeVersion": notice["version"],
        "noticeSha256": "0" * 64,
        "purposes": ["statement"],
        "adult": True,
    }

    answer = await rita.post("/consents", agreed)

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "noticeSha256"
    assert (await rita.get("/consents"))["consents"] == []


async def test_an_agreement_is_listed_with_the_bank_it_names(rita: Person) -> None:
    connector = await rita.bank()

    made = await rita.agree(connector)

    listed = (await rita.get("/consents"))["consents"]
    assert made.status_code == 201
    assert listed == [made.json()]
    assert (listed[0]["connectorId"], listed[0]["inForce"]) == (connector, True)


async def test_a_bank_is_found_by_its_name(rita: Person) -> None:
    banks = (await rita.get("/institutions"))["institutions"]
    name = banks[0]["name"]

    found = (await rita.get("/institutions", q=name.upper()))["institutions"]

    assert banks[0] in found
    assert len(found) < len(banks)


async def test_a_disconnected_bank_is_gone_here_and_at_pluggy(rita: Person) -> None:
    item = await rita.read_a_bank()

    gone = await rita.client.delete(f"{API}/items/{item}")
    again = await rita.client.delete(f"{API}/items/{item}")

    assert (gone.status_code, again.status_code) == (200, 404)
    assert gone.json()["itemIds"] == [item]
    assert (await rita.get("/items"))["items"] == []
    assert (await rita.get("/accounts"))["accounts"] == []
    assert (await rita.get("/transactions"))["transactions"] == []

    async def gone_at_pluggy() -> bool:
        return item not in rita.tomada.simulator.world.state.items

    await until(gone_at_pluggy)


async def test_a_sync_can_be_looked_at_and_waited_for(
    rita: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tomada.web.sync.PATIENCE_SECONDS", 0)
    item = await rita.connect_a_bank()

    answer = await rita.post("/sync-data", {"itemId": item})

    pending = answer.json()
    assert answer.status_code == 202, answer.text
    assert pending["success"] is pending["pending"] is True
    assert answer.headers["Location"] == f"{API}/syncs/{pending['syncId']}"

    async def ended() -> Any:
        sync = (await rita.client.get(answer.headers["Location"])).json()
        return sync if sync["state"] == "done" else None

    done = await until(ended)
    assert done["syncId"] == pending["syncId"]
    assert done["transactions"] > 0


async def test_pluggy_out_of_order_is_said_and_nothing_inside_is_told(rita: Person) -> None:
    connector = await rita.bank()
    await rita.agree(connector)
    secret = {"message": "stack trace of the provider"}
    rita.tomada.simulator.world.faults.add(
        Fault(path="/connect_token", effect="status", status=500, body=secret, count=None)
    )

    answer = await rita.post("/create-connect-token", {"connectorId": connector})

    assert answer.status_code in (502, 503)
    assert answer.json()["code"] == "provider_unavailable"
    assert answer.json()["error"]
    assert "stack trace" not in answer.text
