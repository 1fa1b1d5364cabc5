"""Brazilian tax numbers: what digits they have, whether their check digits are right, masking."""

_CPF = 11
_CNPJ = 14


def digits_of(text: str) -> str:
    """Drop the punctuation of a tax number."""
    return "".join(sign for sign in text if sign.isdecimal() and sign.isascii())


def is_cpf(text: str, *, check: bool = True) -> bool:
    """Say whether *text* is a CPF, with or without punctuation."""
    digits = digits_of(text)
    if len(digits) != _CPF:
        return False
    if not check:
        return True
    return len(set(digits)) > 1 and all(
        int(digits[size]) == _check_digit(digits[:size], range(size + 1, 1, -1)) for size in (9, 10)
    )


def is_cnpj(text: str, *, check: bool = True) -> bool:
    """Say whether *text* is a CNPJ, with or without punctuation."""
    digits = digits_of(text)
    if len(digits) != _CNPJ:
        return False
    if not check:
        return True
    weights = (6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2)
    return len(set(digits)) > 1 and all(
        int(digits[size]) == _check_digit(digits[:size], weights[-size:]) for size in (12, 13)
    )


def masked(tax_number: str) -> str:
    """Hide the ends of a tax number, as banks show a debtor's."""
    digits = digits_of(tax_number)
    if len(digits) == _CPF:
        return f"***.{digits[3:6]}.{digits[6:9]}-**"
    return f"**.{digits[2:5]}.{digits[5:8]}/{digits[8:12]}-**"


def _check_digit(digits: str, weights: range | tuple[int, ...]) -> int:
    total = sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=True))
    return 0 if total % 11 < 2 else 11 - total % 11  # noqa: PLR2004  the published rule of modulus 11
