"""What answers have, beside the types of the protocol."""

from datetime import datetime
from typing import Any

from msgspec import UNSET, Struct, UnsetType

from chat import protocol
from chat.protocol import FileState, MessageState, Muted, Person, RosterPerson


class Me(Struct):
    """The token's member, and what the token allows. Without `rooms`, it is for all of them."""

    id: str
    name: str
    guest: bool
    scopes: list[str]
    rooms: list[str] | UnsetType = UNSET
    expires_at: datetime | UnsetType = UNSET


class ListedRoom(protocol.ListedRoom, kw_only=True):
    """One of the member's rooms. `address` is what stands in URLs."""

    address: str


class Rooms(Struct):
    rooms: list[ListedRoom]


class Room(protocol.RoomInfo, kw_only=True):
    """A room, and what the member is there. `address` is what stands in URLs."""

    address: str
    version: int
    epoch: str
    role: str | UnsetType = UNSET
    muted: Muted | UnsetType = UNSET


class OwnReaction(Struct):
    """A reaction of the member that the message's list may not name."""

    seq: int
    emoji: str


class Messages(Struct):
    """A page of messages, ascending by seq. `more`: there are older ones, `newer`: newer."""

    messages: list[MessageState]
    more: bool
    newer: bool | UnsetType = UNSET
    reacted: list[OwnReaction] | UnsetType = UNSET


class Stored(Struct, tag_field="type", tag="stored"):
    """Which message was changed, for a token that may not read what it says."""

    seq: int
    version: int


class SentFile(FileState, kw_only=True):
    """A file of a message: who sent it, with which message, and when."""

    author: Person
    seq: int
    sent_at: datetime


class Files(Struct):
    """The files of a room, newest message first. `more`: ask again with the last `seq`."""

    files: list[SentFile]
    more: bool


class Members(Struct):
    """Who belongs to a room: the count, and some, from `offset`."""

    count: int
    people: list[RosterPerson]


class Present(Struct):
    """Who is in a room now: the count, and some people."""

    count: int
    people: list[protocol.Author]


class FoundIn(Struct):
    id: str
    name: str


class Hit(Struct):
    """A message that was found. `marks` are where the words are, in code points of its text."""

    room: FoundIn
    message: MessageState
    marks: list[tuple[int, int]]


class Hits(Struct):
    """Messages that were found, newest first. `more`: ask again with `before`."""

    results: list[Hit]
    more: bool
    before: int | str | None


class Subscription(Struct):
    """The member's own state in a room."""

    read: int
    muted: bool
    starred: bool
    kept: bool


class PlaceOfChange(Struct):
    id: str
    address: str
    name: str


class Change(Struct):
    """The state of a message after a change: (room, epoch, version) is its key."""

    room: PlaceOfChange
    epoch: str
    message: MessageState


class Gap(Struct):
    """What was missed. `expired`: messages up to that seq are gone. `epoch`: the installation was
    put back to an earlier state, and what was told since may never have been."""

    room: PlaceOfChange
    why: str
    expired: int | UnsetType = UNSET


class Position(Struct):
    epoch: str
    version: int


class Changes(Struct):
    """What lies after a cursor. `positions` acknowledges all of it. `more`: ask again at once."""

    changes: list[Change]
    gaps: list[Gap]
    positions: dict[str, Position]
    more: bool


class Command(Struct):
    """What a bot does for who begins a message with a slash and the name."""

    name: str
    description: str
    hint: str


class Commands(Struct):
    commands: list[Command]


Body = dict[str, Any]
