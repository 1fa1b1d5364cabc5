"""The authorisation a person gave at the bank, which is not the consent they gave here."""

from dataclasses import dataclass
from datetime import datetime

from tomada.domain.ids import BankConsentId, ItemId


@dataclass(frozen=True, slots=True)
class BankConsentDetail:
    """What it covers, in the words of Pluggy and of Open Finance; sealed at rest."""

    products: tuple[str, ...]
    permissions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BankConsent:
    """One authorisation; *expires_at* None is open-ended, *revoked_at* None is not revoked."""

    id: BankConsentId
    item_id: ItemId
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    detail: BankConsentDetail

    def in_force(self, now: datetime) -> bool:
        """Tell whether the bank gives data under it."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)
