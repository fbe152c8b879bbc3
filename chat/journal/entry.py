"""One change of a room, encoded once, however many receive it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import msgspec
from msgspec import UNSET

from chat import protocol
from chat.models import Message
from chat.models.message import Kind
from chat.protocol import ReactionState

TOMBSTONE = '"deleted":true'  # a text cannot hold this: in JSON its quotes are escaped


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
    def is_tombstone(self) -> bool:
        """The message is deleted."""
        return TOMBSTONE in self.json

    @property
    def plain(self) -> str:
        """The same as a frame of the plain mode."""
        if self._plain is None:
            state = msgspec.json.decode(self.json, type=_Said)
            self._plain = protocol.encode_plain(state.author.name, state.text, state.kind)
        return self._plain


class _Said(msgspec.Struct):
    """What a plain client is told of a message."""

    author: protocol.Person
    text: str
    kind: str = "text"


def encode(message: Message) -> Entry:
    """The entry for a message; its author is loaded."""
    state = protocol.MessageState(
        seq=message.seq,
        version=message.version,
        id=message.client_id,
        author=protocol.Person(id=str(message.author.uid), name=message.author.name),
        text=message.text,
        sent_at=message.sent_at,
        edited_at=message.edited_at,
        deleted=message.is_deleted,
        reply_to=message.reply_to,
        reactions=_reactions(message),
        html=message.html or UNSET,
        kind=UNSET if message.kind == Kind.TEXT else message.kind,
        mentions=message.mentions or UNSET,
    )
    return received(message.seq, message.version, protocol.encode(state))


def _reactions(message: Message) -> list[ReactionState]:
    """In one form: a database may keep the fields of JSON in an order of its own."""
    return msgspec.convert(message.reactions, list[ReactionState]) if message.reactions else []


def received(seq: int, version: int, json: str) -> Entry:
    return Entry(seq, version, json, size=len(json.encode()))


def pack(entries: Iterable[Entry]) -> list[list[Any]]:
    """Entries as a nudge carries them over a channel layer."""
    return [[entry.seq, entry.version, entry.json] for entry in entries]


def unpack(packed: Iterable[list[Any]]) -> list[Entry]:
    return [received(*fields) for fields in packed]
