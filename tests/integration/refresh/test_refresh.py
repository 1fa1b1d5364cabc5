"""A person has the bank read again, or is told honestly why not and from when."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx2
import pytest

from tests.conftest import PASSWORD, Running
from tests.integration.path.connecting import eventually
from tests.integration.refresh.conftest import Bank, connected
from tomada.domain.clock import utc_now
from tomada.domain.errors import ProviderError, RefreshRefusedError
from tomada.simulator.faults import Fault

OPEN_BANK = 613
"""A bank of the simulator that is reached through Open Finance."""


async def _refused(bank: Bank, **changes: Any) -> RefreshRefusedError:
    with pytest.raises(RefreshRefusedError) as caught:
        await replace(bank.tomada.app.refreshes, **changes).ask(bank.caller, bank.item)
    return caught.value


def _updates(bank: Bank) -> int:
    log = bank.tomada.simulator.world.recorder.log
    return sum(one.method == "PATCH" and one.path == f"/items/{bank.item}" for one in log)


async def test_a_refresh_runs_at_the_bank_and_its_news_are_read(bank: Bank) -> None:
    app, world = bank.tomada.app, bank.tomada.simulator.world
    before = (await app.items.get(bank.caller.entity_id, bank.item)).last_updated_at
    world.post(bank.item, kind="purchase", description="Feira", collect=False)

    sync = await app.refreshes.ask(bank.caller, bank.item)
    await bank.until_the_bank_is_done()
    await bank.read()

    ended = await app.syncs.get(bank.caller, sync.id)
    item = await app.items.get(bank.caller.entity_id, bank.item)
    assert (ended.state, ended.reason) == ("done", "refresh")
    assert before is not None
    assert item.last_updated_at is not None
    assert item.last_updated_at > before
    assert ended.added == 1
    assert _updates(bank) == 1


async def test_two_clicks_are_one_request_and_the_second_hears_when_it_may_come(
    bank: Bank,
) -> None:
    await bank.tomada.app.refreshes.ask(bank.caller, bank.item)
    during = await _refused(bank)
    await bank.until_the_bank_is_done()
    await bank.read()
    after = await _refused(bank)
    later = utc_now() + timedelta(minutes=16)
    again = replace(bank.tomada.app.refreshes, clock=lambda: later)

    sync = await again.ask(bank.caller, bank.item)

    assert during.obstacle in ("updating", "cooldown")
    assert after.obstacle == "cooldown"
    assert after.at is not None
    assert timedelta(minutes=13) < after.at - utc_now() <= timedelta(minutes=15)
    assert sync.reason == "refresh"
    assert _updates(bank) == 2


@pytest.mark.parametrize(
    ("status", "code", "data", "obstacle", "wait"),
    [
        (
            409,
            "CLIENT_IS_UPDATING_BEFORE_ALLOWED_FREQUENCY",
            {"minUpdateFrequencyAllowedInHours": 24},
            "too_early",
            timedelta(hours=24),
        ),
        (409, "CLIENT_IS_UPDATING_BEFORE_ALLOWED_FREQUENCY", {}, "too_early", timedelta(hours=1)),
        (400, "TOO_MANY_CONSECUTIVE_LOGIN_FAILURES", {}, "login_backoff", timedelta(minutes=15)),
        (400, "TOO_MANY_CONSECUTIVE_ERRORS", {}, "too_many_errors", timedelta(hours=24)),
        (400, "CONNECTOR_OFFLINE", {}, "offline", timedelta(minutes=15)),
        (403, "CLIENT_HAS_ITEM_UPDATES_DISABLED", {}, "disabled", timedelta(hours=24)),
        (400, "MFA_PARAMERTER_WAS_ALREADY_USED_ERROR", {}, "needs_you", timedelta(hours=1)),
        (400, "SOMETHING_ELSE", {}, "unknown", None),
        (404, "ITEM_NOT_FOUND", {}, "gone", None),
    ],
)
async def test_pluggys_refusal_is_told_remembered_and_not_asked_for_again(
    bank: Bank,
    status: int,
    code: str,
    data: dict[str, Any],
    obstacle: str,
    wait: timedelta | None,
) -> None:
    now = utc_now()
    if data:
        data = {**data, "lastUpdatedAt": now.isoformat()}
    body = {"code": status, "codeDescription": code, "message": "no", "data": data}
    bank.tomada.simulator.world.faults.add(
        Fault(method="PATCH", path="/items/*", effect="status", status=status, body=body)
    )

    first = await _refused(bank)
    state = (await bank.tomada.app.refreshes.states(bank.caller.entity_id))[bank.item]

    assert first.obstacle == obstacle
    if wait is None:
        assert (first.at, state.possible) == (None, True)
    else:
        assert first.at is not None
        assert abs(first.at - now - wait) < timedelta(seconds=30)
        assert (state.obstacle, state.at) == (obstacle, first.at)
        assert (await _refused(bank)).obstacle == obstacle
    assert _updates(bank) == 1


async def test_a_run_that_goes_on_already_is_joined(bank: Bank) -> None:
    body = {"code": 400, "codeDescription": "ITEM_IS_ALREADY_UPDATING", "message": "no"}
    bank.tomada.simulator.world.faults.add(
        Fault(method="PATCH", path="/items/*", effect="status", status=400, body=body)
    )

    sync = await bank.tomada.app.refreshes.ask(bank.caller, bank.item)
    await bank.read()

    assert (await bank.tomada.app.syncs.get(bank.caller, sync.id)).state == "done"


async def test_a_request_whose_answer_is_lost_is_followed_all_the_same(bank: Bank) -> None:
    bank.tomada.simulator.world.faults.add(
        Fault(method="PATCH", path="/items/*", effect="no_answer")
    )

    with pytest.raises(ProviderError):
        await bank.tomada.app.refreshes.ask(bank.caller, bank.item)
    await bank.until_the_bank_is_done()
    item = await bank.tomada.app.items.get(bank.caller.entity_id, bank.item)
    await bank.read()

    assert item.syncing
    assert not (await bank.tomada.app.items.get(bank.caller.entity_id, bank.item)).syncing
    assert _updates(bank) == 1


async def test_the_endpoint_says_it_in_words_of_both_languages(bank: Bank) -> None:
    path = f"/api/open-finance/items/{bank.item}"
    async with httpx2.AsyncClient(base_url=bank.tomada.url) as http:
        http.headers["Sec-Fetch-Site"] = "same-origin"
        body = {"email": "ana@example.com", "password": PASSWORD}
        token = (await http.post("/api/session", json=body)).json()["csrfToken"]
        possible = (await http.get(path)).json()
        unsafe = await http.post(f"{path}/refresh")
        http.headers["X-CSRF-Token"] = token
        page = (await http.get("/")).text
        accepted = await http.post(f"{path}/refresh")
        await bank.until_the_bank_is_done()
        await bank.read()
        refused = await http.post(f"{path}/refresh")
        shown = (await http.get(path)).json()
        after = (await http.get("/")).text
        foreign = await http.post("/api/open-finance/items/nobodys/refresh")

    assert possible["refresh"] == {
        "possible": True, "reason": None, "possibleAt": None, "words": None,
    }  # fmt: skip
    assert f'data-refresh="{bank.item}"' in page
    assert unsafe.status_code == 403
    assert accepted.status_code == 202
    assert accepted.headers["Location"].endswith(accepted.json()["syncId"])
    assert refused.status_code == 409
    told = refused.json()
    assert (told["code"], told["reason"]) == ("refresh_refused", "cooldown")
    assert told["possibleAt"] is not None
    assert told["words"]["pt-BR"].startswith(
        "Você pediu uma atualização há pouco. Possível a partir"
    )
    assert told["words"]["en"].startswith(
        "You asked for a refresh a short while ago. Possible from"
    )
    assert shown["refresh"]["reason"] == "cooldown"
    assert "Você pediu uma atualização há pouco. Possível a partir de" in after
    assert foreign.status_code == 404


async def test_the_worker_follows_a_refresh_to_its_end_by_itself(tomada: Running) -> None:
    bank = await connected(tomada)
    tomada.simulator.world.hooks.mode = "drop"

    sync = await tomada.app.refreshes.ask(bank.caller, bank.item)

    async def done() -> bool:
        return (await tomada.app.syncs.get(bank.caller, sync.id)).state == "done"

    await eventually(done)


async def test_reads_count_under_the_entity_in_the_shared_allowance(bank: Bank) -> None:
    async with bank.tomada.app.store.begin() as tx:
        shares = await tx.conn.fetch("SELECT DISTINCT share FROM allowance_places")

    assert str(bank.caller.entity_id) in {row["share"] for row in shares}
