"""A file ``.env`` in the working directory, for a desk; what the environment says already stays."""

import os
import re
from pathlib import Path

ENV_FILE = ".env"
_LINE = re.compile(r"\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*?)\s*")
_OURS = ("TOMADA_", "PLUGGY_", "APP_URL", "VAULT_TOKEN")


def read_env_file(path: Path) -> dict[str, str]:
    """Read our variables of a file, none where there is no file.

    A line is ``NAME=value``, with quotes around the value or without; the rest is left alone.
    """
    try:
        lines = path.read_text("utf-8").splitlines()
    except FileNotFoundError:
        return {}
    found = (_LINE.fullmatch(line) for line in lines if not line.lstrip().startswith("#"))
    return {one[1]: _bare(one[2]) for one in found if one and one[1].startswith(_OURS)}


def take_env_file(path: Path) -> None:
    """Add the file's variables to the environment, where they are not in it."""
    for name, value in read_env_file(path).items():
        os.environ.setdefault(name, value)


def _bare(value: str) -> str:
    quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "\"'"
    return value[1:-1] if quoted else value
