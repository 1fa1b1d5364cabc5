"""A hundred thousand amounts, from Pluggy's bytes to minor units and back, and their sum."""

import random
from decimal import Decimal, localcontext

from tests.property.normalise.wire_forms import ACCOUNT, an_account
from tomada.domain.money import from_minor
from tomada.pluggy import wire
from tomada.pluggy.models.transactions import Transaction
from tomada.services.normalise import movement

COUNT = 100_000
ODD = ("0.1", "1e-2", "9999999999.99", "-0.0", "-0.1", "1E+3", "0.10", "-9999999999.99", "1.50e1")


def _written(rng: random.Random) -> str:
    """Write an amount of whole cents in one of the ways JSON allows."""
    cents = rng.choice((-1, 1)) * rng.randrange(10 ** rng.randint(1, 13))
    amount = Decimal(cents).scaleb(-2)
    match rng.randrange(4):
        case 0:
            return f"{amount:f}"
        case 1:
            return f"{amount.normalize():f}"
        case 2:
            return f"{cents}e-2"
        case _:
            return f"{amount:f}0"


def test_a_hundred_thousand_amounts_are_exact() -> None:
    rng = random.Random(2026)
    texts = [*ODD, *(_written(rng) for _ in range(COUNT - len(ODD)))]
    account = an_account("BANK")
    total, units = Decimal(0), 0

    for text in texts:
        body = (
            f'{{"id": "r", "accountId": "{ACCOUNT}", "amount": {text},'
            ' "date": "2026-11-23T03:00:00.000Z", "createdAt": "2026-11-23T16:00:00.000Z"}'
        )
        moved = movement(wire.decode(body.encode(), Transaction), account)
        sent = Decimal(text)
        assert from_minor(moved.signed_minor, "BRL") == sent, text
        assert Decimal(moved.detail.amount_text) == sent
        assert not moved.inexact
        assert not moved.conflicting
        units += moved.signed_minor
        with localcontext() as context:
            context.prec = 60
            total += sent

    assert len(texts) == COUNT
    assert from_minor(units, "BRL") == total
