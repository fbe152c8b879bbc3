"""The words of a text, and their places.

- A word is a run of letters, marks and digits: `foo_bar` is two, `v1.2` is `v1` and `2`.
- In scripts without spaces (Chinese, Japanese, Thai, Lao, Khmer, Burmese …), and in Hangul, where
  particles follow a noun without one, each letter with its marks is a word: a *unit*.
- An emoji is a word, with its skin tone, or all that are joined to one sign.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from chat.formatting.scripts import UNSPACED_RANGES
from chat.words.folding import EMOJI, MARKS, PICTOGRAPHS, REGIONAL, Folded, fold_with_places

LETTERS = rf"[^\W_{UNSPACED_RANGES}{PICTOGRAPHS}{REGIONAL}]"  # and digits
UNIT = rf"(?![{PICTOGRAPHS}{REGIONAL}])(?=[^\W_])[{UNSPACED_RANGES}][{MARKS}]*"
LETTERS_RUN = rf"(?:[a-z0-9]+|{LETTERS}+|[{MARKS}]+)+"  # the first of them is quicker
EACH_UNIT = re.compile(UNIT)
WORD = re.compile(rf"{LETTERS_RUN}|(?P<unit>{UNIT})|{EMOJI}")


class Word(NamedTuple):
    """A folded word, and its place in the original text, in code points."""

    key: str
    start: int
    end: int
    is_unit: bool = False  # a letter of a script without spaces
    is_joined: bool = False  # follows the word before it without anything between


def words(text: str) -> list[Word]:
    """The words of the text, in their order."""
    return list(_placed(fold_with_places(text)))


def _placed(folded: Folded) -> Iterator[Word]:
    for it in folded_words(folded.text):
        start, end = folded.place(it.start, it.end)
        yield it._replace(start=start, end=end)


def folded_words(folded: str) -> Iterator[Word]:
    """The words of a folded text, with their places in that."""
    last_end = 0
    for found in WORD.finditer(folded):
        start, end = found.span()
        is_joined = 0 < start == last_end
        yield Word(found[0], start, end, found.lastgroup == "unit", is_joined)
        last_end = end
