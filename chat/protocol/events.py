"""The events that the server sends to a `chat.v1` client."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

import msgspec
from msgspec import UNSET, Struct, UnsetType


class Person(Struct):
    id: str  # a UUID
    name: str


class RoomInfo(Struct):
    id: str  # a UUID: it stays when the name changes
    name: str
    topic: str | UnsetType = UNSET  # where there is one


class Hello(Struct, tag_field="type", tag="hello"):
    """Always first. `version` is the room's; `resumed` says whether the cursor was taken up."""

    room: RoomInfo
    you: Person
    version: int
    resumed: bool


class ReactionState(Struct):
    """One emoji on a message: how many, and who, of whom 100 at most are named."""

    emoji: str
    count: int
    people: list[Person]


class MessageState(Struct, tag_field="type", tag="message"):
    """The state of one message; a client keeps the newest `version` of each `seq`.

    `html` is there when it differs from the text, `kind` when it is not a text, `mentions` when
    somebody is meant: ids of members, and "room" for everybody.
    """

    seq: int
    version: int
    id: UUID
    author: Person
    text: str
    sent_at: datetime
    edited_at: datetime | None = None
    deleted: bool = False
    reply_to: int | None = None
    reactions: list[ReactionState] = []
    html: str | UnsetType = UNSET
    kind: str | UnsetType = UNSET  # a Kind
    mentions: list[str] | UnsetType = UNSET


class Presence(Struct, tag_field="type", tag="presence"):
    """Who is here: how many, and some of them. Replaces what was said before."""

    count: int
    people: list[Person]


class TypingNow(Struct, tag_field="type", tag="typing"):
    """Who is writing: how many, and some of them. Replaces what was said before."""

    count: int
    people: list[Person]


class ReadUpTo(Struct, tag_field="type", tag="read"):
    """How far the person has read in a room, on whatever device."""

    room: str
    room_id: str
    seq: int


class ListedRoom(Struct):
    """One of the person's rooms. `unread` and `mentions` are 100 when there are more."""

    id: str
    name: str
    topic: str
    posted_at: datetime | None
    muted: bool
    seq: int  # of the last message that is counted
    read: int
    unread: int
    mentions: int


class Rooms(Struct, tag_field="type", tag="rooms"):
    """All the person's rooms. Replaces what was said before."""

    rooms: list[ListedRoom]


class RoomNews(Struct):
    """What was posted in a room: the seqs of what others wrote, and those that mention me."""

    id: str
    name: str
    posted_at: datetime
    posts: list[int]
    mentions: list[int]


class News(Struct, tag_field="type", tag="news"):
    """There is something new in other rooms of the person's."""

    rooms: list[RoomNews]


class Error(Struct, tag_field="type", tag="error"):
    """A refused frame; the connection stays open. `retry_after` is in seconds."""

    code: str
    detail: str
    id: str | None = None
    retry_after: float | UnsetType = UNSET


Event = Hello | MessageState | Presence | TypingNow | ReadUpTo | Rooms | News | Error

_encoder = msgspec.json.Encoder()


def encode(event: Event) -> str:
    """One event as a JSON object; `frame` puts several into what is sent."""
    return _encoder.encode(event).decode()


def frame(events: Iterable[str]) -> str:
    """What the server sends: a JSON array of encoded events."""
    return f"[{','.join(events)}]"
