"""What a row is to a card: a line of its bill, and of which kind, or the payment of a bill.

The strongest word decides: the institution's operation, then Pluggy's category, then the text,
which is weak evidence and says so. A credit that nothing explains stays ``credit``: whether it is
a refund or a payment is unknown.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from tomada.domain.ids import AccountId, TransactionId
from tomada.domain.transactions import Direction

LineKind = Literal[
    "purchase", "fee", "interest", "tax", "credit_operation",
    "refund", "cashback", "credit", "payment", "bill_payment",
]  # fmt: skip
"""``payment`` is the card's side of a bill payment, ``bill_payment`` the bank account's."""
Evidence = Literal["operation", "category", "text", "type"]
PartEvidence = Literal["metadata", "text"]

CHARGES: frozenset[LineKind] = frozenset({"fee", "interest", "tax"})
PAYMENTS: frozenset[LineKind] = frozenset({"payment", "bill_payment"})

# Pluggy's category ids (`pluggy-api.md` 3.9).
_CARD_PAYMENT = "05100000"
_BY_CATEGORY: dict[str, LineKind] = {
    "02010000": "interest",
    "02020000": "interest",
    "08090000": "cashback",
    "15030000": "tax",
    "16000000": "fee",
    "16030000": "fee",
}
_BY_OPERATION: dict[str, LineKind] = {
    "PAGAMENTO_FATURA": "payment",
    "TARIFA": "fee",
    "OPERACOES_CREDITO_CONTRATADAS_CARTAO": "credit_operation",
    "ESTORNO": "refund",
    "CASHBACK": "cashback",
}
_DEBIT_WORDS: tuple[tuple[LineKind, re.Pattern[str]], ...] = (
    ("tax", re.compile(r"\biof\b")),
    ("interest", re.compile(r"\b(juros|encargos?|rotativo|mora)\b")),
    ("fee", re.compile(r"\b(anuidade|tarifa|multa|seguro fatura)\b")),
    ("credit_operation", re.compile(r"\b(parcelamento (de |da )?fatura|saque)\b")),
)
_CREDIT_WORDS: tuple[tuple[LineKind, re.Pattern[str]], ...] = (
    ("refund", re.compile(r"\b(estornos?|devolucao|reembolso|cancelamento|chargeback)\b")),
    ("cashback", re.compile(r"\bcash ?back\b")),
    ("payment", re.compile(r"\b(pagamento|pagto|pgto|pag)\b")),
)
_PAYS_A_BILL = re.compile(r"\bfatura\b.*\bcart\w*|\bcart\w*\b.*\bfatura\b|\bcartao( de)? cred\w*")
_DEBIT_CARD = re.compile(r"\b(compra|cartao deb\w*)\b")
# Only a word beside the numbers makes them an instalment: `05/11` alone is often a day.
_PART = re.compile(
    r"\b(?:parc(?:ela)?s?\.?\s*)(\d{1,2})\s*(?:/|de)\s*(\d{1,2})\b"
    r"|\b(\d{1,2})\s*/\s*(\d{1,2})\s*parc(?:elas?)?\b"
)
_STEM_END = re.compile(r"\s*\b(?:parc(?:ela)?s?\.?\s*)?\d{1,2}\s*(?:/|de)\s*\d{1,2}\b.*$")
_MOST_PARTS = 99


@dataclass(frozen=True, slots=True)
class Words:
    """What a provider says of a row besides its amount."""

    text: str
    direction: Direction
    operation: str | None = None
    category_id: str | None = None
    fee_type: str | None = None
    credit_type: str | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """Which part of how many; *of* is None where only the number is known."""

    number: int
    of: int | None
    evidence: PartEvidence


@dataclass(frozen=True, slots=True)
class CardLine:
    """A row as a card's bookkeeping sees it; ids, days and amounts only.

    *bill_id* is the closed bill it is on, *bill_month* the month of the bill that the bank
    expects it on (its first day). *series* names the purchase that its parts share.
    """

    id: TransactionId
    account_id: AccountId
    kind: LineKind
    evidence: Evidence
    bill_id: str | None = None
    bill_month: date | None = None
    series: bytes | None = None
    part: Part | None = None
    whole_minor: int | None = None


def kind_on_card(words: Words) -> tuple[LineKind, Evidence]:
    """Say what kind of line a card's row is, and by which word."""
    return next(_readings(words))


def _readings(words: Words) -> Iterator[tuple[LineKind, Evidence]]:
    """Give what each word says, the strongest first; the last always says something."""
    debit = words.direction == "DEBIT"
    by_operation = _BY_OPERATION.get(words.operation or "")
    by_category = _BY_CATEGORY.get(words.category_id or "")
    by_text = _by_text(words)
    if by_operation == "fee" and by_text in ("tax", "interest"):
        # A tax is a tariff in the institutions' own vocabulary.
        yield by_text, "operation"
    if by_operation is not None and _fits(by_operation, words.direction):
        yield by_operation, "operation"
    if debit and words.fee_type is not None:
        yield "fee", "operation"
    if debit and words.credit_type is not None:
        yield "credit_operation", "operation"
    if words.category_id == _CARD_PAYMENT:
        yield "payment", "category"
    if by_category is not None and _fits(by_category, words.direction):
        yield by_category, "category"
    if by_text is not None:
        yield by_text, "text"
    yield ("purchase" if debit else "credit"), "type"


def pays_a_bill(words: Words) -> Evidence | None:
    """Tell by which word a bank account's row pays a card bill; None where it does not."""
    if words.operation == "PAGAMENTO_FATURA":
        return "operation"
    if words.category_id == _CARD_PAYMENT:
        return "category"
    if words.direction != "DEBIT":
        return None
    text = plain(words.text)
    return "text" if _PAYS_A_BILL.search(text) and not _DEBIT_CARD.search(text) else None


def part_of(number: int | None, of: int | None, *texts: str | None) -> Part | None:
    """Read which instalment a row is: from the provider's numbers, else from its text."""
    if number is not None and 1 <= number <= (of or _MOST_PARTS):
        return Part(number, of, "metadata") if of != 1 else None
    for text in texts:
        found = _PART.search(plain(text or ""))
        if found is None:
            continue
        first, last = (int(one) for one in found.groups() if one is not None)
        if 1 <= first <= last > 1:
            return Part(first, last, "text")
    return None


def stem(text: str) -> str:
    """Give the text that the parts of one purchase share."""
    return " ".join(_STEM_END.sub("", plain(text)).split())


def plain(text: str) -> str:
    """Fold case and accents."""
    lower = text.casefold()
    if lower.isascii():
        return lower
    apart = unicodedata.normalize("NFKD", lower)
    return "".join(sign for sign in apart if not unicodedata.combining(sign))


def _by_text(words: Words) -> LineKind | None:
    text = plain(words.text)
    patterns = _DEBIT_WORDS if words.direction == "DEBIT" else _CREDIT_WORDS
    return next((kind for kind, pattern in patterns if pattern.search(text)), None)


def _fits(kind: LineKind, direction: Direction) -> bool:
    """Tell whether a kind goes with the direction; a reversed fee is no fee."""
    if kind == "payment":
        return True
    return (kind in ("refund", "cashback")) == (direction == "CREDIT")
