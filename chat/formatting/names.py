"""Members' names, as compared and as typed behind an @: `@Alice Smith, hello`."""

import re
import unicodedata
from collections.abc import Iterator

from accounts.caseless import caseless_key

NAME_MAX_CHARACTERS = 40
AT_SIGNS_MAX = 10  # @ signs per text that can mention somebody

FENCED = re.compile(r"^ {0,3}(`{3,})[^`\n]*$.*?(?:^ {0,3}\1|\Z)", re.MULTILINE | re.DOTALL)
JOINERS = "\u200c\u200d"  # join the letters of a word, or several emoji to one


def name_key(name: str) -> str:
    """A member's name as names are compared: without case, whitespace as single spaces."""
    return " ".join(caseless_key(name, "NFC").split())


def mention_candidates(text: str) -> set[str]:
    """The keys of all names that the @ signs of `text` may mention.

    At most AT_SIGNS_MAX × NAME_MAX_CHARACTERS keys, however hostile the text. Fenced code does not
    count: a class full of decorators must not use up the @ signs.
    """
    text = FENCED.sub("", text)
    starts = [
        found.end() for found in re.finditer("@", text) if can_start_mention(text, found.start())
    ]
    return {key for start in starts[:AT_SIGNS_MAX] for _, key in names_at(text, start)}


def can_start_mention(text: str, at: int) -> bool:
    """Whether the @ at `at` is not in the middle of a word."""
    return at == 0 or not _is_word_character(text[at - 1])


def names_at(text: str, start: int) -> Iterator[tuple[int, str]]:
    """Every possible name at `start`, longest first: its end, and its key.

    A name ends at the end of a word, on the line where the name starts.
    """
    line, *_ = text[start : start + NAME_MAX_CHARACTERS].split("\n", 1)
    if line[:1].isspace():
        return
    for end in range(start + len(line), start, -1):
        if _is_word_end(text, end):
            yield end, name_key(text[start:end])


def _is_word_end(text: str, end: int) -> bool:
    continues = end < len(text) and _is_word_character(text[end])
    return not continues and not text[end - 1].isspace()


def _is_word_character(character: str) -> bool:
    return (
        character.isalnum()
        or character == "_"
        or character in JOINERS
        or unicodedata.category(character).startswith("M")
    )
