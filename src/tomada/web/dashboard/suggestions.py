"""What may belong together, put as a question that a person can answer at a glance."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tomada.domain.documents import without_documents
from tomada.domain.ids import TransactionId
from tomada.domain.transactions import Transaction
from tomada.services.links import Judged
from tomada.web.dashboard import wording
from tomada.web.dashboard.catalogue import Texts

SHOWN = 5
"""More questions at once are a chore; the next ones follow as these are answered."""


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two movements."""

    title: str
    day: str
    amount: wording.Amount
    note: str


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A question; *id* is the link's."""

    id: str
    question: str
    sides: tuple[Side, Side]


def show_suggestions(
    found: Sequence[Judged], rows: Mapping[TransactionId, Transaction], *, texts: Texts
) -> tuple[Suggestion, ...]:
    """Put links into words, as far as both of their rows are there."""
    shown = []
    for one in found:
        first, second = rows.get(one.link.row_id), rows.get(one.link.other_id)
        if first is None or second is None:
            continue
        sides = (_side(first, texts), _side(second, texts))
        same = one.link.kind == "same"
        question = texts("suggestions.same") if same else texts("suggestions.transfer")
        shown.append(Suggestion(str(one.link.id), question, sides))
    return tuple(shown[:SHOWN])


def _side(row: Transaction, texts: Texts) -> Side:
    moved = row.movement
    return Side(
        title=without_documents(moved.detail.description.strip() or moved.detail.merchant or "—"),
        day=f"{moved.day:%d/%m/%y}" if texts.language == "pt-BR" else moved.day.isoformat(),
        amount=wording.amount(moved.signed_minor, moved.currency, texts.language),
        note=row.annotation.note,
    )
