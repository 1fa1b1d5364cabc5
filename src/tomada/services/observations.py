"""Rows opened for the rules of identity, closed again under another id, and kept as they were."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time

import msgspec

from tomada.domain.clock import SAO_PAULO
from tomada.domain.ids import TransactionId
from tomada.domain.links import Match, Observation, plain_words
from tomada.domain.transactions import Detail
from tomada.services.vault import Keys
from tomada.store.observations import Seen
from tomada.store.transactions import TransactionRow

_TABLE, _RAW = "transactions", "raw"


class _Said(msgspec.Struct, rename="camel"):
    """What the rules need of Pluggy's own object."""

    provider_id: str | None = None


@dataclass(frozen=True, slots=True)
class Whole:
    """A row with its texts opened: *row* itself holds none. It is only ever kept sealed."""

    row: TransactionRow
    detail: bytes
    raw: bytes

    def under(self, keys: Keys, row_id: TransactionId) -> TransactionRow:
        """Close it again, as the row of that id."""
        return replace(
            self.row,
            id=row_id,
            sealed=keys.seal(_TABLE, row_id, self.detail),
            sealed_raw=keys.seal(_TABLE, row_id, self.raw, group=_RAW),
        )


def whole(keys: Keys, row: TransactionRow) -> Whole:
    """Open a row."""
    return Whole(
        replace(row, sealed=b"", sealed_raw=b""),
        keys.open(_TABLE, row.id, row.sealed),
        keys.open(_TABLE, row.id, row.sealed_raw, group=_RAW),
    )


class Evidence(msgspec.Struct, frozen=True, rename="camel"):
    """Why a link was made, for the person who judges it; *former* is the row before it."""

    days: int
    same_words: bool
    same_clock: bool
    same_provider_id: bool
    minor_before: int
    minor_after: int
    words_before: str
    words_after: str
    former: Whole | None = None


def evidence_of(match: Match, former: Whole | None) -> Evidence:
    """Write down what a match rests on."""
    old, new = match.old, match.new
    return Evidence(
        days=(new.day - old.day).days,
        same_words=old.words == new.words,
        same_clock=old.clock is not None and old.clock == new.clock,
        same_provider_id=old.provider is not None and old.provider == new.provider,
        minor_before=old.signed_minor,
        minor_after=new.signed_minor,
        words_before=old.words,
        words_after=new.words,
        former=former,
    )


def observe(keys: Keys, rows: Iterable[Seen]) -> list[Observation]:
    """Open rows as far as the rules look."""
    return [_observed(keys, one) for one in rows]


def _observed(keys: Keys, seen: Seen) -> Observation:
    row = seen.row
    opened = whole(keys, row)
    words = plain_words(_DETAIL.decode(opened.detail).description)
    return Observation(
        id=row.id,
        pluggy_id=row.pluggy_id,
        day=row.day,
        clock=clock_of(row.instant),
        signed_minor=row.signed_minor,
        currency=row.currency,
        status=row.status,
        position=row.position,
        words=words,
        same=(row.signed_minor, row.currency, words),
        provider=_provider(opened.raw),
        appeared=row.created_upstream,
        present=seen.present,
        marked=seen.marked,
    )


def clock_of(instant: datetime) -> datetime | None:
    """Give a real time; None for a midnight, of São Paulo or UTC, that stands for a bare day."""
    times = (instant.astimezone(zone).time() for zone in (SAO_PAULO, UTC))
    return None if time() in times else instant


def _provider(raw: bytes) -> str | None:
    try:
        return _SAID.decode(raw).provider_id or None
    except msgspec.MsgspecError:
        return None


_DETAIL = msgspec.msgpack.Decoder(Detail)
_SAID = msgspec.json.Decoder(_Said)
