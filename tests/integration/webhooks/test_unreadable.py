"""What is authentic and no event of ours is set aside, acknowledged, and seen by the operator."""

import gzip
import json
import random
from typing import Any

import pytest

from tests.integration.webhooks.door import Door, several
from tests.integration.webhooks.samples import TYPES, sample
from tomada.domain.errors import InvalidInputError, NotFoundError
from tomada.domain.inbox import Selection


def _spoiled(rng: random.Random, n: int) -> bytes:
    """Write the n-th body that nobody should act on."""
    text = json.dumps(sample(TYPES[n % len(TYPES)]) | {"n": n})
    body, cut = text.encode(), rng.randrange(2, len(text) - 2)
    forms: list[bytes] = [
        body[:-1] + b',"event":"item/deleted"}',
        body[:-1] + b',"deep":{"a":1,"a":2}}',
        body[:-1] + b',"x":NaN}',
        body[:-1] + b',"x":-Infinity}',
        body[:-1] + b',"x":' + b"[" * 1_000 + b"]" * 1_000 + b"}",
        body[:-1] + b',"x":' + b'{"a":' * 17 + b"1" + b"}" * 17 + b"}",
        text.encode("utf-16"),
        text.encode("utf-32-le"),
        body[:-1] + ',"x":"é"}'.encode("latin-1"),
        body[:-1] + b',"x":"\\ud800"}',
        gzip.compress(body),
        body[:cut],
        b"\xef\xbb\xbf" + body,
        b"[" + body + b"]",
        body + body,
        json.dumps({"eventId": f"no-event-{n}"}).encode(),
        json.dumps({"event": None, "eventId": f"no-event-{n}"}).encode(),
        json.dumps({"event": [n]}).encode(),
        str(n).encode(),
        rng.randbytes(40),
    ]
    return forms[n % len(forms)]


async def test_five_hundred_bodies_that_are_no_events_are_all_kept_and_visible(
    only: Door,
) -> None:
    rng = random.Random(16)
    bodies = [_spoiled(rng, n) for n in range(450)]
    foreign = [
        json.dumps(sample(TYPES[n % len(TYPES)]) | {"clientId": f"other-{n}"}).encode()
        for n in range(50)
    ]

    answers = await several(only.deliver, bodies + foreign)

    assert {(one.status, one.body) for one in answers} == {(200, b'{"received":true}')}
    desk = only.app.inbox_desk
    seen = await desk.entries(Selection(states=("quarantined",)), limit=1_000)
    assert {one.reason for one in seen} == {"unparsable", "foreign"}
    assert len(seen) == len(set(bodies)) + 50
    assert await desk.counts() == {"quarantined": len(seen)}
    assert await only.count("pgqueuer") == 0
    opened = [body for one in seen for body in await desk.open(one.event_id, actor="operator")]
    assert sorted(opened) == sorted({*bodies, *foreign})
    assert await only.count("audit_pending") == len(seen)


async def test_unknown_kinds_are_kept_and_ask_for_nothing(only: Door) -> None:
    events: list[dict[str, Any]] = [
        {"event": name, "eventId": f"odd-{n}"}
        for n, name in enumerate(("galaxy/discovered", "no-slash", "item", "é", "x" * 255))
    ]

    answers = await several(only.deliver, events)

    assert {one.status for one in answers} == {200}
    assert await only.app.inbox_desk.counts() == {"done": len(events)}


async def test_what_this_application_now_understands_is_served_after_a_replay(
    only: Door,
) -> None:
    """An event set aside as another application's, when it is ours after all."""
    await only.deliver(sample("item/updated") | {"clientId": "another"})
    await only.deliver(b"nonsense")
    await only.deliver(sample("connector/status_updated"))
    desk = only.app.inbox_desk
    with pytest.raises(InvalidInputError):
        await desk.replay(Selection(), actor="operator")
    with pytest.raises(NotFoundError):
        await desk.open("there-is-none", actor="operator")

    done = await desk.replay(Selection(states=("quarantined", "done")), actor="operator")

    assert (done.replayed, done.set_aside) == (1, 2)
    assert await only.count("audit_pending") == 1
    assert {one.replays for one in await desk.entries(Selection())} == {1}
