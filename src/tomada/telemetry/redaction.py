"""The second line: what looks like a person's number or a secret is blacked out of a log line.

The first line is that such values are not logged. This one is for the value that got into a text all
the same: an error of a library, an address somebody made. Numbers with check digits are blacked
out only where these are right, so that a figure of ours stays what it is.
"""

import re
from collections.abc import Callable
from re import Match, Pattern

CPF_DIGITS, CNPJ_DIGITS = 11, 14
_ASCII, _ANY_CASE = re.ASCII, re.ASCII | re.IGNORECASE

_JWT = re.compile(r"eyJ[\w-]{6,}\.[\w-]{4,}(?:\.[\w-]*)*", _ASCII)
_SECRET = re.compile(
    r"(?:pluggy_sk_|whsec_|tomada_[a-z]{1,8}_|[sr]k_(?:live|test)_|AKIA|gh[pousr]_|hvs\.)[\w.+/=-]{8,}"
    r"|(?<=[Bb]earer )[\w.~+/=-]{16,}|-----BEGIN [A-Z ]+-----.*",
    _ASCII | re.DOTALL,
)
_EMAIL = re.compile(r"[\w.%+-]{1,64}(?:@|%40)[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+")
_UUID = re.compile(
    r"(?<![0-9a-f])[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?![0-9a-f])",
    _ANY_CASE,
)
_PIX_CODE = re.compile(r"000201\S*br\.gov\.bcb\.pix\S*", _ANY_CASE)
_CNPJ = re.compile(
    r"(?<![0-9A-Za-z])[0-9A-Z]{2}\.?[0-9A-Z]{3}\.?[0-9A-Z]{3}[/\\]?[0-9A-Z]{4}-?[0-9]{2}(?![0-9A-Za-z])",
    _ANY_CASE,
)
_CPF = re.compile(r"(?<![0-9])[0-9]{3}[. ]?[0-9]{3}[. ]?[0-9]{3}[-. ]?[0-9]{2}(?![0-9])")
_CARD = re.compile(
    r"(?<![0-9])[2-6][0-9]{3}[ .-]?[0-9]{4,6}[ .-]?[0-9]{4,5}(?:[ .-]?[0-9]{1,4})?(?![0-9])"
)
_PHONE = re.compile(
    r"(?<![0-9])(?:"
    r"\+55[ -]?\(?[1-9][1-9]\)?[ -]?9?[0-9]{4}[ -]?[0-9]{4}"
    r"|\([1-9][1-9]\) ?9?[0-9]{4}[ -]?[0-9]{4}"
    r"|[1-9][1-9] 9[0-9]{4}[ -]?[0-9]{4}"
    r"|(?<![A-Za-z])(?:55)?[1-9][1-9]9[0-9]{4}-?[0-9]{4}(?![A-Za-z])"
    r")(?![0-9])"
)
_ACCOUNT = re.compile(
    r"(?<![a-z])(ag[eê]ncia|agency|branch|ag|conta(?: corrente| poupan[cç]a)?|account(?:[ _]?(?:no|number))?"
    r"|acct|c/c|c/p|iban)(\W{0,3})(br)?[0-9]{3,24}(?:-?[0-9x])?(?![0-9a-z])"
    r"|(?<![0-9])[0-9]{4}(?:-[0-9x])? ?/ ?[0-9]{5,12}-[0-9x](?![0-9a-z])",
    re.IGNORECASE,
)


def redacted(text: str) -> str:
    """Black out what identifies somebody or opens something; everything else stays as it is."""
    if "eyJ" in text:
        text = _JWT.sub("[jwt]", text)
    if "_" in text or "earer" in text or "AKIA" in text or "hvs." in text or "BEGIN" in text:
        text = _SECRET.sub("[secret]", text)
    if "@" in text or "%40" in text:
        text = _EMAIL.sub("[email]", text)
    if _FEW_DIGITS.search(text) is None:
        return text
    if text.count("-") >= _HYPHENS_OF_A_UUID:
        text = _UUID.sub("[id]", text)
    if "bcb.pix" in text.lower():
        text = _PIX_CODE.sub("[pix]", text)
    text = _ACCOUNT.sub(_account, text)
    for pattern, name, right in _NUMBERS:
        text = _checked(pattern, name, right, text)
    return _PHONE.sub("[phone]", text)


_FEW_DIGITS = re.compile(r"[0-9]{2}")
_HYPHENS_OF_A_UUID = 4


def _checked(pattern: Pattern[str], name: str, right: Callable[[str], bool], text: str) -> str:
    def replace(found: Match[str]) -> str:
        return name if right(re.sub(r"[^0-9A-Za-z]", "", found[0]).upper()) else found[0]

    return pattern.sub(replace, text)


def _account(found: Match[str]) -> str:
    return f"{found[1] or ''}{found[2] or ''}[account]"


def is_cpf(number: str) -> bool:
    """Tell whether eleven digits end in their two check digits."""
    if len(number) != CPF_DIGITS or len(set(number)) == 1:
        return False
    digits = [int(one) for one in number]
    for place in (9, 10):
        total = sum(digit * (place + 1 - n) for n, digit in enumerate(digits[:place]))
        if digits[place] != total * 10 % 11 % 10:
            return False
    return True


def is_cnpj(number: str) -> bool:
    """Tell whether fourteen characters, letters among them since 2026, end in their check digits.

    A letter counts as its ASCII code less 48, as a digit does.
    """
    if len(number) != CNPJ_DIGITS or len(set(number)) == 1:
        return False
    values = [ord(one) - 48 for one in number]
    for place in (12, 13):
        weights = [2 + n % 8 for n in range(place)]
        rest = sum(a * b for a, b in zip(reversed(values[:place]), weights, strict=True)) % 11
        if values[place] != (0 if rest < 2 else 11 - rest):  # noqa: PLR2004  (the rule's own number)
            return False
    return True


def is_card(number: str) -> bool:
    """Tell whether a number passes Luhn's check and has the length of a card's."""
    if not 13 <= len(number) <= 19:  # noqa: PLR2004  (the shortest and the longest there are)
        return False
    digits = [int(one) for one in reversed(number)]
    doubled = [two - 9 if (two := 2 * one) > 9 else two for one in digits[1::2]]  # noqa: PLR2004
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0


_NUMBERS: tuple[tuple[Pattern[str], str, Callable[[str], bool]], ...] = (
    (_CNPJ, "[cnpj]", is_cnpj),
    (_CARD, "[card]", is_card),
    (_CPF, "[cpf]", is_cpf),
)
