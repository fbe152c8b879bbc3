"""Texts with the word frequencies of a language: few words are common, most are rare (Zipf).

A fifth of the texts is Chinese, of characters without spaces. The same seed makes the same texts.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import accumulate

WORDS = 200_000  # of the vocabulary
CHARACTERS = 3_500  # of Chinese
FIRST_CHARACTER = 0x4E00
CHINESE_SHARE = 0.2
WORDS_MEAN = 11  # of a text; half of the texts are shorter than 8
CHARACTERS_MEAN = 18
OFFSET = 2.7  # of Zipf's law, after Mandelbrot
LINK_SHARE, CODE_SHARE = 0.05, 0.02

ONSETS = "b br d dr f fl g gr h j k kl l m n p pl pr r s sch sk sl sp st t tr v w z".split()
VOWELS = "a e i o u ai au ei ie oo".split()
CODAS = " n r l s t k m ng rt st".split(" ")


@dataclass
class Corpus:
    """The words, the most common ones first, and texts of them."""

    seed: int = 19
    words: list[str] = field(init=False)
    characters: list[str] = field(init=False)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)
        self.words = _vocabulary(self._random)
        self.characters = [chr(FIRST_CHARACTER + 5 * it) for it in range(CHARACTERS)]
        self._random.shuffle(self.characters)
        self._word_weights = _zipf(len(self.words))
        self._character_weights = _zipf(len(self.characters))

    def texts(self, count: int) -> Iterator[str]:
        for _ in range(count):
            is_chinese = self._random.random() < CHINESE_SHARE
            yield self._chinese() if is_chinese else self._spaced()

    def _spaced(self) -> str:
        length = 1 + int(self._random.expovariate(1 / (WORDS_MEAN - 1)))
        words = self._random.choices(self.words, cum_weights=self._word_weights, k=length)
        chance = self._random.random()
        if chance < LINK_SHARE:
            words.append(f"https://{words[0]}.example/{words[-1]}")
        elif chance < LINK_SHARE + CODE_SHARE:
            words.append(f"`{words[0]}`")
        return " ".join(words)

    def _chinese(self) -> str:
        length = 2 + int(self._random.expovariate(1 / (CHARACTERS_MEAN - 2)))
        weights = self._character_weights
        return "".join(self._random.choices(self.characters, cum_weights=weights, k=length))


def _vocabulary(chance: random.Random) -> list[str]:
    """Words of one to five syllables: common ones are short, and many have the same stem."""
    found: dict[str, None] = {}
    while len(found) < WORDS:
        most = 1 + min(4, len(found) // 400)
        syllables = range(chance.randint(1, most))
        parts = [chance.choice(ONSETS) + chance.choice(VOWELS) for _ in syllables]
        found.setdefault("".join(parts) + chance.choice(CODAS))
    return list(found)


def _zipf(count: int) -> list[float]:
    return list(accumulate(1 / (rank + OFFSET) for rank in range(1, count + 1)))
