"""Complaints about connections: twice, over without a word, or broken without a way out."""

import asyncio
from datetime import timedelta

from tests.conftest import Running
from tests.integration.scenarios.scene import Scene, months, read, scene, token, widget
from tests.integration.web.people import API
from tomada.simulator.scenarios.language import Step


async def test_07_a_bank_connected_anew_keeps_its_accounts_rows_and_notes(
    tomada: Running,
) -> None:
    async with scene(tomada, "reconnect", only="nobody") as seen:
        world = tomada.simulator.world
        first, second = [await token(seen, connector=613) for _ in range(2)]
        old = await widget(seen, first, connector=613)
        await read(seen, old)
        noted = (await seen.get("/transactions", limit=40))["transactions"][-1]
        await seen.client.patch(f"{API}/transactions/{noted['id']}", json={"note": "feira"})
        accounts = len((await seen.get("/accounts"))["accounts"])
        rows = await _count(seen)

        # The same movements under other ids, and the old item is gone before anybody asks.
        world.hooks.set_mode("drop")
        new = await widget(seen, second, connector=613)
        await world.settled()
        world.hooks.set_mode("normal")
        world.items.delete(old)
        await seen.rest()
        await read(seen, new)

        kept = (await seen.get(f"/transactions/{noted['id']}"))["transaction"]
        assert (kept["note"], kept["itemId"]) == ("feira", new)
        assert kept["metadata"]["pluggyTransactionId"] != noted["metadata"]["pluggyTransactionId"]
        assert len((await seen.get("/accounts"))["accounts"]) == accounts
        assert await _count(seen) == rows
        seen.banks = {"new": new}
        assert await seen.equal()


async def test_08_the_same_bank_is_not_connected_twice(tomada: Running) -> None:
    async with scene(tomada, "second_item", only="one") as seen:
        answer = await seen.client.post(f"{API}/create-connect-token", json={"connectorId": 613})
        update = await seen.client.post(
            f"{API}/create-connect-token", json={"itemId": seen.banks["one"]}
        )

        assert (answer.status_code, answer.json()["itemId"]) == (409, seen.banks["one"])
        assert (update.status_code, update.json()["updateItem"]) == (200, seen.banks["one"])


async def test_08_a_bank_connected_in_two_tabs_at_once_is_one_connection(
    tomada: Running,
) -> None:
    async with scene(tomada, "second_item", only="nobody") as seen:
        tokens = [await token(seen, connector=613) for _ in range(2)]
        items = [await widget(seen, one, connector=613) for one in tokens]
        answers = await asyncio.gather(
            *(seen.client.post(f"{API}/sync-data", json={"itemId": one}) for one in items)
        )
        await seen.rest()

        assert sorted(one.status_code for one in answers) == [200, 409]
        [bound] = [one["id"] for one in (await seen.get("/items"))["items"]]
        refused = next(one for one in answers if one.status_code == 409)
        assert refused.json()["itemId"] == bound
        assert set(tomada.simulator.world.state.items) == {bound}, "the second is ended at Pluggy"


async def test_19_what_is_old_is_shown_as_old_with_the_reason(tomada: Running) -> None:
    async with scene(tomada, "stale_as_current") as seen:
        fresh = await seen.get("/transactions", limit=1)
        await seen.play()
        await seen.sweep()

        old = await seen.get("/transactions", limit=1)
        marks = {one["product"]: one for one in old["freshness"]}
        assert [one["stale"] for one in fresh["freshness"]] == [False]
        assert await seen.rows("AINDA NAO VISTO") == []
        assert marks["TRANSACTIONS"]["stale"]
        assert marks["TRANSACTIONS"]["reason"]
        assert marks["TRANSACTIONS"]["bankReadAt"] <= fresh["freshness"][0]["bankReadAt"]
        cards = (await seen.get("/bills"))["freshness"]
        assert any(one["product"] == "CREDIT_CARDS" and one["stale"] for one in cards)
        assert marks["TRANSACTIONS"]["reason"] in await seen.page()
        item = seen.banks["bank"]
        refused = await seen.client.post(f"{API}/items/{item}/refresh")
        assert refused.status_code in (409, 429), refused.text
        assert refused.json()["detail"]


