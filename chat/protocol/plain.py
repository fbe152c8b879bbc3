"""The plain mode: the protocol of the Channels tutorial."""

import json

import msgspec
from msgspec import Struct

from chat.protocol.errors import Malformed


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
