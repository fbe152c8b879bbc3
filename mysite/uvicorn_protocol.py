"""What uvicorn does for every receiver of a frame, done once for all of them.

Uvicorn builds a frame anew for each socket, and compresses it anew where the client offers that. A
room sends everybody the same text: here it is encoded once, and never compressed, which would cost
every delivery more than all the rest together.
"""

from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.protocol import State

from mysite.frames import text_frame


def install() -> None:
    """Let every uvicorn server of this process have it."""
    begin, send_one = WebSocketsSansIOProtocol.__init__, WebSocketsSansIOProtocol.send

    def __init__(self: Any, config: Any, *args: Any, **kwargs: Any) -> None:  # noqa: N807
        config.ws_per_message_deflate = False
        begin(self, config, *args, **kwargs)

    async def send(self: Any, message: Any) -> None:
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
