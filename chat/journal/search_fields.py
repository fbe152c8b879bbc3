"""The tokens by which a message is found beside its words: where, by whom, with what.

They begin with a character of private use, which no word has.
"""

from collections.abc import Iterable

from chat.formatting.first_link import LINK
from chat.models import Message

MARK = "\uf8ff"

SMALL, LARGE = 10, 14  # bits: so many messages, in their order, have a token in common

HAS_LINK, HAS_FILE, HAS_IMAGE, HAS_CODE = (f"{MARK}h{it}" for it in "lfic")
MENTIONS_EVERYBODY = f"{MARK}m"


def in_room(room_id: int) -> str:
    return f"{MARK}r{room_id}"


def by_author(member_id: int) -> str:
    return f"{MARK}a{member_id}"


def mentions(member_id: int) -> str:
    return f"{MARK}m{member_id}"


def in_part(bits: int, number: int | None = None) -> str:
    """Of the messages whose primary keys without the last `bits` are `number`; what goes before."""
    return f"{MARK}{bits}." + ("" if number is None else str(number))


def fields_of(message: Message, mentioned: Iterable[int | None]) -> set[str]:
    """The tokens of a message. `mentioned` are members; None is everybody in the room."""
    has = {
        HAS_LINK: LINK in message.html,
        HAS_FILE: bool(message.files),
        HAS_IMAGE: any(it["type"].startswith("image/") for it in message.files),
        HAS_CODE: "<code" in message.html,
    }
    found = {token for token, is_there in has.items() if is_there}
    found |= {MENTIONS_EVERYBODY if it is None else mentions(it) for it in mentioned}
    return found | {in_room(message.room_id), by_author(message.author_id)}
