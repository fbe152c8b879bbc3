"""Values of other chats' exports: of the type that they should have, or a fault in one line."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from chat.formatting import NAME_MAX_CHARACTERS, emoji
from chat.transfer.faults import at
from chat.transfer.people import name_of
from chat.transfer.reading import Object

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SECONDS_MAX = 2**33  # some hundred years
SECONDS_DIGITS = len(str(SECONDS_MAX))
TYPES = {str: "a text", int: "a number", list: "a list", dict: "an object", bool: "true or false"}


def text(place: str, value: Object, key: str, default: str | None = "") -> str:
    """A text; with no default, it has to be there. Raises TransferError."""
    found = value.get(key)
    if found is None and default is not None:
        return default
    if not isinstance(found, str):
        raise _wrong(place, key, str)
    return _storable(found)


def ids(place: str, value: Object, key: str) -> list[str]:
    """A list of texts. Raises TransferError."""
    found = value.get(key) or []
    if not isinstance(found, list) or not all(isinstance(it, str) for it in found):
        raise at(place, f"`{key}` is no list of texts")
    return [_storable(it) for it in found]


def objects(place: str, value: Object, key: str) -> list[Object]:
    """A list of objects. Raises TransferError."""
    found = value.get(key) or []
    if not isinstance(found, list) or not all(isinstance(it, dict) for it in found):
        raise at(place, f"`{key}` is no list of objects")
    return found


def inner(place: str, value: Object, key: str) -> Object:
    """An object, empty where there is none. Raises TransferError."""
    found: Any = value.get(key) or {}
    if not isinstance(found, dict):
        raise _wrong(place, key, dict)
    return found


def seconds(place: str, key: str, value: object) -> datetime:
    """Seconds since 1970, with six decimals as text: `1355517523.000005`. Raises TransferError."""
    if not isinstance(value, str | int | float):
        raise at(place, f"`{key}` is no time")
    whole, _, rest = str(value).partition(".")
    if not (whole.isascii() and whole.isdecimal() and len(whole) <= SECONDS_DIGITS):
        raise at(place, f"`{key}` is no time")
    if int(whole) >= SECONDS_MAX:
        raise at(place, f"`{key}` is no time")
    micros = int(rest[:6].ljust(6, "0")) if rest[:6].isascii() and rest[:6].isdecimal() else 0
    return EPOCH + timedelta(seconds=int(whole), microseconds=micros)


def millis(place: str, value: Object, key: str) -> datetime:
    """Milliseconds since 1970. Raises TransferError."""
    found = value.get(key)
    if not isinstance(found, int) or isinstance(found, bool) or not 0 <= found < SECONDS_MAX * 1000:
        raise at(place, f"`{key}` is no time")
    return EPOCH + timedelta(milliseconds=found)


def iso(place: str, value: Object, key: str) -> datetime:
    """A time as `2023-01-15T10:30:00+00:00`. Raises TransferError."""
    try:
        found = datetime.fromisoformat(text(place, value, key, None))
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise at(place, f"`{key}` is no time") from None


def emoji_named(name: str) -> str | None:
    """The emoji of a shortcode, or of a character; None: one that somebody made."""
    base, _, tone = name.partition("::")
    found = emoji.find(base.strip(":")) if not emoji.is_emoji(base) else emoji.fully_qualified(base)
    toned = emoji.tone_of(tone) if found and tone else None
    return (emoji.in_tone(found, toned) or found) if found and toned else found


def first_name(names: Iterator[str]) -> str:
    """The first name that says something, as a member can have it."""
    found = next((it.strip() for it in names if it.strip()), "")
    return name_of(found[:NAME_MAX_CHARACTERS])


def _storable(text: str) -> str:
    """The text as any database takes it."""
    return text.replace("\0", "").encode(errors="replace").decode()


def _wrong(place: str, key: str, type: type) -> Exception:
    return at(place, f"`{key}` is not {TYPES[type]}")
