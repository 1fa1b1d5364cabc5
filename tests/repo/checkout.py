"""The files of this checkout as git sees them: tracked, or new and not ignored."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def files(*patterns: str) -> Iterator[Path]:
    """Yield the files that match one of git's path patterns (all of them without a pattern).

    New files count before they are committed, so that a rule speaks before the commit.
    """
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *patterns],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    for name in sorted(set(listed.split("\0")) - {""}):
        path = ROOT / name
        if path.is_file():
            yield path


def texts(*patterns: str) -> Iterator[tuple[str, str]]:
    """Yield name and text of the files that are text; an image is no business of a text rule."""
    for path in files(*patterns):
        try:
            yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue


def read(name: str) -> str:
    """Read one file by its name from the root of the checkout."""
    return (ROOT / name).read_text(encoding="utf-8")
