"""What filters cost in the transaction of a post is bounded, whatever the list and the text are."""

import pytest

from chat.formatting.word_filter import folded, has_any
from chat.journal.write.post_gate import held_messages
from chat.models import RoomFilter
from chat.models.room_filter import PHRASES_MAX


class Counting(str):
    """A text that counts where phrases are looked for in it."""

    __slots__ = ("looks",)
    looks: int

    def startswith(self, *args: object) -> bool:
        self.looks += 1
        return super().startswith(*args)  # type: ignore[arg-type]


def test_phrases_are_looked_for_only_where_words_begin() -> None:
    text = Counting("a" * 8_000 + " b")
    text.looks = 0
    phrases = ["a" * length for length in range(1, PHRASES_MAX + 1)]
    assert not has_any(text, phrases)
    assert text.looks == 3 * PHRASES_MAX  # at each word, and at the space


@pytest.mark.parametrize(
    ("text", "is_found"),
    [
        ("buy COFFEE now", True),
        ("cof**f**ee", True),
        ("coffees", False),
        ("decoffee", False),
        ("\ufdfa" * 8_000, True),  # grows when it is folded
        ("tea", False),
    ],
)
def test_words_are_found_whatever_marks_are_in_them(text: str, is_found: bool) -> None:
    assert held_messages._has_words(text, RoomFilter(words="coffee")) == is_found


def test_a_phrase_counts_once() -> None:
    assert RoomFilter(words="Tea\ntea\n\nTEA \ncoffee").phrases == ["tea", "coffee"]


def test_repeated_texts_are_compared_by_their_beginning() -> None:
    assert len(held_messages._beginning("\ufdfa" * 8_000)) <= 18 * len(folded("x" * 200)) + 200
