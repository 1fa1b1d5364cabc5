import time
from decimal import Decimal

import pytest

from tomada.web.bodies import DEPTH, DIGITS, parse
from tomada.web.errors import ProblemError


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        (b"{}", {}),
        (b' {"a": [1, "b", null, true]} ', {"a": [1, "b", None, True]}),
        (b'{"a": 0.1}', {"a": Decimal("0.1")}),
        (b'{"a": "[[[[[[[[[[[[[[[[[[[["}', {"a": "[" * 20}),
        (b'{"a": "\\"[\\\\"}', {"a": '"[\\'}),
        (b"[" * DEPTH + b"]" * DEPTH, [[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]),
        (b"1" * DIGITS, int("1" * DIGITS)),
    ],
)
def test_json_is_read_exactly(raw: bytes, value: object) -> None:
    assert parse(raw) == value


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b'{"a": 1, "a": 1}',
        b'[{"b": {"a": 1, "a": 2}}]',
        b"NaN",
        b"[Infinity]",
        b"[-Infinity]",
        b"[" * (DEPTH + 1) + b"]" * (DEPTH + 1),
        b'{"a":' * (DEPTH + 1) + b"1" + b"}" * (DEPTH + 1),
        b"1" * (DIGITS + 1),
        b"0." + b"1" * DIGITS,
        b"\xef\xbb\xbf{}",
        b"\xff\xfe{\x00}\x00",
        b"{} {}",
        b"{'a': 1}",
    ],
)
def test_what_is_not_strictly_json_is_refused(raw: bytes) -> None:
    with pytest.raises(ProblemError) as refused:
        parse(raw)

    assert refused.value.problem.status == 400


@pytest.mark.parametrize(
    "raw",
    [
        b'"' + b'\\"' * 128_000,
        b'"' + b"\\" * 256_001,
        b'["' * 128_000,
        b'"[' * 128_000,
        b'"a"' * 85_000,
        b"[" * 256_000,
        b"1" * 256_000,
    ],
)
def test_hostile_text_of_the_largest_size_costs_little(raw: bytes) -> None:
    started = time.process_time()
    with pytest.raises(ProblemError):
        parse(raw)

    assert time.process_time() - started < 1
