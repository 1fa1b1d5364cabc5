"""Whatever is changed in what was anchored, the product and the auditor's program both see it."""

from random import Random

from tests.unit.audit.tampering import (
    MUTATIONS,
    found_by_ours,
    found_by_the_auditor,
    scene,
    tried,
)


def test_untouched_logs_are_believed_by_both() -> None:
    here = scene(Random(3))

    assert not found_by_ours(here, here.lines)
    assert not found_by_the_auditor(here, here.lines)


def test_every_change_is_found_by_both() -> None:
    done, missed = tried(500, seed=1)

    assert missed == []
    assert sum(done.values()) >= 480
    assert set(done) == {one.__name__ for one in MUTATIONS}
