"""Finds words and phrases in a text: whole words, whatever their case or form."""

import unicodedata
from collections.abc import Collection, Iterable

from chat.formatting.scripts import is_unspaced


def folded(text: str) -> str:
    """The text as texts are compared: NFKC, without case, invisible characters and extra space."""
    known = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    seen = "".join(it for it in known if unicodedata.category(it) != "Cf")
    return " ".join(seen.split())


def has_any(text: str, phrases: Iterable[str]) -> bool:
    """Whether a folded text has one of these folded phrases, as whole words.

    Phrases that do not occur cost next to nothing; the others are looked for where words begin.
    """
    found = [it for it in phrases if it and it in text]
    if not found:
        return False
    starts = [at for at in range(len(text)) if _is_end(text[at - 1 : at] if at else "", text[at])]
    return any(_has(text, it, starts) for it in found)


def _has(text: str, phrase: str, starts: Collection[int]) -> bool:
    ends = (at + len(phrase) for at in starts if text.startswith(phrase, at))
    return any(_is_end(text[end : end + 1], phrase[-1]) for end in ends)


def _is_end(outside: str, inside: str) -> bool:
    """Whether no word goes on here. Scripts such as Chinese do not show where words end."""
    if not outside or not _is_of_word(outside) or not _is_of_word(inside):
        return True
    is_mark = unicodedata.category(outside).startswith("M")
    return not is_mark and (is_unspaced(outside) or is_unspaced(inside))


def _is_of_word(character: str) -> bool:
    return character.isalnum() or unicodedata.category(character).startswith("M")
