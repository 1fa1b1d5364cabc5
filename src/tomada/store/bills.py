"""Card bills."""

from dataclasses import dataclass
from datetime import date, datetime

from tomada.domain.ids import AccountId, BillId, ItemId
from tomada.store.listed import Listing


@dataclass(frozen=True, slots=True)
class BillRow:
    """A bill as stored; *sealed* holds its ``BillDetail``, *sealed_raw* Pluggy's object."""

    id: BillId
    item_id: ItemId
    account_id: AccountId
    due_day: date
    closing_day: date | None
    currency: str
    total_minor: int
    minimum_minor: int | None
    content_digest: bytes
    sealed: bytes
    sealed_raw: bytes
    first_seen_at: datetime
    changed_at: datetime


BILLS = Listing("bills", BillRow, owner="account_id", order="due_day DESC, id")
