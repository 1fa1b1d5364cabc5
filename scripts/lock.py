"""Write the hashed locks: `requirements/run.txt`, and `requirements/dev.txt` which contains it.

Pins stay as they are unless pyproject.toml moved or `--upgrade` is given. Nothing comes in that is
younger than a week: a release that was tampered with is usually found in its first days. What must
not wait is named in `requirements/exceptions.toml`. A lock names packages by hash and never says
where they come from: the person who installs decides that.
"""

import re
import subprocess
import sys
import sysconfig
import tomllib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCKS = (("run", "build"), ("dev", "dev"))
COOLDOWN = ("--exclude-newer", "7 days")


def compile_lock(kind: str, group: str, *extra: str) -> None:
    """Let uv resolve one lock for every platform and every Python the project supports."""
    uv = Path(sysconfig.get_path("scripts")) / "uv"
    command = [
        *(str(uv), "pip", "compile", "--quiet", "--universal", "--python-version", "3.11"),
        *("--generate-hashes", "--no-emit-index-url", "--no-header"),
        *("--annotation-style", "line"),
        *("pyproject.toml", "--group", group),
        *("--output-file", f"requirements/{kind}.txt", *extra),
    ]
    if subprocess.run(command, cwd=ROOT, check=False).returncode:
        sys.exit(f"requirements/{kind}.txt was not written; uv's words stand above.")


def urgent() -> Iterator[str]:
    """Let the resolver take what cannot wait."""
    exceptions = tomllib.loads((ROOT / "requirements/exceptions.toml").read_text("utf-8"))
    for name in exceptions.get("young", {}):
        yield from ("--exclude-newer-package", f"{name}=0 days")


def addresses(text: str) -> list[str]:
    """Find the lines of a lock that say where packages come from."""
    return [line for line in text.splitlines() if re.search(r"://|^\s*-(?!-hash=)", line)]


def main(arguments: list[str]) -> None:
    """Write both locks and refuse to leave an address in one."""
    arguments = [*arguments, *COOLDOWN, *urgent()]
    compile_lock(*LOCKS[0], *arguments)
    compile_lock(*LOCKS[1], "--constraint", "requirements/run.txt", *arguments)
    for kind, _ in LOCKS:
        found = addresses((ROOT / "requirements" / f"{kind}.txt").read_text(encoding="utf-8"))
        if found:
            sys.exit(f"requirements/{kind}.txt names an address: {found[0].strip()}")


if __name__ == "__main__":
    main(sys.argv[1:])
