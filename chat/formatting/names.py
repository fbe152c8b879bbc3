"""Names of people, as they are typed behind an @: `@Alice Smith, hello`."""

import re
import unicodedata
from collections.abc import Iterator

from accounts.caseless import caseless_key

NAME_MAX_CHARACTERS = 40
ATS_MAX = 10  # of a text: further ones mention nobody

FENCED = re.compile(r"^ {0,3}(`{3,})[^`\n]*$.*?(?:^ {0,3}\1|\Z)", re.MULTILINE | re.DOTALL)
JOINERS = "\u200c\u200d"  # they hold letters of one word together, or make one emoji of several


def name_key(name: str) -> str:
    """A member's name as names are compared: without case, whitespace as single spaces."""
    return " ".join(caseless_key(name, "NFC").split())


def candidates(text: str) -> set[str]:
    """The keys of all names the @s of `text` may mean; those who are called so are `people`.

    At most ATS_MAX times NAME_MAX_CHARACTERS, as a text may come from an enemy. What is in fenced
    code does not count: a class full of decorators must not use them up.
    """
    text = FENCED.sub("", text)
    starts = [found.end() for found in re.finditer("@", text) if is_call(text, found.start())]
    return {key for start in starts[:ATS_MAX] for _, key in names_at(text, start)}


def is_call(text: str, at: int) -> bool:
    """Whether the @ at `at` can call somebody: it is not in the middle of a word."""
    return at == 0 or not _is_of_word(text[at - 1])


def names_at(text: str, start: int) -> Iterator[tuple[int, str]]:
    """All that can be a name at `start`, longest first: where it ends, and its key.

    A name ends where a word ends, and on the line it starts on.
    """
    line, *_ = text[start : start + NAME_MAX_CHARACTERS].split("\n", 1)
    if line[:1].isspace():
        return
    for end in range(start + len(line), start, -1):
        if _is_word_end(text, end):
            yield end, name_key(text[start:end])


def _is_word_end(text: str, end: int) -> bool:
    goes_on = end < len(text) and _is_of_word(text[end])
    return not goes_on and not text[end - 1].isspace()


def _is_of_word(character: str) -> bool:
    return (
        character.isalnum()
        or character == "_"
        or character in JOINERS
        or unicodedata.category(character).startswith("M")
    )
