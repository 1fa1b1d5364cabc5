"""Exact money: decimals on the way in, integer minor units in the store.

No float touches an amount. A currency's number of decimal places is from ISO 4217; those not
listed have two.
"""

import functools
from dataclasses import dataclass
from decimal import MAX_EMAX, MAX_PREC, MIN_EMIN, ROUND_HALF_EVEN, Context, Decimal

_PLACES = {
    "BIF": 0, "CLP": 0, "DJF": 0, "GNF": 0, "ISK": 0, "JPY": 0, "KMF": 0, "KRW": 0, "PYG": 0,
    "RWF": 0, "UGX": 0, "VND": 0, "VUV": 0, "XAF": 0, "XOF": 0, "XPF": 0,
    "BHD": 3, "IQD": 3, "JOD": 3, "KWD": 3, "LYD": 3, "OMR": 3, "TND": 3,
}  # fmt: skip

_LARGEST = 2**63 - 1
_LARGEST_DIGITS = len(str(_LARGEST))


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

    Exact whatever decimal context is in force. Raises ``ValueError`` for NaN, infinities and
    what does not fit 64 bits.
    """
    if not amount.is_finite():
        raise ValueError("an amount must be a finite number")
    shift = places(currency)
    # Far from one unit on either side: no arithmetic with a million digits.
    if not amount or amount.adjusted() + shift < -1:
        return Minor(units=0, exact=not amount)
    if amount.adjusted() + shift < _LARGEST_DIGITS:
        scaled = amount.scaleb(shift, _exact())
        units = int(scaled.to_integral_value(rounding=ROUND_HALF_EVEN, context=_exact()))
        if -_LARGEST - 1 <= units <= _LARGEST:
            return Minor(units=units, exact=units == scaled)
    raise ValueError("an amount must fit 64 bits of minor units")


def from_minor(units: int, currency: str) -> Decimal:
    """Give the decimal amount of *units*, with all places of the currency."""
    return Decimal(units).scaleb(-places(currency), _exact())


@functools.cache
def _exact() -> Context:
    return Context(prec=MAX_PREC, Emax=MAX_EMAX, Emin=MIN_EMIN)
