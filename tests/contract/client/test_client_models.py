"""Every schema of the contract has a model with all its fields."""

import importlib
import json
import pkgutil
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.contract.client.inventor import Inventor
from tomada.pluggy import models, wire
from tomada.pluggy.model import Model

CONTRACT = json.loads((Path(__file__).parents[1] / "pluggy-contract.json").read_text())
SCHEMAS: dict[str, Any] = CONTRACT["schemas"]

# Schemas that are no object of their own here, and what stands in their place.
ELSEWHERE = {
    "AuthRequest": "settings of the client",
    "AuthResponse": "read inside of the client",
    "ConnectTokenRequest": "arguments of create_connect_token",
    "ConnectTokenResponse": "the text that create_connect_token gives",
    "ItemOptions": "ConnectTokenOptions",
    "CreateItem": "arguments of create_item",
    "UpdateItem": "arguments of update_item",
    "ItemParameter": "a mapping",
    "CreateWebhook": "arguments of create_webhook",
    "UpdateWebhook": "arguments of update_webhook",
    "UpdateTransaction": "arguments of categories.assign",
    "CreateClientCategoryRule": "arguments of categories.add_rule",
    "CreateBoletoConnectionFromItem": "arguments of boletos.connect_item",
    "ConnectorListResponse": "a list",
    "CursorPageResponseItems": "CursorList",
    "CursorPageResponseTransactions": "TransactionList",
    "ItemsResources200Response": "PagedList",
    "PageResponseConsents": "a list",
    "PageResponseTransactions": "PagedList",
    "PageResponseCategories": "a list",
    "PageResponseCategoryRules": "a list",
    "PageResponseInvestmentTransactions": "PagedList",
    "ICountResponse": "nothing: the call returns",
    "GlobalErrorResponse": "errors",
    "ItemCreationErrorResponse": "errors",
    "WebhookCreationErrorResponse": "errors",
    "NotAuthenticatedResponse": "errors",
    "SINGLE": "Schedule",
    "DAILY": "Schedule",
    "WEEKLY": "Schedule",
    "MONTHLY": "Schedule",
    "CUSTOM": "Schedule",
    "PixQrPaymentRecipient": "PaymentRequestRecipient",
    "BoletoPaymentRecipient": "PaymentRequestRecipient",
}


def known() -> dict[str, Any]:
    modules = (
        importlib.import_module(f"{models.__name__}.{module.name}")
        for module in pkgutil.iter_modules(models.__path__)
    )
    return {
        name: value
        for module in modules
        for name, value in vars(module).items()
        if isinstance(value, type) and issubclass(value, (Model, StrEnum))
    }


KNOWN = known()


def fields(model: type[Model]) -> set[str]:
    return {field.encode_name for field in msgspec.structs.fields(model)} - {"<raw>"}


@pytest.mark.parametrize("name", sorted(SCHEMAS))
def test_every_schema_is_modelled_with_all_its_fields(name: str) -> None:
    schema = SCHEMAS[name]
    if name in ELSEWHERE:
        replaced = KNOWN.get(ELSEWHERE[name])
        assert replaced is None or set(schema.get("fields", {})) <= fields(replaced)
        return

    model = KNOWN[name]

    if schema.get("enum"):
        assert {str(word) for word in model} == set(schema["enum"])
    else:
        assert set(schema.get("fields", {})) <= fields(model)


def test_nothing_is_listed_as_missing_that_is_there() -> None:
    assert set(ELSEWHERE) <= set(SCHEMAS)
    assert not set(ELSEWHERE) & set(KNOWN)


@pytest.mark.parametrize("name", sorted(n for n, m in KNOWN.items() if issubclass(m, Model)))
def test_every_model_can_be_read(name: str) -> None:
    """A decoder is built for each: a union that cannot be told apart fails here."""
    decoder: msgspec.json.Decoder[Any] = msgspec.json.Decoder(
        KNOWN[name], dec_hook=lambda kind, value: kind(value)
    )

    with pytest.raises(msgspec.ValidationError):
        decoder.decode(b"[]")


def whole_numbers() -> set[str]:
    """Name the wire fields that some model reads as integers."""
    return {
        field.encode_name
        for model in KNOWN.values()
        if issubclass(model, Model)
        for field in msgspec.structs.fields(model)
        if "int" in str(field.type).replace("<class 'int'>", "int").replace(" ", "").split("|")
        or field.type is int
    }


@pytest.mark.parametrize(
    "name", sorted(n for n in SCHEMAS if n in KNOWN and "enum" not in SCHEMAS[n])
)
def test_a_full_object_is_read_and_written_back_equal(name: str) -> None:
    sample = Inventor(SCHEMAS, whole_numbers()).of(SCHEMAS[name])
    text = wire.encode(sample)

    found = wire.decode(text, KNOWN[name])

    assert json.loads(wire.encode(found), parse_float=Decimal) == sample
