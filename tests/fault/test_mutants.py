"""The tests can see: each old defect, put back, is found by the test that is there for it."""

import pytest

from tests.fault.resurrection import MUTANTS, Mutant, mutants, tried


def test_every_patch_is_in_the_table() -> None:
    assert {one.stem for one in MUTANTS.glob("*.patch")} == {one.name for one in mutants()}


@pytest.mark.slow
@pytest.mark.timeout(330)
@pytest.mark.parametrize("mutant", mutants(), ids=lambda one: one.name)
def test_a_defect_put_back_is_found(mutant: Mutant) -> None:
    assert tried(mutant) is None
