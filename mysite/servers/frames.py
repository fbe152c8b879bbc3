"""WebSocket frames: built once for all their receivers; read few at once."""

from functools import lru_cache

from websockets.frames import Frame, Opcode

FRAMES = 8  # kept: receivers of one room are at different places
READ_MAX_BYTES = 1024  # of a connection in one turn of the event loop: some 170 frames at most


@lru_cache(FRAMES)
def text_frame(text: str) -> bytes:
    """The text as a server sends it, unmasked: RFC 6455, 5.1."""
    return Frame(Opcode.TEXT, text.encode()).serialize(mask=False)
