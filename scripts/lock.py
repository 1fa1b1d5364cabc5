"""Write the hashed locks: `requirements/run.txt`, and `requirements/dev.txt` which contains it.

Pins stay as they are unless pyproject.toml moved or `--upgrade` is given. An upgrade takes nothing
younger than a week: a release that was tampered with is usually found in its first days. A lock
names packages by hash and never says where they come from: the person who installs decides that.
"""

import re
import subprocess
import sys
import sysconfig
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


def addresses(text: str) -> list[str]:
    """Find the lines of a lock that say where packages come from."""
    return [line for line in text.splitlines() if re.search(r"://|^\s*-(?!-hash=)", line)]


def main(arguments: list[str]) -> None:
    """Write both locks and refuse to leave an address in one."""
    if "--upgrade" in arguments:
        arguments = [*arguments, *COOLDOWN]
    compile_lock(*LOCKS[0], *arguments)
    compile_lock(*LOCKS[1], "--constraint", "requirements/run.txt", *arguments)
    for kind, _ in LOCKS:
        found = addresses((ROOT / "requirements" / f"{kind}.txt").read_text(encoding="utf-8"))
        if found:
            sys.exit(f"requirements/{kind}.txt names an address: {found[0].strip()}")


if __name__ == "__main__":
    main(sys.argv[1:])
