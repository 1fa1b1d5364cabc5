"""Limits that several cards share, counted once."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from tomada.domain.ids import AccountId, ItemId

LimitEvidence = Literal["alone", "bank", "equal", "unused"]
"""``bank``: the bank names the cards together; ``equal``: limit and what is left of it are equal
to the cent; ``unused``: both are equal and nothing is used, which may be chance."""


@dataclass(frozen=True, slots=True)
class CardLimit:
    """What a bank says of one card's limit; *numbers* are the card's and its plastics' last digits.

    *holder* is MAIN or ADDITIONAL where the bank says so.
    """

    account_id: AccountId
    item_id: ItemId
    currency: str
    limit_minor: int | None
    available_minor: int | None
    number: str
    other_numbers: frozenset[str] = frozenset()
    holder: str | None = None


@dataclass(frozen=True, slots=True)
class LimitGroup:
    """Cards on one limit; *certain* is False where they may have one each."""

    account_ids: tuple[AccountId, ...]
    currency: str
    limit_minor: int | None
    available_minor: int | None
    evidence: LimitEvidence

    @property
    def certain(self) -> bool:
        """Tell whether the grouping cannot be chance."""
        return self.evidence != "unused"


def limit_groups(cards: Sequence[CardLimit]) -> list[LimitGroup]:
    """Group cards of one connection by the limit they share; a card on its own is a group."""
    groups: list[list[CardLimit]] = []
    how: list[LimitEvidence] = []
    for card in cards:
        for place, group in enumerate(groups):
            evidence = _shared(card, group[0])
            if evidence is not None:
                group.append(card)
                how[place] = evidence
                break
        else:
            groups.append([card])
            how.append("alone")
    return [_group(group, evidence) for group, evidence in zip(groups, how, strict=True)]


def _shared(one: CardLimit, other: CardLimit) -> LimitEvidence | None:
    if one.item_id != other.item_id or one.currency != other.currency:
        return None
    if one.number in other.other_numbers or other.number in one.other_numbers:
        return "bank"
    if one.limit_minor is None or one.limit_minor != other.limit_minor:
        return None
    if "ADDITIONAL" in (one.holder, other.holder):
        return "bank"
    if one.available_minor is None or one.available_minor != other.available_minor:
        return None
    return "unused" if one.available_minor == one.limit_minor else "equal"


def _group(cards: Sequence[CardLimit], evidence: LimitEvidence) -> LimitGroup:
    limits = [one.limit_minor for one in cards if one.limit_minor is not None]
    left = [one.available_minor for one in cards if one.available_minor is not None]
    return LimitGroup(
        account_ids=tuple(one.account_id for one in cards),
        currency=cards[0].currency,
        limit_minor=max(limits, default=None),
        # The smallest promises nothing that is not there.
        available_minor=min(left, default=None),
        evidence=evidence,
    )
