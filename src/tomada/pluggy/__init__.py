"""A complete, typed, asynchronous client of the Pluggy API; it needs nothing else of Tomada."""

from tomada.pluggy import errors
from tomada.pluggy.calls import CallRecord
from tomada.pluggy.client import PluggyClient
from tomada.pluggy.dates import BankDate, PlainDate
from tomada.pluggy.limits import Allowance, Limiter, NoLimiter, sharing
from tomada.pluggy.models.accounts import Account, Bill
from tomada.pluggy.models.connectors import Connector
from tomada.pluggy.models.items import Consent, Item, ItemStatus
from tomada.pluggy.models.transactions import Category, Transaction
from tomada.pluggy.models.webhooks import Webhook
from tomada.pluggy.options import ConnectorFilter, ConnectTokenOptions, ItemOptions
from tomada.pluggy.paging import Page
from tomada.pluggy.retry import RetryPolicy
from tomada.pluggy.transactions import TransactionList
from tomada.pluggy.window import MemoryLimiter

__all__ = [
    "Account",
    "Allowance",
    "BankDate",
    "Bill",
    "CallRecord",
    "Category",
    "ConnectTokenOptions",
    "Connector",
    "ConnectorFilter",
    "Consent",
    "Item",
    "ItemOptions",
    "ItemStatus",
    "Limiter",
    "MemoryLimiter",
    "NoLimiter",
    "Page",
    "PlainDate",
    "PluggyClient",
    "RetryPolicy",
    "Transaction",
    "TransactionList",
    "Webhook",
    "errors",
    "sharing",
]
