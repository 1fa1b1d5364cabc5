"""How fresh a product is, in a sentence: what it is, how old, and why it is no newer."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from tomada.domain.documents import without_documents
from tomada.domain.items import Item
from tomada.domain.products import Freshness, Product
from tomada.web.dashboard import wording
from tomada.web.dashboard.catalogue import Texts

SHOWN: tuple[Product, ...] = (
    "ACCOUNTS",
    "CREDIT_CARDS",
    "TRANSACTIONS",
    "INVESTMENTS",
    "LOANS",
    "IDENTITY",
)
"""What has a place on a page; payment details and the like are told with what they belong to."""


@dataclass(frozen=True, slots=True)
class FreshLine:
    """One sentence about one product; *stale* ones must not look like the others."""

    product: Product
    text: str
    stale: bool
    said_by_bank: str | None


def why(code: str, texts: Texts) -> str:
    """Say in plain words why a product is not as it should be."""
    return texts.known(f"why.{code}") or texts("why.other")


def fresh_line(
    known: Freshness | None, product: Product, *, now: datetime, texts: Texts
) -> FreshLine:
    """Write *Cartões de ontem, 14h02: o banco não respondeu*, or the same without a reason."""
    name = texts(f"product.{product}")
    said = without_documents((known and known.said.by_bank) or "") or None
    if known is None or known.as_of is None:
        code = (known.code if known else None) or "never_read"
        text = texts("fresh.never", name=name, why=why(code, texts))
        return FreshLine(product, text, stale=True, said_by_bank=said)
    when = wording.moment(known.as_of, now, texts)
    if not known.stale(now):
        text = texts("fresh.good", name=name, when=when)
        return FreshLine(product, text, stale=False, said_by_bank=None)
    text = texts("fresh.stale", name=name, when=when, why=why(known.code or "overdue", texts))
    return FreshLine(product, text, stale=True, said_by_bank=said)


def stale_lines(
    item: Item, known: Iterable[Freshness], *, now: datetime, texts: Texts
) -> tuple[FreshLine, ...]:
    """Tell which products are not as current as the connection looks, where it looks well."""
    if item.status != "UPDATED":
        return ()
    return tuple(
        fresh_line(one, one.product, now=now, texts=texts)
        for one in known
        if one.item_id == item.id and one.product in SHOWN and one.stale(now)
    )
