import sys
from typing import Literal

import pytest

from accounts.caseless import caseless_key

CASED = [text for text in map(chr, range(sys.maxunicode + 1)) if text.casefold() != text]


@pytest.mark.parametrize("form", ["NFC", "NFKC"])
def test_the_key_of_a_key_is_the_key(form: Literal["NFC", "NFKC"]) -> None:
    keys = [caseless_key(text, form) for text in CASED]
    assert [caseless_key(key, form) for key in keys] == keys


def test_casefolding_at_most_triples_a_character() -> None:
    assert max(len(caseless_key(text, "NFC")) for text in CASED) == 3


@pytest.mark.parametrize(("one", "other"), [("Zoe\u0308", "ZOË"), ("ẞ\u0323", "SṢ"), ("Σ", "ς")])
def test_case_and_composition_make_no_difference(one: str, other: str) -> None:
    assert caseless_key(one, "NFC") == caseless_key(other, "NFC")
    assert caseless_key(one) == caseless_key(other)


@pytest.mark.parametrize(("one", "other"), [("Ⅳ", "iv"), ("ａ", "A"), ("ﬁ", "FI")])
def test_compatible_characters_are_the_same_under_nfkc_alone(one: str, other: str) -> None:
    assert caseless_key(one) == caseless_key(other)


def test_nfc_keeps_compatible_characters_apart() -> None:
    assert caseless_key("Ⅳ", "NFC") != caseless_key("iv", "NFC")
