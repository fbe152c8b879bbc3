"""What the search index stores of a text, and asks it for.

- Of a word: the word.
- Of a unit: its letter without the marks. Of two units side by side: the first one, and the letter
  of the second one. So a search of one letter, and one that ends before a mark, are exact look-ups.

Tokens have letters, marks, digits and emoji alone, and at most TOKEN_MAX characters. They tell less
than the text: an index gives the candidates, and the text is asked itself.
"""

import re
import unicodedata
from collections.abc import Iterator
from itertools import pairwise

from chat.words.folding import EMOJI, fold
from chat.words.words import EACH_UNIT, LETTERS_RUN, UNIT

TOKEN_MAX = 64  # characters; PostgreSQL's longest lexeme is 2046 bytes
UNIT_MAX = 8  # characters of a unit in a token

RULES = 1  # to be raised with every change of what `tokens` returns
UNICODE_MAJOR, UNICODE_MINOR = map(int, unicodedata.unidata_version.split(".")[:2])

VERSION = RULES * 10_000 + UNICODE_MAJOR * 100 + UNICODE_MINOR
"""Changes when the tokens of a text may: with the rules, and with the Unicode of Python."""

ASCII_WORD = re.compile("[a-z0-9]+")
RUN = re.compile(rf"{LETTERS_RUN}|(?P<units>(?:{UNIT})+)|{EMOJI}")


def tokens(text: str) -> set[str]:
    """What the index stores of a text."""
    if text.isascii():
        return {it[:TOKEN_MAX] for it in ASCII_WORD.findall(text.lower())}
    found: set[str] = set()
    for run in RUN.finditer(fold(text)):
        if run["units"]:
            found.update(tokens_of_units(EACH_UNIT.findall(run["units"])))
        else:
            found.add(token_of_word(run[0]))
    return found


def token_of_word(key: str) -> str:
    """The token of a word that is no unit."""
    return key[:TOKEN_MAX]


def tokens_of_units(keys: list[str]) -> Iterator[str]:
    """The tokens of units side by side."""
    for key in keys:
        yield key[0]
    for first, second in pairwise(keys):
        yield first[:UNIT_MAX] + second[0]
