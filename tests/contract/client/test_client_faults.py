"""The simulator's faults against the client: right in the end, or an error; never a part."""

from datetime import timedelta
from typing import Any

import pytest

from tests.contract.client.opened import connected, opened
from tomada.pluggy import PluggyClient, errors
from tomada.simulator import Simulator
from tomada.simulator.faults import Fault

LIST: dict[str, Any] = {"method": "GET", "path": "/v2/transactions"}


async def ids_through(simulator: Simulator, pluggy: PluggyClient, fault: Fault) -> Any:
    """Read an account's rows twice, the second time through *fault*."""
    item = await connected(simulator, pluggy)
    account = (await pluggy.list_accounts(item.id, type="BANK"))[0]
    truth = [row.id async for row in pluggy.transactions(account.id)]
    simulator.world.faults.add(fault)
    found = [row.id async for row in pluggy.transactions(account.id)]
    return truth, found


@pytest.mark.parametrize(
    "fault",
    [
        {"effect": "status", "status": 502, "body": "<html>"},
        {"effect": "status", "status": 503, "count": 2},
        {"effect": "status", "status": 429, "headers": {"Retry-After": "0"}},
        {"effect": "close"},
        {"effect": "truncate"},
        {"effect": "delay", "seconds": 0.2},
    ],
    ids=lambda fault: fault["effect"],
)
async def test_a_passing_fault_changes_nothing(fault: dict[str, Any]) -> None:
    async with opened(page_size=50) as (simulator, pluggy):
        made = Fault(**LIST, **fault)
        truth, found = await ids_through(simulator, pluggy, made)

    assert found == truth
    assert made.fired == made.count


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ({"effect": "status", "status": 500}, errors.ServerError),
        ({"effect": "status", "status": 200, "body": {"message": "x"}}, errors.ContractError),
        ({"effect": "next_loop", "count": 5}, errors.ContractError),
        ({"effect": "next_foreign", "count": 5}, errors.ContractError),
        ({"effect": "truncate", "count": None}, errors.ContractError),
        ({"effect": "close", "count": None}, errors.TransportError),
        ({"effect": "status", "status": 503, "count": None}, errors.ServerError),
    ],
)
async def test_a_lasting_fault_is_an_error(
    fault: dict[str, Any], error: type[errors.PluggyError]
) -> None:
    async with opened(page_size=50) as (simulator, pluggy):
        item = await connected(simulator, pluggy)
        account = (await pluggy.list_accounts(item.id, type="BANK"))[0]
        simulator.world.faults.add(Fault(**LIST, **fault))
        with pytest.raises(error):
            [row async for row in pluggy.transactions(account.id)]


async def test_keys_that_end_during_a_walk_are_renewed_in_silence() -> None:
    async with opened(page_size=20, api_key_ttl=timedelta(seconds=1)) as (simulator, pluggy):
        fault = Fault(**LIST, effect="delay", seconds=0.3, count=8)
        truth, found = await ids_through(simulator, pluggy, fault)

    assert found == truth
    assert fault.fired == 8


async def test_a_mutation_is_sent_once_when_its_answer_is_lost() -> None:
    async with opened() as (simulator, pluggy):
        fault = simulator.world.faults.add(Fault(method="POST", path="/items", effect="close"))
        with pytest.raises(errors.TransportError) as caught:
            await pluggy.create_item(0, {"user": "user-ok", "password": "password-ok"})
        made = len(simulator.world.state.items)
        await simulator.world.settled()

    assert caught.value.effect == "unknown"
    assert fault.fired == 1
    assert made == 1


async def test_a_lost_answer_to_a_deletion_is_no_error() -> None:
    async with opened() as (simulator, pluggy):
        item = await connected(simulator, pluggy)
        simulator.world.faults.add(Fault(method="DELETE", path="/items/*", effect="close"))
        await pluggy.delete_item(item.id)
        left = len(simulator.world.state.items)

    assert left == 0
