"""The events that the server sends to a `chat.v1` client."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import UNSET, Struct, UnsetType


class Person(Struct):
    id: str  # a UUID
    name: str


class Author(Person):
    guest: bool  # has no account
    former: bool | UnsetType = UNSET  # the account is deleted; absent for others
    picture: str | UnsetType = UNSET  # a UUID, in addresses; absent where there is none
    bot: bool | UnsetType = UNSET  # a program; absent for people


class Muted(Struct):
    """Until when the person may only read in the room, and perhaps why."""

    until: datetime
    why: str | UnsetType = UNSET


class You(Author):
    # "owner", "moderator", "member" or "operator"; absent where the person has none in the room
    role: str | UnsetType = UNSET
    claimed: list[str] | UnsetType = UNSET  # ids of guests; absent where there are none
    muted: Muted | UnsetType = UNSET  # absent unless the person may only read


class RoomInfo(Struct):
    id: str  # a UUID; renaming the room keeps it
    name: str
    topic: str | UnsetType = UNSET  # absent when empty
    kind: str | UnsetType = UNSET  # "members" or "direct"; absent for an open room
    archived: bool | UnsetType = UNSET  # absent unless the room is read-only
    locked: bool | UnsetType = UNSET  # absent unless moderators alone post
    slow: int | UnsetType = UNSET  # the seconds between two posts of a person; absent without
    picture: str | UnsetType = UNSET  # as of a person
    kept_days: int | UnsetType = UNSET  # after which messages go; absent where they stay
    expired: int | UnsetType = UNSET  # messages up to this seq are gone; absent: none has expired


class Hello(Struct, tag_field="type", tag="hello"):
    """The first event. `version` is the room's; `resumed`: the client's cursor was accepted.

    `epoch` is what the version counts in: a cursor is one of this epoch.
    """

    room: RoomInfo
    you: You
    version: int
    resumed: bool
    epoch: str  # a UUID


class ReactionState(Struct):
    """One emoji on a message: how many people reacted, and up to 100 of them."""

    emoji: str
    count: int
    people: list[Person]


class FileState(Struct):
    """A file of a message. `url` is its path on this server, `size` in bytes.

    `width` and `height` are those of a picture, in pixels. `alt` says what it shows, `head` has the
    first lines of a text.
    """

    id: str  # as the sender chose it
    name: str
    type: str  # a media type
    size: int
    width: int | None
    height: int | None
    url: str
    animated: bool | UnsetType = UNSET  # absent unless the picture moves
    alt: str | UnsetType = UNSET
    head: str | UnsetType = UNSET


class CardPictureState(Struct):
    """A small picture. `url` is its path on this server, `width` and `height` are in pixels."""

    url: str
    width: int
    height: int


class CardState(Struct):
    """What the page of a message's first link says about itself. All texts are plain.

    `url` is the link. `site` is the name of the site, or its host. `text` is empty, and `picture`
    absent, where the page has none.
    """

    url: str
    title: str
    text: str
    site: str
    picture: CardPictureState | UnsetType = UNSET


class MessageState(Struct, tag_field="type", tag="message"):
    """The state of one message. A client keeps the state with the highest `version` of each `seq`.

    `html` is absent when the text needs no formatting, `kind` when it is "text", and `mentions`
    when empty. Mentions are member ids, and "room" for everybody. `deleted_by` is present when the
    message is deleted: "author" or "moderator". `files` is absent when there are none, `card` when
    no link has one.
    """

    seq: int
    version: int
    id: UUID
    author: Author
    text: str
    sent_at: datetime
    edited_at: datetime | None = None
    deleted: bool = False
    reply_to: int | None = None
    reactions: list[ReactionState] = []
    html: str | UnsetType = UNSET
    kind: str | UnsetType = UNSET  # a Kind
    event: dict[str, Any] | UnsetType = UNSET  # of the kind "event"
    mentions: list[str] | UnsetType = UNSET
    deleted_by: str | UnsetType = UNSET
    files: list[FileState] | UnsetType = UNSET
    card: CardState | UnsetType = UNSET


class ReactionChange(Struct, omit_defaults=True):
    """What has changed about one emoji on a message; it is removed where `count` is 0.

    First `removed` people go, by id, then `added` people come at the end.
    """

    emoji: str
    count: int
    added: list[Person] = []
    removed: list[str] = []


class MessageChange(Struct, tag_field="type", tag="change"):
    """What has changed of a message since its version `base`, for clients that have that state."""

    seq: int
    version: int
    base: int
    reactions: list[ReactionChange]


class Reacted(Struct, tag_field="type", tag="reacted"):
    """The person has reacted with `emoji`, or no longer (`on` false), where `people` lack some.

    `id` is that of the frame, if the event answers one that had an id.
    """

    seq: int
    emoji: str
    on: bool = True
    id: str | UnsetType = UNSET


class Presence(Struct, tag_field="type", tag="presence"):
    """Who is in the room: the count, and some people. Replaces the previous event."""

    count: int
    people: list[Author]


class RoomChanged(Struct, tag_field="type", tag="room"):
    """What the room is now, after a change of it."""

    room: RoomInfo


class YouChanged(Struct, tag_field="type", tag="you"):
    """What the person is in the room now, after a change. `role` and `muted` are as in `hello`."""

    role: str | UnsetType = UNSET
    muted: Muted | UnsetType = UNSET


class MessageRejected(Struct, tag_field="type", tag="rejected"):
    """A moderator did not let the person's held message through; `why` if a reason was given."""

    id: str
    why: str | UnsetType = UNSET


