"""Complaints about rows that stay for ever, or that come back when they should be gone."""

from tests.conftest import Running
from tests.integration.scenarios.scene import scene


async def test_05_a_pending_row_that_the_bank_dropped_goes_without_its_event(
    tomada: Running,
) -> None:
    async with scene(tomada, "pending_for_ever") as seen:
        await seen.play(patiently=True)
        held = await seen.rows("RESERVA DE HOTEL")
        await seen.days(2)

        assert [one["status"] for one in held] == ["PENDING"]
        assert await seen.rows("RESERVA DE HOTEL") == []
        dropped = (await seen.get("/transactions", view="expired"))["transactions"]
        assert [one["id"] for one in dropped] == [held[0]["id"]]
        assert await seen.equal()


async def test_17_a_row_that_the_bank_takes_back_and_shows_again_is_one_row(
    tomada: Running,
) -> None:
    async with scene(tomada, "deleted_comes_back") as seen:
        await seen.play(patiently=True)
        await seen.sweep()

        assert len(await seen.rows("ASSINATURA DE REVISTA")) == 1
        assert await seen.equal()


async def test_16_history_that_comes_late_leaves_no_phantom_and_no_case(tomada: Running) -> None:
    async with scene(tomada, "late_history") as seen:
        played = await seen.play(patiently=True)
        await seen.days(1)

        found = await seen.rows("ANTIGO")
        cases = (await seen.get("/balance-cases"))["cases"]
        assert [one["metadata"]["pluggyTransactionId"] for one in found] == [played.rows["salary"]]
        assert [one for one in cases if one["closedAt"] is None] == []
        assert await seen.equal(), "no row is there that the bank does not have"
