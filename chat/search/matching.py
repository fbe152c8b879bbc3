"""Whether a text has what was asked for, and where.

The index knows words apart from each other, and gives candidates. Here the text itself is asked:

- A word of the query matches from the beginning of a word: `kett` finds kettle. A single letter
  or digit matches a whole word alone. So does a number behind signs, such as `#12` or `1.2.30`.
- Units (letters of scripts without spaces) match anywhere, side by side as they were typed; the
  last one also where more marks follow it.
- An emoji matches in every skin tone, and one with a tone in that one.
- What is typed without a space between matches as it was typed, with its signs: `C++`, `#123`,
  `foo_bar`, `user@host`. Punctuation around it does not count: `(kettle),` is kettle.
- In quotes are whole words, one after the other, with any punctuation between. While the quote is
  open, the last one matches from its beginning.
"""

import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

from chat.words.folding import Folded, fold, fold_with_places
from chat.words.tokens import TOKEN_MAX, UNIT_MAX, token_of_word, tokens_of_units
from chat.words.words import Word, folded_words

MAX_NEEDLES = 16  # of one search
MAX_MARKS = 100  # of one term in one text

BEGIN, GAP = "\x01", " "  # no word has them
SIGNS = "#%&*/@\\_-§"  # punctuation that counts around a word

Span = tuple[int, int]


class Needle(NamedTuple):
    """A token that the index has of each text that matches."""

    token: str
    is_prefix: bool = False


class Piece:
    """A part of a term that was typed without spaces. It has a word."""

    def __init__(self, typed: str) -> None:
        folded = fold(typed)
        self.words = list(folded_words(folded))
        first, last = self.words[0], self.words[-1]
        self.before = folded[: first.start].lstrip(_around(folded, f"{SIGNS}.:"))
        self.after = folded[last.end :].rstrip(_around(folded, SIGNS))
        self.literal = self.before + folded[first.start : last.end] + self.after

    @cached_property
    def has_signs(self) -> bool:
        """Whether there is more than words side by side."""
        return len(self.literal) > sum(len(word.key) for word in self.words)

    @property
    def pattern(self) -> str:
        return _pattern(self.words)

    @property
    def is_prefix(self) -> bool:
        """Whether the last word may go on."""
        last = self.words[-1]
        is_single = len(self.words) == 1 and is_single_letter(last.key) and not last.is_unit
        is_number = self.has_signs and last.key.isdecimal()
        return not (self.after or is_single or is_number)


def is_single_letter(key: str) -> bool:
    """Whether the word is one letter or digit."""
    return len(key) == 1 and key.isalnum()


def _around(folded: str, signs: str) -> str:
    """The characters of the text that do not count around a word."""
    return "".join(it for it in set(folded) if it not in signs and _is_punctuation(it))


def _is_punctuation(character: str) -> bool:
    category = unicodedata.category(character)
    return category.startswith("P") or character == "`" or character.isspace()


def _pattern(words: Iterable[Word]) -> str:
    """The words as a text to search in, or for: where each begins, and what is side by side."""
    parts = [f"{'' if word.is_joined else GAP}{BEGIN}{word.key}" for word in words]
    return "".join(parts).removeprefix(GAP)


@dataclass(frozen=True)
class Term:
    """A word or a phrase of a query, which a text has, or has not if `is_negated`."""

    typed: str
    is_negated: bool = False
    is_whole: bool = False  # a phrase whose quote was closed

    @cached_property
    def pieces(self) -> list[Piece]:
        """What was typed between spaces, without what has no word."""
        return [Piece(it) for it in self.typed.split() if has_word(it)]

    @cached_property
    def is_prefix(self) -> bool:
        """Whether the last word may go on."""
        return not self.is_whole and self.pieces[-1].is_prefix

    @cached_property
    def patterns(self) -> list[str]:
        """One of these is in the pattern of each text that matches."""
        pattern = GAP.join(it.pattern for it in self.pieces)
        return [pattern] if self.is_prefix else [pattern + GAP, pattern + BEGIN]

    def needs(self) -> list[Needle]:
        """What the index has of each text that matches a term that is not negated."""
        needles = [it for piece in self.pieces for it in _needles(piece.words)]
        if self.is_prefix and not self.pieces[-1].words[-1].is_unit:
            last = needles.pop().token
            needles += [] if is_single_letter(last) else [Needle(last, is_prefix=True)]
        return list(dict.fromkeys(needles))

    def excluded(self) -> Needle | None:
        """The token that exactly those texts have that match; None where no token tells."""
        words = [word for piece in self.pieces for word in piece.words]
        if len(self.pieces) > 1 or self.pieces[0].has_signs:
            return None
        is_told = _tell_all(words) if words[0].is_unit else len(words) == 1
        is_short = len(words[0].key) < (UNIT_MAX if words[0].is_unit else TOKEN_MAX)
        if not is_told or not is_short or (words[0].is_unit and self.is_whole):
            return None
        return self.needs()[-1]


