"""Emoji: what is one, and the short names people type for them.

The data is Unicode's, as the library `emoji` has it, with the names known from GitHub and Slack.
"""

import re
import unicodedata
from functools import cache

from emoji import EMOJI_DATA, STATUS, is_emoji

__all__ = ["is_emoji", "qualified", "shortcodes"]

VARIATION = "\ufe0f"  # asks for the picture where a sign is one of text by itself


def qualified(emoji: str) -> str:
    """The same emoji as everybody writes it: ❤ and ❤️ are one."""
    return _fully_qualified().get(emoji.replace(VARIATION, ""), emoji)


@cache
def _fully_qualified() -> dict[str, str]:
    full = STATUS["fully_qualified"]
    known = [emoji for emoji, data in EMOJI_DATA.items() if data["status"] == full]
    return {emoji.replace(VARIATION, ""): emoji for emoji in known}


@cache
def shortcodes() -> dict[str, str]:
    """Emoji by their names without colons: `tada`, `+1`, `waving_hand_dark_skin_tone` …"""
    named = {
        emoji: data
        for emoji, data in EMOJI_DATA.items()
        if data["status"] == STATUS["fully_qualified"]
    }
    unicodes = {_shortcode(data["en"]): emoji for emoji, data in named.items()}
    customary = {
        _shortcode(alias): emoji for emoji, data in named.items() for alias in data.get("alias", [])
    }
    names = unicodes | customary  # where they differ, `:cat:` is the face people know by it
    found = set(names.values())
    return names | {name: emoji for name, emoji in unicodes.items() if emoji not in found}


def _shortcode(name: str) -> str:
    """`:Côte_d’Ivoire:` as one can type it on any keyboard: `cote_divoire`."""
    ascii = unicodedata.normalize("NFKD", name.lower()).encode("ascii", "ignore").decode()
    typed = re.sub(r"[^a-z0-9_+-]", "", ascii)
    return re.sub(r"(?<=\w)[_-]+", "_", typed).strip("_")
