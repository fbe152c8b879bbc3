"""Names that look alike have a key in common (the skeletons of Unicode's UTS #39)."""

import unicodedata
from collections import deque
from collections.abc import Iterator, Mapping
from functools import cache

from accounts.caseless import caseless_key

I_LIKE_L = str.maketrans("iı", "ll")  # a capital i looks like an l, and keys have no capitals

LookalikeKeys = tuple[str, str]


def lookalike_keys(text: str, max_characters: int) -> LookalikeKeys:
    """The skeleton as typed, and the skeleton in lower case; both ignore case and punctuation.

    Capitals may look alike where small letters do not (ВОВ and BOB), and the other way round.
    """
    return _key(text)[:max_characters], _key(caseless_key(text))[:max_characters]


def _key(text: str) -> str:
    skeleton = _skeleton(_skeleton(_without(text, "PZ")).casefold()).translate(I_LIKE_L)
    return _without(skeleton, "CMPSZ")


def _without(text: str, categories: str) -> str:
    """The text without characters of these general categories, unless it has no others."""
    return "".join(it for it in text if unicodedata.category(it)[0] not in categories) or text


def _skeleton(text: str) -> str:
    """UTS #39, section 4, except for texts of mixed direction."""
    prototypes = _prototypes()
    decomposed = unicodedata.normalize("NFD", text)
    mapped = "".join(prototypes.get(it, it) for it in decomposed)
    return unicodedata.normalize("NFD", mapped)


@cache
def _prototypes() -> dict[str, str]:
    """For each confusable character, what stands for all that look like it.

    The library has Unicode's pairs in both directions: characters that are connected look alike.
    First come sequences of Latin letters (rn for m), which can be typed instead, then such letters.
    """
    from confusable_homoglyphs.confusables import confusables_data  # 900 KB, at the first name

    pairs = {it: [other["c"] for other in found] for it, found in confusables_data.items()}
    prototypes = {}
    for alike in _connected(pairs):
        prototype = min(alike, key=_rank)
        prototypes.update({it: prototype for it in alike if len(it) == 1})
    return {
        it: "".join(prototypes.get(part, part) for part in prototype)
        for it, prototype in prototypes.items()
    }


def _rank(text: str) -> tuple[bool, bool, bool, str]:
    is_latin = text.isascii() and text.isalpha()
    return not is_latin, len(text) == 1, not text.isalpha(), text


def _connected(pairs: Mapping[str, list[str]]) -> Iterator[set[str]]:
    unseen = set(pairs)
    while unseen:
        alike, waiting = set(), deque([unseen.pop()])
        while waiting:
            it = waiting.popleft()
            alike.add(it)
            waiting.extend(new := unseen.intersection(pairs[it]))
            unseen -= new
        yield alike
