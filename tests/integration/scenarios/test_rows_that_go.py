"""Complaints about rows that stay for ever, or that come back when they should be gone."""

from tests.conftest import Running
from tests.integration.scenarios.scene import scene


async def test_17_a_row_that_the_bank_takes_back_and_shows_again_is_one_row(
    tomada: Running,
) -> None:
    async with scene(tomada, "deleted_comes_back") as seen:
        await seen.play(patiently=True)
        await seen.sweep()

        assert len(await seen.rows("ASSINATURA DE REVISTA")) == 1
        assert await seen.equal()
