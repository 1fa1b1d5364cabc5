"""A tree of hashes over all leaves in their order, as RFC 6962 has it.

Of a tree only its *peaks* are kept, the roots of its full subtrees from the largest to the
smallest: as many as the size has ones in binary, enough to go on and to give the root.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

HASH = 32


def node(left: bytes, right: bytes) -> bytes:
    """Hash two subtrees together."""
    return hashlib.sha256(b"\x01" + left + right).digest()


@dataclass(frozen=True, slots=True)
class Tree:
    """A tree of *size* leaves."""

    size: int = 0
    peaks: tuple[bytes, ...] = ()

    def grown(self, leaves: Iterable[bytes]) -> "Tree":
        """Give the tree with more leaves behind these."""
        size, peaks = self.size, list(self.peaks)
        for one in leaves:
            top, rest = one, size
            while rest & 1:
                top, rest = node(peaks.pop(), top), rest >> 1
            peaks.append(top)
            size += 1
        return Tree(size, tuple(peaks))

    @property
    def root(self) -> bytes:
        """Give the hash of the whole tree."""
        if not self.peaks:
            return hashlib.sha256(b"").digest()
        root = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            root = node(peak, root)
        return root

    @property
    def packed(self) -> bytes:
        """Give the peaks one after the other."""
        return b"".join(self.peaks)

    @staticmethod
    def unpacked(size: int, packed: bytes) -> "Tree":
        """Read what ``packed`` gave; raises ``ValueError`` where it is not of that size."""
        if len(packed) != HASH * size.bit_count():
            raise ValueError("these are not the peaks of a tree of this size")
        peaks = (packed[at : at + HASH] for at in range(0, len(packed), HASH))
        return Tree(size, tuple(peaks))


def inclusion(leaves: Sequence[bytes], n: int) -> list[bytes]:
    """Give the hashes which, with leaf *n*, make the root; the nearest first."""
    if len(leaves) == 1:
        return []
    half = _half(len(leaves))
    if n < half:
        return [*inclusion(leaves[:half], n), Tree().grown(leaves[half:]).root]
    return [*inclusion(leaves[half:], n - half), Tree().grown(leaves[:half]).root]


def included(one: bytes, n: int, size: int, path: Sequence[bytes]) -> bytes:
    """Give the root that a leaf and its hashes make in a tree of *size*."""
    if size == 1:
        if path:
            raise ValueError("the proof is longer than the tree is high")
        return one
    if not path:
        raise ValueError("the proof is shorter than the tree is high")
    half = _half(size)
    if n < half:
        return node(included(one, n, half, path[:-1]), path[-1])
    return node(path[-1], included(one, n - half, size - half, path[:-1]))


def _half(size: int) -> int:
    """Give the largest power of two below *size*."""
    return int(1 << (size - 1).bit_length() - 1)
