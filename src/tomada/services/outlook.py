"""What Pluggy says of each product of an item: how fresh it is there, and whether all came.

Told by ``statusDetail`` and never by an answer of 200: lists answer as if nothing were amiss
while the bank does not (``pluggy-api.md`` 4.4).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from tomada.domain.products import PRODUCTS, Product, Said
from tomada.pluggy.models.items import Item, StatusDetail, StatusDetailProduct

_ENDED_WELL = ("SUCCESS", "PARTIAL_SUCCESS")


@dataclass(frozen=True, slots=True)
class Outlook:
    """One product at Pluggy.

    *updated* says that the last run collected it; only then *as_of* may move what is known here.
    *sound* says that the run left nothing out, so that what a list is without is missing. Where
    it is False, *code* says why.
    """

    as_of: datetime | None
    updated: bool
    sound: bool
    code: str | None = None
    said: Said = field(default_factory=Said)


def outlooks(item: Item, agreed: Collection[str]) -> Mapping[Product, Outlook]:
    """Tell it of every product that the item has and the person agreed to."""
    asked = item.products
    if asked is None and item.connector is not None:
        asked = item.connector.products
    return {
        product: _outlook(item, product)
        for product in PRODUCTS
        if product == "CONSENTS" or (product in agreed and (asked is None or product in asked))
    }


def advanced(known: datetime | None, outlook: Outlook) -> datetime | None:
    """Give the as-of time after a good reading: it moves only where the bank gave the product."""
    if known is None or (outlook.updated and outlook.as_of is not None and outlook.as_of > known):
        return outlook.as_of
    return known


def _outlook(item: Item, product: Product) -> Outlook:
    if item.status != "UPDATED" or item.execution_status not in _ENDED_WELL:
        code = item.error.code if item.error is not None else item.execution_status or item.status
        said = (
            Said() if item.error is None else Said(item.error.message, item.error.provider_message)
        )
        as_of = item.last_updated_at
        if item.status_detail is not None and product != "CONSENTS":
            entry = _entry(item.status_detail, product)
            as_of = None if entry is None else entry.last_updated_at
        return Outlook(as_of, updated=False, sound=False, code=code, said=said)
    if product == "CONSENTS":
        return Outlook(item.last_updated_at, updated=True, sound=True)
    if item.status_detail is None:
        if item.execution_status == "SUCCESS":
            return Outlook(item.last_updated_at, updated=True, sound=True)
        return Outlook(None, updated=False, sound=False, code="not_told")
    return _detailed(_entry(item.status_detail, product))


def _detailed(entry: StatusDetailProduct | None) -> Outlook:
    if entry is None:
        return Outlook(None, updated=False, sound=False, code="not_collected")
    updated = entry.is_updated is True and entry.last_updated_at is not None
    if not entry.warnings:
        code = None if updated else "not_updated"
        return Outlook(entry.last_updated_at, updated=updated, sound=updated, code=code)
    first = entry.warnings[0]
    code = "incomplete" if updated else "not_updated"
    said = Said(first.message, first.provider_message)
    return Outlook(entry.last_updated_at, updated=updated, sound=False, code=code, said=said)


def _entry(detail: StatusDetail, product: Product) -> StatusDetailProduct | None:
    entries: Mapping[Product, StatusDetailProduct | None] = {
        "ACCOUNTS": detail.accounts,
        "CREDIT_CARDS": detail.credit_cards,
        "TRANSACTIONS": detail.transactions,
        "PAYMENT_DATA": detail.payment_data,
        "INVESTMENTS": detail.investments,
        "INVESTMENTS_TRANSACTIONS": detail.investment_movements,
        "IDENTITY": detail.identity,
        "LOANS": detail.loans,
    }
    return entries.get(product)
