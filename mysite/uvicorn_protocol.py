"""What uvicorn lacks: one frame for all its receivers, and a close code that arrives at a restart.

Uvicorn builds a frame anew for each socket, and compresses it anew where the client offers that. A
room sends everybody the same text: here it is encoded once, and never compressed, which would cost
every delivery more than all the rest together.

At shutdown, uvicorn closes each TCP connection right after its close frame. Closing a connection
that has unread bytes resets it, and a client that is sending then sees 1006 instead of 1012.
"""

from typing import Any

from uvicorn.protocols.utils import ClientDisconnected
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.protocol import State

from chat.protocol import Close
from mysite.frames import text_frame

SHUTDOWN_SECONDS = 3  # for a client to answer the close frame, when the process ends

_drop = WebSocketsSansIOProtocol.shutdown


def install() -> None:
    """Let every uvicorn server of this process have it."""
    begin, send_one = WebSocketsSansIOProtocol.__init__, WebSocketsSansIOProtocol.send

    def __init__(self: Any, config: Any, *args: Any, **kwargs: Any) -> None:  # noqa: N807
        config.ws_per_message_deflate = False
        begin(self, config, *args, **kwargs)

    async def send(self: Any, message: Any) -> None:
        if self.close_sent:
            raise ClientDisconnected  # uvicorn raises RuntimeError: it takes this for a mistake
        text = message.get("text")
        connection = self.conn
        if (
            text is not None
            and connection.state is State.OPEN
            and not connection.extensions
            and self.handshake_complete
            and not self.disconnected
            and self.writable.is_set()
        ):
            self.transport.write(text_frame(text))
        else:
            await send_one(self, message)

    WebSocketsSansIOProtocol.__init__ = __init__  # type: ignore[method-assign]
    WebSocketsSansIOProtocol.send = send  # type: ignore[method-assign]
    WebSocketsSansIOProtocol.shutdown = _shutdown  # type: ignore[method-assign]


def _shutdown(self: Any) -> None:
    """Send the close frame and read on, up to the client's answer."""
    if not self.handshake_complete:
        _drop(self)
        return
    if self.conn.state is State.OPEN and not self.transport.is_closing():
        _send_close_frame(self)
    if self.close_timer is not None:
        self.close_timer.cancel()
    self.close_timer = self.loop.call_later(SHUTDOWN_SECONDS, self.transport.abort)


def _send_close_frame(self: Any) -> None:
    self.stop_keepalive()
    self.queue.put_nowait({"type": "websocket.disconnect", "code": int(Close.RESTARTING)})
    self.conn.send_close(Close.RESTARTING)
    self.transport.write(b"".join(self.conn.data_to_send()))
    self.close_sent = True
    self.transport.resume_reading()
