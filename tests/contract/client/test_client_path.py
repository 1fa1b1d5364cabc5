"""The main path against the simulator: connect, read, change, disconnect."""

from datetime import timedelta
from decimal import Decimal

import pytest

from tests.contract.client.opened import connected, opened
from tomada.pluggy import ConnectTokenOptions, ItemStatus, errors
from tomada.pluggy.models.accounts import AccountType
from tomada.pluggy.models.connectors import Product


async def test_a_connected_bank_is_read_whole_and_adds_up() -> None:
    async with opened() as (simulator, pluggy):
        item = await connected(simulator, pluggy, client_user_id="nonce-1")
        accounts = await pluggy.list_accounts(item.id)
        rows = {
            account.id: [row async for row in pluggy.transactions(account.id)]
            for account in accounts
        }

    assert item.status == ItemStatus.UPDATED
    assert item.client_user_id == "nonce-1"
    assert item.connector is not None
    assert item.connector.id == 0
    assert {account.type for account in accounts} >= {AccountType.BANK, AccountType.CREDIT}
    for account in accounts:
        found = rows[account.id]
        assert found
        assert len({row.id for row in found}) == len(found)
        assert all(row.account_id == account.id for row in found)
        assert [row.date.instant for row in found] == sorted(
            (row.date.instant for row in found), reverse=True
        )
        assert not any(row.extra for row in found)
        assert all(isinstance(row.amount, Decimal) for row in found)


async def test_cursor_and_numbered_pages_tell_the_same() -> None:
    async with opened() as (simulator, pluggy):
        item = await connected(simulator, pluggy, user="user-ok-perf-3x")
        account = (await pluggy.list_accounts(item.id, type="BANK"))[0]
        pages = [page async for page in pluggy.transactions(account.id).pages()]
        by_cursor = [row.id for page in pages for row in page.items]
        by_number = [row.id async for row in pluggy.transactions_v1(account.id)]

    assert len(pages) > 1
    assert sorted(by_cursor) == sorted(by_number)


