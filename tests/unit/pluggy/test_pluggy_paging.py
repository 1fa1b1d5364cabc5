"""Long lists end at their end, or fail."""

import asyncio
import base64
import sys
from contextlib import aclosing
from datetime import UTC, date, datetime
from typing import Any

import pytest

from tests.unit.pluggy.scripted import Reply, Seen, a_client, a_row, answer, serving
from tomada.pluggy import errors
from tomada.pluggy.models.transactions import Transaction
from tomada.pluggy.paging import ahead


def cursor(number: int) -> str:
    return base64.b64encode(f"2026-11-{number:02}|x?>".encode()).decode()


def book(pages: int, link: str = "?accountId=acc&after={}") -> Any:
    """Script *pages* pages of two rows."""

    def script(seen: Seen) -> Reply:
        after = seen.query.get("after")
        number = 1 if after is None else [cursor(n) for n in range(40)].index(after) + 1
        following = link.format(cursor(number)) if number < pages else None
        return answer({"results": [a_row(number * 2), a_row(number * 2 + 1)], "next": following})

    return script


async def test_all_pages_are_read_and_filters_repeated() -> None:
    async with serving(book(3)) as server, a_client(server) as pluggy:
        rows = [row async for row in pluggy.transactions("acc", ids=["x", "y"])]

    assert [row.id for row in rows] == [f"tx-{n}" for n in range(2, 8)]
    assert [seen.query["ids"] for seen in server.seen] == ["x,y"] * 3
    assert [seen.query["accountId"] for seen in server.seen] == ["acc"] * 3


async def test_every_page_keeps_the_filter_by_time() -> None:
    since, day = datetime(2026, 3, 1, 12, tzinfo=UTC), date(2026, 3, 1)
    async with serving(book(3)) as server, a_client(server) as pluggy:
        _ = [row async for row in pluggy.transactions("acc", created_at_from=since)]
        by_time = [seen.query["createdAtFrom"] for seen in server.seen]
    async with serving(book(3)) as server, a_client(server) as pluggy:
        _ = [row async for row in pluggy.transactions("acc", date_from=day)]
        by_day = [seen.query["dateFrom"] for seen in server.seen]

    assert (len(by_time), len(set(by_time))) == (3, 1)
    assert by_day == ["2026-03-01"] * 3


async def test_reading_goes_on_behind_a_kept_page() -> None:
    async with serving(book(3)) as server, a_client(server) as pluggy:
        pages = pluggy.transactions("acc").pages()
        first = await anext(pages)
        rest = [row.id async for row in pluggy.transactions("acc", after=first.next)]
        await pages.aclose()  # type: ignore[attr-defined]

    assert rest == ["tx-4", "tx-5", "tx-6", "tx-7"]


@pytest.mark.parametrize(
    "link",
    [
        "https://evil.example/v2/transactions?after={}",
        "//evil.example/x?after={}",
        "/v2/transactions?accountId=other&after={}",
    ],
)
async def test_a_link_is_never_followed(link: str) -> None:
    async with serving(book(2, link)) as server, a_client(server) as pluggy:
        rows = [row async for row in pluggy.transactions("acc")]

    assert len(rows) == 4
    assert {seen.path for seen in server.seen} == {"/v2/transactions"}
    assert {seen.query["accountId"] for seen in server.seen} == {"acc"}


async def test_pages_in_a_circle_are_an_error() -> None:
    def script(seen: Seen) -> Reply:
        other = cursor(1) if seen.query.get("after") == cursor(2) else cursor(2)
        return answer({"results": [a_row()], "next": f"?after={other}"})

    async with serving(script) as server, a_client(server) as pluggy:
        with pytest.raises(errors.ContractError, match="circle"):
            [row async for row in pluggy.transactions("acc")]

    assert len(server.seen) == 3


async def test_empty_pages_without_end_are_an_error() -> None:
    count = [0]

    def script(_: Seen) -> Reply:
        count[0] += 1
        return answer({"results": [], "next": f"?after={cursor(count[0])}"})

    async with serving(script) as server, a_client(server) as pluggy:
        with pytest.raises(errors.ContractError, match="do not end"):
            [row async for row in pluggy.transactions("acc")]

    assert len(server.seen) == 4


