"""One name for all that came of one event: in the log, at Pluggy's door, in the feed, in the audit.

It is a keyed digest of the event's id, so that nobody has to hand it on or keep it, and nobody
outside of this installation can tell which event it was.
"""

from tomada.services.vault import Keys


def correlation_of(system: Keys, event_id: str) -> str:
    """Name what comes of an event, or of whatever else has an id: the same each time."""
    return system.digest("correlation", event_id.encode())[:16].hex()
