"""Finds words and phrases in a text: whole words, whatever their case or form."""

import unicodedata
from collections.abc import Iterable

from chat.formatting.scripts import is_unspaced


def folded(text: str) -> str:
    """The text as texts are compared: NFKC, without case, invisible characters and extra space."""
    known = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    seen = "".join(it for it in known if unicodedata.category(it) != "Cf")
    return " ".join(seen.split())


def has_any(text: str, phrases: Iterable[str]) -> bool:
    """Whether a folded text has one of these folded phrases, as whole words."""
    return any(_has(text, it) for it in phrases if it)


def _has(text: str, phrase: str) -> bool:
    at = text.find(phrase)
    while at >= 0:
        if _is_whole(text, at, at + len(phrase)):
            return True
        at = text.find(phrase, at + 1)
    return False


def _is_whole(text: str, start: int, end: int) -> bool:
    before, after = text[start - 1 : start] if start else "", text[end : end + 1]
    return _is_end(before, text[start]) and _is_end(after, text[end - 1])


def _is_end(outside: str, inside: str) -> bool:
    """Whether no word goes on here. Scripts such as Chinese do not show where words end."""
    if not outside or not _is_of_word(outside) or not _is_of_word(inside):
        return True
    is_mark = unicodedata.category(outside).startswith("M")
    return not is_mark and (is_unspaced(outside) or is_unspaced(inside))


def _is_of_word(character: str) -> bool:
    return character.isalnum() or unicodedata.category(character).startswith("M")
