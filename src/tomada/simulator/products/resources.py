"""What an institution declares under a consent, each with whether it can be read."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from tomada.simulator.ids import uuid_of
from tomada.simulator.products.records import InvestmentRecord
from tomada.simulator.sandbox import Script
from tomada.simulator.state import ItemRecord

AVAILABLE, PENDING = "AVAILABLE", "PENDING_AUTHORISATION"
STATUSES = (AVAILABLE, "UNAVAILABLE", "TEMPORARILY_UNAVAILABLE", PENDING)

_ACCOUNTS = {"BANK": "ACCOUNT", "CREDIT": "CREDIT_CARD_ACCOUNT"}
_INVESTMENTS = {
    "CDB": "BANK_FIXED_INCOME",
    "LCI": "BANK_FIXED_INCOME",
    "LCA": "BANK_FIXED_INCOME",
    "DEBENTURES": "CREDIT_FIXED_INCOME",
    "TREASURY": "TREASURE_TITLE",
}
# The keys of `statusDetail` that a kind of resource is read into.
_READ_INTO = {
    "ACCOUNT": "accounts",
    "CREDIT_CARD_ACCOUNT": "creditCards",
    "LOAN": "loans",
    "FINANCING": "loans",
    "INVOICE_FINANCING": "loans",
    "UNARRANGED_ACCOUNT_OVERDRAFT": "loans",
}


@dataclass(frozen=True, slots=True)
class Resource:
    """One thing that a consent covers; *id* is the institution's."""

    id: str
    type: str
    status: str


def resource_id(record_id: str) -> str:
    """Give the institution's id of what the API knows as *record_id*."""
    return uuid_of(record_id, "resource")


def resources_of(item: ItemRecord) -> list[Resource]:
    """List the resources of an item; one that was never read has not been approved."""
    if item.resources_collected_at is None:
        return []
    found = list(_collected(item))
    if not any(type_ == "ACCOUNT" for _, type_ in found) and "ACCOUNTS" in item.products:
        found.append((resource_id(f"{item.id}|account"), "ACCOUNT"))
    return [Resource(id_, type_, _status(item, id_, type_)) for id_, type_ in found]


def restricted(item: ItemRecord, script: Script) -> Script:
    """Take out of a run what the institution does not give at the moment."""
    warned, failed = set(script.warned), set(script.failed)
    by_product: dict[str, list[bool]] = {}
    for one in resources_of(item):
        if one.id in item.resource_statuses:
            key = _READ_INTO.get(one.type, "investments")
            by_product.setdefault(key, []).append(one.status == AVAILABLE)
    for key, good in by_product.items():
        total = sum(_READ_INTO.get(one.type, "investments") == key for one in resources_of(item))
        if not any(good) and len(good) == total:
            failed.add(key)
        elif not all(good):
            warned.add(key)
    if warned == set(script.warned) and failed == set(script.failed):
        return script
    return replace(
        script,
        outcome="PARTIAL_SUCCESS",
        warned=tuple(sorted(warned)),
        failed=tuple(sorted(failed)),
    )


def _collected(item: ItemRecord) -> Iterator[tuple[str, str]]:
    for account in item.accounts:
        yield resource_id(account.id), _ACCOUNTS[account.type]
    for loan in item.loans:
        yield resource_id(loan.id), loan.kind
    for one in item.investments:
        kind = _investment_type(one)
        if kind is not None:
            yield resource_id(one.id), kind


def _investment_type(one: InvestmentRecord) -> str | None:
    """Name the kind of resource; pensions and the like are outside of Open Finance."""
    match one.type:
        case "MUTUAL_FUND":
            return "FUND"
        case "EQUITY" | "ETF":
            return "VARIABLE_INCOME"
        case _:
            return _INVESTMENTS.get(one.subtype)


def _status(item: ItemRecord, id_: str, type_: str) -> str:
    said = item.resource_statuses.get(id_)
    if said is not None:
        return said
    if item.resources_pending and type_ in _ACCOUNTS.values():
        return PENDING
    collected = any(account.type == "BANK" for account in item.accounts)
    return "UNAVAILABLE" if type_ == "ACCOUNT" and not collected else AVAILABLE
