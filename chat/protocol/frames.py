"""The frames that a `chat.v1` client sends, decoded into typed values."""

from typing import Annotated, Any, Literal, get_args
from uuid import UUID

import msgspec
from msgspec import Meta, Struct

from chat.protocol.errors import Malformed

SUBPROTOCOL = "chat.v1"
FRAME_MAX_BYTES = 64 * 1024  # a larger frame is answered by close code TOO_LARGE
EMOJI_MAX_CHARACTERS = 32
ID_MAX_CHARACTERS = 64  # of an `id` that an error echoes

Version = Annotated[int, Meta(ge=0, le=2**63 - 1)]
Seq = Annotated[int, Meta(ge=1, le=2**63 - 1)]
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
