"""Contrast of the design tokens, in both themes."""

import math
import re
from pathlib import Path

import pytest

CSS = Path(__file__).parents[1] / "static" / "chat" / "css"
TEXT = 4.5  # WCAG 2.2, 1.4.3
SHAPE = 3.0  # WCAG 2.2, 1.4.11

OKLCH = re.compile(r"oklch\(([\d.]+)% ([\d.]+) ([\d.]+)\)")
Colour = tuple[float, float, float]  # linear sRGB

# Foreground, background and the required ratio.
PAIRS = [
    *(
        (text, ground, TEXT)
        for text in ("ink", "ink-soft", "accent", "danger")
        for ground in ("ground", "paper", "surface", "raised", "sunken", "glow")
    ),
    *((text, "mark", TEXT) for text in ("ink", "ink-soft", "accent")),  # a message that means me
    *((text, "accent-soft", TEXT) for text in ("ink", "ink-soft", "accent")),  # one that is marked
    ("on-accent", "accent", TEXT),
    ("on-accent", "accent-strong", TEXT),
    ("on-danger", "danger", TEXT),
    ("on-danger", "danger-strong", TEXT),
    ("on-warning", "warning", TEXT),
    ("paper", "ink", TEXT),  # toasts and tooltips
    *(
        (f"code-{kind}", "code", TEXT)
        for kind in "comment keyword string number name builtin deleted".split()
    ),
    ("on-mention", "mention", TEXT),
    ("on-mention-me", "mention-me", TEXT),
    *(("edge", ground, SHAPE) for ground in ("paper", "surface")),  # of fields
    *(
        ("present", ground, SHAPE) for ground in ("ground", "surface")
    ),  # the dot of a person who is present
    ("on-mark", "mark", SHAPE),
    ("accent", "accent-soft", SHAPE),  # round a reaction of mine
    ("spoiler", "paper", SHAPE),
]


def linear(lightness: str, chroma: str, hue: str) -> Colour:
    """CSS Color 4, 18. Colours out of sRGB are clipped, which is close to what browsers do."""
    radius, angle = float(chroma), math.radians(float(hue))
    light, a, b = float(lightness) / 100, radius * math.cos(angle), radius * math.sin(angle)
    long = (light + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (light - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (light - 0.0894841775 * a - 1.2914855480 * b) ** 3
    red = 4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short
    green = -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short
    blue = -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short
    return clip(red), clip(green), clip(blue)


def clip(channel: float) -> float:
    return min(1.0, max(0.0, channel))


def contrast(one: Colour, other: Colour) -> float:
    dark, light = sorted(
        0.2126 * red + 0.7152 * green + 0.0722 * blue for red, green, blue in (one, other)
    )
    return (light + 0.05) / (dark + 0.05)


def values(css: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+): ((?:light-dark|oklch|var)\(.*?\));", css))


USUAL, MORE = (CSS / "base" / "tokens.css").read_text().split("@media (prefers-contrast: more)")
TOKENS = values(USUAL)
CONTRAST = {**TOKENS, **values(MORE)}


def pair(tokens: dict[str, str], name: str) -> list[Colour]:
    """The colours of a token in the light and the dark theme."""
    value = tokens[name]
    if alias := re.fullmatch(r"var\(--([\w-]+)\)", value):
        return pair(tokens, alias[1])
    found = [linear(*colour) for colour in OKLCH.findall(value)]
    return found * 2 if len(found) == 1 else found


@pytest.mark.parametrize("tokens", [TOKENS, CONTRAST], ids=["usual", "more"])
@pytest.mark.parametrize(("foreground", "background", "ratio"), PAIRS)
def test_colors_have_enough_contrast(
    tokens: dict[str, str], foreground: str, background: str, ratio: float
) -> None:
    both = zip(pair(tokens, foreground), pair(tokens, background), strict=True)
    measured = [contrast(*colours) for colours in both]
    assert len(measured) == 2
    assert min(measured) >= ratio, f"{foreground} on {background}: {measured}"


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("hue", range(0, 360, 5))
def test_initials_have_enough_contrast_in_every_hue(theme: str, hue: int) -> None:
    ground, ink = (avatar_color(f"{name}-{theme}", hue) for name in ("avatar", "on-avatar"))
    assert contrast(ground, ink) >= TEXT


def avatar_color(name: str, hue: int) -> Colour:
    [(lightness, chroma)] = re.findall(rf"--{name}: ([\d.]+)% ([\d.]+);", USUAL)
    return linear(lightness, chroma, str(hue))


@pytest.mark.parametrize("sheet", sorted(CSS.rglob("*.css")), ids=lambda sheet: sheet.name)
def test_no_element_is_partly_transparent(sheet: Path) -> None:
    """Opacity would lower the measured contrast."""
    assert re.findall(r"\bopacity: (?![01];)[^;]+;", sheet.read_text()) == []
