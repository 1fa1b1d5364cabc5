"""Waiting until nothing is left to do, anywhere."""

from tests.conftest import Running
from tests.integration.path.connecting import eventually


async def quiet(tomada: Running, *, seconds: float = 30) -> None:
    """Wait until Pluggy delivers nothing more and every run that is wanted has ended."""

    async def nothing_left() -> bool:
        if tomada.simulator.world.executions.busy or tomada.simulator.world.courier.pending:
            return False
        async with tomada.app.store.begin() as tx:
            left: int = await tx.conn.fetchval(
                "SELECT (SELECT count(*) FROM work WHERE wanted > done)"
                " + (SELECT count(*) FROM inbox WHERE state = 'new')"
                " + (SELECT count(*) FROM pgqueuer WHERE execute_after <= now())"
            )
        return left == 0

    await eventually(nothing_left, seconds=seconds)
