"""The wire: the frames of `chat.v1` and of the plain mode, and the close codes.

Frames decode into typed values or raise Malformed; events encode to JSON. Nothing here does I/O.
The fixed description is in docs/protocol.md.
"""

import json
from collections.abc import Iterable
from datetime import datetime
from enum import IntEnum
from typing import Annotated, Any, TypeVar, get_args
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

SUBPROTOCOL = "chat.v1"
FRAME_MAX_BYTES = 64 * 1024  # larger than this is closed with TOO_LARGE
TEXT_MAX_CHARACTERS = 8_000
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
    """A frame no correct client sends."""

    def __init__(self, code: str, detail: str, id: str | None = None) -> None:
        super().__init__(detail)
        self.code, self.detail, self.id = code, detail, id


class TextRefused(ValueError):
    """A text that is no message; says what would be."""

    code = "bad_text"


# --- chat.v1: what a client sends ---------------------------------------------------------------


class Send(Struct, tag_field="type", tag="message.send"):
    """Post `text`. `id` is the client's own: sending it again posts nothing new."""

    id: UUID
    text: str
    reply_to: Seq | None = None


class EditMessage(Struct, tag_field="type", tag="message.edit"):
    """Another text for one's own message at `seq`."""

    seq: Seq
    text: str


class DeleteMessage(Struct, tag_field="type", tag="message.delete"):
    """Take back one's own message at `seq`."""

    seq: Seq


class Ack(Struct, tag_field="type", tag="ack"):
    """Everything up to `version` has arrived."""

    version: Version


Frame = Send | EditMessage | DeleteMessage | Ack


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
    if envelope.type not in _types:
        return Malformed("unknown_type", f"The type is one of: {', '.join(sorted(_types))}.", echo)
    return Malformed("bad_frame", f"{why}.", echo)


def clean_text(text: str) -> str:
    """`text` as it is stored: trimmed, with plain newlines. Raises TextRefused."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if not text:
        raise TextRefused("A message is not empty.")
    if len(text) > TEXT_MAX_CHARACTERS:
        raise TextRefused(f"A message is at most {TEXT_MAX_CHARACTERS} characters.")
    if "\0" in text or not _is_unicode(text):
        raise TextRefused("A message holds no NUL and no lone surrogates.")
    return text


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


# --- chat.v1: what the server sends -------------------------------------------------------------


class Person(Struct):
    id: UUID
    name: str


class RoomInfo(Struct):
    name: str


class Hello(Struct, tag_field="type", tag="hello"):
    """Always first. `version` is the room's; `resumed` says whether the cursor was taken up."""

    room: RoomInfo
    you: Person
    version: int
    resumed: bool


class MessageState(Struct, tag_field="type", tag="message"):
    """The state of one message; a client keeps the newest `version` of each `seq`."""

    seq: int
    version: int
    id: UUID
    author: Person
    text: str
    sent_at: datetime
    edited_at: datetime | None = None
    deleted: bool = False
    reply_to: int | None = None
    reactions: list[Any] = []
    html: str | UnsetType = UNSET


class Error(Struct, tag_field="type", tag="error"):
    """A refused frame; the connection stays open."""

    code: str
    detail: str
    id: str | None = None


Event = TypeVar("Event", Hello, MessageState, Error)

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


_plain_decoder = msgspec.json.Decoder(PlainMessage)


def decode_plain(text: str) -> str:
    """The message in a plain client's frame. Raises Malformed."""
    try:
        return _plain_decoder.decode(text).message
    except (ValueError, RecursionError) as error:
        raise Malformed("bad_frame", f"{error}.") from None


def encode_plain(text: str) -> str:
    """Letter for letter what the tutorial's server sends."""
    return json.dumps({"message": text})
