"""The person's layer and the bank's: neither overwrites the other, and nothing is written twice."""

from tests.integration.path.truth import held, truth
from tests.integration.rows.conftest import Home

# What a reading may write of: rows and what belongs to them. Leases and syncs are its own traces.
_WRITTEN = (
    "SELECT md5(string_agg(line, ',' ORDER BY line)) FROM ("
    " SELECT 't' || ctid::text || xmin::text AS line FROM transactions UNION ALL"
    " SELECT 'a' || ctid::text || xmin::text FROM accounts UNION ALL"
    " SELECT 'n' || ctid::text || xmin::text FROM annotations UNION ALL"
    " SELECT 'l' || ctid::text || xmin::text FROM transaction_links UNION ALL"
    " SELECT 'r' || ctid::text || xmin::text FROM removals) lines"
)


async def test_an_idle_reading_of_what_is_new_writes_no_row(home: Home) -> None:
    bought = home.bought("Cinema", "44.00")
    await home.read()
    row = (await home.find(bought.id)).id
    await home.app.annotations.change(home.caller, row, note="com o Beto")
    before = await home.ask(_WRITTEN)

    for _ in range(3):
        await home.read()
        home.hand.turn(hours=7)
    await home.app.annotations.change(home.caller, row, note=" com o Beto ")

    assert await home.ask(_WRITTEN) == before


async def test_an_idle_complete_reading_writes_no_transaction(home: Home) -> None:
    rows = "SELECT md5(string_agg(ctid::text || xmin::text, ',' ORDER BY ctid)) FROM transactions"
    before = await home.ask(rows)

    await home.sweeps()

    assert await home.ask(rows) == before


async def test_a_persons_edit_and_the_banks_edit_leave_each_other_alone(home: Home) -> None:
    bought = home.bought("Cinema", "44.00", status="POSTED")
    await home.read()
    ours = (await home.find(bought.id)).id
    await home.app.annotations.change(home.caller, ours, note="com o Beto", category="Lazer")

    for changes in (
        {"description": "CINEMA SAO LUIZ"}, {"amount": "46.00"}, {"status": "PENDING"},
        {"category": "Leisure"},
    ):  # fmt: skip
        home.world.edit(bought.id, **changes)
        await home.read(full=True)
        found = await home.find(bought.id)
        assert (found.annotation.note, found.annotation.category) == ("com o Beto", "Lazer")
        assert await home.held() == await home.truth()

    # And the other way round: a note changes nothing that is compared with the bank.
    await home.app.annotations.change(home.caller, ours, note="sozinha")
    assert await home.held() == await home.truth()


async def test_what_a_person_took_out_stays_out_whatever_the_bank_sends(home: Home) -> None:
    bought = home.bought("Loja do Arrependimento", "321.09")
    await home.read()
    ours = (await home.find(bought.id)).id
    await home.app.annotations.change(home.caller, ours, hidden=True)

    async def shown() -> list[str]:
        dump = await held(home.running, home.caller.entity_id, home.item)
        return [one for rows in dump.values() for one in rows if one not in known]

    known = set(home_ids(await home.held()))
    home.world.edit(bought.id, description="LOJA")
    await home.read(full=True)
    edited = await shown()
    again = home.again(bought)
    await home.read()
    moved = await shown()
    await home.sweeps()

    assert (edited, moved, await shown()) == ([], [], [])
    page = await home.app.ledger.transactions(home.caller.entity_id, view="hidden")
    assert [(one.id, one.movement.pluggy_id) for one in page.transactions] == [(ours, again.id)]
    await home.app.annotations.change(home.caller, ours, hidden=False)
    assert await held(home.running, home.caller.entity_id, home.item) == await truth(
        home.running, home.item
    )


def home_ids(dump: dict[str, dict[str, tuple[object, ...]]]) -> list[str]:
    return [one for rows in dump.values() for one in rows]


async def test_an_authorisation_the_bank_drops_expires_and_can_come_back(home: Home) -> None:
    account = home.account("CREDIT_CARD")
    ledger = home.world.ledgers.account(account.id)
    assert ledger is not None
    pending = home.bought("Hotel Miramar", "900.00", status="PENDING")
    await home.read()
    ours = (await home.find(pending.id)).id
    home.world.take_back(pending.id)
    await home.sweeps()
    today = home.hand().date()

    page = await home.app.ledger.transactions(home.caller.entity_id, view="expired")
    assert [(one.id, one.standing(today)) for one in page.transactions] == [(ours, "expired")]
    assert await home.held() == await home.truth()

    home.world.ledgers.add(ledger, pending)
    await home.read(full=True)
    back = await home.find(pending.id)

    assert (back.id, back.standing(today)) == (ours, "pending")
    page = await home.app.ledger.transactions(home.caller.entity_id, view="expired")
    assert page.transactions == ()
