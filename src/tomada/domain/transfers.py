"""Money that a person moves between accounts of their own: neither income nor spending.

Amount and day alone prove nothing: many equal PIX go in and out of one day. Both sides have to be the
only ones that fit, and the banks have to say who was on the other side.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from tomada.domain.ids import TransactionId

WINDOW = timedelta(days=2)
"""The two sides of a transfer are booked within so many days."""
_SURE, _POSSIBLE = 95, 60


@dataclass(frozen=True, slots=True)
class Leg:
    """One side of what may be a transfer; documents and numbers are digits only, or empty.

    *document* and *number* are the account's own, *other_document* and *other_number* what the bank
    says of the other side, *code* the payment's own code; *own_money* marks what the provider has
    recognised as money between accounts of one person.
    """

    id: TransactionId
    pluggy_id: str
    day: date
    signed_minor: int
    document: str
    number: str
    other_document: str
    other_number: str
    code: str
    own_money: bool = False


@dataclass(frozen=True, slots=True)
class Transfer:
    """What left one account and reached another; *automatic* where it is sure."""

    source: Leg
    target: Leg
    confidence: int
    automatic: bool


def transfers(candidates: Sequence[tuple[Leg, Leg]]) -> list[Transfer]:
    """Judge pairs of exactly opposite amounts within the window, each outgoing side first."""
    possible = [pair for pair in candidates if not _contradicted(*pair)]
    sources, targets = _counted(possible)
    proven = [pair for pair in possible if _proven(*pair)]
    proven_sources, proven_targets = _counted(proven)
    found = []
    for source, target in possible:
        unique = sources[source.id] == 1 == targets[target.id]
        if (source, target) in proven:
            alone = proven_sources[source.id] == 1 == proven_targets[target.id]
            if unique or alone:
                found.append(
                    Transfer(source, target, _SURE if unique else _POSSIBLE, automatic=unique)
                )
        elif unique:
            found.append(Transfer(source, target, _POSSIBLE, automatic=False))
    return found


def _counted(pairs: Sequence[tuple[Leg, Leg]]) -> tuple[Counter[object], Counter[object]]:
    return Counter(one.id for one, _ in pairs), Counter(other.id for _, other in pairs)


def _proven(source: Leg, target: Leg) -> bool:
    """Tell whether a bank names the other account, its holder, or the payment itself."""
    return (
        (source.code != "" and source.code == target.code)
        or (source.own_money and target.own_money)
        or _names(source, target)
        or _names(target, source)
    )


def _names(one: Leg, other: Leg) -> bool:
    own = one.other_document != "" and one.other_document == other.document
    number = one.other_number != "" and other.number.endswith(one.other_number)
    return own or (number and len(one.other_number) >= _DIGITS)


def _contradicted(source: Leg, target: Leg) -> bool:
    """Tell whether a bank names somebody else on the other side."""
    return any(
        one.other_document and other.document and one.other_document != other.document
        for one, other in ((source, target), (target, source))
    )


_DIGITS = 4
