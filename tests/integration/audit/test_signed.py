"""Checkpoints: when they are signed, where they are put, and when nothing is signed any more."""

import asyncio
import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pytest
import structlog

from scripts.verify_audit import genuine, verify
from tests.integration.audit.conftest import Book
from tests.integration.audit.listening import listener
from tomada.adapters.anchors.file import FileAnchor, read_notes
from tomada.adapters.anchors.webhook import WebhookAnchor
from tomada.domain.audit import INSTALLATION
from tomada.domain.errors import AuditContradictedError
from tomada.services.audit_export import exported
from tomada.services.audit_log import AuditLog
from tomada.services.audit_signer import open_signer


async def _opened(book: Book, *anchors: FileAnchor | WebhookAnchor) -> AuditLog:
    return AuditLog(book.store, book.clock, await open_signer(book.vault), anchors)


async def _later(book: Book, logs: AuditLog) -> None:
    """Let the leaves be put in order, and become old enough to be signed."""
    await logs.tend()
    book.move(minutes=5)
    await logs.tend()


async def _lines(logs: AuditLog) -> list[str]:
    return [json.dumps(one) async for one in exported(logs)]


async def test_a_checkpoint_is_signed_after_five_minutes_or_a_thousand_entries(
    book: Book,
) -> None:
    logs, ana = await _opened(book), await book.somebody()
    await book.write(ana, count=3)

    await logs.tend()
    early = await logs.notes()
    book.move(minutes=5)
    await logs.tend()
    await logs.tend()
    late = [logs.signer.verify(one).size for one in await logs.notes()]
    async with book.store.begin(ana.entity_id) as tx:
        for _ in range(1000):
            await book.audit.write(tx, "many", caller=ana)
    await logs.tend()
    many = [logs.signer.verify(one).size for one in await logs.notes()]

    assert early == []
    assert late == [3]
    assert many == [3, 1003]


async def test_a_checkpoint_goes_to_every_anchor_and_waits_for_one_that_is_away(
    book: Book, tmp_path: Path
) -> None:
    ana, file = await book.somebody(), tmp_path / "anchors.jsonl"
    async with listener() as there:
        logs = await _opened(book, FileAnchor(file), WebhookAnchor(there.url))
        there.status = 503
        await book.write(ana)
        await _later(book, logs)
        refused = (await logs.status()).anchored
        there.status = 200
        await logs.tend()
        await logs.tend()

    (note,) = await logs.notes()
    assert set(refused) == {"file"}
    assert read_notes(file) == [note]
    assert file.stat().st_mode & 0o777 == 0o600
    # Refused, kept, and never sent again.
    assert there.bodies == [note, note]
    status = await logs.status()
    assert {place: size for place, (size, _) in status.anchored.items()} == {
        "file": 1, "webhook": 1,
    }  # fmt: skip
    assert (status.signed, status.waiting) == (1, 0)


async def test_entries_that_are_anchored_nowhere_for_ten_minutes_are_an_alert(
    book: Book,
) -> None:
    ana = await book.somebody()
    async with listener() as there:
        logs = await _opened(book, WebhookAnchor(there.url))
        there.status = 500
        await book.write(ana)
        await logs.tend()
        book.move(minutes=9)
        with structlog.testing.capture_logs() as calm:
            await logs.tend()
        book.move(minutes=2)
        with structlog.testing.capture_logs() as alarmed:
            await logs.tend()

    assert "audit_unanchored" not in {one["event"] for one in calm}
    (alert,) = [one for one in alarmed if one["event"] == "audit_unanchored"]
    assert (alert["log_level"], alert["count"]) == ("error", 1)


async def test_what_was_written_verifies_here_and_by_the_program_of_the_auditor(
    book: Book, tmp_path: Path
) -> None:
    file = tmp_path / "anchors.jsonl"
    logs = await _opened(book, FileAnchor(file))
    people = [await book.somebody() for _ in range(3)]
    for _ in range(2):
        for one in people:
            await book.write(one, count=4)
        async with book.store.begin() as tx:
            await book.audit.write(tx, "keys_rotated", operator="root")
        await _later(book, logs)
    await book.write(people[0])

    verdict = await logs.verify(anchored=read_notes(file))
    lines = await _lines(logs)

    assert verdict.problems == ()
    assert (verdict.entries, verdict.checkpoints, verdict.anchors) == (27, 2, 2)
    assert verdict.loose == 1
    assert verify(lines, file.read_text().splitlines(), logs.signer.key) == []
    assert len({json.loads(one).get("entity") for one in lines} - {None}) == 4


