"""Contrast of the design tokens, in both themes."""

import math
import re
from collections import Counter
from itertools import combinations, pairwise
from pathlib import Path

import pytest

CSS = Path(__file__).parents[1] / "static" / "chat" / "css"
TEXT = 4.5  # WCAG 2.2, 1.4.3
SHAPE = 3.0  # WCAG 2.2, 1.4.11
SEEN = 0.03  # in Oklab, where 0.02 is about the smallest difference that people notice
TELLABLE = 0.1  # far more than that: side by side, at a glance

OKLCH = re.compile(r"oklch\(([\d.]+)% ([\d.]+) ([\d.]+)(?: / ([\d.]+))?\)")
Colour = tuple[float, float, float]  # linear sRGB

MESSAGES = ("paper", "hover/paper", "mark", "accent-soft")  # backgrounds of messages
SURFACES = ("ground", "paper", "surface", "raised")  # of what can be hovered
PILLS = ("ground", "hover/ground", "surface", "hover/surface")  # of what stands in a row
CODE = [f"code-{kind}" for kind in "comment keyword string number name builtin deleted".split()]

# Foreground, background and the required ratio. "hover/paper" is a tint on a background.
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
    *((text, f"code/{ground}", TEXT) for text in ("ink", *CODE) for ground in MESSAGES),
    *(
        (text, f"hover/{ground}", TEXT)
        for text in ("ink", "ink-soft", "accent", "danger")
        for ground in SURFACES
    ),
    *(("ink", f"badge/{ground}", TEXT) for ground in PILLS),
    ("ink", "selection", TEXT),
    ("ink", "selected", TEXT),
    ("on-mention", "mention", TEXT),
    ("on-mention-me", "mention-me", TEXT),
    *(("edge", ground, SHAPE) for ground in ("paper", "surface")),  # of fields
    *(
        ("present", ground, SHAPE) for ground in ("ground", "surface")
    ),  # the dot of a person who is present
    ("on-mark", "mark", SHAPE),
    ("accent", "accent-soft", SHAPE),  # round a reaction of mine
    *(("spoiler", ground, SHAPE) for ground in MESSAGES),
    *((f"quote/{ground}", ground, SHAPE) for ground in (*MESSAGES, "surface", "sunken")),
    *(("accent", ground, SHAPE) for ground in (*SURFACES, "sunken", "warning")),  # focus rings
    *(("accent", f"hover/{ground}", SHAPE) for ground in SURFACES),
    ("edge", "sunken", SHAPE),  # round the selected segment
    *(("edge", ground, SHAPE) for ground in SURFACES),  # round hovered buttons
]

