"""Draw a few digits as a PNG, for the connectors that ask for what a picture shows."""

import struct
import zlib
from base64 import b64encode

_GLYPHS = {
    "0": ("01110", "10001", "10011", "10101", "11001", "10001", "01110"),
    "1": ("00100", "01100", "00100", "00100", "00100", "00100", "01110"),
    "2": ("01110", "10001", "00001", "00110", "01000", "10000", "11111"),
    "3": ("11111", "00010", "00100", "00010", "00001", "10001", "01110"),
    "4": ("00010", "00110", "01010", "10010", "11111", "00010", "00010"),
    "5": ("11111", "10000", "11110", "00001", "00001", "10001", "01110"),
    "6": ("00110", "01000", "10000", "11110", "10001", "10001", "01110"),
    "7": ("11111", "00001", "00010", "00100", "01000", "01000", "01000"),
    "8": ("01110", "10001", "10001", "01110", "10001", "10001", "01110"),
    "9": ("01110", "10001", "10001", "01111", "00001", "00010", "01100"),
}
_SCALE = 6
_HEIGHT = 7


def picture_of(digits: str) -> str:
    """Draw *digits* black on white and give the PNG in base64."""
    blank = "0" * (len(digits) * 6 + 1)
    lines = [
        blank,
        *("0" + "0".join(_GLYPHS[digit][y] for digit in digits) + "0" for y in range(_HEIGHT)),
        blank,
    ]
    width, height = len(blank) * _SCALE, len(lines) * _SCALE
    scan = b"".join(
        (b"\0" + b"".join((b"\0" if bit == "1" else b"\xff") * _SCALE for bit in line)) * _SCALE
        for line in lines
    )
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    png = b"\x89PNG\r\n\x1a\n" + b"".join(
        _chunk(kind, body)
        for kind, body in ((b"IHDR", head), (b"IDAT", zlib.compress(scan)), (b"IEND", b""))
    )
    return b64encode(png).decode()


def _chunk(kind: bytes, body: bytes) -> bytes:
    checksum = zlib.crc32(kind + body)
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", checksum)
