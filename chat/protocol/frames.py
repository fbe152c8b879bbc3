"""The frames that a `chat.v1` client sends, decoded into typed values."""

from typing import Annotated, Any, Literal, get_args
from uuid import UUID

import msgspec
from msgspec import Meta, Struct

from chat.protocol.errors import MalformedFrame
from chat.protocol.text import ALT_MAX_CHARACTERS

SUBPROTOCOL = "chat.v1"
FRAME_MAX_BYTES = 64 * 1024  # a larger frame closes the socket with Close.TOO_LARGE
EMOJI_MAX_CHARACTERS = 32
ID_MAX_CHARACTERS = 64  # of an `id` that an error echoes
FILES_MAX = 10  # of a message

Version = Annotated[int, Meta(ge=0, le=2**63 - 1)]
Seq = Annotated[int, Meta(ge=1, le=2**63 - 1)]
Kind = Literal["text", "action", "topic"]
Files = Annotated[list[UUID], Meta(max_length=FILES_MAX)]
Alt = Annotated[str, Meta(max_length=ALT_MAX_CHARACTERS)]
Alts = Annotated[dict[UUID, Alt], Meta(max_length=FILES_MAX)]


class SendMessage(Struct, tag_field="type", tag="message.send"):
    """Post a message. The client chooses `id`; a resend with the same `id` posts nothing new.

    Kinds: `text`, `action` (as with `/me`), and `topic`, which sets the room's topic. `files` are
    ids of one's own uploads in this room, which may have `alts` by id; then `text` may be empty.
    """

    id: UUID
    text: str
    reply_to: Seq | None = None
    kind: Kind = "text"
    files: Files = []
    alts: Alts = {}


FrameId = Annotated[
    str, Meta(max_length=ID_MAX_CHARACTERS)
]  # chosen by the client; an error event repeats it


class EditMessage(Struct, tag_field="type", tag="message.edit"):
    """Replace the text of one's own message at `seq`.

    `files` are the ids of its files that stay: without it, all of them. `alts` change their texts.
    `card` false takes the card of its link away.
    """

    seq: Seq
    text: str
    id: FrameId | None = None
    files: Files | None = None
    alts: Alts = {}
    card: bool = True


class DeleteMessage(Struct, tag_field="type", tag="message.delete"):
    """Delete one's own message at `seq`."""

    seq: Seq
    id: FrameId | None = None


class ReactToMessage(Struct, tag_field="type", tag="message.react"):
    """Add one's reaction to the message at `seq`, or remove it (`on` false)."""

    seq: Seq
    emoji: Annotated[str, Meta(min_length=1, max_length=EMOJI_MAX_CHARACTERS)]
    on: bool = True
    id: FrameId | None = None


class Typing(Struct, tag_field="type", tag="typing"):
    """The person is typing, or no longer (`on` false). A client repeats it every three seconds."""

    on: bool = True


class Read(Struct, tag_field="type", tag="read"):
    """Move the read pointer to the message at `seq`. It only moves forward."""

    seq: Seq


class ListRooms(Struct, tag_field="type", tag="rooms"):
    """Subscribe to the list of one's rooms and to news in them."""


class Ack(Struct, tag_field="type", tag="ack"):
    """Acknowledge all changes up to `version`."""

    version: Version


Frame = SendMessage | EditMessage | DeleteMessage | ReactToMessage | Typing | Read | ListRooms | Ack


class _Envelope(Struct):
    type: Any = None
    id: Any = None


_decoder: msgspec.json.Decoder[Frame] = msgspec.json.Decoder(Frame)
_envelope = msgspec.json.Decoder(_Envelope)
_types = frozenset(str(frame.__struct_config__.tag) for frame in get_args(Frame))


def decode(text: str) -> Frame:
    """Decode one frame of a `chat.v1` client. Raises MalformedFrame."""
    try:
        return _decoder.decode(text)
    except msgspec.ValidationError as error:
        raise _malformed(text, str(error)) from None
    except (ValueError, RecursionError) as error:  # not JSON, or nested too deep
        raise MalformedFrame("bad_json", f"A frame is one JSON object: {error}.") from None


def _malformed(text: str, why: str) -> MalformedFrame:
    """The error for a frame that is JSON. Repeats the frame's `id` if that is short text."""
    try:
        envelope = _envelope.decode(text)
    except (ValueError, RecursionError):
        return MalformedFrame("bad_json", "A frame is one JSON object.")
    id = envelope.id
    echo = id if isinstance(id, str) and len(id) <= ID_MAX_CHARACTERS else None
    if not isinstance(envelope.type, str) or envelope.type not in _types:
        return MalformedFrame(
            "unknown_type", f"The type is one of: {', '.join(sorted(_types))}.", echo
        )
    return MalformedFrame("bad_frame", f"{why}.", echo)
