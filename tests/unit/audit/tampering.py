"""Logs with their tree and checkpoints in memory, and somebody who changes them.

As a program it makes as many changes as told and says how many were found, and by whom:
``python -m tests.unit.audit.tampering 10000``.
"""

import base64
import copy
import functools
import json
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from scripts import verify_audit
from tomada.domain.audit import FORMAT, START, AuditEntry, Chained, leaf, link, microseconds
from tomada.domain.audit_check import AuditCheck
from tomada.domain.ids import EntityId
from tomada.domain.merkle import Tree
from tomada.services.audit_export import chained_line
from tomada.services.audit_signer import Signer, make_key, signer_of

AT = datetime(2026, 11, 23, 12, tzinfo=UTC)
PEOPLE = 5
CHECKPOINTS = 4

Lines = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Scene:
    """What an auditor gets, and what was kept elsewhere meanwhile."""

    signer: Signer
    lines: Lines
    anchors: list[str]


def scene(rng: Random, *, entries: int = 120) -> Scene:
    """Make logs of some people, signed several times, and anchored each time."""
    signer = signer_of(make_key())
    people = [UUID(int=rng.getrandbits(128)) for _ in range(PEOPLE)]
    logs: dict[UUID, list[Chained]] = {one: [] for one in people}
    lines, tree, notes = Lines(), Tree(), list[str]()
    for n in range(entries):
        log = logs[rng.choice(people[: 1 + n % PEOPLE])]
        owner = next(one for one, other in logs.items() if other is log)
        before = log[-1].chain if log else START
        entry = _entry(rng, owner, n)
        hashed = leaf(len(log) + 1, entry.encoded())
        log.append(Chained(entry, len(log) + 1, link(before, hashed)))
        lines.append({"kind": "entry", "n": n, **chained_line(log[-1])})
        tree = tree.grown([hashed])
        if (n + 1) % (entries // CHECKPOINTS) == 0:
            note = signer.sign(tree.size, tree.root, microseconds(AT + timedelta(seconds=n)))
            notes.append(note.decode())
    lines.sort(key=lambda one: (one["entity"], one["seq"]))
    lines += [
        {"kind": "head", "entity": str(one), "seq": len(log), "chain": log[-1].chain.hex()}
        for one, log in logs.items()
        if log
    ]
    lines += [{"kind": "checkpoint", "note": note} for note in notes]
    head = {"kind": "log", "format": FORMAT, "origin": signer.origin, "key": signer.key.hex()}
    return Scene(signer, [head, *lines], notes)


def _entry(rng: Random, owner: UUID, n: int) -> AuditEntry:
    return AuditEntry(
        id=UUID(int=rng.getrandbits(128)), entity=EntityId(owner), at=AT + timedelta(seconds=n),
        actor_kind="user", actor=UUID(int=rng.getrandbits(128)), action=f"action-{n % 7}",
        object_kind="item", object_name=f"{rng.getrandbits(64):x}", outcome="done",
        request_id=f"r{n}", consent_id=None, reason=None, data={"rows": n},
        sealed=rng.randbytes(20) if n % 3 == 0 else None,
    )  # fmt: skip


def found_by_ours(scene: Scene, lines: Lines) -> bool:
    """Ask the product's own check."""
    check = AuditCheck(scene.signer.verify)
    heads = {one["entity"]: one for one in lines if one["kind"] == "head"}
    entries = [one for one in lines if one["kind"] == "entry"]
    for entity in {*heads, *(one["entity"] for one in entries)}:
        log = [(_chained(one), one["n"]) for one in entries if one["entity"] == entity]
        head = heads.get(entity)
        ends = None if head is None else (head["seq"], bytes.fromhex(head["chain"]))
        check.log(EntityId(UUID(entity)), log, head=ends)
    notes = [one["note"].encode() for one in lines if one["kind"] == "checkpoint"]
    return bool(check.verdict(notes, [one.encode() for one in scene.anchors]).problems)


def found_by_the_auditor(scene: Scene, lines: Lines) -> bool:
    """Ask the program that knows nothing of the product."""
    anchors = [json.dumps({"note": one}) for one in scene.anchors]
    return bool(verify_audit.verify(map(json.dumps, lines), anchors, scene.signer.key))


def _chained(line: dict[str, Any]) -> Chained:
    sealed = line["sealed"]
    entry = AuditEntry(
        id=UUID(line["id"]), entity=EntityId(UUID(line["entity"])),
        at=datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=line["at"]),
        actor_kind=line["actor_kind"], actor=UUID(line["actor"]), action=line["action"],
        object_kind=line["object_kind"], object_name=line["object"], outcome=line["outcome"],
        request_id=line["request_id"], consent_id=None, reason=line["reason"], data=line["data"],
        sealed=None if sealed is None else base64.b64decode(sealed),
    )  # fmt: skip
    return Chained(entry, line["seq"], bytes.fromhex(line["chain"]))


def _entries(lines: Lines) -> Lines:
    return [one for one in lines if one["kind"] == "entry"]


def edit(lines: Lines, rng: Random) -> None:
    """Change one field of an entry."""
    one = rng.choice(_entries(lines))
    name, value = rng.choice([
        ("action", "other"), ("outcome", "refused"), ("at", one["at"] + 1), ("data", {"rows": -1}),
        ("actor", str(UUID(int=rng.getrandbits(128)))), ("object", "x"), ("reason", "x"),
        ("request_id", one["request_id"] + " "), ("sealed", "AAAA"), ("actor_kind", "system"),
        ("id", str(UUID(int=rng.getrandbits(128)))), ("object_kind", None),
    ])  # fmt: skip
    one[name] = value


