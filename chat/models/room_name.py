"""The names of rooms."""

import re
import unicodedata
from dataclasses import dataclass

from django.utils.translation import gettext

from accounts.caseless import caseless_key
from accounts.visible_text import is_invisible, visible_text

NAME_MAX_CHARACTERS = 64
KEY_MAX_CHARACTERS = 3 * NAME_MAX_CHARACTERS  # casefolding at most triples a character

PUNCTUATION = "-_. "
LETTERS_AND_DIGITS = ("L", "N")  # Unicode general categories, Unicode Standard 4.5
MARKS = ("Mn", "Mc")  # vowel signs and accents: allowed after a first letter
SPACES = re.compile("[ \u00a0\u2000-\u200a\u202f\u205f\u3000]{2,}")  # that NFKC makes a space


class RoomNameError(ValueError):
    """The text is no room name. The error text is for people, and says what a name may be."""

    def __init__(self) -> None:
        rule = gettext(
            "A room name can have 1 to %(limit)s characters: letters of any language, digits,"
            " hyphens, underscores, dots, and spaces in between."
        )
        super().__init__(rule % {"limit": NAME_MAX_CHARACTERS})


@dataclass(frozen=True, slots=True)
class RoomName:
    """A valid room name: `shown` as typed, with single spaces, and `key` as compared."""

    shown: str
    key: str

    @classmethod
    def parse(cls, typed: str) -> "RoomName":
        """Parse a room name that a person typed. Raises RoomNameError."""
        typed = SPACES.sub(" ", typed)
        normal = unicodedata.normalize("NFKC", typed)
        if not (0 < len(typed) <= NAME_MAX_CHARACTERS and _is_name(normal)):
            raise RoomNameError
        return cls(shown=typed, key=caseless_key(typed))


def _is_name(text: str) -> bool:
    return (
        0 < len(text) <= NAME_MAX_CHARACTERS
        and text == text.strip(" ")
        and text not in {".", ".."}  # browsers resolve these away: RFC 3986, 5.2.4
        and not unicodedata.category(text[0]).startswith("M")
        and not any(map(is_invisible, text))
        and text == visible_text(text)
        and all(_is_name_character(character) for character in text)
    )


def _is_name_character(character: str) -> bool:
    category = unicodedata.category(character)
    return character in PUNCTUATION or category[0] in LETTERS_AND_DIGITS or category in MARKS
