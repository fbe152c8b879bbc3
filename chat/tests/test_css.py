"""One design language: what the style sheets may say."""

import re
from pathlib import Path

import pytest

CSS = Path(__file__).parents[1] / "static" / "chat" / "css"
SHEETS = {
    path.relative_to(CSS).as_posix(): re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.DOTALL)
    for path in CSS.rglob("*.css")
}
OTHERS = sorted(SHEETS.keys() - {"base/tokens.css"})
MEASURED = {"left: var(--left, 0)"}  # by a script, and so the same in every direction of writing


def declarations(sheet: str) -> list[str]:
    return [found.strip() for found in re.findall(r"[\w-]+:[^;{}]+(?=;|\s*\})", SHEETS[sheet])]


def those(sheet: str, pattern: str) -> list[str]:
    return [found for found in declarations(sheet) if re.search(pattern, found)]


@pytest.mark.parametrize("sheet", OTHERS)
def test_colours_come_from_the_tokens(sheet: str) -> None:
    named = r"#[0-9a-f]{3,8}\b|\b(rgb|hsl|hwb|lab|lch|color)a?\(|oklch\((?!var)|oklab\("
    assert not those(sheet, named)


@pytest.mark.parametrize("sheet", OTHERS)
def test_type_shadows_and_durations_come_from_the_tokens(sheet: str) -> None:
    assert not those(sheet, r"^font-size: (?!var|inherit|\.?\d*\.?\d+em)")
    assert not those(sheet, r"^font-weight: (?!var|normal|inherit)")
    assert not those(sheet, r"^font-family: (?!var|inherit)")
    assert not those(sheet, r"^box-shadow: (?!var|none)")
    assert not those(sheet, r"^(transition|animation)[\w-]*:.*\b[\d.]+m?s\b")
    assert not those(sheet, r"^z-index: (?!var|0|-1)")
    assert not those(sheet, r"^border-radius: (?!.*var|inherit|0)")


@pytest.mark.parametrize("sheet", sorted(SHEETS))
def test_nothing_says_left_or_right(sheet: str) -> None:
    """The layout holds in both directions of writing."""
    sides = r"^(left|right|(margin|padding|border|border-top|border-bottom)-(left|right))"
    physical = rf"{sides}[\w-]*:|^(text-align|float|clear): (left|right)"
    assert set(those(sheet, physical)) <= MEASURED


@pytest.mark.parametrize("sheet", sorted(SHEETS))
def test_every_token_that_is_used_exists_and_every_one_that_exists_is_used(sheet: str) -> None:
    everything = "".join(SHEETS.values())
    defined = set(re.findall(r"(--[\w-]+):", everything))
    scripts = {"--hue", "--top", "--left", "--visible-height"}  # set on single nodes
    used = set(re.findall(r"var\((--[\w-]+)", SHEETS[sheet]))
    assert used <= defined | scripts
    own = set(re.findall(r"(--[\w-]+):", SHEETS[sheet]))
    assert own <= set(re.findall(r"var\((--[\w-]+)", everything))
