"""Write docs/reference/cli.md from the commands themselves: `python scripts/cli_page.py`."""

import re
import sys
from pathlib import Path

from tomada.cli.app import commands

PAGE = Path(__file__).resolve().parent.parent / "docs" / "reference" / "cli.md"
_HEAD = """\
# The commands

Each exits with 0 when it is done, 1 when it failed and 2 when it was misused, and says in one sentence why. This page is written from the
code; `tomada COMMAND --help` shows the same.

"""


def page() -> str:
    """Write the page."""
    text = commands([]).generate_docs(output_format="markdown")
    body = text.partition("**Commands**:")[2]
    return _HEAD + re.sub(r"\n{3,}", "\n\n", body.strip()) + "\n"


if __name__ == "__main__":
    # To be asked by another program, whose own name the usage lines would have otherwise.
    if "--print" in sys.argv:
        sys.stdout.write(page())
    else:
        PAGE.write_text(page(), encoding="utf-8")
