"""Positions add up, follow orders, and survive a restart; statements and merchants are there."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.contract.simulator.driver import Driver, driving
from tests.contract.simulator_products.moments import CPF, Clock, approved, run
from tomada.simulator.products.settings import ProductSettings


async def _exactly(driver: Driver, path: str, **params: Any) -> Any:
    """Read with decimals instead of floats."""
    answer = await driver.call("GET", path, params=params)
    assert answer.status_code == 200, answer.text
    return json.loads(answer.content, parse_float=Decimal)


async def test_positions_add_up_as_they_are_shown(driver: Driver) -> None:
    item = await driver.connected(connector=0)

    page = await _exactly(driver, "/investments", itemId=item["id"])

    kinds = {one["type"] for one in page["results"]}
    assert kinds >= {"FIXED_INCOME", "MUTUAL_FUND", "EQUITY", "SECURITY"}
    for one in page["results"]:
        assert one["amount"] - one["taxes"] - one["taxes2"] == one["balance"]
        assert one["amount"] - one["amountOriginal"] == one["amountProfit"]
        moves = await _exactly(driver, f"/investments/{one['id']}/transactions")
        signs = {"BUY": 1, "SELL": -1, "TAX": -1, "INTEREST": 0}
        held = sum(signs[move["type"]] * move["quantity"] for move in moves["results"])
        assert held == one["quantity"]


async def test_positions_are_listed_by_kind_and_page(driver: Driver) -> None:
    item = await driver.connected(connector=0)
    everything = (await driver.get("/investments", itemId=item["id"]))["results"]

    shares = await driver.get("/investments", itemId=item["id"], type="EQUITY")
    second = await driver.get("/investments", itemId=item["id"], pageSize=4, page=2)

    assert [one["id"] for one in shares["results"]] == [
        one["id"] for one in everything if one["type"] == "EQUITY"
    ]
    assert second["results"] == everything[4:8]
    assert (second["page"], second["total"]) == (2, len(everything))


async def test_an_order_shows_after_the_next_run_and_moves_nothing_else() -> None:
    clock = Clock()
    async with driving(clock=clock) as driver:
        item = await approved(driver)
        before = (await driver.get("/investments", itemId=item["id"], type="MUTUAL_FUND"))[
            "results"
        ]
        fund = before[0]
        place = f"/investments/{fund['id']}/transactions"
        moves_before = (await driver.get(place))["results"]
        body = {"side": "BUY", "amount": 1234.56}
        await driver.http.post(f"/_simulator/investments/{fund['id']}/orders", json=body)
        unseen = (await driver.get(place))["results"]

        await run(driver, item["id"])
        after = (await driver.get("/investments", itemId=item["id"], type="MUTUAL_FUND"))["results"]
        moves_after = (await driver.get(place))["results"]

    assert unseen == moves_before
    assert moves_after[1:] == moves_before
    assert moves_after[0]["type"] == "BUY"
    assert abs(moves_after[0]["amount"] - 1234.56) < 0.01
    assert after[0]["quantity"] > fund["quantity"]
    assert [one["id"] for one in after] == [one["id"] for one in before]
    assert after[1]["quantity"] == before[1]["quantity"]


async def test_orders_that_make_no_sense_are_refused(driver: Driver) -> None:
    item = await driver.connected(connector=0)
    one = (await driver.get("/investments", itemId=item["id"]))["results"][0]
    place = f"/_simulator/investments/{one['id']}/orders"
    bodies = [
        {"side": "HOLD", "amount": 1},
        {"side": "BUY", "amount": -1},
        {"side": "BUY"},
        {"side": "SELL", "amount": 10**9},
    ]

    answers = [(await driver.http.post(place, json=body)).status_code for body in bodies]

    assert answers == [400, 400, 400, 409]


async def test_another_day_values_positions_anew_and_pays_instalments() -> None:
    clock = Clock()
    async with driving(clock=clock, auto_sync_hours=None) as driver:
        item = await approved(driver)
        before = (await driver.get("/loans", itemId=item["id"]))["results"]
        prices = (await driver.get("/investments", itemId=item["id"]))["results"]

        await clock.move(driver, days=45)
        await run(driver, item["id"])
        after = (await driver.get("/loans", itemId=item["id"]))["results"]
        later = (await driver.get("/investments", itemId=item["id"]))["results"]

    paid = [one["installments"]["paidInstallments"] for one in (*before, *after)]
    owed = [one["payments"]["contractOutstandingBalance"] for one in (*before, *after)]
    assert before[0]["id"] == after[0]["id"]
    assert paid[len(before)] > paid[0]
    assert owed[len(before)] < owed[0]
    active = {one["id"]: one for one in prices if one["status"] == "ACTIVE"}
    still = {one["id"]: one for one in later if one["id"] in active}
    assert still.keys() == active.keys()
    for one, new in ((active[name], new) for name, new in still.items()):
        assert new["createdAt"] == one["createdAt"] < new["updatedAt"]
    assert [one["value"] for one in still.values()] != [one["value"] for one in active.values()]


async def test_the_holder_is_the_owner_of_the_accounts(driver: Driver) -> None:
    item = await approved(driver)

    identity = await driver.get("/identity", itemId=item["id"])
    account = (await driver.accounts(item["id"]))[0]

    assert identity["fullName"] == account["owner"]
    assert identity["document"] == account["taxNumber"] == CPF["cpf"]


async def test_products_survive_a_restart(tmp_path: Path) -> None:
    file = tmp_path / "world.json"
    paths = ("/investments", "/loans", "/identity", "/consents")
    async with driving(state_file=file) as driver:
        item = await driver.connected(connector=0)
        one = (await driver.get("/investments", itemId=item["id"]))["results"][0]
        await driver.call(
            "POST", "/categories/rules", json={"description": "x", "categoryId": "11010000"}
        )
        before = [await driver.get(path, itemId=item["id"]) for path in paths]
        moves = await driver.get(f"/investments/{one['id']}/transactions")
        rules = await driver.get("/categories/rules")

    async with driving(state_file=file) as driver:
        after = [await driver.get(path, itemId=item["id"]) for path in paths]
        moves_after = await driver.get(f"/investments/{one['id']}/transactions")
        rules_after = await driver.get("/categories/rules")

    assert after == before
    assert moves_after == moves
    assert rules_after == rules


async def test_statement_files_are_fetched_by_addresses_that_expire() -> None:
    clock = Clock()
    async with driving(clock=clock) as driver:
        item = await driver.connected()
        account = (await driver.accounts(item["id"]))[0]
        page = await driver.get(f"/accounts/{account['id']}/statements")
        address = page["results"][0]["url"]

        file = await driver.http.get(address)
        forged = await driver.http.get(address.replace("2026-10", "2026-09"))
        await clock.move(driver, minutes=31)
        late = await driver.http.get(address)

    assert [one["monthYear"] for one in page["results"]][:2] == ["10-2026", "09-2026"]
    assert (file.status_code, file.headers["content-type"]) == (200, "application/pdf")
    assert file.content.startswith(b"%PDF-1.4")
    assert b"Extrato 10/2026" in file.content
    assert (forged.status_code, late.status_code) == (403, 403)


async def test_the_registry_owes_what_the_loans_owe() -> None:
    clock = Clock()
    async with driving(clock=clock) as driver:
        item = await approved(driver)
        scr = await _exactly(driver, f"/items/{item['id']}/scr")
        again = await _exactly(driver, f"/items/{item['id']}/scr")
        asked = {"from": "202611", "to": "202611"}
        not_closed = await _exactly(driver, f"/items/{item['id']}/scr", **asked)

    assert [one["dtb"] for one in scr["lsDtb"]] == [202606, 202607, 202608, 202609]
    assert scr["cdCli"] == "76109277673"
    assert scr == again
    owed = [
        sum(sum(op["resVenc"].values()) for op in base["lsOp"] if op["mod"] == "0202")
        for base in scr["lsDtb"]
    ]
    assert owed == sorted(owed, reverse=True)
    assert owed[-1] > 0
    assert not_closed["lsDtb"][0]["lsOp"] == []


async def test_the_registry_may_be_switched_off() -> None:
    async with driving(products=ProductSettings(credit_registry=False)) as driver:
        item = await driver.connected()

        refused = await driver.refused("GET", f"/items/{item['id']}/scr")

    assert refused == (403, None)


async def test_shops_are_found_by_their_tax_number(driver: Driver) -> None:
    item = await driver.connected()
    card = next(one for one in await driver.accounts(item["id"]) if one["type"] == "CREDIT")
    shop = next(one["merchant"] for one in await driver.rows(card["id"]) if one["merchant"])

    found = await driver.get("/merchants", cnpjs=f"{shop['cnpj']},11.222.333/0001-81,42")
    nothing = await driver.get("/merchants")

    assert found["foundMerchants"][0]["name"] == shop["name"]
    assert found["notFoundMerchants"] == ["11.222.333/0001-81"]
    assert found["invalidCnpjs"] == ["42"]
    assert nothing == {"foundMerchants": [], "notFoundMerchants": [], "invalidCnpjs": []}


@pytest.mark.parametrize(("setting", "status"), [("not_found", 404), ("gone", 410)])
async def test_leftovers_may_be_gone(setting: Any, status: int) -> None:
    async with driving(products=ProductSettings(leftovers=setting)) as driver:
        item = await driver.connected(connector=0)
        paths = ("/benefits", "/payroll-loans", "/acquirer-sales", f"/portfolio/{item['id']}")

        answers = [
            await driver.refused("GET", path, params={"itemId": item["id"]}) for path in paths
        ]

    assert {code for code, _ in answers} == {status}


async def test_leftovers_are_made_of_what_the_item_has(driver: Driver) -> None:
    item = await approved(driver)
    loans = (await driver.get("/loans", itemId=item["id"]))["results"]
    held = (await driver.get("/investments", itemId=item["id"]))["results"]

    payroll = await driver.get("/payroll-loans", itemId=item["id"])
    benefits = await driver.get("/benefits", itemId=item["id"])
    portfolio = await driver.get(f"/portfolio/{item['id']}")
    monthly = await driver.get(f"/portfolio/{item['id']}/monthly")
    sales = await driver.get("/acquirer-sales", itemId=item["id"])

    withheld = [one for one in loans if one["type"] == "CREDITO_PESSOAL_COM_CONSIGNACAO"]
    assert [one["contractCode"] for one in payroll["results"]] == [
        one["contractNumber"] for one in withheld
    ]
    one = payroll["results"][0]
    assert await driver.get(f"/payroll-loans/{one['id']}") == one
    margin = benefits["results"][0]
    assert await driver.get(f"/benefits/{margin['id']}") == margin
    total = sum(Decimal(str(one["balance"])) for one in held)
    assert Decimal(str(portfolio["results"][0]["balance"])) == total
    assert monthly["results"][0]["balance"] == portfolio["results"][0]["balance"]
    assert sales["results"] == []


async def test_items_of_meu_pluggy_come_back_without_the_clients_user() -> None:
    async with driving(products=ProductSettings(meu_pluggy=True)) as driver:
        item = await approved(driver, connector=200, clientUserId="nonce")
        other = await driver.connected(clientUserId="nonce")

    assert item["connector"]["name"] == "MeuPluggy"
    assert item["status"] == "UPDATED"
    assert "clientUserId" not in item
    assert other["clientUserId"] == "nonce"


async def test_meu_pluggy_is_there_only_by_setting(driver: Driver) -> None:
    assert await driver.refused("GET", "/connectors/200") == (404, "CONNECTOR_NOT_FOUND")
