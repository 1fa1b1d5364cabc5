"""The texts people pay by: PIX copy-and-paste codes, boleto lines, end-to-end ids.

A PIX code is a run of fields, each two digits of name, two of length, and its value, closed by a
checksum (CRC-16, polynomial 0x1021, start 0xFFFF). Boleto texts have the right length; their
check digits are wrong on purpose, as the provider's sandbox does, so that nobody can pay them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from hashlib import blake2b

_ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz"
_BASE_DAY = date(2022, 5, 29)


@dataclass(frozen=True, slots=True)
class PixCode:
    """What a copy-and-paste code says."""

    name: str
    amount: Decimal | None


def read_pix_code(text: str) -> PixCode | None:
    """Read a code; None when it is not one or its checksum is wrong."""
    fields = _fields(text)
    if fields is None or fields.get("00") != "01" or fields.get("58") != "BR":
        return None
    if text[-8:-4] != "6304" or text[-4:].upper() != _checksum(text[:-4]):
        return None
    amount = fields.get("54")
    try:
        return PixCode(fields.get("59", ""), None if amount is None else Decimal(amount))
    except InvalidOperation:
        return None


def pix_code(*, key: str, name: str, amount: Decimal | None, reference: str = "***") -> str:
    """Write a code that pays *amount* to *key*."""
    account = _field("00", "br.gov.bcb.pix") + _field("01", key)
    parts = [
        _field("00", "01"),
        _field("26", account),
        _field("52", "0000"),
        _field("53", "986"),
        "" if amount is None else _field("54", f"{amount:.2f}"),
        _field("58", "BR"),
        _field("59", name[:25]),
        _field("60", "SAO PAULO"),
        _field("62", _field("05", reference[:25])),
        "6304",
    ]
    text = "".join(parts)
    return text + _checksum(text)


def end_to_end_id(*, ispb: str, moment: datetime, name: str) -> str:
    """Name one PIX as the central bank does: institution, minute, eleven signs."""
    return f"E{ispb}{moment.astimezone(UTC):%Y%m%d%H%M}{_signs(name, 11)}"


def boleto_barcode(*, name: str, amount: Decimal, due: date) -> str:
    """Write the 44 digits of a boleto of the sandbox's bank."""
    factor = 1000 + (due - _BASE_DAY).days % 9000
    cents = int(amount * 100)
    return f"07790{factor:04d}{cents:010d}{_digits(name, 25)}"


def digitable_line(barcode: str) -> str:
    """Write the 47 digits people type, from the 44 of the barcode."""
    free = barcode[19:]
    fields = (barcode[:4] + free[:5], free[5:15], free[15:25])
    return "".join(f"{one}0" for one in fields) + barcode[4:19]


def _fields(text: str) -> Mapping[str, str] | None:
    found: dict[str, str] = {}
    place = 0
    while place < len(text):
        length = text[place + 2 : place + 4]
        if not (length.isascii() and length.isdecimal()):
            return None
        end = place + 4 + int(length)
        if end > len(text):
            return None
        found[text[place : place + 2]] = text[place + 4 : end]
        place = end
    return found


def _field(name: str, value: str) -> str:
    return f"{name}{len(value):02d}{value}"


def _checksum(text: str) -> str:
    total = 0xFFFF
    for byte in text.encode():
        total ^= byte << 8
        for _ in range(8):
            total = (total << 1) ^ 0x1021 if total & 0x8000 else total << 1
            total &= 0xFFFF
    return f"{total:04X}"


def _signs(name: str, count: int) -> str:
    value = int.from_bytes(blake2b(name.encode(), digest_size=16).digest())
    signs = ""
    for _ in range(count):
        value, place = divmod(value, len(_ALPHABET))
        signs += _ALPHABET[place]
    return signs


def _digits(name: str, count: int) -> str:
    value = int.from_bytes(blake2b(name.encode(), digest_size=16).digest())
    return str(value).zfill(count)[:count]
