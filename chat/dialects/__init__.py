"""What is said on a socket: `chat.v1`, or the plain mode of the Channels tutorial.

A dialect turns frames into changes and a cursor's slices into frames; the consumer owns the socket.
"""

from chat.dialects.chat_v1 import ChatV1, TooSlow
from chat.dialects.dialect import PEER_GONE, Dialect, SendText
from chat.dialects.plain import Plain

__all__ = ["PEER_GONE", "ChatV1", "Dialect", "Plain", "SendText", "TooSlow"]
