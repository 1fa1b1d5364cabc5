"""Who the customer is: people, income, fixed costs and habits, all drawn from one seed."""

import random
from dataclasses import dataclass, replace
from hashlib import blake2b
from uuid import UUID

from tomada.simulator.households.merchants import (
    BUSINESS_HABITS,
    BUSINESS_SUBSCRIPTIONS,
    HABITS,
    SUBSCRIPTIONS,
    Habit,
    Subscription,
)
from tomada.simulator.households.people import Party, a_company, a_person, is_cpf, write_cpf

DIRECT_BELOW = 600
"""Connector ids from here up are Open Finance; below, the bank is read directly."""

_COUPLES, _WITH_CHILD, _WITH_CAR, _RENTERS = 0.6, 0.6, 0.65, 0.5
_SIDE_BUSINESS_BANK = 2
"""Of every three Open Finance banks, the one that the household's side business is with."""


@dataclass(frozen=True, slots=True)
class Household:
    """One invented person or couple, the same at every bank."""

    holder: Party
    partner: Party | None
    friends: tuple[Party, ...]
    has_child: bool
    has_car: bool
    rents: bool
    level: float
    """Spending compared with the household the prices were written for."""


@dataclass(frozen=True, slots=True)
class Relationship:
    """What one customer does at one bank; amounts are cents."""

    household: Household
    seed_text: str
    direct: bool
    holder: Party
    """The customer, with the branch and account number of this bank."""
    employer: Party
    income: int
    """A month's salary, or a company's turnover."""
    freelance: bool
    """Income arrives as several PIX from clients instead of one salary."""
    business: bool
    card_number: str
    brand: str
    level: str
    due_day: int

    @property
    def habits(self) -> tuple[Habit, ...]:
        """Say where this customer spends."""
        return BUSINESS_HABITS if self.business else HABITS

    @property
    def subscriptions(self) -> tuple[Subscription, ...]:
        """Say what a card of this customer may be charged every month."""
        return BUSINESS_SUBSCRIPTIONS if self.business else SUBSCRIPTIONS

    def rng(self, *parts: object) -> random.Random:
        """Draw from a stream of its own, so that one part's draws never shift another's."""
        return stream(self.seed_text, *parts)

    def id_of(self, *parts: object) -> str:
        """Name a part of this bank by a UUID; equal parts give equal names."""
        digest = blake2b(":".join([self.seed_text, *map(str, parts)]).encode(), digest_size=16)
        return str(UUID(bytes=digest.digest(), version=4))


def household(*, seed: int, user: str) -> Household:
    """Invent the household behind a login; an Open Finance login is a CPF, which it then has."""
    rng = stream("household", seed, user)
    couple = rng.random() < _COUPLES
    holder = a_person(rng)
    return Household(
        holder=replace(holder, document=write_cpf(user)) if is_cpf(user) else holder,
        partner=a_person(rng) if couple else None,
        friends=tuple(a_person(rng) for _ in range(7)),
        has_child=couple and rng.random() < _WITH_CHILD,
        has_car=rng.random() < _WITH_CAR,
        rents=rng.random() < _RENTERS,
        level=rng.uniform(0.75, 1.5),
    )


def relationship(*, seed: int, connector_id: int, user: str, account: str = "") -> Relationship:
    """Invent what a household has at one bank; *account* tells further accounts there apart."""
    home = household(seed=seed, user=user)
    seed_text = f"bank:{seed}:{connector_id}:{user}{account}"
    rng = stream(seed_text)
    here = a_person(rng)
    direct = connector_id < DIRECT_BELOW
    brand, level = rng.choice(
        (("MASTERCARD", "GOLD"), ("MASTERCARD", "BLACK"), ("VISA", "PLATINUM"), ("ELO", "MAIS"))
    )
    return Relationship(
        household=home,
        seed_text=seed_text,
        direct=direct,
        holder=replace(here, name=home.holder.name, document=home.holder.document),
        employer=a_company(rng),
        income=int(rng.uniform(7000, 8800) * home.level) * 100 + rng.randrange(100),
        freelance=not direct and connector_id % 3 == _SIDE_BUSINESS_BANK,
        business=False,
        card_number=f"{rng.randrange(10_000):04d}",
        brand=brand,
        level=level,
        due_day=rng.choice((10, 15, 20, 25)),
    )


def company_relationship(
    *, seed: int, connector_id: int, user: str, number: int = 0
) -> Relationship:
    """Invent what company *number* of the household has at one bank."""
    person = relationship(
        seed=seed, connector_id=connector_id, user=user, account=f":company:{number}"
    )
    rng = stream("company", seed, user, number)
    company = a_company(rng)
    return replace(
        person,
        holder=replace(person.holder, name=f"{company.name} Ltda", document=company.document),
        income=person.income * rng.randint(7, 11),
        freelance=False,
        business=True,
        level="EMPRESARIAL",
    )


def stream(*parts: object) -> random.Random:
    """Draw from a stream of its own; equal *parts* give equal draws."""
    return random.Random(":".join(map(str, parts)))  # noqa: S311  a repeatable invention, not a secret
