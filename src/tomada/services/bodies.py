"""Raw bodies of webhook events: sealed when they come in, read when they are served."""

from collections.abc import Iterable, Iterator

from tomada.domain.errors import KeyUnavailableError
from tomada.pluggy.errors import ContractError
from tomada.pluggy.webhooks import WebhookEvent, parse_event
from tomada.services.vault import Keys
from tomada.store.inbox import InboxRow
from tomada.telemetry import log


def sealed_body(keys: Keys, event_id: str, raw: bytes) -> tuple[bytes, bytes]:
    """Give the body's keyed digest and the body, sealed for the row with that digest.

    One event can come with two bodies, which are kept side by side; the digest in the place keeps
    the one from being opened as the other.
    """
    digest = keys.digest("inbox", raw)
    return digest, keys.seal("inbox", event_id, raw, group=digest.hex())


def events_of(keys: Keys, rows: Iterable[InboxRow]) -> Iterator[WebhookEvent]:
    """Read what the rows say; a body that cannot be read is passed over, and logged."""
    for row in rows:
        if row.sealed is None:
            continue
        try:
            body = keys.open("inbox", row.event_id, row.sealed, group=row.body_digest.hex())
            yield parse_event(body)
        except (ContractError, KeyUnavailableError):
            log.warning("inbox_row_unreadable", kind=row.event)
