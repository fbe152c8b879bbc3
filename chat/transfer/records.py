"""The lines of an export: docs/export_format.md. Other chats' exports are read as the same records.

Each line is a JSON object with a `type`. What has its default is left out, and the order is fixed:
the same content is the same bytes.
"""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from msgspec import Meta, Struct

from chat.formatting import NAME_MAX_CHARACTERS
from chat.models.file import HEAD_MAX_CHARACTERS, TYPE_MAX_CHARACTERS
from chat.models.imported import EMAIL_MAX_CHARACTERS, USERNAME_MAX_CHARACTERS
from chat.models.member import STATUS_MAX_CHARACTERS, TIME_ZONE_MAX_CHARACTERS
from chat.models.room import RETENTION_MAX_DAYS
from chat.models.room_name import KEY_MAX_CHARACTERS
from chat.protocol import (
    ALT_MAX_CHARACTERS,
    EMOJI_MAX_CHARACTERS,
    TEXT_MAX_CHARACTERS,
    TOPIC_MAX_CHARACTERS,
)

FORMAT = 1

FILE_NAME_MAX_CHARACTERS = 200
HTML_MAX_CHARACTERS = 64_000
PIXELS_MAX = 2**31 - 1

WITHOUT_NUL = "^[^\\x00]*$"  # PostgreSQL takes none

Moment = Annotated[datetime, Meta(tz=True)]
Number = Annotated[int, Meta(ge=0, le=2**62)]
Pixels = Annotated[int, Meta(ge=1, le=PIXELS_MAX)]
Text = Annotated[str, Meta(max_length=TEXT_MAX_CHARACTERS, pattern=WITHOUT_NUL)]
Emoji = Annotated[str, Meta(min_length=1, max_length=EMOJI_MAX_CHARACTERS, pattern=WITHOUT_NUL)]
ShortText = Annotated[str, Meta(max_length=1_000, pattern=WITHOUT_NUL)]


class Header(Struct, tag="lobby", omit_defaults=True):
    """The first line."""

    format: int


class Account(Struct, omit_defaults=True):
    """The account of a person. Its password and its sessions stay where they are."""

    username: Annotated[str, Meta(max_length=USERNAME_MAX_CHARACTERS, pattern=WITHOUT_NUL)]
    email: Annotated[str, Meta(max_length=EMAIL_MAX_CHARACTERS, pattern=WITHOUT_NUL)] = ""


class Person(Struct, tag="person", omit_defaults=True):
    """Who wrote, or is in a room."""

    id: UUID
    name: Annotated[str, Meta(min_length=1, max_length=NAME_MAX_CHARACTERS, pattern=WITHOUT_NUL)]
    joined_at: Moment | None = None
    status: Annotated[str, Meta(max_length=STATUS_MAX_CHARACTERS, pattern=WITHOUT_NUL)] = ""
    time_zone: Annotated[str, Meta(max_length=TIME_ZONE_MAX_CHARACTERS, pattern=WITHOUT_NUL)] = ""
    former: bool = False  # the account was deleted
    account: Account | None = None
    belongs_to: UUID | None = None  # of a guest: the person whose account has claimed it


class RoomPerson(Struct, omit_defaults=True):
    """Somebody who is in a room, from the version `since`."""

    person: UUID
    role: Literal["owner", "moderator", "member"] = "member"
    since: Number = 0
    visible_from: Number = 0
    joined_at: Moment | None = None
    added_by: UUID | None = None


class Room(Struct, tag="room", omit_defaults=True):
    """A room. The messages that it has follow on later lines."""

    id: UUID
    kind: Literal["open", "members", "direct"]
    name: Annotated[str, Meta(max_length=KEY_MAX_CHARACTERS, pattern=WITHOUT_NUL)] = ""
    former_names: list[ShortText] = []  # as compared
    topic: Annotated[str, Meta(max_length=TOPIC_MAX_CHARACTERS, pattern=WITHOUT_NUL)] = ""
    history: Literal["start", "joining"] = "start"
    slow_seconds: Annotated[int, Meta(ge=0, le=PIXELS_MAX)] = 0
    takes_guest_files: bool = True
    needs_knock: bool = False
    locked_at: Moment | None = None
    archived_at: Moment | None = None
    created_at: Moment | None = None
    posted_at: Moment | None = None
    version: Number = 0
    last_seq: Number = 0
    kept_days: Annotated[int, Meta(ge=1, le=RETENTION_MAX_DAYS)] | None = None
    expired_seq: Number = 0
    people: list[RoomPerson] = []


