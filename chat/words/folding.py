"""Folds a text for comparing: é, É and e are one, ß is ss, ＡＢＣ is abc, ﬁ is fi.

The rule, for each character with the marks that follow it:

1. NFKD: what can be taken apart is.
2. Accents go (U+0300–036F), as do the marks of Hebrew and Arabic and the tatweel. Both scripts are
   mostly written without, and a reader types either. So ä is a, أ is ا, and שָׁלוֹם is שלום. Marks of
   other scripts, such as the vowel signs of Hindi and Thai, are part of the word.
3. Casefold: ß is ss, ς is σ. İ lost its dot in the second step, and ı becomes i: which of the two
   an I was written for depends on the language, so all four are one letter.
4. Letters that look like another one with a stroke, and ligatures: đ is d, ø is o, œ is oe.
   Vietnamese without accents has d.
5. NFC: what is left is put together again.

What one does not see (soft hyphens, joiners, zero-width spaces, directions) goes. A sequence of
emoji stays as it is, except for the selectors of its presentation.

A text and a query are folded alike, so with or without marks, each finds the other.
"""

import re
import unicodedata
from functools import lru_cache
from itertools import groupby
from typing import NamedTuple

CLUSTER_MARKS = 30  # the marks that are sorted together (UAX #15, stream-safe text): linear time
LAST_BMP_AND_SMP = 0x1FFFF  # no marks are above, but selectors of variants


def ranges(characters: list[int]) -> str:
    """The code points as ranges of a class in a regular expression."""
    runs = groupby(enumerate(characters), lambda it: it[1] - it[0])
    spans = [[code for _, code in run] for _, run in runs]
    return "".join(f"\\U{span[0]:08x}-\\U{span[-1]:08x}" for span in spans)


def _of_category(first: str, codes: range) -> list[int]:
    return [code for code in codes if unicodedata.category(chr(code)).startswith(first)]


MARKS = ranges(_of_category("M", range(LAST_BMP_AND_SMP + 1)))
VARIANTS = "\ufe00-\ufe0f\U000e0100-\U000e01ef"
# Emoji, and symbols that are used as such. Newer ones than Python's Unicode are among them.
PICTOGRAPHS = (
    "\u2190-\u21ff\u231a-\u23ff\u25a0-\u27bf\u2900-\u297f\u2b00-\u2bff"
    "\U0001f000-\U0001f0ff\U0001f170-\U0001f1e5\U0001f200-\U0001faff"
)
REGIONAL = "\U0001f1e6-\U0001f1ff"  # two are a flag
TONES = "\U0001f3fb-\U0001f3ff"
TAGS = "\U000e0020-\U000e007f"  # the flags of England, Scotland and Wales

PICTOGRAPH = rf"[{PICTOGRAPHS}]\ufe0f?[{TONES}]?[{TAGS}]*"
EMOJI = rf"[{REGIONAL}]{{1,2}}|{PICTOGRAPH}(?:\u200d{PICTOGRAPH})*"

JOINING = f"{MARKS}{VARIANTS}\u1160-\u11ff\uff9e\uff9f"  # Hangul vowels and finals; half-width kana
CLUSTER = re.compile(
    rf"[\x00-\x7f]+(?![{JOINING}])|{EMOJI}|.[{JOINING}]{{0,{CLUSTER_MARKS}}}", re.DOTALL
)
IS_EMOJI = re.compile(EMOJI)

STRIPPED = re.compile(
    "[\u0300-\u036f"
    + ranges(
        [
            code
            for block in [range(0x590, 0x700), range(0x750, 0x780), range(0x8A0, 0x900)]
            for code in _of_category("M", block)
        ]
    )
    + f"\u0640{VARIANTS}]"
)
ALIKE = str.maketrans(
    {
        "ı": "i",
        "đ": "d",
        "ħ": "h",
        "ł": "l",
        "ø": "o",
        "ŧ": "t",
        "æ": "ae",
        "œ": "oe",
        "‘": "'",
        "’": "'",
        "\u2010": "-",  # NFKD makes it of the non-breaking hyphen
    }
)


class Folded(NamedTuple):
    """A folded text. `places` has the start and end in the original of each of its characters."""

    text: str
    places: list[tuple[int, int]] | None  # None: each character is where it was

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Where in the original the characters from `start` to `end` were."""
        if self.places is None:
            return start, end
        return self.places[start][0], self.places[end - 1][1]


def fold(text: str) -> str:
    """The text, folded."""
    if text.isascii():
        return text.lower()
    return "".join(map(_fold_cluster, CLUSTER.findall(text)))


def fold_with_places(text: str) -> Folded:
    """The text, folded, and where its characters were."""
    if text.isascii():
        return Folded(text.lower(), None)
    parts: list[str] = []
    places: list[tuple[int, int]] = []
    for found in CLUSTER.finditer(text):
        start, end = found.span()
        part = _fold_cluster(found[0])
        parts.append(part)
        if found[0].isascii():
            places += [(at, at + 1) for at in range(start, end)]
        else:
            places += [(start, end)] * len(part)
    return Folded("".join(parts), places)


def _fold_cluster(cluster: str) -> str:
    return cluster.lower() if cluster.isascii() else _fold_others(cluster)


@lru_cache(maxsize=8192)
def _fold_others(cluster: str) -> str:
    if IS_EMOJI.match(cluster):
        return cluster.replace("\ufe0f", "")
    if unicodedata.category(cluster[0]) == "Cf":
        cluster = cluster[1:]
    apart = unicodedata.normalize("NFKD", cluster.replace("´", "’"))
    folded = STRIPPED.sub("", apart).casefold().translate(ALIKE)
    return unicodedata.normalize("NFC", folded)
