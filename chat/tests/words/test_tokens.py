import re

from hypothesis import given

from chat.tests.words.samples import any_text
from chat.words import tokens, words
from chat.words.tokens import TOKEN_MAX


def test_words_are_tokens() -> None:
    assert tokens("Die Straße, die STRASSE") == {"die", "strasse"}


def test_letters_without_spaces_are_tokens_alone_and_in_pairs() -> None:
    assert tokens("去东京 了") == {"去", "东", "京", "去东", "东京", "了"}


def test_marks_are_in_a_pair_where_the_next_letter_follows() -> None:
    assert tokens("กั้น") == {"ก", "น", "กั้น"}
    assert tokens("กั้") == {"ก"}


def test_ascii_is_taken_for_what_it_is_among_other_texts() -> None:
    text = "Foo_Bar2 x.y 10"
    assert tokens(f"{text} é") == tokens(text) | {"e"}


def test_a_token_is_bounded() -> None:
    longest = max(tokens("x" * 10_000 + " é" + "🏿" * 10_000), key=len)
    assert len(longest) == TOKEN_MAX


@given(any_text)
def test_each_word_has_a_token(text: str) -> None:
    assert {
        word.key[0] if word.is_unit else word.key[:TOKEN_MAX] for word in words(text)
    } <= tokens(text)


@given(any_text)
def test_no_token_has_what_ends_a_word_in_the_index(text: str) -> None:
    for token in tokens(text):
        token.encode()  # no surrogate
        assert not re.search("[\x00-/:-@\\[-`{-\x7f\uf8ff]", token)
        assert token == token.lower()
