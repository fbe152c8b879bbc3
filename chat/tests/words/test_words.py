from itertools import pairwise

import pytest
from hypothesis import given

from chat.tests.words.samples import any_text
from chat.words import Word, words

WORDS = {
    "signs between words": ("foo_bar, user@host!", ["foo", "bar", "user", "host"]),
    "an IPv6 address": ("2001:db8::ff", ["2001", "db8", "ff"]),
    "a version": ("v1.2.3", ["v1", "2", "3"]),
    "a path": ("~/src/main.py", ["src", "main", "py"]),
    "Hindi": ("हिन्दी में", ["हिन्दी", "में"]),
    "Chinese": ("你好。", ["你", "好"]),
    "Japanese": ("ビールを", ["ビ", "ー", "ル", "を"]),
    "Korean": ("한국 말", ["한", "국", "말"]),
    "Thai": ("น้ำ", ["น้\u0e4d", "า"]),
    "Khmer": ("ភាសា", ["ភា", "សា"]),
    "Burmese": ("မြန်မာ", ["မြ", "န်", "မာ"]),
    "Lao": ("ລາວ", ["ລ", "າ", "ວ"]),
    "a name before ideographs": ("iPhone买3个", ["iphone", "买", "3", "个"]),
    "emoji": ("👍🏽🎉🇩🇪🇫🇷👨‍👩‍👧", ["👍🏽", "🎉", "🇩🇪", "🇫🇷", "👨‍👩‍👧"]),
    "the flag of Scotland": (
        "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f!",
        ["🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f"],
    ),
    "a key": ("1️⃣", ["1\u20e3"]),
    "no words": (" +-*/ \x00\ud800\uf8ff。", []),
}


@pytest.mark.parametrize(("text", "keys"), WORDS.values(), ids=WORDS.keys())
def test_the_words_of_a_text(text: str, keys: list[str]) -> None:
    assert [word.key for word in words(text)] == keys


def test_a_word_knows_its_place() -> None:
    assert words("a Straße") == [Word("a", 0, 1), Word("strasse", 2, 8)]


def test_letters_side_by_side_are_joined() -> None:
    assert [word.is_joined for word in words("我去 东京")] == [False, True, False, True]


@given(any_text)
def test_words_stand_in_their_order(text: str) -> None:
    found = words(text)
    assert all(before.start <= after.start for before, after in pairwise(found))
    assert all(text[word.start : word.end] and word.key for word in found)
