"""Authorisations at the bank, as Pluggy mirrors them."""

from dataclasses import dataclass
from datetime import datetime

from tomada.domain.ids import BankConsentId, ItemId
from tomada.store.listed import Listing


@dataclass(frozen=True, slots=True)
class BankConsentRow:
    """An authorisation as stored; *sealed* holds its ``BankConsentDetail``."""

    id: BankConsentId
    item_id: ItemId
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    content_digest: bytes
    sealed: bytes
    sealed_raw: bytes
    first_seen_at: datetime
    changed_at: datetime


BANK_CONSENTS = Listing(
    "bank_consents", BankConsentRow, owner="item_id", order="created_at DESC, id"
)
