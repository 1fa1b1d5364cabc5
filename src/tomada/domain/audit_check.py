"""Tell whether audit logs, their tree and its checkpoints are what they were when they were signed."""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from tomada.domain.audit import GENESIS, START, AuditEntry, Chained, leaf, link
from tomada.domain.checkpoints import Checkpoint
from tomada.domain.ids import EntityId
from tomada.domain.merkle import Tree

Verify = Callable[[bytes], Checkpoint]
"""Reads a note and verifies its signature; raises ``ValueError`` where it is not the log's."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found; *loose* are entries that no checkpoint holds yet."""

    problems: tuple[str, ...]
    entries: int
    checkpoints: int
    anchors: int
    loose: int


@dataclass(slots=True)
class AuditCheck:
    """Is told all there is, log by log, and then asked."""

    verify: Verify
    problems: list[str] = field(default_factory=list)
    _entries: int = 0
    _leaves: dict[int, bytes] = field(default_factory=dict)

    def log(
        self, entity: EntityId, chained: Iterable[tuple[Chained, int | None]],
        *, outside: Iterable[AuditEntry] = (), head: tuple[int, bytes] | None = None,
    ) -> None:  # fmt: skip
        """Take in a log: its entries with their numbers in the tree, and what it says of itself."""
        seq, chain, genesis = 0, START, (0, "")
        for one, n in chained:
            seq += 1
            self._entries += 1
            here = f"entry {one.seq} of {entity}"
            if one.seq != seq or one.entry.entity != entity:
                self.problems.append(f"{here} stands where entry {seq} of {entity} should")
                seq = one.seq
            hashed = leaf(one.seq, one.entry.encoded())
            chain = link(chain, hashed)
            if one.chain != chain:
                self.problems.append(f"{here} is not the one that was written")
                chain = one.chain
            if seq == 1 and one.entry.action == GENESIS:
                genesis = (one.entry.data.get("rows", 0), one.entry.data.get("digest", ""))
            self._place(n, hashed, here)
        if head is not None and head != (seq, chain):
            self.problems.append(f"the log of {entity} does not end where its head says")
        self._outside(entity, outside, genesis)

    def verdict(self, notes: Iterable[bytes], anchors: Iterable[bytes] = ()) -> Verdict:
        """Compare all that was taken in with checkpoints, and those with the ones kept elsewhere."""
        signed = self._read(notes, "a checkpoint")
        kept = self._read(anchors, "an anchor")
        size = self._contiguous()
        wanted = {one.size: one for one in signed}
        roots, tree = {0: Tree().root}, Tree()
        for stop in sorted({one.size for one in (*signed, *kept) if one.size <= size}):
            tree = tree.grown(self._leaves[n] for n in range(tree.size, stop))
            roots[stop] = tree.root
        for what, some in (("checkpoint", signed), ("anchor", kept)):
            for one in some:
                if one.size > size:
                    self.problems.append(f"the {what} of {one.size} entries is of more than remain")
                elif roots[one.size] != one.root:
                    self.problems.append(f"the {what} of {one.size} entries is of other entries")
        last = max(wanted, default=0)
        if any(n >= size for n in self._leaves):
            self.problems.append(f"entry {size} of the tree is missing")
        loose = self._entries - min(last, self._entries)
        return Verdict(tuple(self.problems), self._entries, len(signed), len(kept), loose)

    def _place(self, n: int | None, hashed: bytes, here: str) -> None:
        if n is None:
            return
        if n in self._leaves:
            self.problems.append(f"{here} has the place of another in the tree")
        self._leaves[n] = hashed

    def _outside(
        self, entity: EntityId, outside: Iterable[AuditEntry], genesis: tuple[int, str]
    ) -> None:
        digest, rows = hashlib.sha256(), 0
        for one in outside:
            digest.update(one.encoded())
            rows += 1
        found = (rows, digest.hexdigest() if rows else "")
        if found != genesis:
            self.problems.append(f"what stands outside of the chain of {entity} was changed")

    def _contiguous(self) -> int:
        size = 0
        while size in self._leaves:
            size += 1
        return size

    def _read(self, notes: Iterable[bytes], what: str) -> list[Checkpoint]:
        found = []
        for note in notes:
            try:
                found.append(self.verify(note))
            except ValueError as error:
                self.problems.append(f"{what} is not signed by this log: {error}")
        if [one.size for one in found] != sorted(one.size for one in found):
            self.problems.append(f"{what} is of fewer entries than the one before")
        return found
