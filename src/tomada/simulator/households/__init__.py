"""Brazilian households invented from a seed, their year at a bank, and what happens to them next."""

from tomada.simulator.households.bank import bank_for
from tomada.simulator.households.holdings import holdings_for
from tomada.simulator.households.live import BANK_KINDS, CARD_KINDS, next_movement

__all__ = [
    "BANK_KINDS",
    "CARD_KINDS",
    "bank_for",
    "holdings_for",
    "next_movement",
]
