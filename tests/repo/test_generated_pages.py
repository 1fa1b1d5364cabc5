"""Pages that are written from the code say what the code says, and the feed's kinds are all told."""

import subprocess
import sys
from typing import get_args

from scripts import cli_page, errors_page
from tests.repo.checkout import ROOT, read
from tomada.cli.app import COMMANDS
from tomada.domain.feed import FeedKind


def test_the_page_of_commands_is_what_the_commands_give() -> None:
    script = [sys.executable, "scripts/cli_page.py", "--print"]
    page = subprocess.run(script, cwd=ROOT, capture_output=True, text=True, check=True).stdout

    assert cli_page.PAGE.read_text(encoding="utf-8") == page, "run: python scripts/cli_page.py"
    assert [name for name in COMMANDS if f"\n## tomada {name}\n" not in page] == []


def test_the_page_of_errors_is_what_the_errors_give() -> None:
    page = errors_page.page()

    assert errors_page.PAGE.read_text(encoding="utf-8") == page, (
        "run: python scripts/errors_page.py"
    )
    for row in ("| `consent_required` | 403 ", "| `sync_failed` | 502 ", "| `cross_site` | 403 "):
        assert row in page


def test_every_kind_of_feed_entry_is_told() -> None:
    section = read("docs/reference/http-api.md").partition("### Feed entries")[2]
    section = section.partition("\n### ")[0]

    assert [kind for kind in get_args(FeedKind) if f"`{kind}`" not in section] == []
