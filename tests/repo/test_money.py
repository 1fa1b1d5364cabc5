"""Money never passes through a float."""

import pytest

from tests.repo.checkout import texts
from tests.repo.money import Allowed, forbidden, stale

# Where an amount passes on its way from Pluggy's bytes to the screen: accounts, movements, bills,
# investments, loans and payments alike. What is left out handles files, requests and time only.
PLACES = (
    "src/tomada/domain/*.py",
    "src/tomada/services/*.py",
    "src/tomada/store/*.py",
    "src/tomada/pluggy/models/*.py",
    "src/tomada/pluggy/operations/*.py",
    *(
        f"src/tomada/pluggy/{name}.py"
        for name in ("dates", "magnitude", "model", "paging", "transactions", "webhooks", "wire")
    ),
    "src/tomada/web/*.py",
    "src/tomada/web/dashboard/*.py",
    ":!src/tomada/store/em*.py",
    *(f":!src/tomada/store/{name}.py" for name in ("dumps", "engine")),
    *(f":!src/tomada/services/{name}.py" for name in ("backups", "figures")),
    *(f":!src/tomada/web/{name}.py" for name in ("limits", "measured", "ops", "push")),
    *(f":!src/tomada/web/dashboard/{name}.py" for name in ("assets", "catalogue")),
)
ALLOWED: Allowed = {
    "src/tomada/services/hook_secrets.py": {
        "_KEEP_SECONDS": "how long a read secret is kept",
        "_FAILED_SECONDS": "how long a failed reading is kept",
        "until": "an instant of the monotonic clock",
    },
    "src/tomada/services/rekeying.py": {"sleep": "seconds to wait"},
    "src/tomada/services/reading.py": {
        "_RENEW_EVERY": "seconds between renewals of a lease",
        "sleep": "seconds to wait",
    },
    "src/tomada/services/runs.py": {"pause": "a part of a time span"},
    "src/tomada/services/sync.py": {
        "_LOOK_EVERY": "seconds between looks at a running sync",
        "timeout": "seconds a caller waits",
    },
    "src/tomada/web/dashboard/wording.py": {"minutes": "time spans into minutes"},
}


def test_no_float_stands_where_money_is() -> None:
    sources = dict(texts(*PLACES))

    complaints = [each for name, text in sources.items() for each in forbidden(name, text, ALLOWED)]

    assert complaints == []
    assert list(stale(sources, ALLOWED)) == []
    parts = ("domain/money", "services/normalise", "store/transactions", "pluggy/models/loans",
             "pluggy/models/investments", "pluggy/models/accounts", "web/ledger")  # fmt: skip
    assert {f"src/tomada/{part}.py" for part in parts} <= set(sources)


@pytest.mark.parametrize(
    "text",
    [
        "total = float(line.amount)",
        "total = 0.0",
        "class Line:\n    amount: float",
        "def pay(amount: float) -> None: ...",
        "def pay(*, amount=0.1): ...",
        "def balance() -> float: ...",
        "pay(amount=-1.5)",
        "rows = list(map(float, amounts))",
        "half = amount * 0.5",
        "amount: Decimal | float = 0",
        "amount = minor / 100",
        "amount /= 100",
        "show(minor / 100)",
    ],
)
def test_a_float_is_found_in_every_shape(text: str) -> None:
    assert list(forbidden("sample.py", text, {}))


@pytest.mark.parametrize(
    "text",
    [
        "total = Decimal('0.10')",
        "scale = 10",
        "whole, cents = divmod(minor, 100)",
        "month = days // 30",
        '"""A float is refused here: 1.5."""',
        "raise TypeError('not a float')",
    ],
)
def test_a_decimal_an_integer_and_words_are_left_alone(text: str) -> None:
    assert not list(forbidden("sample.py", text, {}))


def test_a_duration_is_allowed_by_name_and_only_there() -> None:
    text = "deadline_seconds: float = 25.0\namount: float = 25.0"
    allowed: Allowed = {"sample.py": {"deadline_seconds": "a duration"}}

    found = list(forbidden("sample.py", text, allowed))

    assert [each.split(":")[1] for each in found] == ["2", "2"]


def test_a_permission_nobody_needs_is_found() -> None:
    allowed: Allowed = {"sample.py": {"deadline_seconds": "a duration"}}

    assert list(stale({"sample.py": "x = 1"}, allowed))
    assert not list(stale({"sample.py": "deadline_seconds = 2.5"}, allowed))
