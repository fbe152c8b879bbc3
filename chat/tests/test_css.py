"""Rules for stylesheets: values come from the design tokens, layouts work in both directions."""

import re
from pathlib import Path

import pytest

CSS = Path(__file__).parents[1] / "static" / "chat" / "css"
SHEETS = {
    path.relative_to(CSS).as_posix(): re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.DOTALL)
    for path in CSS.rglob("*.css")
}
OTHERS = sorted(SHEETS.keys() - {"base/tokens.css"})
SET_BY_SCRIPT = {"left: var(--left, 0)"}  # measured, so it holds in both directions of writing


def declarations(sheet: str) -> list[str]:
    return [found.strip() for found in re.findall(r"[\w-]+:[^;{}]+(?=;|\s*\})", SHEETS[sheet])]


def matching(sheet: str, pattern: str) -> list[str]:
    return [found for found in declarations(sheet) if re.search(pattern, found)]


@pytest.mark.parametrize("sheet", OTHERS)
def test_colors_come_from_the_tokens(sheet: str) -> None:
    literal = r"#[0-9a-f]{3,8}\b|\b(rgb|hsl|hwb|lab|lch|color)a?\(|oklch\((?!var)|oklab\("
    assert not matching(sheet, literal)


@pytest.mark.parametrize("sheet", OTHERS)
def test_type_shadows_and_durations_come_from_the_tokens(sheet: str) -> None:
    assert not matching(sheet, r"^font-size: (?!var|inherit|\.?\d*\.?\d+em)")
    assert not matching(sheet, r"^font-weight: (?!var|normal|inherit)")
    assert not matching(sheet, r"^font-family: (?!var|inherit)")
    assert not matching(sheet, r"^box-shadow: (?!var|none)")
    assert not matching(sheet, r"^(transition|animation)[\w-]*:.*\b[\d.]+m?s\b")
    assert not matching(sheet, r"^z-index: (?!var|0|-1)")
    assert not matching(sheet, r"^border-radius: (?!.*var|inherit|0)")


@pytest.mark.parametrize("sheet", sorted(SHEETS))
def test_layouts_use_logical_properties(sheet: str) -> None:
    """Left and right would be wrong in right-to-left languages."""
    sides = r"^(left|right|(margin|padding|border|border-top|border-bottom)-(left|right))"
    physical = rf"{sides}[\w-]*:|^(text-align|float|clear): (left|right)"
    assert set(matching(sheet, physical)) <= SET_BY_SCRIPT


@pytest.mark.parametrize("sheet", sorted(SHEETS))
def test_used_tokens_exist_and_existing_tokens_are_used(sheet: str) -> None:
    everything = "".join(SHEETS.values())
    defined = set(re.findall(r"(--[\w-]+):", everything))
    scripts = {"--top", "--left", "--visible-height"}  # set by JavaScript
    used = set(re.findall(r"var\((--[\w-]+)", SHEETS[sheet]))
    assert used <= defined | scripts
    own = set(re.findall(r"(--[\w-]+):", SHEETS[sheet]))
    assert own <= set(re.findall(r"var\((--[\w-]+)", everything))


@pytest.mark.parametrize("sheet", sorted(SHEETS))
def test_hovering_tints_any_background(sheet: str) -> None:
    """An opaque colour hides parts of the same colour, as code in a message. Ink is of tooltips."""
    hovered = r":hover[^{}]*\{[^{}]*\bbackground: var\(--([\w-]+)\)"
    assert set(re.findall(hovered, SHEETS[sheet])) <= {
        "hover",
        "accent-strong",
        "danger-strong",
        "ink",
    }
