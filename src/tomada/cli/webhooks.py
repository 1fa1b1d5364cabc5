"""``tomada webhooks``: the registration at Pluggy, the secret, and the inbox with its dead letters."""

import getpass
import json
import sys
from datetime import UTC, datetime, timedelta
from typing import Annotated

from cyclopts import App as Commands
from cyclopts import Parameter

from tomada.bootstrap import open_app
from tomada.domain.errors import InvalidInputError
from tomada.domain.inbox import DEAD, STATES, Entry, Selection
from tomada.services.webhook_status import WebhookStatus
from tomada.settings import Settings
from tomada.telemetry import set_up

Json = Annotated[bool, Parameter(name="--json", negative=())]

webhooks = Commands(name="webhooks", help="Pluggy's deliveries: registration, secret, inbox.")


@webhooks.command
async def register(*, as_json: Json = False) -> None:
    """See that Pluggy delivers here: make the webhook, or put right what is amiss.

    Safe while the service runs, and safe to repeat. The server does the same every hour.

    Parameters
    ----------
    as_json
        Print one JSON object.
    """
    set_up(level="CRITICAL")
    async with open_app(Settings()) as app:
        done = await app.webhooks.registration.ensure()
        url = app.webhooks.settings.url
    if as_json:
        _print({"outcome": done.outcome, "drift": done.drift, "webhookId": done.webhook_id})
        return
    amiss = f" (was amiss: {done.drift})" if done.drift is not None else ""
    print(f"{done.outcome}{amiss}: Pluggy delivers to {url}")


@webhooks.command
async def status(*, as_json: Json = False) -> None:
    """Print how the webhook and the inbox stand. Changes nothing.

    Exits with 1 where somebody should see to something.

    Parameters
    ----------
    as_json
        Print one JSON object.
    """
    set_up(level="CRITICAL")
    async with open_app(Settings()) as app:
        seen = await app.webhooks.status()
        settings = app.settings
    rule = {
        "secretHeader": settings.webhook_header or None,
        "signature": settings.webhook_hmac,
        "sources": settings.webhook_source_policy,
        "trustedProxies": [str(one) for one in settings.trusted_proxies],
    }
    if as_json:
        _print(_plain_status(seen) | {"rule": rule})
    else:
        for name, value in (_plain_status(seen) | rule).items():
            print(f"{name:>20}  {_words(value)}")
    if seen.problems:
        sys.exit(1)


@webhooks.command
async def rotate(*, overlap_hours: int = 24, force: bool = False, as_json: Json = False) -> None:
    """Change the secret that Pluggy sends. Nothing is lost; it takes some seconds.

    The secret before is accepted for the overlap, and until the new one was seen. Safe while the
    service runs.

    Parameters
    ----------
    overlap_hours
        How long the secret before is accepted; Pluggy repeats a delivery for about three hours.
    force
        Refuse the secret before at once, because somebody knows it. What Pluggy still sends with
        it is lost; the daily comparison finds what it told of.
    as_json
        Print one JSON object.
    """
    if not 4 <= overlap_hours <= 24 * 30:  # noqa: PLR2004  (longer than a chain of repeats, shorter than a month)
        raise InvalidInputError("the overlap is 4 to 720 hours", field="overlap_hours")
    set_up(level="CRITICAL")
    async with open_app(Settings()) as app:
        overlap = timedelta(hours=overlap_hours)
        name = await app.webhooks.registration.rotate(overlap=overlap, force=force)
        until = (await app.webhooks.registration.secrets.row()).previous_until
    if as_json:
        _print({"webhookId": name, "previousUntil": until})
        return
    before = "refused now" if until is None else f"accepted until {_words(until)}"
    print(f"changed: Pluggy sends the new secret; the one before is {before}")


@webhooks.command(name="list")
async def list_(
    *,
    state: tuple[str, ...] = DEAD,
    every: bool = False,
    item: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    limit: int = 100,
    as_json: Json = False,
) -> None:
    """Print events of the inbox, newest first: by default the dead letters. Changes nothing.

    Parameters
    ----------
    state
        new, parked, unbound, quarantined or done; may be given several times.
    every
        Print events of every state.
    item
        Print events of this item only.
    since
        Print events that came in from then on.
    until
        Print events that came in before then.
    limit
        Print so many at most.
    as_json
        Print one JSON object a line.
    """
    which = _selection((), () if every else state, item, since, until)
    set_up(level="CRITICAL")
    async with open_app(Settings()) as app:
        found = await app.inbox_desk.entries(which, limit=limit)
    for one in found:
        if as_json:
            _print(_plain(one))
        else:
            _line(one)
    if not found and not as_json:
        print("there is none")


