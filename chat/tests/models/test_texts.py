"""The texts of messages."""

import pytest

from chat.models.message import clean_text
from chat.protocol import InvalidText


@pytest.mark.parametrize(
    "typed", ["\u2800", "\u3164", "\u00ad", "\u200b \n\u2060", "\ufeff", " \u202e"]
)
def test_a_text_without_anything_to_see_is_empty(typed: str) -> None:
    with pytest.raises(InvalidText, match="cannot be empty"):
        clean_text(typed)


@pytest.mark.parametrize("typed", ["a\u00adb", "می\u200cخواهم", "👩\u200d💻", ".", "\u2800⠓"])
def test_a_text_with_something_to_see_stays_as_typed(typed: str) -> None:
    assert clean_text(typed) == typed
