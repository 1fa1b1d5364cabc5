"""Verify an export of Tomada's audit without Tomada: needs Python 3.11 and nothing else.

    python verify_audit.py EXPORT [--anchors FILE] [--key HEX]

EXPORT is what ``tomada audit export`` wrote, FILE the anchor file, without which nothing shows that
the end was not cut off; HEX the log's public key as you knew it. Exits with 1 and the reasons.
"""

# ruff: noqa: D102, D103, PLR2004, PTH123
import argparse
import base64
import hashlib
import json
import sys
from collections.abc import Iterable
from typing import Any

FIELDS = (
    "entity", "id", "at", "actor_kind", "actor", "action", "object_kind", "object", "outcome",
    "request_id", "consent_id", "reason", "data", "sealed",
)  # fmt: skip
# Ed25519, RFC 8032: the field's prime, the order of the group, the curve's constant.
P, L = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D, ROOT = -121665 * pow(121666, P - 2, P) % P, pow(2, (P - 1) // 4, P)
Point = tuple[int, int, int, int]


def sha256(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(parts)).digest()


def encoded(entry: dict[str, Any]) -> bytes:
    """Encode an entry: its format, then each field behind its length."""
    data = json.dumps(entry["data"], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    sealed = None if entry["sealed"] is None else base64.b64decode(entry["sealed"], validate=True)
    entry = {**entry, "at": str(entry["at"]), "data": data, "sealed": sealed}
    out = b""
    for value in ("tomada/audit/1", *(entry[name] for name in FIELDS)):
        raw = value.encode() if isinstance(value, str) else value
        out += b"\xff" * 4 if raw is None else len(raw).to_bytes(4, "big") + raw
    return out


def add(a: Point, b: Point) -> Point:
    x = (a[1] - a[0]) * (b[1] - b[0]) % P
    y = (a[1] + a[0]) * (b[1] + b[0]) % P
    t, z = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = y - x, z - t, z + t, y + x
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(scalar: int, point: Point) -> Point:
    total: Point = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            total = add(total, point)
        point, scalar = add(point, point), scalar >> 1
    return total


def point_of(raw: bytes) -> Point | None:
    y = int.from_bytes(raw, "little")
    sign, y = y >> 255, y & (1 << 255) - 1
    x2 = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(x2, (P + 3) // 8, P)
    x = x * ROOT % P if (x * x - x2) % P else x
    if (x * x - x2) % P or y >= P or (x == 0 and sign):
        return None
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P


BASE = point_of((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def genuine(key: bytes, text: bytes, signature: bytes) -> bool:
    """Verify an Ed25519 signature."""
    a, r = point_of(key), point_of(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if a is None or r is None or BASE is None or s >= L or len(signature) != 64:
        return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + key + text).digest(), "little") % L
    one, other = times(s, BASE), add(r, times(h, a))
    return not any((one[n] * other[2] - other[n] * one[2]) % P for n in (0, 1))


def checkpoints(notes: Iterable[str], key: bytes, found: list[str]) -> list[tuple[int, bytes]]:
    """Read notes into sizes and roots; complains about what this log did not sign."""
    origin = f"tomada-audit/{hashlib.sha256(key).hexdigest()[:16]}"
    out: list[tuple[int, bytes]] = []
    for note in notes:
        try:
            text, _, line = note.partition("\n\n\N{EM DASH} ")
            name, _, packed = line.rstrip("\n").partition(" ")
            log, size, root, time = text.split("\n")
            raw = base64.b64decode(packed, validate=True)
            mine = sha256(origin.encode(), b"\n\x01", key)[:4]
            good = log == name == origin and time[:5] == "time " and raw[:4] == mine
            if good and genuine(key, f"{text}\n".encode(), raw[4:]):
                out.append((int(size), base64.b64decode(root, validate=True)))
            else:
                found.append("a checkpoint is not signed by this log")
        except ValueError:
            found.append("a checkpoint cannot be read")
    if out != sorted(out, key=lambda one: one[0]):
        found.append("a checkpoint is of fewer entries than the one before")
    return out


def roots(leaves: dict[int, bytes], sizes: set[int]) -> tuple[int, dict[int, bytes]]:
    """Hash the leaves without a gap into the tree of RFC 6962; gives the roots at *sizes*."""
    out, peaks, size = {0: sha256()}, list[bytes](), 0
    while size in leaves:
        top, rest = leaves[size], size
        while rest & 1:
            top, rest = sha256(b"\x01", peaks.pop(), top), rest >> 1
        peaks.append(top)
        size += 1
        if size in sizes:
            root = peaks[-1]
            for peak in reversed(peaks[:-1]):
                root = sha256(b"\x01", peak, root)
            out[size] = root
    return size, out


class Logs:
    """All logs while they are read: where each one is, and every leaf by its number."""

    def __init__(self) -> None:
        self.ends: dict[str, tuple[int, str]] = {}
        self.heads: dict[str, tuple[int, str]] = {}
        self.began: dict[str, tuple[int, str]] = {}
        self.outside: dict[str, list[bytes]] = {}
        self.leaves: dict[int, bytes] = {}
        self.found: list[str] = []

    def entry(self, one: dict[str, Any]) -> None:
        entity, seq, n = one["entity"], one["seq"], one["n"]
        before, chain = self.ends.get(entity, (0, "00" * 32))
        leaf = sha256(b"\x00", seq.to_bytes(8, "big"), encoded(one))
        if seq != before + 1 or one["chain"] != sha256(b"\x02", bytes.fromhex(chain), leaf).hex():
            self.found.append(f"entry {seq} of {entity} does not follow entry {before}")
        if n in self.leaves:
            self.found.append(f"entry {seq} of {entity} has the place of another")
        self.ends[entity] = (seq, one["chain"])
        if seq == 1 and one["action"] == "audit_chain_started":
            self.began[entity] = (one["data"].get("rows"), one["data"].get("digest"))
        if n is not None:
            self.leaves[n] = leaf

    def ended(self) -> None:
        if self.ends != self.heads:
            self.found.append("a log does not end where its head says")
        outside = {who: (len(rows), sha256(*rows).hex()) for who, rows in self.outside.items()}
        if outside != self.began:
            self.found.append("what is outside of a chain was changed")


def verify(lines: Iterable[str], anchors: Iterable[str], known: bytes | None) -> list[str]:
    """Give every reason not to believe the export; none where there is none."""
    logs, notes, key = Logs(), list[str](), known or b""
    for one in map(json.loads, lines):
        match one["kind"]:
            case "entry":
                logs.entry(one)
            case "outside":
                logs.outside.setdefault(one["entity"], []).append(encoded(one))
            case "head":
                logs.heads[one["entity"]] = (one["seq"], one["chain"])
            case "checkpoint":
                notes.append(one["note"])
            case "log":
                key = known or bytes.fromhex(one["key"])
    logs.ended()
    kept, found = [json.loads(line)["note"] for line in anchors], logs.found
    signed = [*checkpoints(notes, key, found), *checkpoints(kept, key, found)]
    size, root = roots(logs.leaves, {size for size, _ in signed})
    if len(logs.leaves) > size:
        found.append(f"entry {size} of the tree is missing")
    for many, expected in signed:
        if root.get(many) != expected:
            found.append(f"the checkpoint of {many} entries is of other entries, or of more")
    return found


def main() -> int:
    parser = argparse.ArgumentParser(usage=__doc__)
    for name in ("export", "--anchors", "--key"):
        parser.add_argument(name)
    given = parser.parse_args()
    kept = list(open(given.anchors, encoding="utf-8")) if given.anchors else []  # noqa: SIM115
    with open(given.export, encoding="utf-8") as file:
        found = verify(file, kept, bytes.fromhex(given.key) if given.key else None)
    print("\n".join(found) if found else "every entry is as it was signed")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
