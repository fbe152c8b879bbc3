"""Plain mode: the protocol of the Channels tutorial."""

import json

import msgspec
from msgspec import Struct

from chat.protocol.errors import MalformedFrame


class PlainMessage(Struct):
    message: str


FORMAT_BY_KIND = {
    "action": "* {author} {text}",
    "topic": "* {author} set the topic: {text}",
    "event": "* {author} {text}",
}

_plain_decoder = msgspec.json.Decoder(PlainMessage)


def decode_plain(text: str) -> str:
    """The message in a plain client's frame. Raises MalformedFrame."""
    try:
        return _plain_decoder.decode(text).message
    except (ValueError, RecursionError) as error:
        raise MalformedFrame("bad_frame", f"{error}.") from None


def encode_plain(author: str, text: str, kind: str = "text") -> str:
    """A frame with one message, encoded exactly as the tutorial's consumer encodes messages."""
    message = FORMAT_BY_KIND.get(kind, "{text}").format(author=author, text=text)
    return json.dumps({"message": message})
