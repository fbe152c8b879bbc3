"""Removes from names what nobody sees, and what draws over other text.

A name with an invisible character looks like another name, one with a direction control reorders
the text around it, and one with a pile of marks covers the lines above and below.
"""

import re
import unicodedata

MARKS_MAX = 5  # on one letter: Hebrew with points, Arabic, Devanagari and Tibetan need up to five
COMBINING_MARKS_MAX = 2  # of those for every script: Vietnamese and Yoruba need two
VIRAMA = 9  # canonical combining class

# Default_Ignorable_Code_Point (Unicode Standard, 5.21) beyond the general category Cf
IGNORABLE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2065\u3164\ufe00-\ufe0f\uffa0\ufff0-\ufff8"
    "\U000e0000-\U000e0fff]"
)
BLANK = frozenset("\u2800\ufffc\U0001d159")  # symbols drawn as nothing
VISIBLE_FORMATS = frozenset("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2")
JOINERS = frozenset("\u200c\u200d")
JOINING_SCRIPTS = ("ARABIC", "SYRIAC", "MONGOLIAN", "NKO", "MANDAIC")
VARIATION_SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
MONGOLIAN_SELECTORS = re.compile("[\u180b-\u180d\u180f]")
EMOJI_MODIFIERS = re.compile("[\ufe0f\U0001f3fb-\U0001f3ff]")
TAG_SEQUENCE = re.compile("\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]+\U000e007f")


def visible_text(text: str) -> str:
    """`text` without invisible characters, direction controls and marks beyond the maxima.

    Joiners and variation selectors stay where a script or an emoji needs them (UTS #39, UTS #51).
    """
    flags = {at for found in TAG_SEQUENCE.finditer(text) for at in range(*found.span())}
    kept = (
        character
        for at, character in enumerate(text)
        if at in flags or not is_invisible(character) or _is_needed(text, at)
    )
    return _with_few_marks("".join(kept))


def is_blank(text: str) -> bool:
    """Whether nobody sees anything of a text."""
    return all(it.isspace() or unicodedata.category(it) == "Cc" or is_invisible(it) for it in text)


def is_invisible(character: str) -> bool:
    """Whether a character is drawn as nothing, or only directs how others are drawn."""
    is_format = unicodedata.category(character) == "Cf" and character not in VISIBLE_FORMATS
    return is_format or character in BLANK or IGNORABLE.match(character) is not None


def _is_needed(text: str, at: int) -> bool:
    """Whether the invisible character at `at` changes how those around it are drawn."""
    character, before, after = text[at], text[at - 1 : at], text[at + 1 : at + 2]
    if not before:
        return False
    if character in JOINERS:
        return _joins_letters(before, after) or (
            character == "\u200d" and _is_emoji(before) and _is_emoji(after)
        )
    if VARIATION_SELECTORS.match(character):
        return _has_variants(before, after)
    return bool(MONGOLIAN_SELECTORS.match(character)) and script_of(before) == "MONGOLIAN"


def _joins_letters(before: str, after: str) -> bool:
    if unicodedata.combining(before) == VIRAMA:
        return True
    if not (after and _is_word(before) and _is_word(after)):
        return False
    both_join = {script_of(before), script_of(after)} <= {*JOINING_SCRIPTS}
    return both_join or unicodedata.combining(after) == VIRAMA


def _is_emoji(character: str) -> bool:
    return bool(EMOJI_MODIFIERS.match(character)) or unicodedata.category(character or " ") == "So"


def _has_variants(before: str, after: str) -> bool:
    is_symbol = unicodedata.category(before)[0] == "S" or before in "\u203c\u2049\u3030\u303d"
    is_keycap = after == "\u20e3" and before in "0123456789#*"
    return is_symbol or is_keycap or script_of(before) == "CJK"


def _is_word(character: str) -> bool:
    return unicodedata.category(character)[0] in "LM"


def script_of(character: str) -> str:
    """The script, as the names of characters begin with it."""
    return unicodedata.name(character, "").partition(" ")[0]


def _with_few_marks(text: str) -> str:
    kept: list[str] = []
    marks = combining = MARKS_MAX  # a mark needs a letter before it
    for character in text:
        if unicodedata.category(character)[0] == "M":
            is_general = script_of(character) == "COMBINING"
            if marks >= MARKS_MAX or (is_general and combining >= COMBINING_MARKS_MAX):
                continue
            if not VARIATION_SELECTORS.match(character):
                marks, combining = marks + 1, combining + is_general
        elif character.isspace():
            marks = combining = MARKS_MAX
        elif character not in JOINERS:
            marks = combining = 0
        kept.append(character)
    return "".join(kept)
