"""The samples that the provider's documents and integrators give, read and written back.

`samples.json` has one object of each kind a bank gives, items in four states, and every event.
"""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.contract.client.test_client_models import KNOWN
from tomada.pluggy import wire
from tomada.pluggy.webhooks import parse_event

SAMPLES = json.loads(
    (Path(__file__).parent / "samples.json").read_text(encoding="utf-8"), parse_float=Decimal
)


@pytest.mark.parametrize("one", SAMPLES["models"], ids=lambda one: one["model"])
def test_a_documented_object_is_read_and_written_back_equal(one: dict[str, Any]) -> None:
    found = wire.decode(wire.encode(one["sample"]), KNOWN[one["model"]])

    # Absent and null are the same to the client, so it writes neither.
    assert json.loads(wire.encode(found), parse_float=Decimal) == _without_nulls(one["sample"])


@pytest.mark.parametrize("body", SAMPLES["events"], ids=lambda body: body["event"])
def test_a_documented_event_is_known_and_kept_to_the_byte(body: dict[str, Any]) -> None:
    raw = json.dumps(body).encode()

    event = parse_event(raw)

    assert (event.event, event.event_id, event.known) == (body["event"], body["eventId"], True)
    assert event.raw == raw


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nulls(one) for key, one in value.items() if one is not None}
    return [_without_nulls(one) for one in value] if isinstance(value, list) else value


def test_the_samples_are_many() -> None:
    assert (len(SAMPLES["models"]), len(SAMPLES["events"])) == (13, 31)
