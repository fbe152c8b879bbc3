"""Which words of a list a text has."""

import pytest

from chat.formatting.word_filter import folded, has_any


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("Buy SPAM now", "spam"),
        ("spam.", "Spam"),
        ("ｓｐａｍ here", "spam"),
        ("sp\u200bam", "spam"),
        ("best\n casino  ever", "best casino"),
        ("STRASSE", "straße"),
        ("Купи СЛОВО!", "слово"),
        ("这是坏话吗", "坏话"),
        ("यह हिन्दी है", "हिन्दी"),
        ("spammer and spam", "spam"),
        ("C++ is it", "c++"),
    ],
)
def test_a_word_is_found_in_any_case_form_and_script(text: str, phrase: str) -> None:
    assert has_any(folded(text), [folded(phrase)])


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("spammer", "spam"),
        ("antispam", "spam"),
        ("spam1", "spam"),
        ("classic", "ass"),
        ("हिन्दी", "हिन्द"),
        ("best of casino", "best casino"),
        ("anything", ""),
    ],
)
def test_a_part_of_a_word_is_not_that_word(text: str, phrase: str) -> None:
    assert not has_any(folded(text), [folded(phrase)])
