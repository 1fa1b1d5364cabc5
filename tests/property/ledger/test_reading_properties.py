"""Whatever the page size, the filters and the words: the reader sees what a naive reader sees."""

from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import PASSWORD
from tests.property.ledger.shelf import (
    ACCOUNTS,
    DAYS_BEFORE,
    ITEMS,
    NOW,
    TODAY,
    WORDS,
    Line,
    Shelf,
    filled,
    naive_months,
    plain,
)
from tomada.adapters.kms.local import open_local
from tomada.domain.errors import InvalidInputError
from tomada.domain.ids import AccountId
from tomada.domain.transactions import Transaction
from tomada.services import ledger as module
from tomada.services.access import Access
from tomada.services.audit import Audit
from tomada.services.ledger import Ledger
from tomada.services.passwords import Passwords
from tomada.services.vault import open_vault
from tomada.store.embedded import EmbeddedCluster
from tomada.store.engine import migrate, open_pool
from tomada.store.tx import Store

# The rows are written once for all examples, which only read.
READING = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
# Days that have rows, where a comparison could be wrong by one, and days that may have none.
DAYS = (
    st.none()
    | st.sampled_from(DAYS_BEFORE).map(lambda n: TODAY - timedelta(days=n))
    | st.dates(TODAY - timedelta(days=400), TODAY + timedelta(days=10))
)


