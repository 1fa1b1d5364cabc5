"""Whatever happens, the ledger ends up equal to the bank: random histories in virtual time."""

import pytest
from hypothesis import seed
from hypothesis.stateful import run_state_machine_as_test

from tests.fault.machine import Stage, campaign, machine_on

HISTORIES, STEPS = 40, 150
FAMILIES = {f"P{n:02}" for n in range(1, 19)} | {"L01", "L04"}


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_whatever_happens_the_ledger_ends_up_equal_to_the_bank() -> None:
    with Stage.opened() as stage:
        machine = seed(20261126)(machine_on(stage))

        run_state_machine_as_test(machine, settings=campaign(HISTORIES, STEPS))

        tally = stage.tally
        print(tally)  # noqa: T201  (the figures are asked for)
    assert tally.histories >= HISTORIES
    assert FAMILIES - {name for name, n in tally.fired.items() if n} == set()
