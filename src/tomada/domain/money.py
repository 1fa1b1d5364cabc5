"""Exact money: decimals on the way in, integer minor units in the store.

No float touches an amount. A currency's number of decimal places is from ISO 4217; those not
listed have two.
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

_PLACES = {
    "BIF": 0, "CLP": 0, "DJF": 0, "GNF": 0, "ISK": 0, "JPY": 0, "KMF": 0, "KRW": 0, "PYG": 0,
    "RWF": 0, "UGX": 0, "VND": 0, "VUV": 0, "XAF": 0, "XOF": 0, "XPF": 0,
    "BHD": 3, "IQD": 3, "JOD": 3, "KWD": 3, "LYD": 3, "OMR": 3, "TND": 3,
}  # fmt: skip


def places(currency: str) -> int:
    """Count the decimal places of *currency*."""
    return _PLACES.get(currency.upper(), 2)


@dataclass(frozen=True, slots=True)
class Minor:
    """An amount in minor units; *exact* is False where the source had more decimals."""

    units: int
    exact: bool


def to_minor(amount: Decimal, currency: str) -> Minor:
    """Convert to minor units, rounding half to even where the currency has fewer decimals.

    Raises ``ValueError`` for NaN and infinities.
    """
    if not amount.is_finite():
        raise ValueError("an amount must be a finite number")
    scaled = amount.scaleb(places(currency))
    units = scaled.to_integral_value(rounding=ROUND_HALF_EVEN)
    return Minor(units=int(units), exact=units == scaled)


def from_minor(units: int, currency: str) -> Decimal:
    """Give the decimal amount of *units*, with all places of the currency."""
    return Decimal(units).scaleb(-places(currency))
