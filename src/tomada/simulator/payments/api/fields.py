"""Read the fields of payment bodies: money, days, choices, documents, parts within parts.

Each reader notes what is wrong in the `Checks` it is given and answers None.
"""

from collections.abc import Collection
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from tomada.simulator.api.call import is_uuid
from tomada.simulator.api.checks import Checks
from tomada.simulator.payments.documents import digits_of, is_cnpj, is_cpf

_CENT = Decimal("0.01")
_MOST = Decimal(10) ** 12
_DAY_LENGTH = len("2026-11-20")


def amount(
    checks: Checks, name: str, *, required: bool = False, least: Decimal = _CENT
) -> Decimal | None:
    """Read money: a number of at most two places, at least *least*."""
    value = number(checks, name, required=required)
    if value is None:
        return None
    if value != value.quantize(_CENT):
        checks.wrong.append(f"{name} must have at most 2 decimal places")
        return None
    if value < least:
        checks.wrong.append(f"{name} must not be less than {least}")
        return None
    return value


def number(checks: Checks, name: str, *, required: bool = False) -> Decimal | None:
    """Read a number, digit by digit as it was sent."""
    value = checks.fields.get(name)
    if value is None and not required:
        return None
    if isinstance(value, int | float) and not isinstance(value, bool):
        try:
            found = Decimal(str(value))
        except InvalidOperation:
            found = Decimal("NaN")
        if found.is_finite() and abs(found) < _MOST:
            return found
    checks.wrong.append(f"{name} must be a number conforming to the specified constraints")
    return None


def whole(checks: Checks, name: str, *, least: int, most: int) -> int | None:
    """Read a required whole number of a range."""
    value = number(checks, name, required=True)
    if value is None:
        return None
    if value != value.to_integral_value() or not least <= value <= most:
        checks.wrong.append(f"{name} must be an integer between {least} and {most}")
        return None
    return int(value)


def day(checks: Checks, name: str, *, required: bool = False) -> date | None:
    """Read a day, or the day of an instant in UTC."""
    moment = _moment(checks, name, required=required)
    return None if moment is None else moment.date()


def moment(checks: Checks, name: str) -> datetime | None:
    """Read an instant that may be left out; a bare day is its first moment in UTC."""
    return _moment(checks, name, required=False)


def _moment(checks: Checks, name: str, *, required: bool) -> datetime | None:
    value = checks.fields.get(name)
    if value is None and not required:
        return None
    try:
        if isinstance(value, str) and len(value) >= _DAY_LENGTH:
            found = datetime.fromisoformat(value)
            return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except ValueError:
        pass
    checks.wrong.append(f"{name} must be a valid ISO 8601 date string")
    return None


def choice(
    checks: Checks, name: str, choices: Collection[str], *, required: bool = False
) -> str | None:
    """Read one of *choices*."""
    value = checks.fields.get(name)
    if value is None and not required:
        return None
    if isinstance(value, str) and value in choices:
        return value
    checks.wrong.append(f"{name} must be one of the following values: {', '.join(choices)}")
    return None


def identifier(checks: Checks, name: str, *, required: bool = False) -> str | None:
    """Read an id."""
    value = checks.fields.get(name)
    if value is None and not required:
        return None
    if isinstance(value, str) and is_uuid(value):
        return value
    checks.wrong.append(f"{name} must be a UUID")
    return None


def tax_number(
    checks: Checks, name: str, *, kinds: Collection[str], check: bool, required: bool = False
) -> str | None:
    """Read a CPF or a CNPJ, as *kinds* has it; its digits only."""
    value = checks.text(name, required=required)
    if value is None:
        return None
    fits = ("CPF" in kinds and is_cpf(value, check=check)) or (
        "CNPJ" in kinds and is_cnpj(value, check=check)
    )
    if not fits:
        checks.wrong.append(f"{name} must be a valid {' or '.join(kinds)}")
        return None
    return digits_of(value)


def inside(checks: Checks, name: str, *, required: bool = False) -> Checks | None:
    """Go into an object within the body; hand it to `close` when it is read."""
    value = checks.fields.get(name)
    if isinstance(value, dict):
        return Checks(value)
    if value is not None or required:
        checks.wrong.append(f"{name} must be an object")
    return None


def close(checks: Checks, name: str, inner: Checks | None) -> None:
    """Take over what was wrong inside."""
    if inner is not None:
        checks.wrong += [f"{name}.{message}" for message in inner.wrong]


def texts(checks: Checks, name: str, names: Collection[str]) -> dict[str, str] | None:
    """Read an object that has some of *names* as strings; others are dropped."""
    inner = inside(checks, name)
    if inner is None:
        return None
    found = {one: inner.text(one) for one in names}
    close(checks, name, inner)
    return {one: text for one, text in found.items() if text is not None}


def rows(checks: Checks, name: str, *, required: bool = False) -> list[Any] | None:
    """Read a list."""
    value = checks.fields.get(name)
    if isinstance(value, list):
        return value
    if value is not None or required:
        checks.wrong.append(f"{name} must be an array")
    return None
