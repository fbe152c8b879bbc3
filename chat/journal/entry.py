"""One change of a room, encoded once, however many receive it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import msgspec

from chat import protocol
from chat.models import Message


@dataclass(slots=True)
class Entry:
    """The state of a message at a version. `json` is the `chat.v1` event, `size` its bytes."""

    seq: int
    version: int
    json: str
    size: int
    _plain: str | None = None

    @property
    def is_post(self) -> bool:
        """A message as it was posted, not a later change of one."""
        return self.seq == self.version

    @property
    def plain(self) -> str:
        """The same as a frame of the plain mode."""
        if self._plain is None:
            self._plain = protocol.encode_plain(msgspec.json.decode(self.json)["text"])
        return self._plain


def encode(message: Message) -> Entry:
    """The entry for a message; its author is loaded."""
    state = protocol.MessageState(
        seq=message.seq,
        version=message.version,
        id=message.client_id,
        author=protocol.Person(id=message.author.uid, name=message.author.name),
        text=message.text,
        sent_at=message.sent_at,
        edited_at=message.edited_at,
        deleted=message.is_deleted,
        reply_to=message.reply_to,
    )
    return received(message.seq, message.version, protocol.encode(state))


def received(seq: int, version: int, json: str) -> Entry:
    return Entry(seq, version, json, size=len(json.encode()))


def pack(entries: Iterable[Entry]) -> list[list[Any]]:
    """Entries as a nudge carries them over a channel layer."""
    return [[entry.seq, entry.version, entry.json] for entry in entries]


def unpack(packed: Iterable[list[Any]]) -> list[Entry]:
    return [received(*fields) for fields in packed]
