"""What each kind of movement becomes, as a table: the way to read it is to look at it.

Amounts are as Pluggy writes them: on a bank account money out is negative, on a card whatever
raises the debt is positive (`pluggy-api.md` 3.0). The result is from the holder's view.
"""

from decimal import Decimal
from typing import NamedTuple

import pytest

from tests.property.normalise.wire_forms import a_transaction, an_account
from tomada.domain.money import from_minor
from tomada.services.normalise import movement

# movement, account, type, amount, in the account's currency → signed for the holder, doubt
GOLDEN = """
purchase              BANK    DEBIT   -58.90      -         -58.90   -
purchase              CREDIT  DEBIT   58.90       -         -58.90   -
refund                BANK    CREDIT  58.90       -         58.90    -
refund                CREDIT  CREDIT  -58.90      -         58.90    -
fee                   BANK    DEBIT   -32.90      -         -32.90   -
fee                   CREDIT  DEBIT   39.00       -         -39.00   -
payment               BANK    DEBIT   -1250.40    -         -1250.40 -
payment               CREDIT  CREDIT  -1250.40    -         1250.40  -
foreign-purchase      BANK    DEBIT   -58.00      -298.19   -298.19  -
foreign-purchase      CREDIT  DEBIT   58.00       298.19    -298.19  -
foreign-refund        BANK    CREDIT  58.00       298.19    298.19   -
foreign-refund        CREDIT  CREDIT  -58.00      -298.19   298.19   -
foreign-opposed       BANK    DEBIT   58.00       -298.19   -298.19  conflict
foreign-opposed       CREDIT  DEBIT   -58.00      298.19    -298.19  conflict
foreign-contradiction BANK    DEBIT   58.00       298.19    -298.19  conflict
foreign-contradiction CREDIT  CREDIT  58.00       298.19    298.19   conflict
foreign-without-type  BANK    -       -58.00      -298.19   -298.19  untyped
foreign-without-type  CREDIT  -       58.00       298.19    -298.19  untyped
contradiction         BANK    DEBIT   58.90       -         -58.90   conflict
contradiction         BANK    CREDIT  -58.90      -         58.90    conflict
contradiction         CREDIT  DEBIT   -58.90      -         -58.90   conflict
contradiction         CREDIT  CREDIT  58.90       -         58.90    conflict
missing-type-out      BANK    -       -58.90      -         -58.90   untyped
missing-type-in       BANK    -       58.90       -         58.90    untyped
missing-type-out      CREDIT  -       58.90       -         -58.90   untyped
missing-type-in       CREDIT  -       -58.90      -         58.90    untyped
unknown-type          BANK    ADJUST  -58.90      -         -58.90   untyped
unknown-type          CREDIT  ADJUST  58.90       -         -58.90   untyped
zero                  BANK    DEBIT   0.00        -         0.00     -
zero                  BANK    CREDIT  -0.0        -         0.00     -
zero                  CREDIT  DEBIT   0           -         0.00     -
zero                  CREDIT  CREDIT  0.00        -         0.00     -
zero-without-type     BANK    -       0.00        -         0.00     untyped
zero-without-type     CREDIT  -       0.00        -         0.00     untyped
"""


class Case(NamedTuple):
    """One line of the table; ``-`` stands for nothing."""

    name: str
    account: str
    kind: str
    amount: str
    in_account: str
    signed: str
    doubt: str


CASES = [Case(*line.split()) for line in GOLDEN.strip().splitlines()]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.name}-{case.account}-{case.kind}")
def test_each_kind_of_movement_reaches_the_holder_as_the_table_says(case: Case) -> None:
    foreign = case.in_account != "-"
    sent = a_transaction(
        amount=case.amount,
        in_account=Decimal(case.in_account) if foreign else None,
        type=None if case.kind == "-" else case.kind,
        currencyCode="USD" if foreign else "BRL",
    )

    moved = movement(sent, an_account(case.account))

    doubt = "conflict" if moved.conflicting else "untyped" if moved.untyped else "-"
    assert (str(from_minor(moved.signed_minor, moved.currency)), doubt) == (case.signed, case.doubt)
    assert moved.currency == "BRL"
    assert moved.detail.amount_text == case.amount
    assert moved.direction == ("DEBIT" if moved.signed_minor < 0 else moved.direction)


def test_the_table_has_every_kind_on_both_kinds_of_account() -> None:
    kinds = {
        account: {c.name for c in CASES if c.account == account} for account in ("BANK", "CREDIT")
    }

    assert kinds["BANK"] == kinds["CREDIT"]
    assert len(kinds["BANK"]) == 15