@webhooks.command
async def show(event_id: str, *, body: bool = False, as_json: Json = False) -> None:
    """Print one event. Changes nothing, but opening its body is recorded.

    Parameters
    ----------
    event_id
        The event, as `list` names it.
    body
        Open what it said, with an audit entry. It may name persons.
    as_json
        Print one JSON object.
    """
    set_up(level="CRITICAL")
    async with open_app(Settings()) as app:
        entry = await app.inbox_desk.get(event_id)
        bodies = await app.inbox_desk.open(event_id, actor=getpass.getuser()) if body else []
    if as_json:
        _print(_plain(entry) | ({"bodies": [_text(one) for one in bodies]} if body else {}))
        return
    for name, value in _plain(entry).items():
        print(f"{name:>12}  {_words(value)}")
    for one in bodies:
        print(_text(one))
    if body and not bodies:
        print("the body is no longer kept")


@webhooks.command
async def replay(
    *event_ids: str,
    state: tuple[str, ...] = (),
    item: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    as_json: Json = False,
) -> None:
    """Have events done again, as if they had just come in.

    Safe while the service runs, and safe to repeat: what an event tells of is read from Pluggy
    again. What is parked is tried again at once.

    Parameters
    ----------
    event_ids
        The events, as `list` names them.
    state
        Every event in this state; may be given several times.
    item
        Every event of this item.
    since
        Every event that came in from then on.
    until
        Every event that came in before then.
    as_json
        Print one JSON object.
    """
    which = _selection(event_ids, state, item, since, until)
    set_up(level="CRITICAL")
    async with open_app(Settings()) as app:
        done = await app.inbox_desk.replay(which, actor=getpass.getuser())
    if as_json:
        _print({"replayed": done.replayed, "setAside": done.set_aside})
        return
    aside = f"; {done.set_aside} stay set aside for what they say" if done.set_aside else ""
    print(f"{done.replayed} will be done again{aside}")


def _selection(
    event_ids: tuple[str, ...],
    states: tuple[str, ...],
    item: str | None,
    since: datetime | None,
    until: datetime | None,
) -> Selection:
    strange = [one for one in states if one not in STATES]
    if strange:
        raise InvalidInputError(f"a state is one of {', '.join(STATES)}", field="state")
    return Selection(states, event_ids, item, _aware(since), _aware(until))


def _aware(at: datetime | None) -> datetime | None:
    """Take a time without a zone for UTC, which is what every answer of ours shows."""
    return at.replace(tzinfo=UTC) if at is not None and at.tzinfo is None else at


def _plain_status(seen: WebhookStatus) -> dict[str, object]:
    row = seen.row
    return {
        "url": seen.url,
        "registered": seen.registered,
        "webhookId": row.webhook_id,
        "disabledAt": seen.disabled_at,
        "checkedAt": row.checked_at,
        "lastDrift": row.drift,
        "lastDriftAt": row.drift_at,
        "secretChangedAt": row.rotated_at,
        "newSecretSeenAt": row.seen_at,
        "previousAccepted": seen.previous_in_force,
        "previousUntil": row.previous_until,
        "events": {state: seen.counts.get(state, 0) for state in STATES},
        "latestAt": seen.latest,
        "oldestWaitingAt": seen.oldest_waiting,
        "problems": list(seen.problems),
    }


def _plain(one: Entry) -> dict[str, object]:
    return {
        "eventId": one.event_id,
        "event": one.event,
        "itemId": one.item_id,
        "state": one.state,
        "reason": one.reason,
        "source": one.source,
        "receivedAt": one.received_at,
        "doneAt": one.done_at,
        "duplicates": one.duplicates,
        "conflicts": one.conflicts,
        "replays": one.replays,
        "replayedAt": one.replayed_at,
        "prunedAt": one.pruned_at,
    }


def _line(one: Entry) -> None:
    why = f" ({one.reason})" if one.reason else ""
    about = f"  item {one.item_id}" if one.item_id else ""
    print(f"{_words(one.received_at)}  {one.state}{why}  {one.event}{about}  {one.event_id}")


def _words(value: object) -> str:
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%Y-%m-%d %H:%M:%S}Z"
    if isinstance(value, dict):
        return ", ".join(f"{name} {one}" for name, one in value.items())
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "none"
    return "none" if value is None else str(value)


def _text(body: bytes) -> str:
    """Show bytes on one line, whatever they are: a terminal must not obey them."""
    return ascii(body.decode("utf-8", "backslashreplace"))[1:-1]


def _print(value: dict[str, object]) -> None:
    print(json.dumps(value, default=lambda at: at.isoformat()))
