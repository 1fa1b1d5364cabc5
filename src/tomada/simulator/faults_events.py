"""Spoil deliveries of events: lost, late, repeated, or saying something else under the same id."""

from collections.abc import Iterator
from dataclasses import replace

import msgspec

from tomada.simulator.deliveries import Delivery
from tomada.simulator.encoding import json_bytes
from tomada.simulator.faults import EventFault


def spoiled_deliveries(fault: EventFault, delivery: Delivery) -> Iterator[tuple[Delivery, float]]:
    """Give what is sent instead of *delivery*, each with the seconds it waits first."""
    match fault.effect:
        case "drop":
            return
        case "duplicate":
            for _ in range(fault.times):
                yield delivery, 0.0
        case "delay":
            yield delivery, fault.seconds
        case "lost_receipt":
            # The receiver's 2xx never arrives, so the provider sends the event again.
            yield delivery, 0.0
            yield delivery, fault.seconds
        case "other_body":
            yield delivery, 0.0
            yield _saying(delivery, transactionsCount=999, triggeredBy="CLIENT"), fault.seconds
        case "unknown_event":
            yield _saying(delivery, event="galaxy/discovered"), 0.0
        case "no_event_id":
            yield _saying(delivery, eventId=None), 0.0


def _saying(delivery: Delivery, **changes: object) -> Delivery:
    body = msgspec.json.decode(delivery.body) | changes
    kept = {key: value for key, value in body.items() if key != "eventId" or value is not None}
    return replace(delivery, body=json_bytes(kept))