class RosterPerson(Author):
    role: str | UnsetType = UNSET  # "owner" or "moderator"; absent for others


class People(Struct, tag_field="type", tag="people"):
    """Who belongs to a room that is not open: the count, and some people. Replaces the previous."""

    count: int
    people: list[RosterPerson]


class TypingNow(Struct, tag_field="type", tag="typing"):
    """Who is typing: the count, and some people. Replaces the previous event."""

    count: int
    people: list[Person]


class ReadUpTo(Struct, tag_field="type", tag="read"):
    """The person's read pointer in a room moved, on any of their devices."""

    room: str
    room_id: str
    seq: int


class ListedRoom(Struct):
    """One of the person's rooms. Counts of `unread` and `mentions` stop at 100.

    `kept` is false for the connection's room if the person only looks at it. `starred` and
    `archived` are absent if they are false.
    """

    id: str
    name: str
    topic: str
    posted_at: datetime | None
    muted: bool
    seq: int  # of the last message counted
    read: int  # the read pointer: a seq
    unread: int
    mentions: int
    kind: str | UnsetType = UNSET  # as in RoomInfo
    kept: bool | UnsetType = UNSET
    starred: bool | UnsetType = UNSET
    archived: bool | UnsetType = UNSET
    picture: str | UnsetType = UNSET  # as in RoomInfo


class Rooms(Struct, tag_field="type", tag="rooms"):
    """All the person's rooms. Replaces the previous event."""

    rooms: list[ListedRoom]


class RoomNews(Struct):
    """New messages of others in one room: their seqs, and the seqs that mention the person.

    `deleted` messages were news or counted before; `unmentioned` ones no longer mention the person.
    """

    id: str
    name: str
    posted_at: datetime
    posts: list[int]
    mentions: list[int]
    deleted: list[int] | UnsetType = UNSET
    unmentioned: list[int] | UnsetType = UNSET


class News(Struct, tag_field="type", tag="news"):
    """New messages in the person's other rooms."""

    rooms: list[RoomNews]


class OpenReports(Struct, tag_field="type", tag="reports"):
    """How many reports wait for the person, who keeps a room: up to 100. Replaces the previous."""

    open: int


class Error(Struct, tag_field="type", tag="error"):
    """The server refused a frame, or closes with Close.TOO_MANY. `retry_after` is in seconds."""

    code: str
    detail: str
    id: str | None = None
    retry_after: float | UnsetType = UNSET


Event = (
    Hello
    | MessageState
    | MessageChange
    | Reacted
    | Presence
    | RoomChanged
    | YouChanged
    | MessageRejected
    | People
    | TypingNow
    | ReadUpTo
    | Rooms
    | News
    | OpenReports
    | Error
)

_encoder = msgspec.json.Encoder()


def encode(event: Event) -> str:
    """Encode one event as a JSON object. `frame` joins several into one frame."""
    return _encoder.encode(event).decode()


def encode_file(file: FileState) -> str:
    """Encode a file alone, as a JSON object."""
    return _encoder.encode(file).decode()


def frame(events: Iterable[str]) -> str:
    """Join encoded events into one frame: a JSON array."""
    return f"[{','.join(events)}]"
