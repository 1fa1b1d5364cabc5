"""The few numbers at the top: what is in the accounts, what the cards owe, how the month goes."""

from collections.abc import Sequence
from dataclasses import dataclass

from tomada.domain.accounts import Account
from tomada.domain.transactions import MonthTotals
from tomada.web.dashboard import wording
from tomada.web.dashboard.catalogue import Texts


@dataclass(frozen=True, slots=True)
class Figure:
    """One number under its name."""

    name: str
    text: str
    flow: wording.Flow


def sum_up(
    accounts: Sequence[Account], months: Sequence[MonthTotals], texts: Texts
) -> tuple[Figure, ...]:
    """Add up per currency and never across; several currencies stand side by side.

    Cards are added as the banks report them, under a name that says no more than that.
    """
    banks = [one for one in accounts if one.type == "BANK"]
    cards = [one for one in accounts if one.type == "CREDIT"]
    found = [Figure(texts("overview.in_accounts"), _total(banks, texts), "none")]
    if cards:
        found.append(Figure(texts("overview.owed"), _total(cards, texts), "none"))
    if months:
        now = months[-1]
        name = wording.month_name(now.month, texts.language)
        income = wording.money(now.income_minor, now.currency, texts.language)
        spending = wording.money(now.spending_minor, now.currency, texts.language)
        found.append(Figure(texts("overview.income", month=name), income, "in"))
        found.append(Figure(texts("overview.spending", month=name), spending, "out"))
    return tuple(found)


def _total(accounts: Sequence[Account], texts: Texts) -> str:
    """Add up what is known, and say how much is not: unknown is not nothing."""
    sums: dict[str, int] = {}
    for account in accounts:
        if account.balance_minor is not None:
            sums[account.currency] = sums.get(account.currency, 0) + account.balance_minor
    unknown = sum(account.balance_minor is None for account in accounts)
    if not sums and not unknown:
        sums = {"BRL": 0}
    ordered = sorted(sums.items(), key=lambda pair: (pair[0] != "BRL", pair[0]))
    parts = [wording.balance(minor, currency, texts.language) for currency, minor in ordered]
    if unknown:
        parts.append(texts("account.unknown_too", n=unknown) if parts else texts("account.unknown"))
    return " + ".join(parts)
