"""What a household buys with its card, month by month: habits, subscriptions, trips abroad, fees."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from tomada.simulator.households import categories as of
from tomada.simulator.households.bank_days import BRASILIA, days_in_month, months_between
from tomada.simulator.households.categories import Category
from tomada.simulator.households.merchants import FOREIGN, Habit, price
from tomada.simulator.households.profile import Relationship

INSTALMENTS_FROM = 15_000
"""Nobody splits a price below this many cents."""

_IOF_PERMILLE = 35
_ANNUAL_FEE = 46_800
_REFUND_CHANCE = 0.018
_ABROAD_CHANCE = 0.55
_WEEKEND_WEIGHT = 1.6
_FRIDAY = 4
_USUAL_PLACE = 0.7
_WHOLE_REFUND = 0.6
_SUBSCRIBED = 6


@dataclass(frozen=True, slots=True)
class Purchase:
    """Something charged to the card on one day; *cents* is the whole price, negative a refund."""

    name: str
    category: Category
    mcc: int | None
    cents: int
    day: date
    at: time
    instalments: int = 1
    operation: str = "PAGAMENTO"
    usd_cents: int | None = None
    fee_type: str | None = None
    shop: bool = True
    """Whether there is a company behind the name that the provider can resolve."""


def purchases(bank: Relationship, *, first: date, now: datetime, today: date) -> Iterator[Purchase]:
    """Yield everything bought from the month of *first* until *now*, in no promised order.

    A month's purchases depend on the month alone, so yesterday's history is in today's.
    """
    for month in months_between(first, today):
        for purchase in _month(bank, month):
            if datetime.combine(purchase.day, purchase.at, tzinfo=BRASILIA) <= now:
                yield purchase


def visits(rng: random.Random, *, mean: float) -> int:
    """Draw how often something happens in a month around *mean* times."""
    whole, part = divmod(mean * rng.uniform(0.7, 1.3), 1)
    return int(whole) + (rng.random() < part)


def a_day(rng: random.Random, month: date, *, weekends: bool = True) -> date:
    """Draw a day of *month*; people shop more at weekends."""
    days = [month + timedelta(days=n) for n in range(days_in_month(month.year, month.month))]
    weights = [_WEEKEND_WEIGHT if weekends and d.weekday() >= _FRIDAY else 1.0 for d in days]
    return rng.choices(days, weights)[0]


def an_hour(rng: random.Random, hours: tuple[int, int]) -> time:
    """Draw a time of day between two full hours."""
    return time(rng.randrange(*hours), rng.randrange(60), rng.randrange(60))


def favourite(bank: Relationship, habit: Habit, rng: random.Random) -> str:
    """Choose where to go: the household has one place it prefers."""
    preferred = bank.rng("favourite", habit.names[0]).choice(habit.names)
    return preferred if rng.random() < _USUAL_PLACE else rng.choice(habit.names)


def concerns(bank: Relationship, habit: Habit) -> bool:
    """Tell whether this household has the car or the child the habit is about."""
    home = bank.household
    return (home.has_car or not habit.with_car) and (home.has_child or not habit.with_child)


def _month(bank: Relationship, month: date) -> Iterator[Purchase]:
    for habit in bank.habits:
        if concerns(bank, habit):
            yield from _habit(bank, habit, month)
    yield from _subscriptions(bank, month)
    yield from _abroad(bank, month)
    yield Purchase(
        name=f"Anuidade diferenciada {month.month:02d}/12",
        category=of.CARD_FEES,
        mcc=None,
        cents=_ANNUAL_FEE // 12,
        day=month + timedelta(days=1),
        at=time(0),
        operation="TARIFA",
        fee_type="ANNUAL_FEE",
        shop=False,
    )


def _habit(bank: Relationship, habit: Habit, month: date) -> Iterator[Purchase]:
    rng = bank.rng("card", month, habit.names[0])
    for _ in range(visits(rng, mean=habit.card_visits)):
        cents = int(price(rng, habit.cents) * bank.household.level)
        splits = habit.instalments > 1 and cents >= INSTALMENTS_FROM
        bought = Purchase(
            name=favourite(bank, habit, rng),
            category=habit.category,
            mcc=habit.mcc,
            cents=cents,
            day=a_day(rng, month),
            at=an_hour(rng, habit.hours),
            instalments=rng.randint(2, habit.instalments) if splits else 1,
        )
        yield bought
        if bought.instalments == 1 and rng.random() < _REFUND_CHANCE:
            yield _refund(bought, rng)


def _refund(bought: Purchase, rng: random.Random) -> Purchase:
    whole = rng.random() < _WHOLE_REFUND
    return Purchase(
        name=bought.name,
        category=bought.category,
        mcc=bought.mcc,
        cents=-(bought.cents if whole else max(1, bought.cents // 2)),
        day=bought.day + timedelta(days=rng.randint(1, 9)),
        at=time(10),
        operation="ESTORNO",
    )


def _subscriptions(bank: Relationship, month: date) -> Iterator[Purchase]:
    chosen = bank.rng("subscriptions").sample(bank.subscriptions, _SUBSCRIBED)
    for subscription in chosen:
        day = bank.rng("charged on", subscription.name).randint(1, 28)
        yield Purchase(
            name=subscription.name,
            category=subscription.category,
            mcc=subscription.mcc,
            cents=subscription.cents,
            day=month.replace(day=day),
            at=time(4, 12),
        )


def _abroad(bank: Relationship, month: date) -> Iterator[Purchase]:
    """Buy something in dollars, and pay the tax on it in a row of its own."""
    rng = bank.rng("abroad", month)
    if rng.random() >= _ABROAD_CHANCE:
        return
    name, category, mcc, dollars = rng.choice(FOREIGN)
    usd = price(rng, dollars)
    cents = round(usd * rng.randint(5200, 5900) / 1000)
    day, at = a_day(rng, month), an_hour(rng, (8, 23))
    yield Purchase(
        name=name, category=category, mcc=mcc, cents=cents, day=day, at=at, usd_cents=usd
    )
    yield Purchase(
        name=f"IOF compra internacional {name}",
        category=of.FINANCIAL_TAX,
        mcc=None,
        cents=max(1, cents * _IOF_PERMILLE // 1000),
        day=day,
        at=at,
        operation="OUTROS",
        shop=False,
    )
