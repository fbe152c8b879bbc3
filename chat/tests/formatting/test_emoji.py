import gzip
import json

import pytest
from django.test import Client

from chat.formatting.emoji import is_emoji, qualified, shortcodes

EMOJI = {
    "plain": "🎉",
    "with a skin tone": "👍🏽",
    "with a variation selector": "❤️",
    "without the one it should have": "❤",
    "a flag": "🇩🇪",
    "a flag of tags": "🏴󠁧󠁢󠁥󠁮󠁧󠁿",
    "a keycap": "#️⃣",
    "joined": "👩‍👩‍👧",
    "joined, with two skin tones": "👩🏿‍❤️‍💋‍👨🏻",
}
NO_EMOJI = ["", " ", "a", "1", "#", "🎉🎉", "🎉 ", " 🎉", "🇩", "\u200d", ":tada:", "🎉" * 1_000]


@pytest.mark.parametrize("text", EMOJI.values(), ids=EMOJI.keys())
def test_an_emoji_of_any_kind_is_one(text: str) -> None:
    assert is_emoji(text)
    assert len(text) <= 32


def test_an_emoji_is_the_same_however_a_keyboard_writes_it() -> None:
    assert qualified("❤") == qualified("❤️") == "❤️"
    assert qualified("👍🏽") == "👍🏽"


@pytest.mark.parametrize("text", NO_EMOJI)
def test_what_is_not_exactly_one_emoji_is_none(text: str) -> None:
    assert not is_emoji(text)


@pytest.mark.parametrize(
    ("name", "emoji"),
    [
        ("tada", "🎉"),
        ("thumbsup", "👍"),
        ("+1", "👍"),
        ("-1", "👎"),
        ("joy", "😂"),
        ("heart", "❤️"),
        ("grinning_face", "😀"),
        ("cat", "🐱"),
        ("waving_hand_medium_dark_skin_tone", "👋🏾"),
        ("cote_divoire", "🇨🇮"),
        ("de", "🇩🇪"),
        ("turkey", "🦃"),
    ],
)
def test_an_emoji_has_the_names_people_know(name: str, emoji: str) -> None:
    assert shortcodes()[name] == emoji


def test_a_name_is_one_anybody_can_type_and_an_emoji_that_reacts() -> None:
    assert len(shortcodes()) > 4_000
    for name, emoji in shortcodes().items():
        assert name.replace("_", "a").isalnum() or name in {"+1", "-1"}
        assert name.isascii()
        assert name == name.lower()
        assert is_emoji(emoji)


def test_the_names_are_fetched_once_and_then_only_compared(client: Client) -> None:
    zipped = {"Accept-Encoding": "gzip"}
    answer = client.get("/emoji.json", headers=zipped)
    assert json.loads(gzip.decompress(answer.content)) == shortcodes()
    assert "max-age" in answer["Cache-Control"]
    assert not answer.cookies
    again = client.get("/emoji.json", headers={**zipped, "If-None-Match": answer["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
