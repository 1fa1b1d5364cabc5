"""Every text can be read on its ground, in light and dark (WCAG 2 AA)."""

import re
from pathlib import Path

import pytest

TOKENS = Path(__file__).parents[3] / "src/tomada/web/dashboard/static/tokens.css"
TEXT, LARGE = 4.5, 3.0
PAIRS = [
    ("ink", "paper", TEXT),
    ("ink", "surface", TEXT),
    ("ink", "raised", TEXT),
    ("ink", "sunken", TEXT),
    ("ink", "brand-soft", TEXT),
    ("ink", "fresh", TEXT),
    ("ink-soft", "paper", TEXT),
    ("ink-soft", "surface", TEXT),
    ("ink-soft", "raised", TEXT),
    ("ink-soft", "sunken", TEXT),
    ("ink-soft", "brand-soft", TEXT),
    ("ink-soft", "fresh", TEXT),
    ("brand", "paper", TEXT),
    ("brand", "surface", TEXT),
    ("brand", "raised", TEXT),
    ("brand", "brand-soft", TEXT),
    ("on-brand", "brand", TEXT),
    ("on-brand", "brand-strong", TEXT),
    ("income", "surface", TEXT),
    ("income", "brand-soft", TEXT),
    ("income", "fresh", TEXT),
    ("bad", "surface", TEXT),
    ("bad", "raised", TEXT),
    ("bad", "bad-soft", TEXT),
    ("surface", "bad", TEXT),
    ("stale", "surface", TEXT),
    ("stale", "stale-soft", TEXT),
    ("paper", "ink", TEXT),
    ("income-bar", "surface", LARGE),
    ("spending-bar", "surface", LARGE),
    ("line-strong", "surface", LARGE),
    ("line-strong", "raised", LARGE),
    ("line-strong", "paper", LARGE),
    ("focus", "paper", LARGE),
    ("focus", "surface", LARGE),
]


def palettes() -> dict[str, dict[str, str]]:
    """Read each block of colours."""
    blocks = re.findall(r"([^{}]+)\{([^{}]*)\}", TOKENS.read_text("utf-8"))
    read = [dict(re.findall(r"--([a-z-]+):\s*#([0-9a-f]{6})", body)) for _, body in blocks]
    light, dark, system_dark = (colours for colours in read if colours)
    return {"light": light, "dark": light | dark, "system dark": light | system_dark}


def luminance(digits: str) -> float:
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("name", ["light", "dark", "system dark"])
def test_every_text_and_every_edge_stands_out(name: str) -> None:
    colours = palettes()[name]

    weak = {
        f"{ink} on {ground}": round(contrast(colours[ink], colours[ground]), 2)
        for ink, ground, least in PAIRS
        if contrast(colours[ink], colours[ground]) < least
    }

    assert weak == {}


def test_the_dark_of_the_system_is_the_dark_of_the_switch() -> None:
    found = palettes()

    assert found["dark"] == found["system dark"]