def delete(lines: Lines, rng: Random) -> None:
    """Remove an entry."""
    lines.remove(rng.choice(_entries(lines)))


def insert(lines: Lines, rng: Random) -> None:
    """Add an entry before another of the same log; behind the last one it would be a new one."""
    behind = rng.choice(_entries(lines))
    one = copy.deepcopy(behind)
    one["id"] = str(UUID(int=rng.getrandbits(128)))
    one["n"] = rng.choice([None, one["n"], len(_entries(lines))])
    lines.insert(lines.index(behind), one)


def reorder(lines: Lines, rng: Random) -> None:
    """Exchange the places of two entries, in a log or in the tree."""
    one, other = _two(lines, rng)
    names = rng.choice([("n",), ("seq", "chain"), ("n", "seq", "chain")])
    for name in names:
        one[name], other[name] = other[name], one[name]
    lines.sort(key=lambda line: (line["kind"] != "log", line["kind"] == "checkpoint",
                                 line.get("entity", ""), line.get("seq", 0)))  # fmt: skip


def renumber(lines: Lines, rng: Random) -> None:
    """Count from another number on."""
    one = rng.choice(_entries(lines))
    by = rng.choice([-1, 1, 5])
    for line in _entries(lines):
        if line["entity"] == one["entity"] and line["seq"] >= one["seq"]:
            line["seq"] = max(0, line["seq"] + by)


def swap_entities(lines: Lines, rng: Random) -> None:
    """Give the whole logs of two people to each other."""
    one, other = _two(lines, rng, same=False)
    names = {one["entity"]: other["entity"], other["entity"]: one["entity"]}
    for line in lines:
        if line.get("entity") in names:
            line["entity"] = names[line["entity"]]


def restore(lines: Lines, rng: Random) -> None:
    """Go back to what was there at an earlier checkpoint, everything with it."""
    notes = [one for one in lines if one["kind"] == "checkpoint"]
    kept = rng.randrange(len(notes))
    size = 0 if kept == 0 else int(notes[kept - 1]["note"].split("\n")[1])
    _cut(lines, size)
    for note in notes[kept:]:
        lines.remove(note)


def truncate(lines: Lines, rng: Random) -> None:
    """Cut off the end."""
    _cut(lines, rng.randrange(len(_entries(lines))))


def cover_up(lines: Lines, rng: Random) -> None:
    """Do one of the above, and hash every chain and head again, as who has the database can."""
    rng.choice((edit, delete, insert, renumber))(lines, rng)
    ends: dict[str, tuple[int, bytes]] = {}
    for line in _entries(lines):
        seq, chain = ends.get(line["entity"], (0, START))
        line["seq"] = seq + 1
        hashed = leaf(line["seq"], _chained(line).entry.encoded())
        ends[line["entity"]] = (seq + 1, link(chain, hashed))
        line["chain"] = ends[line["entity"]][1].hex()
    for head in lines:
        if head["kind"] == "head" and head["entity"] in ends:
            head["seq"], head["chain"] = ends[head["entity"]][0], ends[head["entity"]][1].hex()


def _two(lines: Lines, rng: Random, *, same: bool = True) -> Lines:
    while True:
        pair = rng.sample(_entries(lines), 2)
        if (pair[0]["entity"] == pair[1]["entity"]) == same:
            return pair


def _cut(lines: Lines, size: int) -> None:
    ends: dict[str, tuple[int, str]] = {}
    for line in _entries(lines):
        if line["n"] >= size:
            lines.remove(line)
        else:
            ends[line["entity"]] = (line["seq"], line["chain"])
    for head in [one for one in lines if one["kind"] == "head"]:
        if head["entity"] in ends:
            head["seq"], head["chain"] = ends[head["entity"]]
        else:
            lines.remove(head)


MUTATIONS: tuple[Callable[[Lines, Random], None], ...] = (
    edit, delete, insert, reorder, renumber, swap_entities, restore, truncate, cover_up,
)  # fmt: skip


def tried(count: int, *, seed: int) -> tuple[Counter[str], list[str]]:
    """Change so many times; gives how often each kind, and what went unnoticed by whom."""
    # The same few notes are verified again and again.
    verify_audit.genuine = functools.cache(verify_audit.genuine)
    rng = Random(seed)
    here, done, missed = scene(rng), Counter[str](), list[str]()
    for n in range(count):
        mutation = MUTATIONS[n % len(MUTATIONS)]
        lines = copy.deepcopy(here.lines)
        mutation(lines, rng)
        if lines == here.lines:
            continue
        done[mutation.__name__] += 1
        if not found_by_ours(here, lines):
            missed.append(f"{mutation.__name__} {n}: ours")
        if not found_by_the_auditor(here, lines):
            missed.append(f"{mutation.__name__} {n}: the auditor's")
    return done, missed


def main() -> int:
    """Change as often as told."""
    done, missed = tried(int(sys.argv[1]), seed=int(sys.argv[2]) if len(sys.argv) > 2 else 1)
    print(f"{sum(done.values())} changes, {len(missed)} unnoticed", dict(done), missed[:10])  # noqa: T201
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
