"""Entries: the messages of a room as they are sent, encoded in advance for all receivers."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec
from django.conf import settings
from msgspec import UNSET, UnsetType

from chat import protocol
from chat.formatting.isolates import isolate
from chat.journal.reaction_changes import Reactions, difference
from chat.models import Member, Message
from chat.models.file import SentFile, url_of
from chat.models.message import Kind
from chat.protocol import ReactionState

TOMBSTONE = '"deleted":true'  # no text contains this: JSON escapes its quotes


@dataclass(slots=True)
class Entry:
    """The state of a message at a version. `json` is its `chat.v1` event, `size` that in bytes.

    Where only reactions changed, `change` is the entry as a `change` event, which is all that a
    client needs who has the state at the version `base`.

    `unnamed` are the emoji whose reaction names fewer people than it counts; known where the entry
    was encoded only.
    """

    seq: int
    version: int
    json: str
    size: int
    base: int = 0
    change: "Entry | None" = None
    unnamed: Collection[str] = field(default=(), compare=False)
    _plain: str | None = None

    @classmethod
    def from_json(
        cls, seq: int, version: int, json: str, base: int = 0, change: str | None = None
    ) -> "Entry":
        entry = cls(seq, version, json, len(json.encode()), base)
        if change is not None:
            entry.change = cls.from_json(seq, version, change)
        return entry

    @property
    def memory(self) -> int:
        """The bytes that the entry takes in a tail."""
        return self.size + (self.change.size if self.change else 0)

    @property
    def is_post(self) -> bool:
        """The message is new: this is no later change of it."""
        return self.seq == self.version

    @property
    def is_tombstone(self) -> bool:
        """The message is deleted."""
        return TOMBSTONE in self.json

    def plain(self, origin: str) -> str:
        """The message as a frame of the plain protocol: each file is a line with its address.

        `origin` is where the client found this server.
        """
        if self._plain is not None:
            return self._plain
        state = msgspec.json.decode(self.json, type=_PlainFields)
        lines = [it for it in (state.text, *(f"{origin}{it.url}" for it in state.files)) if it]
        plain = protocol.encode_plain(isolate(state.author.name), "\n".join(lines), state.kind)
        if not state.files:
            self._plain = plain
        return plain


class _PlainFile(msgspec.Struct):
    url: str


class _PlainFields(msgspec.Struct):
    """The fields of the `chat.v1` event that a plain frame shows."""

    author: protocol.Person
    text: str
    kind: str = "text"
    files: list[_PlainFile] = []


def encode(message: Message) -> Entry:
    """Make the entry of a message. Load its author before."""
    state = protocol.MessageState(
        seq=message.seq,
        version=message.version,
        id=message.client_id,
        author=author_of(message.author),
        text=message.text,
        sent_at=message.sent_at,
        edited_at=message.edited_at,
        deleted=message.is_deleted,
        reply_to=message.reply_to,
        reactions=_reactions(message),
        html=message.html or UNSET,
        kind=UNSET if message.kind == Kind.TEXT else message.kind,
        event=message.event or UNSET,
        mentions=message.mentions or UNSET,
        deleted_by=message.deleted_by or UNSET,
        files=files_of(message.files) or UNSET,
        card=card_of(message.card),
    )
    return encode_state(state)


def files_of(sent: Iterable[SentFile]) -> list[protocol.FileState]:
    """The files of a message, as it has them."""
    return [
        protocol.FileState(
            it["id"],
            it["name"],
            it["type"],
            it["size"],
            it["width"],
            it["height"],
            url_of(it),
            animated=it.get("animated", UNSET),
            alt=it.get("alt", UNSET),
            head=it.get("head", UNSET),
        )
        for it in sent
    ]


def card_of(card: Mapping[str, Any] | None) -> protocol.CardState | UnsetType:
    """The card of a message, as it has it."""
    if not card:
        return UNSET
    picture = card.get("picture")
    return protocol.CardState(
        card["url"],
        card["title"],
        card["text"],
        card["site"],
        picture=protocol.CardPictureState(
            f"{settings.ROOT_PATH}/cards/{picture['uid']}.webp",
            picture["width"],
            picture["height"],
        )
        if picture
        else UNSET,
    )


def author_of(member: Member) -> protocol.Author:
    former = member.is_former or UNSET
    picture = str(member.picture_id) if member.picture_id else UNSET
    bot = member.is_bot or UNSET
    return protocol.Author(
        str(member.uid), member.name, guest=member.is_guest, former=former, picture=picture, bot=bot
    )


def encode_state(state: protocol.MessageState) -> Entry:
    """Make the entry of a message's state."""
    entry = Entry.from_json(state.seq, state.version, protocol.encode(state))
    entry.unnamed = [it.emoji for it in state.reactions if len(it.people) < it.count]
    return entry


def encode_reactions(message: Message, base: int, before: Reactions) -> Entry:
    """Make the entry of a message whose reactions changed since the version `base`."""
    entry = encode(message)
    reactions = difference(before, message.reactions)
    change = protocol.MessageChange(message.seq, message.version, base, reactions)
    encoded = Entry.from_json(message.seq, message.version, protocol.encode(change))
    if encoded.size < entry.size and not message.is_deleted:
        entry.base, entry.change = base, encoded
    return entry


def _reactions(message: Message) -> list[ReactionState]:
    """Give the fields a fixed order: PostgreSQL does not keep the order of JSON fields."""
    return msgspec.convert(message.reactions, list[ReactionState]) if message.reactions else []


def pack(entries: Iterable[Entry]) -> list[list[Any]]:
    """Convert entries to what a nudge carries."""
    return [_pack(entry) for entry in entries]


def _pack(entry: Entry) -> list[Any]:
    change = [entry.base, entry.change.json] if entry.change else []
    return [entry.seq, entry.version, entry.json, *change]


def unpack(packed: Iterable[list[Any]]) -> list[Entry]:
    return [Entry.from_json(*fields) for fields in packed]
