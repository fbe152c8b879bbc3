"""Emoji and their shortcodes (:tada:).

The library `emoji` supplies Unicode's data. `emoji_data` has the shortcodes of other platforms.
"""

import json
import re
import unicodedata
from functools import cache
from pathlib import Path

from emoji import EMOJI_DATA, STATUS, is_emoji

__all__ = ["find", "fully_qualified", "in_tone", "is_emoji", "names_json", "shortcodes", "tone_of"]

DATA = Path(__file__).parent / "emoji_data"  # chat/tests/support/emoji_data.py writes it

SHORTCODE_SETS = ["joypixels", "iamcal"]  # of Discord; of Slack and Mattermost
FORMER_NAMES = {"simple_smile": "🙂"}  # in old texts of Slack

VARIATION_SELECTOR = "\ufe0f"  # asks for emoji presentation of a character with a text style

TONES = {
    "light": "🏻",
    "medium_light": "🏼",
    "medium": "🏽",
    "medium_dark": "🏾",
    "dark": "🏿",
}
TONE = re.compile("[🏻-🏿]")
TONE_NUMBER = re.compile(r"_tone([1-5])")  # as on Discord
TONED_NAME = re.compile(rf"(.+?)_({'|'.join(TONES)})_skin_tone")
TONE_ALONE = re.compile(r"skin_tone_([2-6])")  # as on Slack, after the name of an emoji


def fully_qualified(emoji: str) -> str:
    """The fully-qualified form of an emoji (Unicode UTS #51): ❤ and ❤️ are one reaction."""
    return _by_unqualified().get(emoji.replace(VARIATION_SELECTOR, ""), emoji)


@cache
def _by_unqualified() -> dict[str, str]:
    full = STATUS["fully_qualified"]
    known = [emoji for emoji, data in EMOJI_DATA.items() if data["status"] == full]
    return {emoji.replace(VARIATION_SELECTOR, ""): emoji for emoji in known}


def find(shortcode: str) -> str | None:
    """The emoji of a shortcode, as any platform writes it: `flag-de`, `wave_tone2`."""
    numbered = TONE_NUMBER.sub(lambda it: f"_{[*TONES][int(it[1]) - 1]}_skin_tone", shortcode)
    name = _shortcode(numbered)
    found = shortcodes().get(name)
    if found is None and (toned := TONED_NAME.fullmatch(name)) and toned[1] in shortcodes():
        return in_tone(shortcodes()[toned[1]], TONES[toned[2]])
    return found


def tone_of(shortcode: str) -> str | None:
    """The skin tone of `skin-tone-2` to `skin-tone-6`, which follow an emoji."""
    found = TONE_ALONE.fullmatch(_shortcode(shortcode))
    return [*TONES.values()][int(found[1]) - 2] if found else None


def in_tone(emoji: str, tone: str) -> str | None:
    """`emoji` in a skin tone; None if it has no tones."""
    return _by_tone().get((_without_tone(emoji), tone))


@cache
def _by_tone() -> dict[tuple[str, str], str]:
    toned = {emoji: set(TONE.findall(emoji)) for emoji in _by_unqualified().values()}
    return {
        (_without_tone(emoji), *tones): emoji for emoji, tones in toned.items() if len(tones) == 1
    }


def _without_tone(emoji: str) -> str:
    return TONE.sub("", emoji).replace(VARIATION_SELECTOR, "")


@cache
def shortcodes() -> dict[str, str]:
    """Emoji by shortcode, without colons: `tada`, `+1`, `waving_hand_dark_skin_tone` …

    Where platforms disagree, a name is what it is on GitHub: `:cat:` is the cat face.
    """
    emoji_data = {emoji: EMOJI_DATA[emoji] for emoji in _by_unqualified().values()}
    unicode_names = {_shortcode(data["en"]): emoji for emoji, data in emoji_data.items()}
    aliases = {
        _shortcode(alias): emoji
        for emoji, data in emoji_data.items()
        for alias in data.get("alias", [])
    }
    others: dict[str, str] = dict(FORMER_NAMES)
    for name in SHORTCODE_SETS:
        others |= _shortcode_set(name)
    names = others | unicode_names | aliases | _shortcode_set("github")
    named_emoji = set(names.values())
    return names | {name: it for name, it in unicode_names.items() if it not in named_emoji}


def _shortcode_set(name: str) -> dict[str, str]:
    emoji_by_name = json.loads((DATA / "shortcodes" / f"{name}.json").read_text())
    return {_shortcode(name): emoji for name, emoji in emoji_by_name.items()}


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
