"""WebSocket frames that are built once for all their receivers."""

from functools import lru_cache

from websockets.frames import Frame, Opcode

FRAMES = 8  # kept: receivers of one room are at different places


@lru_cache(FRAMES)
def text_frame(text: str) -> bytes:
    """The text as a server sends it, unmasked: RFC 6455, 5.1."""
    return Frame(Opcode.TEXT, text.encode()).serialize(mask=False)
