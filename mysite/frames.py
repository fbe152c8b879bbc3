"""WebSocket frames that are built once for everybody who is sent them."""

from functools import lru_cache

from websockets.frames import Frame, Opcode

FRAMES = 8  # kept: those of a room whose people are at different places


@lru_cache(FRAMES)
def text_frame(text: str) -> bytes:
    """As a server sends it, unmasked: RFC 6455, 5.1."""
    return Frame(Opcode.TEXT, text.encode()).serialize(mask=False)
