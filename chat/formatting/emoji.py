"""Emoji and their shortcodes (:tada:).

The library `emoji` supplies Unicode's data, and aliases as on GitHub and Slack.
"""

import re
import unicodedata
from functools import cache
from pathlib import Path

from emoji import EMOJI_DATA, STATUS, is_emoji

__all__ = ["fully_qualified", "is_emoji", "names_json", "shortcodes"]

DATA = Path(__file__).parent / "emoji_data"  # chat/tests/support/emoji_data.py writes it

VARIATION_SELECTOR = "\ufe0f"  # asks for emoji presentation of a character with a text style


def fully_qualified(emoji: str) -> str:
    """The fully-qualified form of an emoji (Unicode UTS #51): ❤ and ❤️ are one reaction."""
    return _by_unqualified().get(emoji.replace(VARIATION_SELECTOR, ""), emoji)


@cache
def _by_unqualified() -> dict[str, str]:
    full = STATUS["fully_qualified"]
    known = [emoji for emoji, data in EMOJI_DATA.items() if data["status"] == full]
    return {emoji.replace(VARIATION_SELECTOR, ""): emoji for emoji in known}


@cache
def shortcodes() -> dict[str, str]:
    """Emoji by shortcode, without colons: `tada`, `+1`, `waving_hand_dark_skin_tone` …"""
    emoji_data = {
        emoji: data
        for emoji, data in EMOJI_DATA.items()
        if data["status"] == STATUS["fully_qualified"]
    }
    unicode_names = {_shortcode(data["en"]): emoji for emoji, data in emoji_data.items()}
    aliases = {
        _shortcode(alias): emoji
        for emoji, data in emoji_data.items()
        for alias in data.get("alias", [])
    }
    names = unicode_names | aliases  # `:cat:` is the cat face, as on GitHub and Slack
    named_emoji = set(names.values())
    return names | {name: it for name, it in unicode_names.items() if it not in named_emoji}


def names_json(language: str) -> bytes:
    """JSON: rows of emoji, name and keywords in a language or else English, by Unicode's groups.

    An emoji with skin tones is one row.
    """
    return _names_json().get(language, _names_json()["en"])


@cache
def _names_json() -> dict[str, bytes]:
    return {path.stem: path.read_bytes() for path in DATA.glob("*.json")}


def _shortcode(name: str) -> str:
    """A name in ASCII, to be typed on any keyboard: `:Côte_d’Ivoire:` → `cote_divoire`."""
    ascii = unicodedata.normalize("NFKD", name.lower()).encode("ascii", "ignore").decode()
    typed = re.sub(r"[^a-z0-9_+-]", "", ascii)
    return re.sub(r"(?<=\w)[_-]+", "_", typed).strip("_")
