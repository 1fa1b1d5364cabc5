"""Pluggy's generated SDK for Python: page by page, nothing kept, one connection reused.

Runs in a Python environment of its own, which holds that SDK and nothing of ours.
"""

import os
import sys
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pluggy_sdk
from pluggy_sdk.models.cursor_page_response_transactions import CursorPageResponseTransactions

from bench.contestants.measuring import Stopwatch


def fetch(account_id: str) -> None:
    settings = pluggy_sdk.Configuration(host=os.environ["PLUGGY_API_URL"])
    with pluggy_sdk.ApiClient(settings) as client:
        login = pluggy_sdk.AuthRequest(
            client_id=os.environ["PLUGGY_CLIENT_ID"],
            client_secret=os.environ["PLUGGY_CLIENT_SECRET"],
        )
        key = pluggy_sdk.AuthApi(client).auth_create(login).api_key
        settings.api_key["default"] = key
        pluggy_sdk.CategoryApi(client).categories_list()
        calls = pluggy_sdk.TransactionApi(client)
        rows, total, after = 0, 0.0, None
        watch = Stopwatch()
        while True:
            page = calls.transactions_list_by_cursor(account_id, after=after)
            rows += len(page.results)
            total += sum(movement.amount for movement in page.results)
            if not page.next:
                break
            after = parse_qs(urlsplit(page.next).query.replace("+", "%2B"))["after"][0]
            del page
        watch.report(rows=rows, total=total)


def decode(directory: Path) -> None:
    bodies = [path.read_bytes() for path in sorted(directory.iterdir())]
    CursorPageResponseTransactions.from_json(bodies[0].decode())
    rows, total = 0, 0.0
    watch = Stopwatch()
    for body in bodies:
        page = CursorPageResponseTransactions.from_json(body.decode()).results
        rows += len(page)
        total += sum(movement.amount for movement in page)
        del page
    watch.report(rows=rows, total=total)


if __name__ == "__main__":
    if sys.argv[1] == "fetch":
        fetch(sys.argv[2])
    else:
        decode(Path(sys.argv[2]))