async def test_one_empty_page_in_the_middle_is_no_end() -> None:
    replies = [
        answer({"results": [a_row(1)], "next": f"?after={cursor(1)}"}),
        answer({"results": [], "next": f"?after={cursor(2)}"}),
        answer({"results": [a_row(2)], "next": None}),
    ]
    async with serving(lambda _: replies.pop(0)) as server, a_client(server) as pluggy:
        rows = [row.id async for row in pluggy.transactions("acc")]

    assert rows == ["tx-1", "tx-2"]


@pytest.mark.parametrize(
    ("body", "what"),
    [
        ({"results": [a_row(n) for n in range(501)], "next": None}, "501 rows"),
        ({"results": [], "next": "?accountId=acc"}, "without a cursor"),
        ({"error": "oops"}, "missing required field `results`"),
        ({"results": [a_row(1), a_row(2, amount="much")], "next": None}, "Invalid decimal"),
    ],
)
async def test_a_page_that_is_none_is_an_error(body: Any, what: str) -> None:
    async with serving(lambda _: answer(body)) as server, a_client(server) as pluggy:
        with pytest.raises(errors.ContractError, match=what) as caught:
            [row async for row in pluggy.transactions("acc")]

    assert caught.value.route == "/v2/transactions"


async def test_a_row_that_does_not_fit_is_named_by_its_place() -> None:
    body = {"results": [a_row(1), a_row(2, date="soon")], "next": None}

    async with serving(lambda _: answer(body)) as server, a_client(server) as pluggy:
        with pytest.raises(errors.ContractError) as caught:
            [row async for row in pluggy.transactions("acc")]

    assert caught.value.where == "$.results[1].date"


async def test_any_number_of_ids_is_asked_for_in_addresses_of_fair_length() -> None:
    ids = [f"00000000-0000-4000-8000-{n:012}" for n in range(450)]

    def script(seen: Seen) -> Reply:
        rows = [a_row(1, id=each) for each in seen.query["ids"].split(",")]
        return answer({"results": rows, "next": None})

    async with serving(script) as server, a_client(server) as pluggy:
        found = [row.id async for row in pluggy.transactions("acc", ids=ids)]

    assert found == ids
    assert all(len(seen.target) < 8192 for seen in server.seen)


async def test_no_ids_are_no_rows_and_not_all_rows() -> None:
    async with serving(book(1)) as server, a_client(server) as pluggy:
        found = [row async for row in pluggy.transactions("acc", ids=[])]

    assert found == []
    assert server.seen == []


