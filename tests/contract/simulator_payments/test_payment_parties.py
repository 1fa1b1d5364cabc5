"""Customers, recipients and institutions are registered, found, changed and forgotten."""

from typing import Any

import pytest

from tests.contract.simulator_payments.till import CNPJ, CPF, NOBODY, OTHER_CPF, Till, tills

ANA = {"type": "INDIVIDUAL", "name": "Ana Teste", "cpf": CPF, "email": "ana@example.com"}


async def test_a_customer_is_found_changed_and_forgotten(till: Till) -> None:
    ana = await till.post("/payments/customers", ANA | {"connectorId": 613})
    shop = await till.post(
        "/payments/customers", {"type": "BUSINESS", "name": "Loja Teste", "cnpj": CNPJ}
    )
    path = f"/payments/customers/{ana['id']}"

    async def found(**params: Any) -> list[str]:
        return [one["id"] for one in (await till.get("/payments/customers", **params))["results"]]

    assert ana["connector"]["id"] == 613
    assert await found() == [ana["id"], shop["id"]]
    assert await found(name="loja") == await found(cnpj=CNPJ) == [shop["id"]]
    assert await found(cpf="529.982.247-25") == await found(email="ANA@") == [ana["id"]]
    changed = (await till.driver.call("PATCH", path, json={"name": "Ana Maria Teste"})).json()
    assert (changed["name"], changed["cpf"]) == ("Ana Maria Teste", CPF)
    assert (await till.driver.call("DELETE", path)).status_code == 200
    assert await till.driver.refused("GET", path) == (404, "PAYMENT_CUSTOMER_NOT_FOUND")
    assert await found() == [shop["id"]]


@pytest.mark.parametrize(
    "wrong",
    [
        {"cpf": None},
        {"cpf": "52998224726"},
        {"type": "BUSINESS"},
        {"type": "OTHER"},
        {"name": None},
        {"name": 7},
        {"connectorId": 999},
    ],
)
async def test_a_customer_that_is_nobody_is_refused(till: Till, wrong: dict[str, Any]) -> None:
    refused = await till.driver.refused("POST", "/payments/customers", json=ANA | wrong)

    assert refused == (400, None)
    assert (await till.get("/payments/customers"))["total"] == 0


async def test_a_change_that_breaks_a_customer_changes_nothing(till: Till) -> None:
    ana = await till.post("/payments/customers", ANA)
    path = f"/payments/customers/{ana['id']}"

    refused = await till.driver.refused("PATCH", path, json={"type": "BUSINESS"})

    assert refused == (400, None)
    assert (await till.get(path))["type"] == "INDIVIDUAL"


async def test_check_digits_are_not_looked_at_by_setting() -> None:
    async with tills(check_digits=False) as till:
        made = await till.post("/payments/customers", ANA | {"cpf": "123.456.789-00"})

    assert made["cpf"] == "12345678900"


async def test_the_first_recipient_is_the_default_until_another_is(till: Till) -> None:
    first = await till.recipient()
    second = await till.recipient(name="Segunda", isDefault=True)

    now = await till.get(f"/payments/recipients/{first['id']}")
    default = (await till.get("/payments/recipients", isDefault="true"))["results"]

    assert (first["isDefault"], now["isDefault"]) == (True, False)
    assert [one["id"] for one in default] == [second["id"]]
    assert await till.driver.refused("GET", "/payments/recipients?isDefault=maybe") == (400, None)


async def test_a_recipient_is_found_changed_and_forgotten(till: Till) -> None:
    made = await till.recipient()
    person = await till.recipient(tax_number=OTHER_CPF, name="Caio Teste")
    path = f"/payments/recipients/{made['id']}"
    institutions = (await till.get("/payments/recipients/institutions"))["results"]
    change = {
        "name": "Padaria Nova",
        "paymentInstitutionId": institutions[1]["id"],
        "account": {"branch": "0002", "number": "1-9", "type": "SAVINGS_ACCOUNT"},
    }

    changed = (await till.driver.call("PATCH", path, json=change)).json()
    found = (await till.get("/payments/recipients", taxNumber=OTHER_CPF))["results"]
    await till.driver.call("DELETE", path)

    assert changed["paymentInstitution"] == institutions[1]
    assert changed["account"] == change["account"]
    assert [one["id"] for one in found] == [person["id"]]
    assert await till.driver.refused("GET", path) == (404, "PAYMENT_RECIPIENT_NOT_FOUND")


async def test_whoever_holds_a_pix_key_is_a_recipient(till: Till) -> None:
    made = await till.post("/payments/recipients", {"pixKey": "caio@example.com"})

    found = (await till.get("/payments/recipients", pixKey="caio@example.com"))["results"]

    assert made["pixKey"] == "caio@example.com"
    assert found == [made]


@pytest.mark.parametrize(
    "wrong",
    [
        {"taxNumber": "1"},
        {"paymentInstitutionId": NOBODY},
        {"paymentInstitutionId": "x"},
        {"account": {"branch": "1"}},
        {"account": None},
        {"name": ""},
    ],
)
async def test_a_recipient_without_an_account_is_refused(till: Till, wrong: Any) -> None:
    made = await till.recipient()
    body = {
        "name": "X",
        "taxNumber": CNPJ,
        "paymentInstitutionId": made["paymentInstitution"]["id"],
        "account": made["account"],
    } | wrong

    assert await till.driver.refused("POST", "/payments/recipients", json=body) == (400, None)


async def test_an_institution_is_found_by_a_part_of_its_name(till: Till) -> None:
    found = (await till.get("/payments/recipients/institutions", name="jequitib"))["results"]

    alone = await till.get(f"/payments/recipients/institutions/{found[0]['id']}")

    assert [one["tradeName"] for one in found] == ["Banco Jequitibá"]
    assert alone == found[0]
