"""What a lock must say: one exact version of each package, by hash, and from nowhere."""

import re
from collections.abc import Iterator

PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;]+)(?:\s*;[^\\]*)?\s*\\?$")
HASH = re.compile(r"^\s+--hash=sha256:[0-9a-f]{64}(?:\s*\\)?(?:\s+#.*)?$")


def pins(text: str) -> dict[str, str]:
    """Read package and version of each pin."""
    found = (PIN.match(line) for line in text.splitlines())
    return {each[1]: each[2] for each in found if each}


def loose(name: str, text: str) -> Iterator[str]:
    """Complain about lines that are no pin and no hash, and about pins without a hash."""
    hashed = True
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if HASH.match(line):
            hashed = True
        elif PIN.match(line):
            if not hashed:
                yield f"{name}:{number}: the pin before this one has no hash"
            hashed = False
        else:
            yield f"{name}:{number}: neither a pin nor a hash: {line.strip()}"
    if not hashed:
        yield f"{name}: the last pin has no hash"


def disagreements(smaller: str, larger: str) -> Iterator[str]:
    """Compare two locks; what `make test` installs must contain what `make demo` installs."""
    wide = pins(larger)
    for package, version in pins(smaller).items():
        if wide.get(package) != version:
            yield f"{package}: {version} to run, {wide.get(package, 'nothing')} to develop"