async def test_a_signer_whose_last_words_are_contradicted_signs_nothing_more(
    book: Book, tmp_path: Path
) -> None:
    anchor = FileAnchor(tmp_path / "anchors.jsonl")
    ana = await book.somebody()
    logs = await _opened(book, anchor)
    await book.write(ana, count=4)
    await _later(book, logs)
    await book.write(ana)
    await logs.merge()

    async def contradicted(logs: AuditLog) -> bool:
        try:
            await logs.sign()
        except AuditContradictedError:
            return True
        return False

    # Somebody goes back to before the checkpoint, and a new process sees the anchor alone.
    await book.as_owner(INSTALLATION, "CREATE TABLE kept AS SELECT * FROM audit_checkpoints")
    await book.as_owner(INSTALLATION, "DELETE FROM audit_checkpoints")
    remembered = await contradicted(logs)
    shown = await contradicted(await _opened(book, anchor))
    unseen = not await contradicted(await _opened(book))
    await book.as_owner(INSTALLATION, "DELETE FROM audit_checkpoints")
    await book.as_owner(INSTALLATION, "INSERT INTO audit_checkpoints SELECT * FROM kept")
    await book.as_owner(INSTALLATION, "UPDATE audit_checkpoints SET peaks = sha256(peaks)")
    changed = await contradicted(await _opened(book, anchor))
    await book.as_owner(INSTALLATION, "UPDATE audit_checkpoints c SET peaks = k.peaks FROM kept k")
    await book.as_owner(INSTALLATION, "UPDATE audit_leaves SET n = 7 WHERE n = 4")
    missing = await contradicted(await _opened(book, anchor))
    await book.as_owner(INSTALLATION, "UPDATE audit_leaves SET n = 4 WHERE n = 7")
    await book.as_owner(INSTALLATION, "DROP TABLE kept")
    again = await (await _opened(book, anchor)).sign()

    assert (remembered, shown, unseen, changed, missing) == (True,) * 5
    assert again is not None
    assert again.size == 5


async def test_two_processes_sign_one_checkpoint(book: Book) -> None:
    ana = await book.somebody()
    one, other = await _opened(book), await _opened(book)
    await book.write(ana, count=5)
    await one.merge()

    first, second = await one.sign(), await other.sign()

    assert one.signer.key == other.signer.key
    assert first is not None
    assert second is None


def test_the_auditors_program_verifies_what_rfc_8032_gives_and_nothing_else() -> None:
    key = bytes.fromhex("fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025")
    signature = bytes.fromhex(
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
        "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
    )
    assert genuine(key, bytes.fromhex("af82"), signature)
    assert not genuine(key, b"other", signature)
    for n in range(0, 64, 7):
        changed = bytearray(signature)
        changed[n] ^= 1
        assert not genuine(key, bytes.fromhex("af82"), bytes(changed))
    assert not genuine(hashlib.sha256(key).digest(), bytes.fromhex("af82"), signature)


async def test_another_logs_checkpoint_is_none_of_this_one(book: Book) -> None:
    signer = (await _opened(book)).signer
    note = signer.sign(1, bytes(32), 0)

    assert signer.verify(note).size == 1
    for wrong in (note.replace(b"\n1\n", b"\n2\n"), b"", note[:-8], b"x" + note):
        with pytest.raises(ValueError, match=r"checkpoint|signature"):
            signer.verify(wrong)
    assert replace(signer, key=bytes(32)).origin != signer.origin


async def test_a_log_that_is_written_while_it_is_verified_is_not_taken_for_a_broken_one(
    book: Book,
) -> None:
    logs, ana = await _opened(book), await book.somebody()

    async def write() -> None:
        for _ in range(10):
            await book.write(ana, count=5)
            async with book.store.begin() as tx:
                await book.audit.write(tx, "keys_rewrapped", operator="root")
            await logs.merge()

    writing = asyncio.create_task(write())
    found = list[str]()
    while not writing.done():
        found += (await logs.verify(anchored=[])).problems
        await asyncio.sleep(0)
    await writing
    done = await logs.verify(anchored=[])

    assert found == []
    assert (done.problems, done.entries) == ((), 60)
