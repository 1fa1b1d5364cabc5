"""Complaints about rows: late, twice, lost, on the wrong day, overwritten, or not there at all."""

from typing import Any

from tests.conftest import Running
from tests.integration.scenarios.scene import Scene, scene
from tests.integration.web.people import API
from tomada.simulator.faults_modes import fault_of
from tomada.simulator.scenarios.language import Step


async def test_01_an_endpoint_that_is_gone_tomorrow_stops_no_sync(tomada: Running) -> None:
    async with scene(tomada, "gone_tomorrow") as seen:
        await seen.play()
        await seen.sweep()

        assert await seen.equal()
        syncs = await seen.get("/items")
        assert [one["connectionStatus"] for one in syncs["items"]] == ["active"]
        asked = {one.path for one in tomada.simulator.world.recorder.log if one.status == 410}
        assert asked == {"/transactions"}, "the scenario's own question, and none of ours"


async def test_02_rows_that_the_bank_publishes_late_appear(tomada: Running) -> None:
    async with scene(tomada, "late_rows") as seen:
        played = await seen.play()

        found = await seen.rows("PAGAMENTO ATRASADO")
        assert await seen.equal()
        assert {one["metadata"]["pluggyTransactionId"] for one in found} == set(
            played.rows.values()
        )


async def test_03_a_purchase_that_settles_stays_one_row_with_what_was_written_to_it(
    tomada: Running,
) -> None:
    async with scene(tomada, "pending_then_posted") as seen:
        ids: dict[str, str] = {}

        async def write(step: Step) -> None:
            if step.verb == "post":
                row = (await seen.rows(step.get("description")))[0]
                ids[step.get("description")] = row["id"]
                note = {"note": f"meu {step.main}"}
                answer = await seen.client.patch(f"{API}/transactions/{row['id']}", json=note)
                assert answer.status_code == 200, answer.text

        await seen.play(patiently=True, after=write)
        await seen.sweep()

        assert await seen.equal()
        assert len(ids) == 2
        for description, known in ids.items():
            settled = await seen.rows(description)
            assert [(one["id"], one["status"]) for one in settled] == [(known, "POSTED")]
            assert settled[0]["note"].startswith("meu ")


async def test_04_a_scheduled_entry_counts_once_and_only_when_it_is_due(tomada: Running) -> None:
    async with scene(tomada, "scheduled_and_posted") as seen:
        spent = [await _spent(seen)]
        standing: dict[int, str] = {}

        async def look(step: Step) -> None:
            if step.verb == "schedule_pix":
                page = (await seen.get("/transactions", limit=10))["transactions"]
                standing.update({one["amountMinor"]: one["standing"] for one in page})
                spent.append(await _spent(seen))

        await seen.play(patiently=True, after=look)
        await seen.sweep()

        assert (standing[120000], standing[8000]) == ("scheduled", "scheduled")
        assert spent == [spent[0]] * 3, "what is scheduled is not spent"
        assert await seen.equal()
        rent = await seen.row("rent")
        assert (rent["standing"], _signed(rent)) == ("posted", -120000)


async def test_06_two_equal_purchases_stay_two_whatever_they_are_called(tomada: Running) -> None:
    async with scene(tomada, "two_coffees") as seen:
        await seen.play()
        await seen.sweep()

        coffees = await seen.rows("CAFE DA ESQUINA")
        assert await seen.equal()
        assert len(coffees) == 2
        assert {one["amountMinor"] for one in coffees} == {650}


async def test_09_card_purchases_are_spending(tomada: Running) -> None:
    signs = {"purchase": -8000, "back": 8000, "fee": -1200, "salary": 300000, "sent": -2000}
    async with scene(tomada, "card_signs") as seen:
        await seen.play()

        for name, minor in signs.items():
            row = await seen.row(name)
            assert _signed(row) == minor, name
            assert row["directionDoubt"] is None, name
        assert await seen.equal()


async def test_10_a_row_is_on_the_day_the_person_lived_it(tomada: Running) -> None:
    days = {"before": "2026-01-31", "after": "2026-02-01", "bare": "2026-02-01"}
    async with scene(tomada, "midnight") as seen:
        await seen.play()

        for name, day in days.items():
            assert (await seen.row(name))["day"] == day, name
        january = await seen.get("/transactions", **{"from": "2026-01-31", "to": "2026-01-31"})
        assert [one["description"] for one in january["transactions"] if _small(one)] == ["ANTES"]


async def test_18_what_the_bank_corrects_is_corrected_and_idle_runs_write_nothing(
    tomada: Running,
) -> None:
    async with scene(tomada, "bank_edits") as seen:
        await seen.play()
        row = await seen.row("row")
        before = await _versions(tomada)
        await tomada.app.syncs.want(
            seen.caller.entity_id, seen.banks["bank"], reason="schedule", full=True
        )
        await seen.sweep()

        assert (row["description"], _signed(row)) == ("COMPRA PADARIA DO SOL", -1050)
        assert row["category"] == "Groceries"
        assert await _versions(tomada) == before
        assert await seen.equal()


async def test_20_limited_failed_and_empty_are_three_things_and_lose_nothing(
    tomada: Running,
) -> None:
    async with scene(tomada, "limited_not_empty") as seen:
        await seen.play()
        before = await _versions(tomada)
        page = {"path": "/v2/transactions", "effect": "status"}
        limited = {"status": 429, "headers": {"Retry-After": "1"}}
        empty = {"status": 200, "body": {"results": [], "next": None}}
        faults = [fault_of(page | one) for one in (limited, {"status": 503}, empty)]
        for fault in faults:
            tomada.simulator.world.faults.add(fault)
        await tomada.app.syncs.want(
            seen.caller.entity_id, seen.banks["bank"], reason="schedule", full=True
        )
        await seen.rest()

        assert [fault.fired for fault in faults] == [1, 1, 1]
        assert await _versions(tomada) == before
        assert len(await seen.rows("PASSAGEM DE ONIBUS")) == 1
        assert await seen.equal()


async def _spent(seen: Scene) -> int:
    """Sum up what the last months say was spent."""
    months = (await seen.get("/months", count=6))["months"]
    return sum(int(one["spendingMinor"]) for one in months)


def _signed(row: dict[str, Any]) -> int:
    minor: int = row["amountMinor"]
    return -minor if row["type"] == "DEBIT" else minor


def _small(row: dict[str, Any]) -> bool:
    minor: int = row["amountMinor"]
    return minor < 110 and row["description"].isupper()


async def _versions(tomada: Running) -> set[tuple[Any, ...]]:
    """Name every row's version in the database: a row that was written has another one."""
    async with tomada.app.store.pool.acquire() as conn, conn.transaction():
        entities = await conn.fetch("SELECT id FROM entities")
        found: set[tuple[Any, ...]] = set()
        for entity in entities:
            await conn.execute("SELECT set_config('tomada.entity', $1, true)", str(entity["id"]))
            rows = await conn.fetch("SELECT id, xmin::text, ctid::text FROM transactions")
            found |= {tuple(one) for one in rows}
    return found
