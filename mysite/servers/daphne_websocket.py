"""Daphne's WebSocket protocol: close codes, bounds of unsent and unread frames."""

from typing import Any

from autobahn.exception import Disconnected
from daphne.ws_protocol import WebSocketProtocol
from twisted.internet import reactor
from twisted.internet.interfaces import IPushProducer
from twisted.internet.protocol import connectionDone
from zope.interface import implementer

from chat.protocol import Close
from mysite.servers.connections import Connection, connections
from mysite.servers.frames import READ_MAX_BYTES, text_frame
from mysite.servers.pings import PingLimited, ends_with_close_frame

_reactor: Any = reactor  # its type is known only when it runs

UNSENT_MAX_BYTES = 1024 * 1024  # to one connection; above what a chat.v1 window lets through
FRAGMENTS_MAX = 1_000  # of one message
UNREAD_MAX_FRAMES = 32  # of one connection, waiting for the application
POLL_SECONDS = 0.02
CLOSE_SECONDS = 10  # for a client to answer a close frame; uvicorn has the same


@implementer(IPushProducer)
class Backlog:
    """How much was written to a transport that cannot send it: Twisted pauses us at 64 KiB."""

    def __init__(self) -> None:
        self.is_stalled = False
        self.bytes = 0

    def pauseProducing(self) -> None:  # noqa: N802
        self.is_stalled = True

    def resumeProducing(self) -> None:  # noqa: N802
        self.is_stalled, self.bytes = False, 0

    def stopProducing(self) -> None:  # noqa: N802
        self.is_stalled = False


class ChatWebSocketProtocol(PingLimited, WebSocketProtocol):
    """Daphne's WebSocket protocol, with limits on unsent and unread frames."""

    connection: Connection  # once the protocol took it over from HTTP
    is_connected = False  # from onOpen to onClose
    closeHandshakeTimeout = CLOSE_SECONDS  # noqa: N815

    def onOpen(self) -> None:  # noqa: N802
        super().onOpen()
        self.is_connected = True
        self.backlog = Backlog()
        self.transport.unregisterProducer()  # the HTTP channel this connection began as
        self.transport.registerProducer(self.backlog, streaming=True)
        self.transport.bufferSize = READ_MAX_BYTES

    def dataReceived(self, data: bytes) -> None:  # noqa: N802
        if not self.is_over:
            super().dataReceived(data)
        elif ends_with_close_frame(data):
            self.transport.loseConnection()

    def onClose(self, wasClean: bool, code: int | None, reason: str | None) -> None:  # noqa: N802, N803
        self.is_connected = False
        super().onClose(wasClean, code, reason)

    def connectionLost(self, reason: Any = connectionDone) -> None:  # noqa: N802
        """Let go of what the connection held; its future holds the connection."""
        connections.close(self.connection)
        super().connectionLost(reason)
        del self.is_closed

    def onMessageBegin(self, isBinary: bool) -> None:  # noqa: N802, N803
        super().onMessageBegin(isBinary)
        self.fragments = 0

    def onMessageFrameBegin(self, length: int) -> None:  # noqa: N802
        """Take a fragment of a message; each costs more memory than its bytes."""
        super().onMessageFrameBegin(length)
        self.fragments += 1
        if self.fragments > FRAGMENTS_MAX:
            self._max_message_size_exceeded(self.fragments, FRAGMENTS_MAX, "too many fragments")

    def onMessage(self, payload: bytes, isBinary: bool) -> None:  # noqa: N802, N803
        """Take a frame; stop reading while the application has many to work through."""
        if self.state != self.STATE_OPEN:
            return  # sent before the client saw our close frame
        super().onMessage(payload, isBinary)
        if self.is_connected and self.application_queue.qsize() == UNREAD_MAX_FRAMES:
            self.transport.pauseProducing()
            self._resume_once_read()

    def onPing(self, payload: bytes) -> None:  # noqa: N802
        if self.may_ping():
            super().onPing(payload)

    def onPong(self, payload: bytes) -> None:  # noqa: N802
        if self.may_ping():
            super().onPong(payload)

    def takes_pings(self) -> bool:
        return bool(self.state == self.STATE_OPEN)

    def close_for_pings(self) -> None:
        self.serverClose(Close.TOO_MANY)

    def _resume_once_read(self) -> None:
        if not self.is_connected:
            return  # closed, with frames that nobody reads any more
        if self.application_queue.qsize() < UNREAD_MAX_FRAMES or self.state != self.STATE_OPEN:
            self.transport.resumeProducing()
        else:
            _reactor.callLater(POLL_SECONDS, self._resume_once_read)

    def serverSend(self, content: str | bytes, binary: bool = False) -> None:  # noqa: N802
        """Send, or cut off a reader for whom too much is waiting: daphne would keep all of it.

        A room sends one text to all its sockets, so its frame is built once.
        """
        if self.state == self.STATE_OPEN and isinstance(content, str):
            self.transport.write(text_frame(content))
        else:
            super().serverSend(content, binary)
        if self.backlog.is_stalled:
            self.backlog.bytes += len(content)
            if self.backlog.bytes > UNSENT_MAX_BYTES:
                self.transport.abortConnection()

    def sendMessage(self, *args: Any, **options: Any) -> None:  # noqa: N802
        """Send. Raises an OSError when the socket has closed, as ASGI's specification has it."""
        try:
            super().sendMessage(*args, **options)
        except Disconnected as error:
            raise ConnectionResetError(str(error)) from None

    def serverClose(self, code: int | None = None) -> None:  # noqa: N802
        """Close with any code: autobahn leaves an application 1000 and 3000 to 4999.

        1009, 1012 and 1013 are a server's to send: RFC 6455, 7.4.1.
        """
        self.sendCloseFrame(code=1000 if code is None else int(code))

    def sendCloseFrame(self, *args: Any, **kwargs: Any) -> None:  # noqa: N802
        """Send the close frame and read on, up to the client's answer.

        Closing a TCP connection that has unread bytes resets it, and a client that is sending
        then sees 1006 instead of the code.
        """
        super().sendCloseFrame(*args, **kwargs)
        if self.state == self.STATE_CLOSING:
            self.transport.resumeProducing()
