"""The file of who was erased outlives a full disk and a kill."""

from datetime import UTC, datetime
from pathlib import Path

from uuid_utils.compat import uuid7

from tomada.domain.ids import EntityId
from tomada.store.erasure_ledger import Erased, ErasureLedger


def _mark(said: bytes) -> bytes:
    return said[:8]


def _erased() -> Erased:
    return Erased(EntityId(uuid7()), uuid7(), datetime.now(UTC))


def test_a_line_after_one_that_was_left_half_written_is_read(tmp_path: Path) -> None:
    ledger = ErasureLedger(tmp_path / "kept" / "erasures.jsonl")
    first, second, third = _erased(), _erased(), _erased()
    ledger.add(first, _mark)
    whole = ledger.path.read_bytes()
    ledger.add(second, _mark)
    torn = ledger.path.read_bytes()[: len(whole) + 20]
    ledger.path.write_bytes(torn)

    ledger.add(third, _mark)
    ledger.add(second, _mark)
    ledger.add(second, _mark)

    assert ledger.read(_mark) == [first, third, second]
    assert ledger.path.read_bytes().startswith(torn + b"\n")