class Subscription(Struct, tag="subscription", omit_defaults=True):
    """A person's own state in a room: how far they have read, whether it is in their list."""

    room: UUID
    person: UUID
    read_seq: Number = 0
    seen_version: Number = 0
    kept_at: Moment | None = None
    muted_at: Moment | None = None
    starred_at: Moment | None = None
    first_visited_at: Moment | None = None
    visited_at: Moment | None = None
    notify: Literal["all", "mentions", "nothing"] = "mentions"


class File(Struct, omit_defaults=True):
    """A file of a message. Its bytes are in the export, at `path`."""

    id: UUID
    name: Annotated[str, Meta(min_length=1, max_length=FILE_NAME_MAX_CHARACTERS)]
    path: str
    uid: UUID | None = None
    sender: UUID | None = None
    type: Annotated[str, Meta(max_length=TYPE_MAX_CHARACTERS, pattern=WITHOUT_NUL)] = ""
    width: Pixels | None = None
    height: Pixels | None = None
    animated: bool = False
    alt: Annotated[str, Meta(max_length=ALT_MAX_CHARACTERS, pattern=WITHOUT_NUL)] = ""
    head: Annotated[str, Meta(max_length=HEAD_MAX_CHARACTERS, pattern=WITHOUT_NUL)] = ""
    sha256: str = ""
    created_at: Moment | None = None


class Reaction(Struct, omit_defaults=True):
    """Who reacted with an emoji, in order."""

    emoji: Emoji
    people: list[UUID]


class Revision(Struct, omit_defaults=True):
    """What an edited message said before."""

    version: Number
    text: Text
    written_at: Moment


class EventPerson(Struct, omit_defaults=True):
    id: UUID
    name: ShortText


class EventShape(Struct, omit_defaults=True):
    """What every event has, as far as the code relies on it: docs/protocol.md lists the types."""

    type: Literal[
        "renamed", "made", "added", "became_members", "joined", "operator_joined", "inherited",
        "left", "removed", "role", "room_renamed", "history", "archived", "unarchived", "locked",
        "unlocked", "slow", "retention", "room_deleted",
    ]  # fmt: skip
    people: list[EventPerson] = []


class CardShape(Struct, omit_defaults=True):
    url: ShortText
    title: ShortText
    text: ShortText
    site: ShortText


class Message(Struct, tag="message", omit_defaults=True):
    """A message in its current state."""

    room: UUID
    id: UUID
    author: UUID
    sent_at: Moment
    seq: Number = 0  # its place in the room; 0: after what is there
    version: Number = 0
    kind: Literal["text", "action", "topic", "event"] = "text"
    text: Text = ""
    html: Annotated[str, Meta(max_length=HTML_MAX_CHARACTERS, pattern=WITHOUT_NUL)] = ""
    event: dict[str, Any] | None = None
    mentions: list[ShortText] = []  # ids of people, and `room`
    reply_to: Number | None = None  # a seq
    answers: UUID | None = None  # the id of a message, where no seq is known
    reactions: list[Reaction] = []
    files: list[File] = []
    card: dict[str, Any] | None = None
    edited_at: Moment | None = None
    edited_version: Number | None = None
    deleted_at: Moment | None = None
    deleted_by: Literal["", "author", "moderator"] = ""
    revisions: list[Revision] = []


Line = Header | Person | Room | Subscription | Message
Record = Person | Room | Subscription | Message

_encoder = msgspec.json.Encoder(order="deterministic")
_decoder: msgspec.json.Decoder[Line] = msgspec.json.Decoder(Line)


def encode(line: Line) -> bytes:
    """One line, without its end."""
    return _encoder.encode(line)


def decode(line: bytes | str) -> Line:
    """Raises msgspec.DecodeError."""
    return _decoder.decode(line)
