"""One run of Schemathesis against a running installation, and what it found."""

import asyncio
import sysconfig
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

PROGRAM = Path(sysconfig.get_path("scripts")) / "st"
# The four that the description promises: no failure of ours, and no answer it does not know.
CHECKS = (
    "not_a_server_error", "status_code_conformance", "content_type_conformance",
    "response_headers_conformance", "response_schema_conformance",
)  # fmt: skip
# They end the session or the person that the run is made with; each has tests of its own.
EXCEPT = (
    "DELETE /api/session", "POST /api/session/step-up", "POST /api/open-finance/privacy/erasure",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Found:
    """What a run said."""

    code: int
    words: str


async def run(
    url: str, headers: Mapping[str, str], folder: Path, *, examples: int, seconds: str | None
) -> Found:
    """Make requests from the description at *url*: so many examples of each operation, or for
    so many seconds, which are then used up.
    """
    process = await asyncio.create_subprocess_exec(
        str(PROGRAM), "--no-color", "run", f"{url}/openapi.json",
        "--checks", ",".join(CHECKS), "--max-examples", str(examples),
        "--seed", "7", "--no-shrink", "--warnings", "off", "--continue-on-failure",
        "--suppress-health-check", "all", "--request-timeout", "60",
        *(word for name, value in headers.items() for word in ("--header", f"{name}:{value}")),
        *(() if seconds is None else ("--max-time", seconds)),
        *(word for one in EXCEPT for word in ("--exclude-name", one)),
        cwd=folder, stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    said, _ = await process.communicate()
    return Found(process.returncode or 0, said.decode())