@pytest.fixture
async def shelf(
    emptied: EmbeddedCluster, master_key: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Shelf]:
    # Small blocks, so that a search over few rows reads many.
    monkeypatch.setattr(module, "_FIRST_BLOCK", 7)
    monkeypatch.setattr(module, "_LARGEST_BLOCK", 60)
    monkeypatch.setattr(module, "_AT_A_TIME", 4)
    await migrate(emptied.owner_url, app_url=emptied.app_url)
    async with open_pool(emptied.app_url) as pool:
        store = Store(pool)
        vault = await open_vault(open_local(master_key, create=True), store, lambda: NOW)
        cheap = Passwords(PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
        access = Access(
            store, vault, lambda: NOW, Audit(lambda: NOW, vault.system), passwords=cheap
        )
        _, entity = await access.create_user("ana@example.com", PASSWORD, "Ana")
        keys = await vault.keys(entity)
        ledger = Ledger(store, vault, lambda: NOW)
        yield await filled(store, ledger, entity, keys, rows=400, seed=11)


async def _all(shelf: Shelf, limits: list[int], **where: Any) -> list[Transaction]:
    """Read page after page, of sizes that take turns."""
    rows: list[Transaction] = []
    cursor: str | None = None
    for turn in range(2_000):
        page = await shelf.ledger.transactions(
            shelf.entity, cursor=cursor, limit=limits[turn % len(limits)], **where
        )
        rows.extend(page.transactions)
        cursor = page.next_cursor
        if cursor is None:
            return rows
        assert len(page.transactions) == limits[turn % len(limits)]
    raise AssertionError("the pages do not end")


def _expected(shelf: Shelf, rows: list[Transaction], wanted: list[Line]) -> bool:
    """Compare as sets, and look at the order."""
    keys = [(row.movement.day, row.movement.instant, row.id) for row in rows]
    assert keys == sorted(keys, reverse=True)
    assert len(set(keys)) == len(keys)
    for row in rows:
        line = shelf.lines[row.movement.pluggy_id]
        moved = row.movement
        assert (moved.day, moved.signed_minor, moved.detail.description) == (
            line.day, line.signed, line.texts[0],
        )  # fmt: skip
    return {row.movement.pluggy_id for row in rows} == {line.pluggy_id for line in wanted}


@given(
    limits=st.lists(st.integers(1, 500), min_size=1, max_size=4),
    account=st.none() | st.sampled_from(ACCOUNTS),
    item=st.none() | st.sampled_from(ITEMS),
    days=st.tuples(DAYS, DAYS),
)
@READING
async def test_pages_of_any_size_make_the_whole_list(
    shelf: Shelf, limits: list[int], account: str | None, item: Any, days: tuple[Any, Any]
) -> None:
    first, last = days
    wanted = [
        line for line in shelf.live
        if account in (None, line.account) and item in (None, line.item)
        and (first is None or line.day >= first) and (last is None or line.day <= last)
    ]  # fmt: skip

    rows = await _all(
        shelf, limits, account_id=None if account is None else AccountId(account), item_id=item,
        day_from=first, day_to=last,
    )  # fmt: skip

    assert _expected(shelf, rows, wanted)


_TYPED = st.lists(
    st.sampled_from(WORDS).flatmap(
        lambda word: st.sampled_from(
            [word, word.lower(), word.upper(), plain(word), word[:2], "zz"]
        )
    ),
    min_size=1,
    max_size=3,
).map(" ".join)


@given(q=_TYPED | st.text(max_size=6), limits=st.lists(st.integers(1, 60), min_size=1, max_size=3))
@READING
async def test_a_search_finds_what_looking_at_every_row_finds(
    shelf: Shelf, q: str, limits: list[int]
) -> None:
    words = plain(q).split()
    wanted = [
        line for line in shelf.live
        if all(word in plain("\n".join(line.texts).replace("\x00", " ")) for word in words)
    ]  # fmt: skip

    rows = await _all(shelf, limits, q=q)

    assert _expected(shelf, rows, wanted)


@given(q=st.sampled_from(["padaria", "mercado livre", "saude"]), limit=st.integers(1, 40))
@READING
async def test_a_category_is_found_by_the_name_the_reader_sees(
    shelf: Shelf, q: str, limit: int
) -> None:
    names = {"01000000": "Mercado Livre", "07020000": "Saúde"}
    words = q.split()
    wanted = [
        line for line in shelf.live
        if all(
            word in plain("\n".join((*line.texts, names.get(line.category or "", ""))))
            for word in words
        )
    ]  # fmt: skip

    rows = await _all(shelf, [limit], q=q, categories=names)

    assert _expected(shelf, rows, wanted)


@given(count=st.integers(1, 24))
@READING
async def test_months_are_the_sums_of_their_rows(shelf: Shelf, count: int) -> None:
    months = await shelf.ledger.months(shelf.entity, count=count)

    first = months[0].month
    assert [one.month.day for one in months] == [1] * count
    assert (months[-1].month.year, months[-1].month.month) == (TODAY.year, TODAY.month)
    naive = naive_months(shelf.live, first, count)
    assert [(one.income_minor, one.spending_minor) for one in months] == naive
    assert {one.currency for one in months} == {"BRL"}


@given(text=st.text(max_size=80) | st.binary(max_size=40).map(lambda raw: raw.hex()))
@READING
async def test_a_cursor_that_is_none_of_ours_is_refused(shelf: Shelf, text: str) -> None:
    with pytest.raises(InvalidInputError):
        await shelf.ledger.transactions(shelf.entity, cursor=text)


async def test_a_cursor_that_was_cut_or_changed_is_refused_or_gives_rows_in_order(
    shelf: Shelf,
) -> None:
    cursor = (await shelf.ledger.transactions(shelf.entity, limit=3)).next_cursor
    assert cursor is not None

    for place in range(len(cursor)):
        for changed in (cursor[:place], cursor[:place] + "A" + cursor[place + 1 :]):
            try:
                page = await shelf.ledger.transactions(shelf.entity, cursor=changed, limit=3)
            except InvalidInputError:
                continue
            keys = [(one.movement.day, one.movement.instant) for one in page.transactions]
            assert keys == sorted(keys, reverse=True)


@pytest.mark.parametrize("limit", [0, -1, 501, 10**9])
async def test_a_page_of_no_or_too_many_rows_is_refused(shelf: Shelf, limit: int) -> None:
    with pytest.raises(InvalidInputError):
        await shelf.ledger.transactions(shelf.entity, limit=limit)


def test_the_naive_reader_can_tell_right_from_wrong() -> None:
    assert plain("São João ﬁm") == "sao joao fim"
    assert date(2026, 11, 23) == TODAY
