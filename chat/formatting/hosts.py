"""Shows hosts as browsers do: as typed in one script, in punycode when scripts are mixed."""

import unicodedata

from markdown_it import _punycode

from accounts.visible_text import script_of

# Scripts written together (UTS #39, 5.2, "Highly Restrictive"), as characters' names begin.
TOGETHER = (
    {"LATIN", "CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA", "IDEOGRAPHIC"},
    {"LATIN", "CJK", "BOPOMOFO"},
    {"LATIN", "CJK", "HANGUL"},
)
LATIN_LOOKALIKES = frozenset("асԁеһіјӏорԛѕԝхуъьҽпгѵѡ")  # Cyrillic, as Chromium's list has them
WORD_CATEGORIES = {"Ll", "Lo", "Lm", "Mn", "Mc", "Nd"}
SCRIPTLESS = ("COMBINING", "MIDDLE")


def shown_host(host: str) -> str:
    """`host` as a reader may see it, in lower case: in punycode where it could be mistaken."""
    labels = host.lower().split(".")
    has_ascii_end = labels[-1].isascii()
    return ".".join(
        _punycode.to_ascii(label) if _is_deceptive(label, has_ascii_end) else label
        for label in labels
    )


def _is_deceptive(label: str, has_ascii_end: bool) -> bool:
    if label.isascii():
        return False
    if not all(_is_of_word(character) for character in label):
        return True
    looks_latin = {it for it in label if it.isalpha()} <= LATIN_LOOKALIKES
    return not _is_one_script(label) or (has_ascii_end and looks_latin)


def _is_of_word(character: str) -> bool:
    return character == "-" or unicodedata.category(character) in WORD_CATEGORIES


def _is_one_script(label: str) -> bool:
    scripts = {script_of(character) for character in label if not _is_common(character)}
    return len(scripts) <= 1 or any(scripts <= group for group in TOGETHER)


def _is_common(character: str) -> bool:
    return character == "-" or character.isdecimal() or script_of(character) in SCRIPTLESS
