"""A movement stays one row of ours while Pluggy's id of it changes, and two stay two."""

from datetime import timedelta

import pytest

from tests.integration.rows.conftest import Home
from tomada.domain.errors import SupersededError
from tomada.domain.ids import TransactionId


async def _note(home: Home, row: TransactionId) -> str:
    found = await home.app.annotations.of(home.caller.entity_id, [row])
    return found[row].note if row in found else ""


async def _states(home: Home) -> list[tuple[str, str]]:
    found = await home.app.links.all(home.caller.entity_id)
    return [(one.link.rule, one.link.state) for one in found if one.link.kind == "same"]


async def test_a_row_that_comes_back_under_a_new_id_keeps_ours_and_its_note(home: Home) -> None:
    bought = home.bought("Livraria Cultura", "137.42")
    await home.read()
    ours = (await home.find(bought.id)).id
    await home.app.annotations.change(home.caller, ours, note="presente da Bia", category="Lazer")
    head = await home.app.feed.head(home.caller.entity_id)

    # Neither the deletion nor the creation is told; the reading of what is new asks after twins.
    again = home.again(bought)
    await home.read()

    found = await home.find(again.id)
    assert found.id == ours
    assert await _note(home, ours) == "presente da Bia"
    assert await home.held() == await home.truth()
    assert await _states(home) == [("same_day", "automatic")]
    told = await home.feed(head)
    assert ("transactions.changed", [str(ours)]) in told

    # A second time, and by the complete reading alone.
    third = home.again(again)
    third.created_at = bought.date
    home.hand.turn(hours=7)
    await home.read(full=True)

    assert (await home.find(third.id)).id == ours
    assert await home.held() == await home.truth()


async def test_a_row_that_was_gone_for_days_comes_back_as_itself(home: Home) -> None:
    bought = home.bought("Oficina do Tonho", "890.00", status="POSTED")
    await home.read()
    ours = (await home.find(bought.id)).id
    await home.app.annotations.change(home.caller, ours, note="embreagem")
    found = home.world.ledgers.row(bought.id)
    assert found is not None
    home.world.take_back(bought.id)
    await home.sweeps()
    assert await home.held() == await home.truth()

    home.hand.turn(days=2)
    home.world.ledgers.add(found[0], bought)
    again = home.again(bought, date=bought.date + timedelta(days=2))
    await home.read()

    assert (await home.find(again.id)).id == ours
    assert await _note(home, ours) == "embreagem"


async def test_two_equal_coffees_stay_two_whatever_happens_to_them(home: Home) -> None:
    one = home.bought("Cafe da Praca", "8.00")
    two = home.bought("Cafe da Praca", "8.00", date=one.date)
    await home.read()
    first, second = (await home.find(one.id)).id, (await home.find(two.id)).id
    assert first != second

    # The bank drops the one; a third coffee was there before that, and is nobody's successor.
    home.hand.turn(minutes=30)
    three = home.bought("Cafe da Praca", "8.00", date=one.date)
    await home.read()
    third = (await home.find(three.id)).id
    home.world.take_back(one.id)
    await home.sweeps()

    assert {(await home.find(two.id)).id, (await home.find(three.id)).id} == {second, third}
    assert await home.held() == await home.truth()
    assert [state for _, state in await _states(home)] == []


async def test_an_authorisation_that_is_posted_with_a_tip_stays_one(home: Home) -> None:
    pending = home.bought("Restaurante Figueira", "200.00", status="PENDING")
    await home.read()
    ours = (await home.find(pending.id)).id
    await home.app.annotations.change(home.caller, ours, note="com a equipe")

    edited = home.world.edit(pending.id, status="POSTED", amount="200.00")
    await home.read(full=True)
    assert (await home.find(edited.id)).id == ours

    edited.status = "PENDING"
    await home.read(full=True)
    posted = home.again(
        edited, status="POSTED", amount=edited.amount * 11 / 10,
        description="RESTAURANTE FIGUEIRA SAO PAULO BR",
    )  # fmt: skip
    await home.read()

    found = await home.find(posted.id)
    assert (found.id, found.movement.status) == (ours, "POSTED")
    assert abs(found.movement.signed_minor) == 22000
    assert await _states(home) == [("settled_amount", "automatic")]


async def test_a_doubtful_successor_is_suggested_and_the_person_has_the_last_word(
    home: Home,
) -> None:
    entity = home.caller.entity_id
    bought = home.bought("Mercado Bom Dia", "55.10")
    await home.read()
    ours = (await home.find(bought.id)).id
    await home.app.annotations.change(home.caller, ours, note="festa")
    later = bought.date + timedelta(seconds=1)
    other = home.again(bought, amount=bought.amount + 3, date=later)
    await home.sweeps()
    theirs = (await home.find(other.id)).id
    (suggested,) = [
        one for one in await home.app.links.all(entity, state="suggested")
        if one.link.kind == "same"
    ]  # fmt: skip

    assert theirs != ours
    assert (suggested.link.row_id, suggested.link.other_id) == (ours, theirs)

    await home.app.links.confirm(home.caller, suggested.link.id)
    joined = (await home.find(other.id)).id
    await home.app.links.undo(home.caller, suggested.link.id)
    parted = (await home.find(other.id)).id
    await home.sweeps()

    assert (joined, parted, (await home.find(other.id)).id) == (ours, theirs, theirs)
    assert await _states(home) == [("corrected", "undone")]
    assert await home.held() == await home.truth()
    with pytest.raises(SupersededError):
        await home.app.links.confirm(home.caller, suggested.link.id)


async def test_an_automatic_link_can_be_undone_for_good(home: Home) -> None:
    bought = home.bought("Farmacia Boa Saude", "61.77")
    await home.read()
    ours = (await home.find(bought.id)).id
    again = home.again(bought)
    await home.read()
    (link,) = [
        one for one in await home.app.links.all(home.caller.entity_id) if one.link.kind == "same"
    ]

    await home.app.links.undo(home.caller, link.link.id)
    await home.sweeps()
    apart = (await home.find(again.id)).id

    assert apart != ours
    assert await home.held() == await home.truth()
    assert await _states(home) == [("same_day", "undone")]


async def test_two_ids_in_one_complete_list_are_two_rows_whatever_was_linked(home: Home) -> None:
    bought = home.bought("Padaria Real", "19.90")
    await home.read()
    ours = (await home.find(bought.id)).id
    again = home.again(bought)
    await home.read()
    assert (await home.find(again.id)).id == ours

    found = home.world.ledgers.row(again.id)
    assert found is not None
    home.world.ledgers.add(found[0], bought)
    await home.read(full=True)

    assert (await home.find(bought.id)).id == ours
    assert (await home.find(again.id)).id != ours
    assert await home.held() == await home.truth()
    assert await _states(home) == [("same_day", "undone")]
