"""The wire: the frames of `chat.v1` and of the plain mode, and the close codes.

Frames decode into typed values or raise Malformed; events encode to JSON. Nothing here does I/O.
The fixed description is in docs/protocol.md.
"""

import json
from collections.abc import Iterable
from datetime import datetime
from enum import IntEnum
from typing import Annotated, Any, Literal, get_args
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

SUBPROTOCOL = "chat.v1"
FRAME_MAX_BYTES = 64 * 1024  # larger than this is closed with TOO_LARGE
TEXT_MAX_CHARACTERS = 8_000
TOPIC_MAX_CHARACTERS = 250
EMOJI_MAX_CHARACTERS = 32
ID_MAX_CHARACTERS = 64  # of an `id` echoed in an error

Version = Annotated[int, Meta(ge=0, le=2**63 - 1)]
Seq = Annotated[int, Meta(ge=1, le=2**63 - 1)]


class Close(IntEnum):
    """Why the server closed a socket. After a 44xx a client does not come back on its own."""

    GOING_AWAY = 1001
    TOO_LARGE = 1009
    RESTARTING = 1012
    TRY_LATER = 1013
    NOT_THIS_PROTOCOL = 4400
    NOT_ALLOWED = 4403
    NO_SUCH_ROOM = 4404
    TOO_MANY = 4429


class Malformed(ValueError):
    """A frame no correct client sends; its details are for programmers, in English."""

    def __init__(self, code: str, detail: str, id: str | None = None) -> None:
        super().__init__(detail)
        self.code, self.detail, self.id = code, detail, id


class Sentence:
    """What a person is told: English with places like %(limit)s, so that it can be translated."""

    def __init__(self, text: str, **values: Any) -> None:
        self.text, self.values = text, values

    def __str__(self) -> str:
        return self.text % self.values if self.values else self.text


class TextRefused(ValueError):
    """A text that is no message; says what would be."""

    code = "bad_text"

    def __init__(self, detail: Sentence) -> None:
        super().__init__(detail)
        self.detail = detail


# --- chat.v1: what a client sends ---------------------------------------------------------------


Kind = Literal["text", "action", "topic"]


class Send(Struct, tag_field="type", tag="message.send"):
    """Post `text`. `id` is the client's own: sending it again posts nothing new.

    As `kind`: something said, something one does (`/me`), or what the room is about from here on.
    """

    id: UUID
    text: str
    reply_to: Seq | None = None
    kind: Kind = "text"


FrameId = Annotated[str, Meta(max_length=ID_MAX_CHARACTERS)]  # the client's own, for a refusal


class EditMessage(Struct, tag_field="type", tag="message.edit"):
    """Another text for one's own message at `seq`."""

    seq: Seq
    text: str
    id: FrameId | None = None


class DeleteMessage(Struct, tag_field="type", tag="message.delete"):
    """Take back one's own message at `seq`."""

    seq: Seq
    id: FrameId | None = None


class React(Struct, tag_field="type", tag="message.react"):
    """Add one's reaction to the message at `seq`, or take it back."""

    seq: Seq
    emoji: Annotated[str, Meta(min_length=1, max_length=EMOJI_MAX_CHARACTERS)]
    on: bool = True
    id: FrameId | None = None


class Typing(Struct, tag_field="type", tag="typing"):
    """The person writes. Sent every few seconds for as long as they do."""


class Read(Struct, tag_field="type", tag="read"):
    """The person has seen everything up to the message at `seq`."""

    seq: Seq


class ListRooms(Struct, tag_field="type", tag="rooms"):
    """Tell me of my rooms, now and whenever there is news in them."""


class Ack(Struct, tag_field="type", tag="ack"):
    """Everything up to `version` has arrived."""

    version: Version


Frame = Send | EditMessage | DeleteMessage | React | Typing | Read | ListRooms | Ack


class _Envelope(Struct):
    type: Any = None
    id: Any = None


_decoder: msgspec.json.Decoder[Frame] = msgspec.json.Decoder(Frame)
_envelope = msgspec.json.Decoder(_Envelope)
_types = frozenset(str(frame.__struct_config__.tag) for frame in get_args(Frame))


def decode(text: str) -> Frame:
    """One frame of a `chat.v1` client. Raises Malformed."""
    try:
        return _decoder.decode(text)
    except msgspec.ValidationError as error:
        raise _malformed(text, str(error)) from None
    except (ValueError, RecursionError) as error:  # not JSON, or nested beyond reason
        raise Malformed("bad_json", f"A frame is one JSON object: {error}.") from None


def _malformed(text: str, why: str) -> Malformed:
    """What is wrong with a frame that is JSON; echoes its `id`, so that the client knows which."""
    try:
        envelope = _envelope.decode(text)
    except (ValueError, RecursionError):
        return Malformed("bad_json", "A frame is one JSON object.")
    id = envelope.id
    echo = id if isinstance(id, str) and len(id) <= ID_MAX_CHARACTERS else None
    if not isinstance(envelope.type, str) or envelope.type not in _types:
        return Malformed("unknown_type", f"The type is one of: {', '.join(sorted(_types))}.", echo)
    return Malformed("bad_frame", f"{why}.", echo)


def clean_text(text: str) -> str:
    """`text` as it is stored: trimmed, with plain newlines. Raises TextRefused."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if not text:
        raise TextRefused(Sentence("A message is not empty."))
    too_long = Sentence("A message is at most %(limit)s characters.", limit=TEXT_MAX_CHARACTERS)
    return _checked(text, TEXT_MAX_CHARACTERS, too_long)


def clean_topic(text: str) -> str:
    """`text` as a room's topic: one line, perhaps empty. Raises TextRefused."""
    too_long = Sentence("A topic is at most %(limit)s characters.", limit=TOPIC_MAX_CHARACTERS)
    return _checked(" ".join(text.split()), TOPIC_MAX_CHARACTERS, too_long)


def _checked(text: str, limit: int, too_long: Sentence) -> str:
    if len(text) > limit:
        raise TextRefused(too_long)
    if "\0" in text or not _is_unicode(text):
        raise TextRefused(Sentence("A message holds no NUL and no lone surrogates."))
    return text


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


# --- chat.v1: what the server sends -------------------------------------------------------------


class Person(Struct):
    id: str  # a UUID
    name: str


class RoomInfo(Struct):
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
    seq: int


class ListedRoom(Struct):
    """One of the person's rooms. `unread` and `mentions` are 100 when there are more."""

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


# --- plain mode: the protocol of the Channels tutorial ------------------------------------------


class PlainMessage(Struct):
    message: str


PLAIN_KINDS = {"action": "* {author} {text}", "topic": "* {author} set the topic: {text}"}

_plain_decoder = msgspec.json.Decoder(PlainMessage)


def decode_plain(text: str) -> str:
    """The message in a plain client's frame. Raises Malformed."""
    try:
        return _plain_decoder.decode(text).message
    except (ValueError, RecursionError) as error:
        raise Malformed("bad_frame", f"{error}.") from None


def encode_plain(author: str, text: str, kind: str = "text") -> str:
    """Letter for letter what the tutorial's server sends."""
    said = PLAIN_KINDS.get(kind, "{text}").format(author=author, text=text)
    return json.dumps({"message": said})