async def test_21_the_end_of_an_authorisation_is_told_thirty_seven_and_one_day_ahead(
    tomada: Running,
) -> None:
    async with scene(tomada, "consent_expires", only="bank") as seen:
        world = tomada.simulator.world
        ends = world.clock() + timedelta(days=31, hours=1)
        world.consents.of(seen.banks["bank"])[-1].expires_at = ends
        told: list[int] = []
        for days in (0, 2, 23, 6):
            await world.clock.advance(timedelta(days=days))
            await _read_whole(seen)
            told.append(len(await seen.notices()))
        page = await seen.page()
        await world.clock.advance(timedelta(days=3))
        await _read_whole(seen)

        assert told == [0, 1, 2, 3]
        assert "Autorização perto do fim" in page
        notice = (await seen.notices())[0]
        assert notice["title"] == "Erro de Conexão Bancária"
        assert notice["action"] == "reconnect"
        [item] = (await seen.get("/items"))["items"]
        assert item["nextStep"] == "reconnect"
        assert await _count(seen) > 0, "what was read stays"


async def test_22_every_error_has_one_way_out_and_none_is_to_delete(tomada: Running) -> None:
    async with scene(tomada, "login_loop") as seen:
        ways: dict[str, str] = {}

        async def look(step: Step) -> None:
            if step.verb == "run":
                [item] = (await seen.get("/items"))["items"]
                ways[step.get("outcome")] = item["nextStep"]
                waiting = step.get("outcome") == "WAITING_USER_INPUT"
                assert (item["connectionStatus"] == "error") != waiting, step.get("outcome")

        await seen.play(patiently=True, after=look)

        assert ways == WAYS_OUT
        [item] = (await seen.get("/items"))["items"]
        assert (item["id"], item["nextStep"]) == (seen.banks["bank"], "none")
        assert (item["connectionStatus"], item["lastError"]) == ("active", None)
        assert await seen.notices() == [], "what was mended is not asked for"


async def test_23_equal_transfers_are_no_pairs_without_evidence(tomada: Running) -> None:
    async with scene(tomada, "equal_pix") as seen:
        before = await months(seen)
        await seen.play()
        await seen.sweep()

        links = (await seen.get("/links"))["links"]
        pairs = [one["link"] for one in links if one["link"]["kind"] == "transfer"]
        played = {(await seen.row(name))["id"] for name in ("out1", "out2", "out3", "in1", "in2")}
        made = [
            one for one in pairs
            if one["state"] == "automatic" and {one["transactionId"], one["otherId"]} & played
        ]  # fmt: skip
        spent, earned = await months(seen)
        assert made == [], "nothing tells which of the three is the transfer"
        assert (spent - before[0], earned - before[1]) == (30000, 20000)
        assert await seen.equal()


WAYS_OUT = {
    "INVALID_CREDENTIALS": "reconnect",
    "INVALID_CREDENTIALS_MFA": "reconnect",
    "ALREADY_LOGGED_IN": "settle_at_bank",
    "ACCOUNT_LOCKED": "settle_at_bank",
    "ACCOUNT_CREDENTIALS_RESET": "settle_at_bank",
    "ACCOUNT_NEEDS_ACTION": "settle_at_bank",
    "USER_NOT_SUPPORTED": "choose_other",
    "USER_AUTHORIZATION_NOT_GRANTED": "reconnect",
    "USER_INPUT_TIMEOUT": "reconnect",
    "SITE_NOT_AVAILABLE": "none",
    "CONNECTION_ERROR": "none",
    "UNEXPECTED_ERROR": "none",
    "WAITING_USER_INPUT": "answer",
}
"""What a person is told to do; what passes by itself asks nothing of them."""


async def _read_whole(seen: Scene) -> None:
    await seen.rest()
    item = next(iter(seen.banks.values()))
    syncs = seen.tomada.app.syncs
    await syncs.want(seen.caller.entity_id, item, reason="schedule", full=False)
    await seen.rest()


async def _count(seen: Scene) -> int:
    cursor, count = None, 0
    while True:
        query = {"limit": 500} | ({} if cursor is None else {"cursor": cursor})
        page = await seen.get("/transactions", **query)
        count, cursor = count + len(page["transactions"]), page["nextCursor"]
        if cursor is None:
            return count
