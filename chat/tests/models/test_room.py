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


@pytest.mark.parametrize(
    ("typed", "reason", "nearest"),
    [
        ("R&D", "A room name cannot contain “&”.", "R-D"),
        ("🎉 party", "A room name cannot contain “🎉”.", "party"),
        ("👨‍👩‍👧 family", "A room name cannot contain “👨‍👩‍👧”.", "family"),
        ("team 🇩🇪", "A room name cannot contain “🇩🇪”.", "team"),
        ("1️⃣ first", "A room name cannot contain “1️⃣”.", "1 first"),
        ("AC/DC & co!", "A room name cannot contain “/”, “&” or “!”.", "AC-DC co"),
        ("R & D", "A room name cannot contain “&”.", "R D"),
        ("a／b", "A room name cannot contain “／”.", "a-b"),
        ("what?", "A room name cannot contain “?”.", "what"),
        ("a¨b", "A room name cannot contain “¨”.", "a b"),
        ("؟ x", "A room name cannot contain “\u2068؟\u2069”.", "x"),
        ("lob\u200bby", "A room name cannot contain ZERO WIDTH SPACE (U+200B).", "lobby"),
        ("a\u202eb", "A room name cannot contain RIGHT-TO-LEFT OVERRIDE (U+202E).", "ab"),
        ("\u3164", "A room name cannot contain HANGUL FILLER (U+3164).", None),
        ("a\nb", "A room name cannot contain a line break.", "a b"),
        ("a\tb\0", "A room name cannot contain a tab or U+0000.", "a b"),
        ("a\ud800", "A room name cannot contain U+D800.", "a"),
        (" lobby", "A room name cannot begin or end with a space.", "lobby"),
        ("lobby\u3000", "A room name cannot begin or end with a space.", "lobby"),
        ("\u0301a", "A room name cannot begin with COMBINING ACUTE ACCENT (U+0301).", "a"),
        (
            "a\u0310\u0310\u0310",
            "A room name cannot pile up marks: COMBINING CANDRABINDU (U+0310) is one too many.",
            "a\u0310\u0310",
        ),
        ("..", "A room cannot be named “..”.", None),
        ("new", "A room cannot be named “new”.", None),
        ("Search", "A room cannot be named “Search”.", None),
        ("ＮＥＷ", "A room cannot be named “NEW”.", None),
        ("new!", "A room name cannot contain “!”.", None),
        ("", "Enter a room name.", None),
        ("🎉", "A room name cannot contain “🎉”.", None),
        ("x" * 70, "This name has 70 characters. A room name can have at most 64.", "x" * 64),
        (
            "ﷺ" * 4,
            "This name has 72 characters. A room name can have at most 64.",
            "صلى الله عليه وسلم" * 3 + "صلى الله ع",
        ),
    ],
)
def test_what_is_in_the_way_of_a_room_name_is_named(
    typed: str, reason: str, nearest: str | None
) -> None:
    with pytest.raises(RoomNameError) as refusal:
        RoomName.parse(typed)
    assert refusal.value.reason == reason
    assert (refusal.value.nearest and refusal.value.nearest.shown) == nearest


@pytest.mark.parametrize("typed", BAD.values(), ids=BAD.keys())
def test_the_nearest_room_name_is_one(typed: str) -> None:
    with pytest.raises(RoomNameError) as refusal:
        RoomName.parse(typed)
    if nearest := refusal.value.nearest:
        assert RoomName.parse(nearest.shown) == nearest