async def test_filters_select_by_day_by_ingestion_and_by_id() -> None:
    async with opened() as (simulator, pluggy):
        item = await connected(simulator, pluggy)
        account = (await pluggy.list_accounts(item.id, type="BANK"))[0]
        everything = [row async for row in pluggy.transactions(account.id)]
        middle = everything[len(everything) // 2].date.day
        before = max(row.created_at for row in everything)
        new = simulator.world.pix_in(item.id, amount=Decimal("10.50"))
        recent = [
            row
            async for row in pluggy.transactions(account.id, date_from=middle - timedelta(days=1))
        ]
        taken_in = [
            row
            async for row in pluggy.transactions(
                account.id, created_at_from=before + timedelta(milliseconds=1)
            )
        ]
        named = [row async for row in pluggy.transactions(account.id, ids=[new.id])]

    assert {row.id for row in everything if row.date.day >= middle} <= {row.id for row in recent}
    assert len(recent) < len(everything)
    assert [row.id for row in taken_in] == [new.id]
    assert [row.holder_amount for row in named] == [Decimal("10.50")]


async def test_single_resources_equal_those_in_lists() -> None:
    async with opened() as (simulator, pluggy):
        item = await connected(simulator, pluggy)
        account = (await pluggy.list_accounts(item.id, type="CREDIT"))[0]
        row = await anext(aiter(pluggy.transactions(account.id)))
        bills = await pluggy.list_bills(account.id)
        again = await pluggy.get_account(account.id)
        row_again = await pluggy.get_transaction(row.id)

    assert again.json == account.json
    assert row_again.json == row.json
    assert bills
    assert all(bill.total_amount > 0 for bill in bills)
    assert all(not bill.extra for bill in bills)


async def test_connectors_are_found_by_name_and_kind() -> None:
    async with opened() as (_, pluggy):
        real = await pluggy.list_connectors()
        with_sandbox = await pluggy.list_connectors(sandbox=True)
        named = await pluggy.list_connectors(name="pluggy bank", sandbox=True)
        one = await pluggy.get_connector(0)
        open_finance = await pluggy.list_connectors(is_open_finance=True, sandbox=True)

    assert len(real) < len(with_sandbox)
    assert not any(connector.is_sandbox for connector in real)
    assert "Pluggy Bank" in {connector.name for connector in named}
    assert Product.TRANSACTIONS in (one.products or [])
    assert [field.name for field in one.credentials or []] == ["user", "password"]
    assert open_finance
    assert all(connector.is_open_finance for connector in open_finance)


async def test_a_connect_token_makes_items_that_carry_its_nonce() -> None:
    options = ConnectTokenOptions(
        client_user_id="nonce-2",
        avoid_duplicates=True,
        products=["ACCOUNTS", "TRANSACTIONS"],
        oauth_redirect_uri="https://product.example/back",
    )
    async with opened() as (simulator, pluggy):
        item = await connected(simulator, pluggy)
        token = await pluggy.create_connect_token(options=options)
        for_update = await pluggy.create_connect_token(item.id)
        with pytest.raises(errors.NotFoundError):
            await pluggy.create_connect_token("00000000-0000-4000-8000-000000000000")

    assert token.count(".") == 2
    assert for_update.count(".") == 2


async def test_a_second_factor_is_asked_and_answered() -> None:
    async with opened() as (simulator, pluggy):
        connectors = await pluggy.list_connectors(sandbox=True)
        two_step = next(each for each in connectors if each.has_mfa)
        item = await pluggy.create_item(two_step.id, {"user": "user-ok", "password": "password-ok"})
        await simulator.world.settled()
        waiting = await pluggy.get_item(item.id)
        assert waiting.parameter is not None
        await pluggy.send_mfa(item.id, {waiting.parameter.name: "123456"})
        await simulator.world.settled()
        done = await pluggy.get_item(item.id)

    assert waiting.status == ItemStatus.WAITING_USER_INPUT
    assert waiting.parameter.label
    assert done.status == ItemStatus.UPDATED


async def test_the_numbered_list_says_when_it_is_retired() -> None:
    async with opened(v1_transactions="gone") as (simulator, pluggy):
        item = await connected(simulator, pluggy)
        account = (await pluggy.list_accounts(item.id, type="BANK"))[0]
        with pytest.raises(errors.GoneError):
            [row async for row in pluggy.transactions_v1(account.id)]


async def test_a_failed_login_is_told_and_mended_by_an_update() -> None:
    async with opened() as (simulator, pluggy):
        failed = await connected(simulator, pluggy, user="user-locked")
        await pluggy.update_item(failed.id, {"user": "user-ok", "password": "password-ok"})
        await simulator.world.settled()
        mended = await pluggy.get_item(failed.id)

    assert failed.status == ItemStatus.LOGIN_ERROR
    assert failed.error is not None
    assert failed.error.code == failed.execution_status == "ACCOUNT_LOCKED"
    assert failed.last_updated_at is None
    assert mended.status == ItemStatus.UPDATED


async def test_a_refused_form_names_its_fields() -> None:
    async with opened() as (_, pluggy):
        with pytest.raises(errors.ValidationError) as caught:
            await pluggy.create_item(0, {"user": "x", "password": "y"})

    assert caught.value.code_description == "CONNECTOR_VALIDATION_ERROR"
    assert {each.parameter for each in caught.value.details} == {"user", "password"}


async def test_a_refresh_is_refused_before_its_time_and_says_when() -> None:
    async with opened(min_update_frequency_hours=6) as (simulator, pluggy):
        item = await connected(simulator, pluggy)
        with pytest.raises(errors.TooEarlyError) as caught:
            await pluggy.update_item(item.id)

    assert item.last_updated_at is not None
    assert caught.value.when is not None
    assert caught.value.when - item.last_updated_at == timedelta(hours=6)


async def test_the_same_login_is_not_connected_twice() -> None:
    async with opened() as (simulator, pluggy):
        item = await connected(simulator, pluggy)
        with pytest.raises(errors.DuplicateItemError) as caught:
            await connected(simulator, pluggy, avoid_duplicates=True)

    assert caught.value.item_ids == (item.id,)


async def test_a_deleted_item_is_unknown_from_then_on() -> None:
    async with opened() as (simulator, pluggy):
        item = await connected(simulator, pluggy)
        await pluggy.delete_item(item.id)
        for call in (pluggy.get_item, pluggy.delete_item, pluggy.update_item):
            with pytest.raises(errors.NotFoundError) as caught:
                await call(item.id)
            assert caught.value.code_description == "ITEM_NOT_FOUND"


async def test_a_webhook_is_kept_changed_and_removed() -> None:
    async with opened() as (_, pluggy):
        made = await pluggy.create_webhook(
            "all", "https://product.example/hook", headers={"X-Secret": "s"}
        )
        with pytest.raises(errors.ValidationError):
            await pluggy.create_webhook("all", "https://product.example/hook")
        changed = await pluggy.update_webhook(made.id, event="item/updated")
        cleared = await pluggy.update_webhook(made.id, headers=None, enabled=True)
        listed = await pluggy.list_webhooks()
        one = await pluggy.get_webhook(made.id)
        await pluggy.delete_webhook(made.id)
        left = await pluggy.list_webhooks()

    assert made.headers == {"X-Secret": "s"}
    assert (changed.event, changed.headers) == ("item/updated", {"X-Secret": "s"})
    assert not cleared.headers
    assert [each.id for each in listed] == [made.id] == [one.id]
    assert left == []


async def test_categories_are_a_tree_in_two_languages() -> None:
    async with opened() as (_, pluggy):
        every = await pluggy.list_categories()
        top = next(each for each in every if each.parent_id is None)
        below = await pluggy.list_categories(parent_id=top.id)

    assert len(every) == 130
    assert below
    assert {each.parent_id for each in below} == {top.id}
    assert all(each.description_translated for each in every)


async def test_wrong_keys_are_refused() -> None:
    async with opened() as (simulator, pluggy):
        item = await connected(simulator, pluggy)
        strange = type(pluggy)(
            client_id=simulator.settings.client_id,
            client_secret="wrong",
            base_url=simulator.url,
            trust_env=False,
        )
        async with strange:
            with pytest.raises(errors.AuthenticationError) as caught:
                await strange.get_item(item.id)

    assert caught.value.code_description == "CLIENT_KEYS_UNAUTHORIZED"