def numbered(total: int, *, size: int = 2, lie: dict[int, int] | None = None) -> Any:
    """Script pages by number; *lie* takes rows away from a page."""

    def script(seen: Seen) -> Reply:
        page = int(seen.query.get("page", "1"))
        start = (page - 1) * size
        rows = [a_row(n) for n in range(start, min(start + size, total))]
        rows = rows[: len(rows) - (lie or {}).get(page, 0)]
        pages = -(-total // size)
        return answer({"results": rows, "page": page, "total": total, "totalPages": pages})

    return script


@pytest.mark.parametrize("total", [0, 1, 2, 5])
async def test_numbered_pages_are_read_to_the_end(total: int) -> None:
    async with serving(numbered(total)) as server, a_client(server) as pluggy:
        rows = [row.id async for row in pluggy.transactions_v1("acc")]

    assert rows == [f"tx-{n}" for n in range(total)]
    assert server.seen[0].query["pageSize"] == "500"


@pytest.mark.parametrize("page", [1, 2, 3])
async def test_a_row_missing_from_numbered_pages_is_an_error(page: int) -> None:
    async with serving(numbered(6, lie={page: 1})) as server, a_client(server) as pluggy:
        with pytest.raises(errors.ContractError, match="5 of 6"):
            [row async for row in pluggy.transactions_v1("acc")]


async def test_an_empty_page_before_the_last_is_an_error() -> None:
    async with serving(numbered(6, lie={2: 2})) as server, a_client(server) as pluggy:
        with pytest.raises(errors.ContractError, match="page 2 of 3 is empty"):
            [row async for row in pluggy.transactions_v1("acc")]


async def test_a_list_without_page_parameters_is_read_on_if_it_has_more() -> None:
    body = {"id": 1, "name": "Banco"}

    def script(seen: Seen) -> Reply:
        page = int(seen.query.get("page", "1"))
        return answer({"results": [body], "page": page, "total": 2, "totalPages": 2})

    async with serving(script) as server, a_client(server) as pluggy:
        found = await pluggy.list_connectors(types=["PERSONAL_BANK", "OTHER"], sandbox=True)

    assert len(found) == 2
    assert server.seen[0].query == {"types": "PERSONAL_BANK,OTHER", "sandbox": "true"}
    assert server.seen[1].query["page"] == "2"


async def test_a_server_that_ignores_the_page_number_is_noticed() -> None:
    body = {"results": [{"id": 1}], "page": 1, "total": 2, "totalPages": 2}

    async with serving(lambda _: answer(body)) as server, a_client(server) as pluggy:
        with pytest.raises(errors.ContractError, match="asked for page 2"):
            await pluggy.list_connectors()


async def test_no_content_is_an_empty_list_of_webhooks() -> None:
    async with (
        serving(lambda _: Reply(status=204, body=b"")) as server,
        a_client(server) as pluggy,
    ):
        assert await pluggy.list_webhooks() == []


async def test_a_bare_array_of_categories_is_read_too() -> None:
    body = [{"id": "01000000", "description": "Income"}]

    async with serving(lambda _: answer(body)) as server, a_client(server) as pluggy:
        found = await pluggy.list_categories()

    assert found[0].description == "Income"


async def test_a_retired_endpoint_is_gone() -> None:
    body = {"code": 410, "codeDescription": "ENDPOINT_DEPRECATED", "message": "x"}

    async with serving(lambda _: answer(body, status=410)) as server, a_client(server) as pluggy:
        with pytest.raises(errors.GoneError):
            [row async for row in pluggy.transactions_v1("acc")]


async def test_a_page_is_let_go_before_the_next_one_is_asked_for() -> None:
    kept: list[list[Transaction]] = []
    holders: list[int] = []

    def script(_: Seen) -> Reply:
        if kept:
            # One holder is the list of this test, one the call that counts.
            holders.append(sys.getrefcount(kept[-1]) - 2)
        return answer({"results": [a_row(1)], "next": None if kept else "?after=YQ=="})

    async with serving(script) as server, a_client(server) as pluggy:
        async for page in pluggy.transactions("acc").pages():
            kept.append(page.items)
            del page

    assert len(kept) == 2
    assert holders == [0]


async def test_the_next_page_is_asked_for_while_this_one_is_used() -> None:
    asked = asyncio.Event()
    script = book(3)

    def watched(seen: Seen) -> Reply:
        if seen.query.get("after") == cursor(1):
            asked.set()
        reply: Reply = script(seen)
        return reply

    async with (
        serving(watched) as server,
        a_client(server) as pluggy,
        aclosing(ahead(pluggy.transactions("acc").pages())) as pages,
    ):
        first = await anext(pages)
        await asked.wait()
        rest = [row.id async for page in pages for row in page.items]

    assert [row.id for row in first.items] == ["tx-2", "tx-3"]
    assert rest == ["tx-4", "tx-5", "tx-6", "tx-7"]


async def test_a_reading_ahead_that_fails_fails_in_its_place_and_a_broken_off_one_in_none() -> None:
    def script(seen: Seen) -> Reply:
        if seen.query.get("after"):
            return answer({"code": 500, "codeDescription": "X"}, status=500)
        return answer({"results": [a_row()], "next": f"?after={cursor(1)}"})

    async with serving(script) as server, a_client(server) as pluggy:
        async with aclosing(ahead(pluggy.transactions("acc").pages())) as pages:
            await anext(pages)
            with pytest.raises(errors.ServerError):
                await anext(pages)
        async with aclosing(ahead(pluggy.transactions("acc").pages())) as pages:
            await anext(pages)
        left = [task for task in asyncio.all_tasks() if "anext" in repr(task)]

    assert left == []
