"""The style sheet, held against what it is for."""

import math
import re
from pathlib import Path

import pytest

from chat.formatting.sanitizer import SPAN_CLASSES

CSS = Path(__file__).parents[2] / "static" / "chat" / "css"
TOKENS = (CSS / "tokens.css").read_text()
MARKUP = (CSS / "markup.css").read_text()
AA = 4.5  # WCAG 2.2, 1.4.3

Colour = tuple[float, float, float]
OKLCH = re.compile(r"oklch\(([\d.]+)% ([\d.]+) ([\d.]+)\)")


def colour(lightness: str, chroma: str, hue: str) -> Colour:
    return float(lightness) / 100, float(chroma), math.radians(float(hue))


PALETTE: dict[str, list[Colour]] = {
    name: [colour(*found) for found in OKLCH.findall(pair)]
    for name, pair in re.findall(r"--([\w-]+): light-dark\((.*)\);", TOKENS + MARKUP)
}


@pytest.mark.parametrize("css_class", sorted(SPAN_CLASSES))
def test_every_class_has_a_style(css_class: str) -> None:
    assert re.search(rf"\.{css_class}\b", MARKUP)


@pytest.mark.parametrize(
    ("text", "ground"),
    [
        *((name, "sunken") for name in PALETTE if name.startswith("code-")),
        ("on-mention", "mention"),
        ("on-mention-me", "mention-me"),
        ("ink-soft", "paper"),
    ],
)
def test_everybody_can_read_it_in_both_themes(text: str, ground: str) -> None:
    for one, other in zip(PALETTE[text], PALETTE[ground], strict=True):
        dark, light = sorted((luminance(one), luminance(other)))
        assert (light + 0.05) / (dark + 0.05) >= AA


def luminance(colour: Colour) -> float:
    """Of an OKLCH colour, by way of linear sRGB (CSS Color 4, 18; WCAG 2.2, relative luminance)."""
    lightness, chroma, hue = colour
    a, b = chroma * math.cos(hue), chroma * math.sin(hue)
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    red = 4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short
    green = -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short
    blue = -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
