"""Deliveries are read strictly and believed only with proof."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.pluggy.scripted import NOW
from tomada.pluggy.errors import ContractError
from tomada.pluggy.execution import EXECUTION_ERRORS, Fixer, explain, is_running
from tomada.pluggy.verification import SecretHeader, SignatureScheme, WebhookVerifier
from tomada.pluggy.webhooks import MAX_BYTES, parse_event

CREATED = {
    "event": "transactions/created",
    "eventId": "e-1",
    "itemId": "i-1",
    "accountId": "a-1",
    "clientId": "c-1",
    "triggeredBy": "SYNC",
    "transactionsCount": 332,
    "transactionsMinDate": "2025-02-12T15:00:01.000Z",
    "transactionsCreatedAtFrom": "2025-02-13T17:21:53.719Z",
    "createdTransactionsLink": "https://evil.example/",
}


def test_new_movements_are_announced_with_all_that_is_needed_to_look() -> None:
    event = parse_event(json.dumps(CREATED).encode())

    assert (event.event, event.event_id, event.subject) == (
        "transactions/created",
        "e-1",
        "transactions",
    )
    assert (event.item_id, event.account_id, event.client_id) == ("i-1", "a-1", "c-1")
    assert event.transactions_created_at_from == datetime(2025, 2, 13, 17, 21, 53, 719000, UTC)
    assert (event.transactions_count, event.triggered_by) == (332, "SYNC")
    assert json.loads(event.raw) == CREATED


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ({"event": "item/deleted", "id": "i"}, {"item_id": "i", "subject_id": "i"}),
        (
            {"event": "transactions/deleted", "accountId": "a", "transactionIds": ["x", "y"]},
            {"transaction_ids": ("x", "y"), "subject_id": "a", "item_id": None},
        ),
        (
            {"event": "connector/status_updated", "id": 201, "data": {"status": "ONLINE"}},
            {"subject_id": "201", "status": "ONLINE"},
        ),
        (
            {"event": "smart_transfer_payment/error", "smartTransferPaymentId": "s", "status": "X"},
            {"subject_id": "s", "status": "X"},
        ),
        ({"event": "boleto/updated", "boletoId": "b"}, {"subject_id": "b", "known": True}),
        ({"event": "moon/landed", "id": "m"}, {"subject_id": "m", "known": False}),
        ({"event": "item/created"}, {"item_id": None, "event_id": None}),
        ({"event": "item/created", "eventId": ["x"], "itemId": {}}, {"event_id": None}),
    ],
)
def test_every_event_is_read_as_far_as_it_goes(body: dict[str, Any], found: dict[str, Any]) -> None:
    event = parse_event(json.dumps(body).encode())

    assert {name: getattr(event, name) for name in found} == found


def test_an_error_is_told_by_code_and_not_by_text() -> None:
    body = {
        "event": "item/error",
        "itemId": "i",
        "error": {"code": "INVALID_CREDENTIALS", "message": "JOANA", "parameter": "password"},
    }

    event = parse_event(json.dumps(body).encode())

    assert event.error is not None
    assert (event.error.code, event.error.parameter) == ("INVALID_CREDENTIALS", "password")
    assert "JOANA" not in repr(event) + repr(event.error)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b'{"event":""}',
        b'{"event":7.5}',
        b'{"event":"item/created","event":"item/deleted"}',
        b'{"event":"item/created","data":{"a":1,"a":2}}',
        b'{"event":"item/created","n":NaN}',
        b'{"event":"item/created","n":' + b"[" * 17 + b"]" * 17 + b"}",
        b'{"event":"item/created","n":' + b"[" * 9000 + b"]" * 9000 + b"}",
        b'{"event":"item/created","n":"' + b"x" * MAX_BYTES + b'"}',
        '{"event":"item/created"}'.encode("utf-16"),
        b'\xef\xbb\xbf{"event":"item/created"}',
        b'{"event":"item/cre\xffated"}',
        b"\x1f\x8b\x08\x00",
        b"event=item/created",
    ],
)
def test_what_two_readers_could_read_differently_is_refused(raw: bytes) -> None:
    with pytest.raises(ContractError):
        parse_event(raw)


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_no_bytes_make_the_reader_fail_otherwise(raw: bytes) -> None:
    with pytest.raises(ContractError):
        parse_event(b"\x00" + raw)


@settings(deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text() | st.floats(allow_nan=False, allow_infinity=False),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
        max_leaves=12,
    ),
    st.sampled_from([*CREATED, "error", "data", "transactionIds", "clientUserId"]),
)  # fmt: skip
def test_any_value_in_any_field_is_tolerated(value: Any, name: str) -> None:
    body = CREATED | ({name: value} if name != "event" else {"novelty": value})

    event = parse_event(json.dumps(body).encode())

    assert event.event == "transactions/created"


def verifier(**proofs: Any) -> WebhookVerifier:
    return WebhookVerifier(clock=lambda: NOW, **proofs)


def test_the_new_and_the_old_secret_pass_and_no_other() -> None:
    check = verifier(secret=SecretHeader(name="X-Tomada-Secret", secrets=("new", "old")))

    def refusal(headers: dict[str, str]) -> str | None:
        return check.refusal(headers, b"{}", source=None)

    assert refusal({"x-tomada-secret": "new"}) is None
    assert refusal({"X-TOMADA-SECRET": "old"}) is None
    for headers in ({}, {"x-tomada-secret": ""}, {"x-tomada-secret": "neW"}, {"x-other": "new"}):
        assert refusal(headers) == "secret"
    assert refusal({"x-tomada-secret": "new", "X-Tomada-Secret": "x"}) == "secret"


@pytest.mark.parametrize(
    ("source", "refusal"),
    [
        ("177.71.238.212", None),
        ("::ffff:177.71.238.212", None),
        ("177.71.238.213", "source"),
        (None, "source"),
        ("", "source"),
        ("177.71.238.212, 1.1.1.1", "source"),
        ("::1", "source"),
    ],
)
def test_only_known_networks_pass(source: str | None, refusal: str | None) -> None:
    check = verifier(networks=[ip_network("177.71.238.212/32"), ip_network("10.0.0.0/8")])

    assert check.refusal({}, b"", source=source) == refusal


BODY = b'{"event":"item/updated"}'


def signed(secret: str, text: bytes, *, encoding: str = "hex", digest: str = "sha256") -> str:
    made = hmac.new(secret.encode(), text, getattr(hashlib, digest)).digest()
    return made.hex() if encoding == "hex" else base64.b64encode(made).decode()


@pytest.mark.parametrize("encoding", ["hex", "base64"])
@pytest.mark.parametrize("digest", ["sha256", "sha512"])
@pytest.mark.parametrize("prefix", ["", "v1="])
def test_a_signature_is_whatever_was_configured(encoding: Any, digest: Any, prefix: str) -> None:
    scheme = SignatureScheme(
        header="X-Sig", secrets=("b", "a"), digest=digest, encoding=encoding, prefix=prefix
    )
    check = verifier(signature=scheme)
    genuine = prefix + signed("a", BODY, encoding=encoding, digest=digest)

    assert check.refusal({"x-sig": genuine}, BODY, source=None) is None
    assert check.refusal({"x-sig": genuine}, BODY + b" ", source=None) == "signature"
    assert check.refusal({"x-sig": genuine[:-2]}, BODY, source=None) == "signature"
    assert check.refusal({"x-sig": "ü"}, BODY, source=None) == "signature"
    assert check.refusal({"x-sig": f" {genuine}"}, BODY, source=None) == "signature"
    assert check.refusal({"x-sig": genuine.swapcase()}, BODY, source=None) == "signature"
    assert check.refusal({}, BODY, source=None) == "signature"


@pytest.mark.parametrize("late", [0, 59, -299, 61, -301])
@pytest.mark.parametrize("style", ["seconds", "milliseconds", "iso"])
def test_a_signature_that_is_old_or_of_the_future_is_refused(late: int, style: str) -> None:
    scheme = SignatureScheme(
        header="X-Sig", secrets=("a",), signed="{timestamp}.{body}", timestamp_header="X-Time"
    )
    moment = NOW + timedelta(seconds=late)
    stamp = {
        "seconds": str(int(moment.timestamp())),
        "milliseconds": str(int(moment.timestamp() * 1000)),
        "iso": moment.isoformat(),
    }[style]
    headers = {"X-Time": stamp, "X-Sig": signed("a", stamp.encode() + b"." + BODY)}

    refusal = verifier(signature=scheme).refusal(headers, BODY, source=None)

    assert (refusal is None) == (-300 < late < 60)


def test_every_configured_proof_must_hold() -> None:
    check = verifier(
        secret=SecretHeader(name="X-S", secrets=("s",)), networks=[ip_network("10.0.0.0/8")]
    )

    assert check.refusal({"X-S": "s"}, b"", source="10.1.1.1") is None
    assert check.refusal({"X-S": "s"}, b"", source="11.1.1.1") == "source"
    assert check.refusal({"X-S": "x"}, b"", source="10.1.1.1") == "secret"


@pytest.mark.parametrize(
    "make",
    [
        verifier,
        lambda: SecretHeader(name="X", secrets=()),
        lambda: SecretHeader(name="X", secrets=("a", "")),
        lambda: SignatureScheme(header="X", secrets=("a",), signed="{timestamp}"),
        lambda: SignatureScheme(header="X", secrets=("a",), timestamp_header="T"),
    ],
)
def test_a_check_that_would_accept_everybody_cannot_be_made(make: Any) -> None:
    with pytest.raises(ValueError, match=r".+"):
        make()


def test_secrets_are_in_no_repr() -> None:
    check = verifier(
        secret=SecretHeader(name="X", secrets=("hush",)),
        signature=SignatureScheme(header="Y", secrets=("hush",)),
    )

    assert "hush" not in repr(check)


def test_failures_that_pass_by_themselves_are_those_of_the_provider() -> None:
    retryable = {code for code, error in EXECUTION_ERRORS.items() if error.retryable}

    assert retryable == {
        "SITE_NOT_AVAILABLE",
        "CONNECTION_ERROR",
        "UNEXPECTED_ERROR",
        "ERROR",
        "MERGE_ERROR",
        "CREATE_ERROR",
    }
    assert len(EXECUTION_ERRORS) == 17
    assert explain("NEW_CODE").retryable
    assert explain("USER_NOT_SUPPORTED").fixer == Fixer.NOBODY


@pytest.mark.parametrize("error", EXECUTION_ERRORS.values(), ids=EXECUTION_ERRORS)
def test_every_failure_has_a_text_in_both_languages(error: Any) -> None:
    assert error.pt.endswith(".")
    assert error.en.endswith(".")
    assert error.pt != error.en
    assert error.retryable == (error.fixer in (Fixer.PLUGGY, Fixer.INSTITUTION))


def test_a_step_added_later_is_still_a_running_one() -> None:
    assert is_running("PENSION_IN_PROGRESS")
    assert is_running("CREATED")
    assert not is_running("SUCCESS")
