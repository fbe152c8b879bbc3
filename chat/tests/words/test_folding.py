import pytest
from hypothesis import given

from chat.tests.words.samples import any_text
from chat.words.folding import fold, fold_with_places

ALIKE = {
    "case": ["kettle", "Kettle", "KETTLE"],
    "accents": ["resume", "Résumé", "RE\u0301SUME\u0301"],
    "German ß": ["strasse", "Straße", "STRASSE", "STRAẞE"],
    "German ä": ["kase", "Käse", "KA\u0308SE"],
    "Turkish i": ["istanbul", "İstanbul", "ISTANBUL", "ıstanbul"],
    "Turkish letters": ["ışık", "IŞIK", "isik"],
    "Vietnamese": ["duong da nang", "Đường Đà Nẵng"],
    "Greek": ["σοφος", "Σοφός", "ΣΟΦΟΣ"],
    "Cyrillic": ["ежик", "Ёжик"],
    "Polish, Danish, French": ["lodz smorrebrod soeur", "Łódź smørrebrød sœur"],
    "Hebrew with niqqud": ["שלום", "שָׁלוֹם"],
    "Arabic with harakat": ["محمد", "مُحَمَّد", "مـحـمـد"],
    "Arabic hamza": ["احمد", "أحمد"],
    "wide letters": ["abc 123", "ＡＢＣ　１２３"],
    "half-width kana": ["ガギ", "ｶﾞｷﾞ"],
    "Hangul taken apart": ["한국", "\u1112\u1161\u11ab\u1100\u116e\u11a8"],
    "ligatures": ["fi kg", "ﬁ ㎏"],
    "what nobody sees": [
        "kettle",
        "ket\u00adtle",
        "\u200bket\u200dtle\ufe0f",
        "\u202ekettle\u202c",
    ],
    "Persian with a non-joiner": ["میخواهم", "می\u200cخواهم"],
    "a heart": ["❤", "❤\ufe0f"],
    "apostrophes": ["don't", "don’t", "don´t"],
    "a hyphen that does not break": ["e-mail", "e\u2011mail"],
}


@pytest.mark.parametrize("texts", ALIKE.values(), ids=ALIKE.keys())
def test_what_readers_take_for_the_same_is_folded_alike(texts: list[str]) -> None:
    assert {fold(text) for text in texts} == {fold(texts[0])}


DIFFERENT = {
    "vowel signs of Hindi": ["की", "कि", "क"],
    "tone marks of Thai": ["กา", "ก้า"],
    "voiced kana": ["か", "が"],
    "emoji in other tones": ["👍", "👍🏽", "👍🏿"],
    "joined emoji": ["👨‍👩‍👧", "👨👩👧"],
}


@pytest.mark.parametrize("texts", DIFFERENT.values(), ids=DIFFERENT.keys())
def test_what_is_another_word_stays_another_word(texts: list[str]) -> None:
    assert len({fold(text) for text in texts}) == len(texts)


@given(any_text)
def test_each_folded_character_has_its_place_in_the_text(text: str) -> None:
    folded = fold_with_places(text)
    places = [folded.place(at, at + 1) for at in range(len(folded.text))]
    assert folded.text == fold(text)
    assert places == sorted(places)
    assert all(0 <= start < end <= len(text) for start, end in places)


@given(any_text)
def test_folding_does_not_depend_on_ascii_around(text: str) -> None:
    assert fold(f"a {text} b") == f"a {fold(text)} b"


def test_the_marks_sorted_at_once_are_bounded() -> None:
    marks = "\u0315\u0327" * 5_000  # of two classes: each would be sorted before all of the others
    assert fold(f"a{marks}b") == "ab"