# What can be told from its background, though no ratio is required.
SEEN_PAIRS = [
    *((f"hover/{ground}", ground) for ground in (*SURFACES, "sunken", "accent-soft")),
    *((f"code/{ground}", ground) for ground in MESSAGES),
    *((f"badge/{ground}", ground) for ground in PILLS),
    *((f"rule/{ground}", ground) for ground in MESSAGES),  # round code and tables
    *((token, ground) for token in ("mention", "mention-me") for ground in MESSAGES),
    *(("selection", ground) for ground in (*MESSAGES, *(f"code/{it}" for it in MESSAGES))),
    *(("selection", ground) for ground in ("surface", "sunken", "mention", "mention-me")),
    *((token, "paper") for token in ("mark", "accent-soft")),
    ("selected", "sunken"),
    ("accent-soft", "surface"),
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
    tint, _, ground = name.partition("/")
    if ground:
        both = zip(written(tokens, tint), pair(tokens, ground), strict=True)
        return [over(linear(*colour[:3]), float(colour[3]), below) for colour, below in both]
    return [linear(*colour[:3]) for colour in written(tokens, name)]


def written(tokens: dict[str, str], name: str) -> list[tuple[str, ...]]:
    """What a token says in the light and the dark theme."""
    value = tokens[name]
    if alias := re.fullmatch(r"var\(--([\w-]+)\)", value):
        return written(tokens, alias[1])
    found = OKLCH.findall(value)
    return found * 2 if len(found) == 1 else found


def over(tint: Colour, alpha: float, ground: Colour) -> Colour:
    """A translucent colour on an opaque one: browsers mix encoded sRGB."""
    red, green, blue = (
        decoded(alpha * encoded(above) + (1 - alpha) * encoded(below))
        for above, below in zip(tint, ground, strict=True)
    )
    return red, green, blue


def encoded(channel: float) -> float:
    return 12.92 * channel if channel <= 0.0031308 else 1.055 * channel ** (1 / 2.4) - 0.055


def decoded(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)


def difference(one: Colour, other: Colour) -> float:
    """The distance in Oklab: how different two colours look."""
    return math.dist(oklab(one), oklab(other))


def oklab(colour: Colour) -> Colour:
    red, green, blue = colour
    long = (0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue) ** (1 / 3)
    medium = (0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue) ** (1 / 3)
    short = (0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue) ** (1 / 3)
    return (
        0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short,
    )


@pytest.mark.parametrize("tokens", [TOKENS, CONTRAST], ids=["usual", "more"])
@pytest.mark.parametrize(("foreground", "background", "ratio"), PAIRS)
def test_colors_have_enough_contrast(
    tokens: dict[str, str], foreground: str, background: str, ratio: float
) -> None:
    both = zip(pair(tokens, foreground), pair(tokens, background), strict=True)
    measured = [contrast(*colours) for colours in both]
    assert len(measured) == 2
    assert min(measured) >= ratio, f"{foreground} on {background}: {measured}"


@pytest.mark.parametrize("tokens", [TOKENS, CONTRAST], ids=["usual", "more"])
@pytest.mark.parametrize(("shown", "ground"), SEEN_PAIRS)
def test_states_can_be_told_from_their_background(
    tokens: dict[str, str], shown: str, ground: str
) -> None:
    both = zip(pair(tokens, shown), pair(tokens, ground), strict=True)
    measured = [difference(*colours) for colours in both]
    assert min(measured) >= SEEN, f"{shown} on {ground}: {measured}"


AVATARS = re.findall(
    r"\[data-color=\"(\d+)\"\] \{ background: var\(--([\w-]+)\); color: var\(--([\w-]+)\); \}",
    (CSS / "components" / "avatar.css").read_text(),
)


def test_there_are_as_many_avatar_colors_as_the_script_chooses_from() -> None:
    script = (CSS.parent / "js" / "people" / "avatar_colors.js").read_text()
    assert f"const COLORS = {len(AVATARS)};" in script
    assert [int(number) for number, _, _ in AVATARS] == list(range(20))


@pytest.mark.parametrize(("number", "ground", "ink"), AVATARS)
def test_initials_have_enough_contrast(number: str, ground: str, ink: str) -> None:
    assert ground == f"avatar-{number}"
    both = zip(pair(TOKENS, ground), pair(TOKENS, ink), strict=True)
    assert min(contrast(*colours) for colours in both) >= TEXT


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_people_can_be_told_by_the_colors_of_their_avatars(theme: int) -> None:
    colours = [pair(TOKENS, ground)[theme] for _, ground, _ in AVATARS]
    assert min(difference(*two) for two in combinations(colours, 2)) >= TELLABLE


def test_most_avatars_can_be_told_without_seeing_colors() -> None:
    """Four steps of lightness: of twenty people, fifteen look different from me."""
    steps = Counter(round(float(written(TOKENS, ground)[0][0])) for _, ground, _ in AVATARS)
    assert set(steps.values()) == {5}
    assert min(b - a for a, b in pairwise(sorted(steps))) >= 10


def test_the_bar_of_every_quote_has_the_color_that_is_seen_on_every_background() -> None:
    sheets = "".join(sheet.read_text() for sheet in CSS.rglob("*.css"))
    bars = set(
        re.findall(r"border-inline-start: var\(--bar-of-quote\) solid var\(--(\S+)\)", sheets)
    )
    assert bars == {"quote", "on-mark", "accent"}  # of a quote, a mention, what is replied to


@pytest.mark.parametrize("sheet", sorted(CSS.rglob("*.css")), ids=lambda sheet: sheet.name)
def test_no_element_is_partly_transparent(sheet: Path) -> None:
    """Opacity would lower the measured contrast."""
    assert re.findall(r"\bopacity: (?![01];)[^;]+;", sheet.read_text()) == []
