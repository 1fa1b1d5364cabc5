"""CPF and CNPJ: how they are checked, and how they are shown."""

import re

_CNPJ = re.compile(r"[0-9A-Z]{12}[0-9]{2}")
_FIRST = (5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2)
_SECOND = (6, *_FIRST)
_WRITTEN = re.compile(
    r"(?<![\w.])(?:\d{3}\.\d{3}\.\d{3}-\d{2}|[0-9A-Z]{2}\.[0-9A-Z]{3}\.[0-9A-Z]{3}/[0-9A-Z]{4}-\d{2}"
    r"|\d{11}|[0-9A-Z]{12}\d{2})(?!\w)"
)
_BARE_CPF, _BARE_CNPJ = 11, 14


def clean_cnpj(text: str) -> str | None:
    """Give the fourteen signs of a CNPJ, letters too; None where it is none.

    Since July 2026 the first twelve may be letters, which count as their code less 48.
    """
    signs = re.sub(r"[./\s-]", "", text).upper()
    if not _CNPJ.fullmatch(signs) or len(set(signs)) == 1:
        return None
    for weights in (_FIRST, _SECOND):
        total = sum((ord(s) - 48) * w for s, w in zip(signs, weights, strict=False))
        rest = total % 11
        if int(signs[len(weights)]) != (0 if rest < 2 else 11 - rest):  # noqa: PLR2004  (the rule of the check digit)
            return None
    return signs


def written_cnpj(signs: str) -> str:
    """Write fourteen signs with the marks between them; anything else stays as it is."""
    if len(signs) != _BARE_CNPJ:
        return signs
    return f"{signs[:2]}.{signs[2:5]}.{signs[5:8]}/{signs[8:12]}-{signs[12:]}"


def masked(document: str) -> str:
    """Show a document without what identifies: ``***.456.789-**``, ``**.345.678/****-**``."""
    signs = re.sub(r"[./\s-]", "", document).upper()
    if len(signs) == _BARE_CPF:
        return f"***.{signs[3:6]}.{signs[6:9]}-**"
    if len(signs) == _BARE_CNPJ:
        return f"**.{signs[2:5]}.{signs[5:8]}/****-**"
    return "*" * len(signs)


def is_cpf(signs: str) -> bool:
    """Tell whether eleven digits are a CPF, by its check digits."""
    if not signs.isdecimal() or len(signs) != _BARE_CPF or len(set(signs)) == 1:
        return False
    for length in (9, 10):
        total = sum(int(s) * w for s, w in zip(signs, range(length + 1, 1, -1), strict=False))
        if int(signs[length]) != total * 10 % 11 % 10:
            return False
    return True


def without_documents(text: str) -> str:
    """Mask the documents that a bank wrote into a text.

    Bare digits count where they are right by their check digits: others may be a telephone.
    """

    def hide(found: re.Match[str]) -> str:
        bare = found[0].isalnum()
        document = not bare or is_cpf(found[0]) or clean_cnpj(found[0]) is not None
        return masked(found[0]) if document else found[0]

    return _WRITTEN.sub(hide, text)
