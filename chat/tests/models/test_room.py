import pytest

from chat.models import RoomName, RoomNameError
from chat.models.room_name import KEY_MAX_CHARACTERS

GOOD = [
    "lobby",
    "a",
    "x" * 64,
    "Fünf Bäume",
    "चाय",
    "ห้องนั่งเล่น",
    "房间",
    "v1.2-rc_3",
    "٢٠٢٦",
    "...",
    "-",
]
BAD = {
    "empty": "",
    "blank": " ",
    "too long": "x" * 65,
    "too long once normalised": "ﷺ" * 64,
    "slash": "a/b",
    "full-width slash": "a／b",
    "leading space": " lobby",
    "trailing space": "lobby ",
    "newline": "a\nb",
    "tab": "a\tb",
    "nul": "a\0b",
    "not UTF-8": "\ufffd",
    "lone surrogate": "a\ud800",
    "emoji": "🎉",
    "keycap": "1️⃣",
    "accent alone": "\u0301a",
    "only invisible": "\u3164",
    "zero-width": "lob\u200bby",
    "right-to-left override": "a\u202eb",
    "blank Braille pattern": "a\u2800b",
    "variation selector": "葛\U000e0100",
    "Zalgo": "a" + "\u0310\u0353\u0301" * 3,
    "accent on a space": "a \u0301b",
    "current directory": ".",
    "parent directory": "..",
    "markup": "<b>",
    "percent": "100%",
}


@pytest.mark.parametrize("typed", GOOD)
def test_a_room_name_of_any_language_is_shown_as_typed(typed: str) -> None:
    assert RoomName.parse(typed).shown == typed


@pytest.mark.parametrize("typed", BAD.values(), ids=BAD.keys())
def test_an_invalid_room_name_is_refused(typed: str) -> None:
    with pytest.raises(RoomNameError, match="1 to 64 characters"):
        RoomName.parse(typed)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Lobby", "LOBBY"),
        ("straße", "STRASSE"),
        ("Cafe\u0301", "café"),
        ("ｌｏｂｂｙ", "lobby"),
        ("a\u3000b", "A B"),
        ("Tea  room", "Tea room"),
        ("tea \u00a0\u2003 room", "tea room"),
        ("ΣΊΣΥΦΟΣ", "σίσυφος"),
    ],
)
def test_room_names_are_compared_without_case_and_width(one: str, other: str) -> None:
    assert RoomName.parse(one).key == RoomName.parse(other).key


def test_a_room_name_is_shown_with_single_spaces() -> None:
    assert RoomName.parse("Tea   room").shown == "Tea room"


@pytest.mark.parametrize("character", ["ΐ", "ß"])
def test_the_key_of_the_longest_room_name_fits_its_column(character: str) -> None:
    assert len(RoomName.parse(character * 64).key) <= KEY_MAX_CHARACTERS
