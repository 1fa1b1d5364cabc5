"""A bank that is connected again brings new ids of everything; accounts and rows stay the person's."""

from dataclasses import replace

from tests.integration.path.connecting import agree
from tests.integration.path.truth import held, truth
from tests.integration.rows.conftest import OPEN_FINANCE, Home, opened
from tomada.domain.ids import ItemId, TransactionId
from tomada.simulator.records import AccountRecord


async def _written(home: Home) -> dict[TransactionId, str]:
    """Notes on some rows of every account, and one row hidden; gives the notes."""
    page = await home.app.ledger.transactions(home.caller.entity_id, limit=500)
    some = page.transactions[::40]
    for n, one in enumerate(some):
        await home.app.annotations.change(home.caller, one.id, note=f"nota {n}")
    await home.app.annotations.change(home.caller, some[0].id, hidden=True)
    return {one.id: f"nota {n}" for n, one in enumerate(some)}


def _renamed(home: Home, accounts: list[AccountRecord]) -> list[AccountRecord]:
    """The same accounts under new ids, rows and all, without the institution's own ids."""
    ids, now = home.world.ids, home.hand()
    made = []
    for account in accounts:
        name = ids.new("account")
        rows = [
            replace(row, id=ids.new("transaction"), account_id=name, provider_id=None,
                    created_at=now, updated_at=now)
            for row in account.transactions
        ]  # fmt: skip
        made.append(replace(account, id=name, transactions=rows, bills=[]))
    return made


async def _same(home: Home, item: ItemId, notes: dict[TransactionId, str]) -> None:
    entity = home.caller.entity_id
    hidden = (await home.app.ledger.transactions(entity, view="hidden")).transactions
    assert [one.id for one in hidden] == [next(iter(notes))]
    await home.app.annotations.change(home.caller, hidden[0].id, hidden=False)
    assert await held(home.running, entity, item) == await truth(home.running, item)
    kept = await home.app.annotations.of(entity, list(notes))
    assert {name: one.note for name, one in kept.items()} == notes
    live = await home.ask("SELECT count(*) FROM transactions WHERE id = ANY($1) AND gone_at IS NULL"
                          " AND item_id = $2", list(notes), item)  # fmt: skip
    assert live == len(notes)


async def test_a_connection_whose_accounts_have_new_ids_goes_on_with_all_that_was_written(
    home: Home,
) -> None:
    notes = await _written(home)
    before = await home.ask("SELECT count(*) FROM transactions")
    item = home.world.state.items[home.item]
    home.world.ledgers.close(item)
    item.accounts = _renamed(home, item.accounts)
    home.world.ledgers.open(item, item.accounts)

    await home.read(full=True)

    await _same(home, home.item, notes)
    assert await home.ask("SELECT count(*) FROM transactions") == before
    accounts = await home.app.ledger.accounts(home.caller.entity_id)
    assert {one.id for one in accounts} == {one.id for one in item.accounts}
    states = {one.state for one in await home.app.reconnections.all(home.caller.entity_id)}
    assert states == {"automatic"}


async def test_a_bank_that_is_connected_anew_goes_on_as_the_lost_connection(home: Home) -> None:
    notes = await _written(home)
    home.world.items.delete(home.item)
    await home.read()
    await agree(home.running, home.caller, OPEN_FINANCE)
    made = await home.app.connect.create_token(home.caller, connector_id=OPEN_FINANCE, item_id=None)
    item = await opened(home.running, made.connect_token)
    for account in home.world.state.items[item].accounts:
        for row in account.transactions:
            row.provider_id = None
    await home.app.syncs.start(home.caller, item)

    await home.app.reading.run(item)

    await _same(home, item, notes)
    assert [one.id for one in await home.app.items.list(home.caller.entity_id)] == [item]


async def test_another_account_of_the_kind_is_asked_about_or_left_alone(home: Home) -> None:
    notes = await _written(home)
    item = home.world.state.items[home.item]
    account = home.account()
    (other,) = _renamed(home, [account])
    # Another number: most of its rows are the same, so it may be the same account.
    other.number = "9999/00001-1"
    home.world.ledgers.close(item)
    item.accounts = [other if one is account else one for one in item.accounts]
    home.world.ledgers.open(item, item.accounts)
    await home.read(full=True)
    (asked,) = await home.app.reconnections.all(home.caller.entity_id)
    kept = {one.id for one in await home.app.ledger.accounts(home.caller.entity_id)}

    assert (asked.state, asked.shared) == ("suggested", asked.compared)
    assert {account.id, other.id} <= kept

    await home.app.reconnections.answer(home.caller, asked.id, accept=True)
    await home.app.reading.run(home.item)

    await _same(home, home.item, notes)
