"""From consent to ledger to a live purchase, through every layer but the screen."""

import time

import httpx2

from tests.conftest import Running
from tests.integration.path.connecting import connect, eventually
from tests.integration.path.truth import held, truth


async def test_a_connected_bank_is_in_the_ledger_as_pluggy_holds_it(tomada: Running) -> None:
    caller = await tomada.someone()

    item_id = await connect(tomada, caller)

    expected = await truth(tomada, item_id)
    assert sum(len(rows) for rows in expected.values()) > 100
    assert await held(tomada, caller.entity_id, item_id) == expected


async def test_a_purchase_reaches_the_ledger_and_the_feed_by_webhook(tomada: Running) -> None:
    caller = await tomada.someone()
    item_id = await connect(tomada, caller)
    head = await tomada.app.feed.head(caller.entity_id)

    async with httpx2.AsyncClient(base_url=tomada.simulator.url) as http:
        body = {"kind": "purchase", "description": "Padaria da Esquina", "amount": 12.5}
        began = time.monotonic()
        made = (await http.post(f"/_simulator/items/{item_id}/transactions", json=body)).json()

    async def arrived() -> bool:
        page = await tomada.app.ledger.transactions(caller.entity_id, q="padaria da esquina")
        return [one.movement.pluggy_id for one in page.transactions] == [made["id"]]

    await eventually(arrived)
    assert time.monotonic() - began < 10
    entries = await tomada.app.feed.after(caller.entity_id, head)
    assert "transactions.new" in [one.kind for one in entries]
    assert [one.n for one in entries] == list(range(head + 1, head + 1 + len(entries)))
    assert await held(tomada, caller.entity_id, item_id) == await truth(tomada, item_id)


async def test_a_search_finds_a_category_by_the_name_the_reader_sees(tomada: Running) -> None:
    caller = await tomada.someone()
    await connect(tomada, caller)
    everything = await tomada.app.ledger.transactions(caller.entity_id, limit=500)
    some = next(t.movement.detail for t in everything.transactions if t.movement.detail.category_id)
    assert some.category_id is not None

    found = await tomada.app.ledger.transactions(
        caller.entity_id, q="açougüe encantado", categories={some.category_id: "Açougue Encantado"}
    )
    nothing = await tomada.app.ledger.transactions(caller.entity_id, q="acougue encantado")

    ids = {t.movement.detail.category_id for t in found.transactions}
    assert ids == {some.category_id}
    assert nothing.transactions == ()
