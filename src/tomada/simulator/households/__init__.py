"""Brazilian households invented from a seed, their year at a bank, and what happens to them next."""

from tomada.simulator.households.bank import bank_for
from tomada.simulator.households.holdings import holdings_for, registry_for
from tomada.simulator.households.live import BANK_KINDS, CARD_KINDS, next_movement
from tomada.simulator.households.merchants import known_merchants
from tomada.simulator.households.people import is_cnpj

__all__ = [
    "BANK_KINDS",
    "CARD_KINDS",
    "bank_for",
    "holdings_for",
    "is_cnpj",
    "known_merchants",
    "next_movement",
    "registry_for",
]
