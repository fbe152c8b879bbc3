"""What uvicorn lacks: one frame for all its receivers, and a close code that arrives at a restart.

`manage.py serve` uses this protocol. By hand:
`uvicorn --ws mysite.servers.uvicorn:ChatWebSocketProtocol --ws-per-message-deflate false …`
"""

from typing import Any

from uvicorn import config
from uvicorn.protocols.utils import ClientDisconnected
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.protocol import State

from chat.protocol import Close
from mysite.servers.frames import text_frame

SHUTDOWN_SECONDS = 3  # for a client to answer the close frame, when the process ends


class ChatWebSocketProtocol(WebSocketsSansIOProtocol):
    """Uvicorn's WebSocket protocol, for rooms that send one text to all their sockets."""

    async def send(self, message: Any) -> None:
        """Send an event; an uncompressed text to an open socket that takes it as a ready frame."""
        if self.close_sent:
            raise ClientDisconnected  # uvicorn raises RuntimeError: it takes this for a mistake
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

    def shutdown(self) -> None:
        """Send the close frame and read on, up to the client's answer.

        Uvicorn closes the TCP connection right away. Closing one that has unread bytes resets it,
        and a client that is sending then sees 1006 instead of 1012.
        """
        if not self.handshake_complete:
            super().shutdown()
            return
        if self.conn.state is State.OPEN and not self.transport.is_closing():
            self._send_close_frame()
        if self.close_timer is not None:
            self.close_timer.cancel()
        self.close_timer = self.loop.call_later(SHUTDOWN_SECONDS, self.transport.abort)

    def _send_close_frame(self) -> None:
        self.stop_keepalive()
        self.queue.put_nowait({"type": "websocket.disconnect", "code": int(Close.RESTARTING)})
        self.conn.send_close(Close.RESTARTING)
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = True
        self.transport.resume_reading()


def install() -> None:
    """Keep the `uvicorn` command from believing proxies: `mysite.asgi` believes TRUSTED_PROXIES.

    After importing the application, the command wraps it in a middleware that believes 127.0.0.1.
    """
    vars(config)["ProxyHeadersMiddleware"] = lambda application, **trusted: application
