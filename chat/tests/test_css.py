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
    scripts = {
        "--top",
        "--left",
        "--visible-height",
        "--w",
        "--h",
        "--lines",
        "--picture",
    }  # set by JavaScript
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


def without_hover_queries(css: str) -> str:
    """The rules outside `@media (hover: hover)`."""
    before, query, after = css.partition("@media (hover: hover) {")
    if not query:
        return css
    depth = 1
    for at, character in enumerate(after):
        depth += {"{": 1, "}": -1}.get(character, 0)
        if depth == 0:
            return before + without_hover_queries(after[at + 1 :])
    raise ValueError("A block is not closed.")


@pytest.mark.parametrize("sheet", sorted(SHEETS))
def test_hover_looks_are_for_pointers_that_hover(sheet: str) -> None:
    """After a tap, a touch screen would keep the look until the next tap."""
    assert ":hover" not in without_hover_queries(SHEETS[sheet])


def stack(name: str, **choices: str) -> list[str]:
    """The families of a font token in order, with the tokens in it replaced."""
    css = SHEETS["base/tokens.css"]
    found = choices.get(name) or re.findall(rf"--{name}: (.*?);", css)[-1]
    families: list[str] = []
    for family in found.split(", "):
        inner = re.fullmatch(r"var\(--([\w-]+)\)", family)
        families += stack(inner[1], **choices) if inner else [family.strip('"')]
    return families


def of_language(language: str, name: str) -> str:
    rule = re.search(rf":lang\({language}\) \{{(.*?)\}}", SHEETS["base/tokens.css"], re.DOTALL)
    assert rule
    return str(re.search(rf"--{name}: (.*?);", rule[1])[1])  # type: ignore[index]


SYSTEM_FONTS = {  # on Windows, macOS and iOS, Android and Linux
    "arabic": {"Segoe UI", "Geeza Pro", "Noto Sans Arabic", "Noto Naskh Arabic"},
    "hebrew": {"Segoe UI", "Arial Hebrew", "Noto Sans Hebrew"},
    "devanagari": {"Nirmala UI", "Kohinoor Devanagari", "Noto Sans Devanagari"},
    "thai": {"Leelawadee UI", "Thonburi", "Noto Sans Thai"},
    "emoji": {"Segoe UI Emoji", "Apple Color Emoji", "Noto Color Emoji"},
}
HAN_FONTS = {
    "ja": {"Yu Gothic UI", "Hiragino Sans", "Noto Sans CJK JP"},
    "zh-Hans": {"Microsoft YaHei", "PingFang SC", "Noto Sans CJK SC"},
    "zh-Hant": {"Microsoft JhengHei", "PingFang TC", "Noto Sans CJK TC"},
    "ko": {"Malgun Gothic", "Apple SD Gothic Neo", "Noto Sans CJK KR"},
}


@pytest.mark.parametrize("script", SYSTEM_FONTS)
@pytest.mark.parametrize("name", ["font", "font-display", "font-mono"])
def test_each_system_has_a_font_for_each_script(name: str, script: str) -> None:
    assert SYSTEM_FONTS[script] - {"Segoe UI"} <= set(stack(name))
    assert {"-apple-system", "Segoe UI", "system-ui"} <= set(stack("font"))


@pytest.mark.parametrize("language", HAN_FONTS)
def test_han_characters_have_the_shapes_of_their_language(language: str) -> None:
    others = set().union(*HAN_FONTS.values()) - HAN_FONTS[language]
    for name in ("font", "font-display"):
        families = set(stack(name, **{"font-han": of_language(language, "font-han")}))
        assert families >= HAN_FONTS[language]
        assert not families & others
    suffix = {"ja": "JP", "zh-Hans": "SC", "zh-Hant": "TC", "ko": "KR"}[language]
    assert of_language(language, "font-han-mono") == f'"Noto Sans Mono CJK {suffix}"'


@pytest.mark.parametrize("name", ["font", "font-mono"])
def test_latin_letters_come_before_other_scripts_and_emoji_come_last(name: str) -> None:
    """Fonts of other scripts have plain Latin letters, and emoji fonts have digits."""
    families = stack(name)
    generic = families.index({"font": "sans-serif", "font-mono": "monospace"}[name])
    latin = families.index("Noto Sans" if name == "font" else "Noto Sans Mono")
    scripts = [families.index(it) for it in SYSTEM_FONTS["thai"] | {"Geeza Pro"}]
    emoji = [families.index(it) for it in SYSTEM_FONTS["emoji"]]
    assert latin < min(scripts)
    assert max(*scripts, generic) < min(emoji)


def test_every_text_with_a_language_has_the_fonts_of_the_language() -> None:
    assert ":root, [lang] {" in SHEETS["base/tokens.css"]
    assert "[lang] { font-family: var(--font); }" in SHEETS["base/base.css"]


@pytest.mark.parametrize("sheet", sorted(SHEETS))
def test_only_the_logo_has_spaced_letters(sheet: str) -> None:
    """Letters of Arabic and Devanagari are joined: spacing tears them apart."""
    spaced = re.findall(r"([.\w-]+) \{[^{}]*letter-spacing", SHEETS[sheet])
    assert spaced == ([".wordmark"] if sheet == "base/base.css" else [])
