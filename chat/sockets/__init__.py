"""WebSocket sessions: the protocols `chat.v1` and plain, and who is admitted to a room."""

from chat.sockets.chat_v1 import ChatV1Session, TooSlow
from chat.sockets.plain import PlainSession
from chat.sockets.session import PEER_GONE, ProtocolSession, SendText

__all__ = ["PEER_GONE", "ChatV1Session", "PlainSession", "ProtocolSession", "SendText", "TooSlow"]
