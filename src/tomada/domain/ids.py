"""The identities of things; ours are UUIDv7, the provider's are strings."""

from typing import NewType
from uuid import UUID

EntityId = NewType("EntityId", UUID)
UserId = NewType("UserId", UUID)
ConsentId = NewType("ConsentId", UUID)
ConnectSessionId = NewType("ConnectSessionId", UUID)
SyncId = NewType("SyncId", UUID)
NotificationId = NewType("NotificationId", UUID)
TransactionId = NewType("TransactionId", UUID)
"""Ours; it stays when Pluggy gives the same movement another id."""

ItemId = NewType("ItemId", str)
AccountId = NewType("AccountId", str)
"""Pluggy's, like the item's."""
BillId = NewType("BillId", str)
BankConsentId = NewType("BankConsentId", str)
InvestmentId = NewType("InvestmentId", str)
LoanId = NewType("LoanId", str)


def is_pluggys(text: str) -> bool:
    """Tell whether *text* can be an id of Pluggy's, which are all UUIDs in their usual form."""
    try:
        return str(UUID(text)) == text.lower()
    except ValueError:
        return False
