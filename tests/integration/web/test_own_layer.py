"""What a person writes to a movement, through the API."""

from collections import Counter

from tests.integration.sync.quiet import quiet
from tests.integration.web.people import API, Person


async def test_a_person_writes_to_a_movement_and_takes_it_out_of_the_list(rita: Person) -> None:
    await rita.read_a_bank()
    first = (await rita.get("/transactions", limit=1))["transactions"][0]
    path = f"{API}/transactions/{first['id']}"

    answer = await rita.client.patch(path, json={"note": " presente ", "category": "Lazer"})
    assert answer.status_code == 200, answer.text
    shown = answer.json()["transaction"]
    assert (shown["note"], shown["category"]) == ("presente", "Lazer")
    assert shown["metadata"]["providerCategory"] == first["category"]
    assert answer.json()["links"] == []

    # What is not named stays; null and an empty text remove.
    await rita.client.patch(path, json={"category": None, "hidden": True})
    shown = (await rita.get(f"/transactions/{first['id']}"))["transaction"]
    assert (shown["note"], shown["category"], shown["hidden"]) == (
        "presente", first["category"], True,
    )  # fmt: skip
    listed = (await rita.get("/transactions", limit=1))["transactions"][0]
    hidden = (await rita.get("/transactions", view="hidden"))["transactions"]
    assert listed["id"] != first["id"]
    assert [one["id"] for one in hidden] == [first["id"]]

    await rita.client.patch(path, json={"hidden": False, "note": ""})
    assert (await rita.get("/transactions", limit=1))["transactions"][0] == first
    kinds = [one["kind"] for one in (await rita.get("/feed"))["entries"]]
    assert kinds[-3:] == ["transactions.changed"] * 3


async def test_writing_is_closed_bounded_and_the_persons_own(rita: Person, bento: Person) -> None:
    await rita.read_a_bank()
    first = (await rita.get("/transactions", limit=1))["transactions"][0]
    path = f"{API}/transactions/{first['id']}"
    forged = {"X-CSRF-Token": "x" * 43}

    for body in ({"amount": 1}, {"note": "x" * 501}, {"note": 7}, {"category": "x" * 61}):
        assert (await rita.client.patch(path, json=body)).status_code == 422, body
    assert (await rita.client.patch(path, json={"note": "a"}, headers=forged)).status_code == 403
    assert (await bento.client.patch(path, json={"note": "a"})).status_code == 404
    assert (await rita.get(f"/transactions/{first['id']}"))["transaction"] == first


async def test_links_are_listed_undone_and_declined(rita: Person) -> None:
    await rita.read_a_bank()
    listed = (await rita.get("/transactions", limit=500))["transactions"]
    kinds = Counter((one["description"], one["amount"]) for one in listed)
    # The only one of its kind: this bank gives no time of day.
    first = next(
        one for one in listed
        if one["standing"] == "posted" and kinds[one["description"], one["amount"]] == 1
    )  # fmt: skip
    await rita.client.patch(f"{API}/transactions/{first['id']}", json={"note": "minha"})
    rita.tomada.simulator.world.reidentify(first["metadata"]["pluggyTransactionId"])
    await quiet(rita.tomada)

    (linked,) = [
        one for one in (await rita.get("/links", state="automatic"))["links"]
        if one["link"]["kind"] == "same"
    ]  # fmt: skip
    now = linked["transaction"]
    assert (now["id"], now["note"]) == (first["id"], "minha")
    assert now["metadata"]["pluggyTransactionId"] == linked["link"]["toPluggyId"]
    assert linked["link"]["fromPluggyId"] == first["metadata"]["pluggyTransactionId"]
    assert linked["link"]["evidence"]["sameWords"] is True

    undone = await rita.post(f"/links/{linked['link']['id']}/undo", {})
    assert (undone.status_code, undone.json()["state"]) == (200, "undone")
    again = await rita.post(f"/links/{linked['link']['id']}/confirm", {})
    assert (again.status_code, again.json()["code"]) == (409, "superseded")
    history = await rita.get(f"/transactions/{first['id']}")
    assert history["transaction"]["standing"] == "gone"
    assert [one["state"] for one in history["links"]] == ["undone"]
