"""The small pictures beside a name: a bank's tile, and the symbol of a kind of spending."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import urlsplit

_HEX = re.compile(r"#?([0-9a-fA-F]{6})")
_NEUTRAL = "5f6f68"
_MAX_TAIL = 2
# The first two digits of the provider's category id name its family.
_SYMBOLS = {
    "01": "income", "02": "percent", "03": "growth", "04": "swap", "05": "swap", "06": "scale",
    "07": "tools", "08": "bag", "09": "play", "10": "cart", "11": "food", "12": "plane",
    "13": "heart", "14": "dice", "15": "stamp", "16": "fee", "17": "house", "18": "health",
    "19": "car", "20": "umbrella", "21": "ticket",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Tile:
    """A bank's square: its logo over its initials, which stay where the logo cannot load.

    *color* and *ink* are six hexadecimal digits with a hash, so they can stand in an attribute.
    """

    initials: str
    color: str
    ink: str
    image_url: str | None


def bank_tile(
    initials: str, color: str | None, image_url: str | None, *, origins: Collection[str]
) -> Tile:
    """Make a tile; a logo from an origin the page's policy does not allow is left out."""
    found = _HEX.fullmatch((color or "").strip())
    digits = found[1].lower() if found else _NEUTRAL
    return Tile(
        initials=initials,
        color=f"#{digits}",
        ink="#ffffff" if _luminance(digits) < _HALF_WAY else "#16211c",
        image_url=image_url if image_url and _origin(image_url) in origins else None,
    )


def initials_of(name: str) -> str:
    """Give up to two letters of a bank's name, without the word every bank has."""
    words = [word for word in name.split() if word[:1].isalnum()]
    telling = [word for word in words if word.casefold() not in {"banco", "bank", "de", "do", "da"}]
    return "".join(word[0] for word in (telling or words)[:_MAX_TAIL]).upper() or "?"


def symbol_of(category_id: str | None, *, incoming: bool) -> str:
    """Name the symbol of a category's family; by direction where the family is unknown."""
    known = _SYMBOLS.get((category_id or "")[:2])
    if known:
        return known
    return "income" if incoming else "dots"


# The luminance, in parts of 10,000 times 255², at which white and our dark ink are equally legible.
_HALF_WAY = 2_050 * 255**2


def _luminance(digits: str) -> int:
    """Weigh the squares of red, green and blue: the eye's measure, near enough to choose an ink."""
    red, green, blue = (int(digits[at : at + 2], 16) ** 2 for at in (0, 2, 4))
    return 2126 * red + 7152 * green + 722 * blue


def _origin(url: str) -> str | None:
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or not parts.netloc or "@" in parts.netloc:
        return None
    return f"{parts.scheme}://{parts.netloc}".lower()
