"""Who the household is: people, income, fixed costs and habits, all drawn from one seed."""

import random
from dataclasses import dataclass
from hashlib import blake2b
from uuid import UUID

from tomada.simulator.households.people import Party, a_company, a_person

DIRECT_BELOW = 600
"""Connector ids from here up are Open Finance; below, Pluggy reads the bank directly."""


@dataclass(frozen=True, slots=True)
class Household:
    """One invented person or couple; amounts are cents a month."""

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
    """What the household does at one bank under one login."""

    household: Household
    seed_text: str
    direct: bool
    holder: Party
    """The holder with the branch and account number of this bank."""
    employer: Party
    salary: int
    salary_day: int
    """Which bank day of the month the salary comes; the fifth is the legal limit."""
    freelance: bool
    """Income arrives as several PIX from clients instead of one salary."""
    card_number: str
    brand: str
    level: str
    due_day: int

    def rng(self, *parts: object) -> random.Random:
        """Draw from a stream of its own, so that one part's draws never shift another's."""
        return random.Random(":".join([self.seed_text, *map(str, parts)]))  # noqa: S311  a repeatable invention, not a secret

    def id_of(self, *parts: object) -> str:
        """Name a part of this bank by a UUID; equal parts give equal names."""
        digest = blake2b(":".join([self.seed_text, *map(str, parts)]).encode(), digest_size=16)
        return str(UUID(bytes=digest.digest(), version=4))


def household(seed: int) -> Household:
    """Invent the household of *seed*."""
    rng = random.Random(f"household:{seed}")  # noqa: S311  a repeatable invention, not a secret
    couple = rng.random() < 0.6  # noqa: PLR2004  more couples than singles
    return Household(
        holder=a_person(rng),
        partner=a_person(rng) if couple else None,
        friends=tuple(a_person(rng) for _ in range(7)),
        has_child=couple and rng.random() < 0.6,  # noqa: PLR2004  most couples
        has_car=rng.random() < 0.65,  # noqa: PLR2004  two of three households
        rents=rng.random() < 0.5,  # noqa: PLR2004  half of them
        level=rng.uniform(0.75, 1.5),
    )


def relationship(*, seed: int, connector_id: int, user: str) -> Relationship:
    """Invent what the household of *seed* has at one bank under one login."""
    home = household(seed)
    seed_text = f"bank:{seed}:{connector_id}:{user}"
    rng = random.Random(seed_text)  # noqa: S311  a repeatable invention, not a secret
    here = a_person(rng)
    freelance = connector_id >= DIRECT_BELOW and connector_id % 3 == 2  # noqa: PLR2004  every third bank is the side business
    brand, level = rng.choice(
        (("MASTERCARD", "GOLD"), ("MASTERCARD", "BLACK"), ("VISA", "PLATINUM"), ("ELO", "MAIS"))
    )
    return Relationship(
        household=home,
        seed_text=seed_text,
        direct=connector_id < DIRECT_BELOW,
        holder=Party(
            name=home.holder.name,
            document=home.holder.document,
            branch=here.branch,
            account=here.account,
            routing=here.routing,
            ispb=here.ispb,
        ),
        employer=a_company(rng),
        salary=int(rng.uniform(7000, 8800) * home.level) * 100 + rng.randrange(100),
        salary_day=5,
        freelance=freelance,
        card_number=f"{rng.randrange(10_000):04d}",
        brand=brand,
        level=level,
        due_day=rng.choice((10, 15, 20, 25)),
    )
