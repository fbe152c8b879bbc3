"""Uvicorn's WebSocket protocol, with text frames that are built once for all their receivers.

`manage.py serve` uses it. By hand:
`uvicorn --ws mysite.servers.uvicorn:ChatWebSocketProtocol --ws-per-message-deflate false …`
"""

from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.protocol import State

from mysite.servers.frames import text_frame


class ChatWebSocketProtocol(WebSocketsSansIOProtocol):
    """A room sends one text to all its sockets, for each of which uvicorn would encode it anew."""

    async def send(self, message: Any) -> None:
        """Send an event; an uncompressed text to an open socket that takes it as a ready frame."""
        text = message.get("text")
        if (
            text is not None
            and self.conn.state is State.OPEN
            and not self.conn.extensions
            and self.handshake_complete
            and not self.disconnected
            and self.writable.is_set()
        ):
            self.transport.write(text_frame(text))
        else:
            await super().send(message)
