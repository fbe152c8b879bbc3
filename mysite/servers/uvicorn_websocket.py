"""Uvicorn's WebSocket protocol: shares frames between connections, and delivers close codes.

A client's invalid data leaves no traceback.
"""

import asyncio
from typing import Any

from uvicorn.protocols.utils import ClientDisconnected
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import CloseCode, Frame
from websockets.protocol import State

from chat.protocol import Close
from mysite.servers.connections import Connection, connections
from mysite.servers.frames import READ_MAX_BYTES, text_frame
from mysite.servers.lost_transports import break_cycle, end_writing
from mysite.servers.pings import PingLimited, ends_with_close_frame

FRAME_MAX_BYTES = 1024 * 1024  # as on daphne; the application refuses smaller ones, with a reason
FRAGMENTS_MAX = 1_000  # of one message
UNREAD_MAX_FRAMES = 8  # of one connection, waiting for the application
UNREAD_MAX_BYTES = 16 * 1024  # of a frame, beside which no other is read
SHUTDOWN_SECONDS = 3  # for a client to answer the close frame or read its page, at the end


class ChatWebSocketProtocol(PingLimited, WebSocketsSansIOProtocol):
    """Uvicorn's WebSocket protocol, for rooms that send one text to all their sockets."""

    connection: Connection | None = None  # once the protocol took it over from HTTP

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        if hasattr(transport, "max_size"):  # asyncio's own for TCP: it reads 256 KiB at once
            transport.max_size = READ_MAX_BYTES

    def data_received(self, data: bytes) -> None:
        if not self.is_over:
            super().data_received(data)
        elif ends_with_close_frame(data):
            self.transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        if self.connection is not None:
            connections.close(self.connection)
        super().connection_lost(exc)
        self.conn.parser.close()  # it refers to `conn`
        break_cycle(self.transport)

    def handle_cont(self, event: Frame) -> None:
        """Take a fragment of a message; each costs more memory than its bytes."""
        if len(self.frames) < FRAGMENTS_MAX:
            super().handle_cont(event)
        else:
            self._fail(CloseCode.MESSAGE_TOO_BIG)

    def handle_ping(self) -> None:
        if self.may_ping():
            super().handle_ping()

    def handle_pong(self, event: Frame) -> None:
        if self.may_ping():
            super().handle_pong(event)

    def takes_pings(self) -> bool:
        return not self.close_sent

    def close_for_pings(self) -> None:
        self._close_and_read_on(Close.TOO_MANY)

    def send_receive_event_to_app(self) -> None:
        """Queue a message; close without a traceback on a text that is not UTF-8."""
        data = b"".join(self.frames)
        try:
            if self.curr_msg_data_type == "text":
                data.decode()
        except UnicodeDecodeError:
            self._fail(CloseCode.INVALID_DATA)
        else:
            self._queue_message()
            if len(data) > UNREAD_MAX_BYTES or self.queue.qsize() >= UNREAD_MAX_FRAMES:
                self._pause_reading()

    def _queue_message(self) -> None:
        """Queue a message and read on. Uvicorn pauses reading at each: two calls of the kernel."""
        is_paused, self.read_paused = self.read_paused, True
        super().send_receive_event_to_app()
        self.read_paused = is_paused

    def _pause_reading(self) -> None:
        """Stop reading until the application has taken all that waits."""
        if not self.read_paused and not self.close_sent:
            self.read_paused = True
            self.transport.pause_reading()

    def _fail(self, code: CloseCode) -> None:
        self.frames = []
        if self.conn.state is State.OPEN:
            self.conn.send_close(code)
            self.handle_parser_exception()

    def handle_parser_exception(self) -> None:
        """Send the close frame of what cannot be parsed, and read on: the client still sends."""
        self.is_over = True
        self._after_close_frame(self.conn.close_sent.code if self.conn.close_sent else 1006)
        end_writing(self.transport)
        self._wait_for_answer()

    async def send(self, message: Any) -> None:
        """Send an event; an uncompressed text to an open socket that takes it as a ready frame."""
        if self.close_sent or self.transport.is_closing():
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
        self._close_and_read_on(Close.RESTARTING)

    def _close_and_read_on(self, code: Close) -> None:
        if self.conn.state is State.OPEN and not self.transport.is_closing():
            self.conn.send_close(code)
            self._after_close_frame(code)
        self._wait_for_answer()

    def _after_close_frame(self, code: int) -> None:
        """The close frame is in `conn`: send it, and tell the application."""
        self.stop_keepalive()
        self.queue.put_nowait({"type": "websocket.disconnect", "code": int(code)})
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = True
        self.transport.resume_reading()

    def _wait_for_answer(self) -> None:
        if self.close_timer is not None:
            self.close_timer.cancel()
        self.close_timer = self.loop.call_later(SHUTDOWN_SECONDS, self.transport.abort)
