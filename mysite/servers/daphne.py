"""What daphne lacks for Lobby: preparation, close codes, a bound on unsent frames, shutdown."""

import asyncio
from contextlib import suppress
from typing import Any

from autobahn.exception import Disconnected
from daphne.cli import CommandLineInterface
from daphne.http_protocol import WebRequest
from daphne.server import Server
from daphne.ws_protocol import WebSocketProtocol
from twisted.internet import reactor
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IPushProducer
from zope.interface import implementer

from chat.protocol import Close
from mysite.servers import shutdown, startup
from mysite.servers.frames import text_frame

_reactor: Any = reactor  # its type is known only when it runs

UNSENT_MAX_BYTES = 1024 * 1024  # to one connection; above what a chat.v1 window lets through
UNREAD_MAX_FRAMES = 32  # of one connection, waiting for the application
POLL_SECONDS = 0.02
CLOSE_SECONDS = 10  # for a client to answer a close frame; uvicorn has the same
SHUTDOWN_SECONDS = 3  # the same, when the process ends
NO_PROXY_HEADERS = dict.fromkeys(  # daphne would believe them from anybody: TRUSTED_PROXIES decides
    f"proxy_forwarded_{kind}_header" for kind in ("address", "port", "proto")
)


class ChatRequest(WebRequest):
    """Daphne's request, which believes less of what a client sends."""

    def process(self) -> Any:
        """Handle the request, without the root path that daphne would take from any client."""
        self.requestHeaders.removeHeader(b"Daphne-Root-Path")
        if not any(b"upgrade" in value.lower() for value in self._header(b"Connection")):
            self.requestHeaders.removeHeader(b"Upgrade")  # RFC 9110, 7.8
        subprotocols = self._header(b"Sec-WebSocket-Protocol")
        if not all(value.isascii() for value in subprotocols):  # daphne raises
            self.basic_error(400, b"Bad Request", "Subprotocols are ASCII.")
            return None
        return super().process()

    def _header(self, name: bytes) -> list[bytes]:
        values: list[bytes] = self.requestHeaders.getRawHeaders(name, [])
        return values


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


class ChatWebSocketProtocol(WebSocketProtocol):
    """Daphne's WebSocket protocol, with what an application cannot do for itself there."""

    is_connected = False  # from onOpen to onClose
    closeHandshakeTimeout = CLOSE_SECONDS  # noqa: N815

    def onOpen(self) -> None:  # noqa: N802
        super().onOpen()
        self.is_connected = True
        self.backlog = Backlog()
        self.transport.unregisterProducer()  # the HTTP channel this connection began as
        self.transport.registerProducer(self.backlog, streaming=True)

    def onClose(self, wasClean: bool, code: int | None, reason: str | None) -> None:  # noqa: N802, N803
        self.is_connected = False
        super().onClose(wasClean, code, reason)

    def onMessage(self, payload: bytes, isBinary: bool) -> None:  # noqa: N802, N803
        """Take a frame; stop reading while the application has many to work through."""
        if self.state != self.STATE_OPEN:
            return  # sent before the client saw our close frame
        super().onMessage(payload, isBinary)
        if self.is_connected and self.application_queue.qsize() == UNREAD_MAX_FRAMES:
            self.transport.pauseProducing()
            self._resume_once_read()

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


class LobbyServer(Server):
    """Daphne's server, which prepares before it listens and drains before it ends.

    Daphne does not speak ASGI's lifespan protocol.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        options |= NO_PROXY_HEADERS | {"ready_callable": self._use_our_protocols}
        super().__init__(*args, **options)

    def run(self) -> None:
        """Serve. Raises CannotStart."""
        startup.start()
        super().run()

    def _use_our_protocols(self) -> None:
        self.ws_factory.protocol = ChatWebSocketProtocol
        build = self.http_factory.buildProtocol
        self.http_factory.buildProtocol = lambda address: _with_our_requests(build(address))

    def kill_all_applications(self) -> "Deferred[None]":
        """The reactor calls this before it stops, and waits."""
        return Deferred.fromFuture(asyncio.ensure_future(self._shut_down()))

    async def _shut_down(self) -> None:
        await shutdown.drain()
        with suppress(TimeoutError):
            async with asyncio.timeout(SHUTDOWN_SECONDS):
                await self._close_sockets()
        await super().kill_all_applications()

    async def _close_sockets(self) -> None:
        closing = [
            protocol
            for protocol in self.connections
            if isinstance(protocol, ChatWebSocketProtocol) and protocol.is_connected
        ]
        for protocol in closing:
            protocol.serverClose(Close.RESTARTING)
        while any(protocol.is_connected for protocol in closing):  # noqa: ASYNC110
            await asyncio.sleep(POLL_SECONDS)


def _with_our_requests(protocol: Any) -> Any:
    protocol.requestFactory = ChatRequest
    return protocol


def install() -> None:
    """Make the `daphne` command use our server.

    The command has no option for that. It reads this attribute after it has imported the
    application, and passes the server nothing but the application.
    """
    CommandLineInterface.server_class = LobbyServer