def _needles(words: Sequence[Word]) -> Iterator[Needle]:
    for run in _runs(words):
        keys = [word.key for word in run]
        found = tokens_of_units(keys) if run[0].is_unit else map(token_of_word, keys)
        yield from map(Needle, found)


def _runs(words: Sequence[Word]) -> list[list[Word]]:
    """The words, those units in one list that are side by side."""
    runs = [[words[0]]]
    for before, word in pairwise(words):
        if word.is_joined and word.is_unit and before.is_unit:
            runs[-1].append(word)
        else:
            runs.append([word])
    return runs


def _tell_all(words: Sequence[Word]) -> bool:
    """Whether the last token of these units tells everything: of one or two, without last marks."""
    return len(words) <= 2 and len(words[-1].key) == 1 and all(word.is_unit for word in words)


def has_word(typed: str) -> bool:
    """Whether there is a word in the text."""
    return next(folded_words(fold(typed)), None) is not None


def needs(terms: Iterable[Term]) -> list[Needle]:
    """What the index has of each text that matches all terms: the longest, at most MAX_NEEDLES.

    A pair of units has the tokens of each, which are left out beside it.
    """
    found = [it for term in terms if not term.is_negated for it in _selective(term.needs())]
    longest = sorted(dict.fromkeys(found), key=lambda it: (it.is_prefix, -len(it.token)))
    return longest[:MAX_NEEDLES]


def _selective(needles: Sequence[Needle]) -> list[Needle]:
    in_pairs = {letter for it in needles for letter in _letters_of_pair(it)}
    return [it for it in needles if it.token not in in_pairs]


def _letters_of_pair(needle: Needle) -> set[str]:
    words = list(folded_words(needle.token))
    is_pair = len(words) == 2 and all(word.is_unit for word in words)
    return {word.key[0] for word in words} if is_pair else set()


def match(text: str, terms: Sequence[Term]) -> list[Span] | None:
    """Where the text has the terms: merged, in code points. None if it does not match them all."""
    found = match_texts([text], terms)
    return found[0] if found is not None else None


def match_texts(texts: Sequence[str], terms: Sequence[Term]) -> list[list[Span]] | None:
    """As `match`, for texts that have the terms together: a message, and the names of its files."""
    searched = [_SearchedText(text) for text in texts]
    marks: list[list[Span]] = [[] for _ in texts]
    for term in terms:
        found = [list(it.find(term)) for it in searched]
        if any(found) == term.is_negated:
            return None
        for spans, more in zip(marks, found, strict=True):
            spans += more
    return [_merged(spans) for spans in marks]


def _merged(spans: Iterable[Span]) -> list[Span]:
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((start, end))
    return merged


class _SearchedText:
    def __init__(self, text: str) -> None:
        self._text = text

    @cached_property
    def _folded(self) -> str:
        return fold(self._text)

    @cached_property
    def _places(self) -> Folded:
        return fold_with_places(self._text)

    @cached_property
    def _words(self) -> list[Word]:
        return list(folded_words(self._folded))

    @cached_property
    def _pattern(self) -> str:
        return _pattern(self._words) + GAP

    @cached_property
    def _begins(self) -> list[int]:
        """Where in the pattern each word begins."""
        return [at for at, character in enumerate(self._pattern) if character == BEGIN]

    def find(self, term: Term) -> Iterator[Span]:
        """Where the text has the term, at most MAX_MARKS times."""
        if not all(piece.literal in self._folded for piece in term.pieces):
            return
        count = 0
        for at in self._occurrences(term):
            span = self._span(term, bisect_left(self._begins, at))
            if span is not None:
                yield self._places.place(*span)
                count += 1
            if count == MAX_MARKS:
                return

    def _occurrences(self, term: Term) -> Iterator[int]:
        for pattern in term.patterns:
            at = self._pattern.find(pattern)
            while at >= 0:
                yield at
                at = self._pattern.find(pattern, at + 1)

    def _span(self, term: Term, at: int) -> Span | None:
        """The span in the folded text, of the words from `at` on. None if signs differ."""
        first = at
        for piece in term.pieces:
            start = self._words[at].start - len(piece.before)
            if piece.has_signs and not self._has_literal(piece, start):
                return None
            at += len(piece.words)
        last, typed = self._words[at - 1], term.pieces[-1].words[-1]
        end = last.start + len(typed.key) + len(term.pieces[-1].after)
        return self._words[first].start - len(term.pieces[0].before), end

    def _has_literal(self, piece: Piece, start: int) -> bool:
        return start >= 0 and self._folded.startswith(piece.literal, start)
