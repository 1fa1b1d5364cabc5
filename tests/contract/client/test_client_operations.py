"""Every operation of the contract has a method that calls it, and the reference page says which."""

import contextlib
import inspect
import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.contract.client.data_operations import DATA
from tests.contract.client.legacy_operations import LEGACY
from tests.contract.client.operation import Operation
from tests.contract.client.payment_operations import PAYMENTS
from tests.unit.pluggy.scripted import Reply, Seen, a_client, answer, serving
from tomada.pluggy import RetryPolicy, errors

CONTRACT = json.loads((Path(__file__).parents[1] / "pluggy-contract.json").read_text())
PAGE = Path(__file__).parents[3] / "docs" / "reference" / "pluggy-client.md"
BY_ITSELF = {"page", "pageSize"}


def published() -> dict[str, Any]:
    return {
        f"{verb.upper()} {path}": operation
        for path, verbs in CONTRACT["paths"].items()
        for verb, operation in verbs.items()
        if verb in {"get", "post", "patch", "put", "delete"}
    }


def test_every_published_operation_has_one_method() -> None:
    count = Counter(operation.name for operation in (*DATA, *PAYMENTS))

    assert set(count) == set(published())
    assert set(count.values()) == {1}
    assert len(count) == 88


def test_every_leftover_operation_has_one_method() -> None:
    count = Counter(operation.name for operation in LEGACY)

    assert len(count) == 27
    assert set(count.values()) == {1}
    assert not set(count) & set(published())


def pattern(name: str) -> re.Pattern[str]:
    """Make a pattern of ``GET /items/{id}`` where every id is one segment."""
    return re.compile(re.sub(r"\\\{[^}]+\\\}", "[^/]+", re.escape(name)))


@pytest.mark.parametrize("operation", [*DATA, *PAYMENTS, *LEGACY], ids=lambda each: each.name)
async def test_a_method_calls_its_operation_with_all_its_parameters(operation: Operation) -> None:
    logins: list[Seen] = []

    def script(seen: Seen) -> Reply:
        logins.append(seen)
        return answer({})

    async with (
        serving(script) as server,
        a_client(server, retry=RetryPolicy(attempts=1)) as pluggy,
    ):
        # The empty answer fits few of them; what was asked is the point here.
        with contextlib.suppress(errors.ContractError):
            called = operation.call(pluggy)
            if inspect.isawaitable(called):
                await called
            else:
                _ = [each async for each in called]

    if operation.name == "POST /auth":
        assert server.logins == 1
        return
    asked = server.seen[0]
    assert pattern(operation.name).fullmatch(f"{asked.method} {asked.path}")
    declared = published().get(operation.name, {}).get("parameters", [])
    wanted = {each["name"] for each in declared if each["in"] == "query"} - BY_ITSELF
    if operation.name == "GET /v2/transactions":
        # The two ways to select by time, and ids with a cursor, exclude each other.
        wanted -= {"createdAtFrom", "ids"}
    assert wanted <= set(asked.query)


def table() -> str:
    """Write the table of the reference page."""
    rows = ["| Operation | Method | Node SDK |", "|---|---|---|"]
    for operation in (*DATA, *PAYMENTS, *LEGACY):
        node = f"`{operation.node}`" if operation.node else "none"
        rows.append(f"| `{operation.name}` | `{operation.method}` | {node} |")
    return "\n".join(rows)


def test_the_reference_page_has_the_table_of_operations() -> None:
    assert table() in PAGE.read_text(), "\n" + table()
