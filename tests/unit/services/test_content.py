"""What counts as a change of a row."""

import msgspec
import pytest

from tomada.services.normalise import content

ROW = {
    "id": "t",
    "amount": -12.5,
    "description": "Café",
    "merchant": {"name": "Padaria", "cnpj": "12"},
    "list": [{"a": 1, "b": None}, {"a": 2}],
    "updatedAt": "2026-11-23T12:00:00.000Z",
}


def _content(text: str) -> bytes:
    return content(text.encode())


SAME = [
    (
        '{"description":"Caf\\u00e9","amount":-12.50,"id":"t",'
        '"list":[{"b":null,"a":1},{"a":2.0}],"merchant":{"cnpj":"12","name":"Padaria"}}'
    ),
    (
        '{ "id" : "t", "amount" : -1.25e1, "description": "Café", "merchant": {"name": "Padaria",'
        ' "cnpj": "12", "businessName": null}, "list": [{"a": 1}, {"a": 2}], "category": null }'
    ),
]


@pytest.mark.parametrize("text", SAME, ids=["other order and escapes", "other spaces and nulls"])
def test_the_same_said_otherwise_is_no_change(text: str) -> None:
    assert _content(text) == content(msgspec.json.encode(ROW))


@pytest.mark.parametrize("name", ["updatedAt", "createdAt"])
def test_pluggys_own_bookkeeping_is_no_change(name: str) -> None:
    assert content(msgspec.json.encode({**ROW, name: "later"})) == content(msgspec.json.encode(ROW))


@pytest.mark.parametrize(
    "change",
    [
        {"amount": -12.51},
        {"amount": 12.5},
        {"amount": "-12.5"},
        {"description": "café"},
        {"description": None},
        {"merchant": {"name": "Padaria", "cnpj": "13"}},
        {"merchant": None},
        {"list": [{"a": 2}, {"a": 1}]},
        {"list": [{"a": 1}]},
        {"new": False},
    ],
)
def test_anything_else_is_a_change(change: dict[str, object]) -> None:
    assert content(msgspec.json.encode({**ROW, **change})) != content(msgspec.json.encode(ROW))


def test_digits_beyond_a_float_are_told_apart() -> None:
    long = '{"amount": 0.1000000000000000000001}'

    assert _content(long) != _content('{"amount": 0.1}')
    assert _content('{"amount": 123456789012345678901.5}') != _content(
        '{"amount": 123456789012345678902.5}'
    )
