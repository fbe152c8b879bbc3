"""What readers of other chats' exports have in common: how a message becomes records."""

from collections.abc import Iterator
from uuid import uuid5

from msgspec.structs import replace

from chat.formatting import NAME_MAX_CHARACTERS
from chat.models.message import clean_topic
from chat.models.room_name import RoomName, RoomNameError
from chat.protocol import TEXT_MAX_CHARACTERS, TOPIC_MAX_CHARACTERS, InvalidText
from chat.transfer.people import name_of
from chat.transfer.records import Message
from chat.transfer.report import Report

WITHOUT_TEXT = "messages without a text or a file"


def messages(whole: Message, text: str, report: Report, place: str) -> Iterator[Message]:
    """A message, or several where its text is longer than ours can be. None, if it is empty."""
    parts = list(_parts(text.replace("\r\n", "\n").strip()))
    if not parts and not whole.files:
        report.leave(WITHOUT_TEXT, place)
        return
    first, *others = parts or [""]
    yield replace(whole, text=first)
    for number, part in enumerate(others, 2):
        id = uuid5(whole.id, f"part {number}")
        yield replace(whole, id=id, text=part, files=[], reactions=[])


def _parts(text: str) -> Iterator[str]:
    while len(text) > TEXT_MAX_CHARACTERS:
        end = text.rfind("\n", TEXT_MAX_CHARACTERS // 2, TEXT_MAX_CHARACTERS)
        end = end if end > 0 else TEXT_MAX_CHARACTERS
        yield text[:end].rstrip()
        text = text[end:].lstrip()
    if text:
        yield text


def room_name(typed: str, kind: str) -> str:
    """A name that a room of this kind can have."""
    if kind != "open":
        return name_of(typed[:NAME_MAX_CHARACTERS])
    try:
        return RoomName.parse(typed).shown
    except RoomNameError as error:
        return error.nearest.shown if error.nearest else "imported"


def topic(typed: str) -> str:
    """A topic, shortened."""
    try:
        return clean_topic(typed[:TOPIC_MAX_CHARACTERS])
    except InvalidText:
        return ""
