"""Daphne's HTTP protocol: bounds on bodies, on each wait for a client, and on connections.

And backpressure: it would keep whatever an application sends to a client that does not read.
Uploads are handed on as they come. An answer that is given before the body of one is through ends
the connection.
"""

import asyncio
from typing import Any

from daphne.http_protocol import HTTPFactory, WebRequest
from twisted.internet.protocol import connectionDone
from twisted.web.http import HTTPChannel

from mysite.servers import bodies
from mysite.servers.connections import (
    BODY_SECONDS,
    HEADERS_SECONDS,
    IDLE_SECONDS,
    LINGER_SECONDS,
    connections,
)
from mysite.servers.daphne_bodies import StreamedBody

TOO_LARGE = (
    b"HTTP/1.1 413 Content Too Large\r\nContent-Type: text/plain\r\nConnection: close\r\n"
    b"Content-Length: %d\r\n\r\n%b" % (len(bodies.REFUSAL), bodies.REFUSAL)
)


class TwistedTransport:
    """Adapts a Twisted transport to asyncio's interface."""

    def __init__(self, transport: Any) -> None:
        self._transport = transport

    def is_closing(self) -> bool:
        return bool(self._transport.disconnecting)

    def write(self, data: bytes) -> None:
        self._transport.write(data)

    def close(self) -> None:
        self._transport.loseConnection()

    def abort(self) -> None:
        self._transport.abortConnection()


class ChatRequest(WebRequest):
    """Daphne's request, whose form Django parses in a thread: Twisted would, in the event loop."""

    def __init__(self, channel: "ChatHTTPChannel", *args: Any) -> None:
        super().__init__(channel, *args, parsePOSTFormSubmission=False)
        self._chat_channel = channel  # Twisted deletes its own when the request is done
        self.upload: StreamedBody | None = None

    def gotLength(self, length: int | None) -> None:  # noqa: N802
        """Keep a chunked body in memory if it is of the usual size: Twisted takes a file."""
        if self._chat_channel.is_uploading:
            super().gotLength(0)
        else:
            super().gotLength(length if length is not None else self._chat_channel.body_left)

    def begin_upload(self, method: bytes, target: bytes, version: bytes) -> None:
        """Call the application, as Twisted has it done once the body is through."""
        self.upload = StreamedBody(self._chat_channel)
        super().requestReceived(method, target, version)

    def handleContentChunk(self, data: bytes) -> None:  # noqa: N802
        if not self._chat_channel.takes(data):
            return
        if self.upload:
            self.upload.take(data)
        else:
            super().handleContentChunk(data)

    def requestReceived(self, command: bytes, path: bytes, version: bytes) -> None:  # noqa: N802
        if self.upload:
            self.upload.end()
        else:
            super().requestReceived(command, path, version)

    def process(self) -> Any:
        """Handle the request, without the root path that daphne would take from any client."""
        self.requestHeaders.removeHeader(b"Daphne-Root-Path")
        is_upgrade = any(b"upgrade" in value.lower() for value in self._values(b"Connection"))
        if self.upload or not is_upgrade:
            self.requestHeaders.removeHeader(b"Upgrade")  # RFC 9110, 7.8
        if not all(value.isascii() for value in self._values(b"Sec-WebSocket-Protocol")):
            self.basic_error(400, b"Bad Request", "Subprotocols are ASCII.")  # daphne raises
            return None
        processing = super().process()
        if self.transport is None:  # it went to a WebSocket
            self._chat_channel.hand_over()
        return processing

    def _values(self, header: bytes) -> list[bytes]:
        values: list[bytes] = self.requestHeaders.getRawHeaders(header, [])
        return values

    def abandon_upload(self) -> None:
        """Tell the application that no more of an upload comes."""
        if self.upload:
            self.upload.put_nowait({"type": "http.disconnect"})

    async def wait_until_read(self) -> None:
        """Return once the client has read most of what was sent, or is gone."""
        await self._chat_channel.writable.wait()

    def close_unfinished(self, application: Any) -> None:
        """Close the connection if the application has ended in the middle of an answer.

        Daphne would leave the client to wait for the rest.
        """
        if self._response_started and not self.finished:
            self._chat_channel.loseConnection()

    def handle_reply(self, message: Any) -> None:
        if self._chat_channel.is_over:
            return
        if message["type"] == "http.response.start" and self._chat_channel.is_uploading:
            self.responseHeaders.setRawHeaders(b"Connection", [b"close"])
            self._chat_channel.persistent = False
        super().handle_reply(message)


class ChatHTTPChannel(HTTPChannel):
    """Twisted's HTTP protocol, with limits on bodies, waiting times and connections."""

    transport: Any
    _networkProducer: Any  # noqa: N815
    _command: bytes  # the method of the request
    _path: Any  # its target, as bytes
    _version: bytes

    # --- the connection -------------------------------------------------------------------------

    def connectionMade(self) -> None:  # noqa: N802
        super().connectionMade()
        self.writable = asyncio.Event()
        self.writable.set()
        host = getattr(self.transport.getPeer(), "host", None)
        self.connection = connections.open(TwistedTransport(self.transport), host)
        self.is_over = self.connection.is_refused  # nothing that arrives is read any more
        self.is_idle = False  # between requests
        self.is_uploading = False  # while the application works
        self._is_held = False  # the application is behind with an upload
        self._is_to_be_continued = False  # the client waits for 100 Continue

    def connectionLost(self, reason: Any = connectionDone) -> None:  # noqa: N802
        connections.close(self.connection)
        self.writable.set()
        super().connectionLost(reason)
        self.requests.clear()  # they refer to this object

    def hand_over(self) -> None:
        """The connection is a WebSocket from now on."""
        self.requests.clear()  # Twisted keeps the request until the end of its HTTP connection
        self.writable.set()
        protocol = getattr(self.transport, "wrappedProtocol", self.transport.protocol)
        protocol.connection = self.connection

    # --- its waits for the client ---------------------------------------------------------------

    def dataReceived(self, data: bytes) -> None:  # noqa: N802
        if self.is_over:
            return
        if self.is_idle:
            self.is_idle = False
            connections.wait(self.connection, HEADERS_SECONDS)
        super().dataReceived(data)

    def allHeadersReceived(self) -> None:  # noqa: N802
        self.body_left = bodies.max_bytes(self._command, self._path)
        if self.length is not None and self.length > self.body_left:
            self._refuse_body()
            return
        connections.wait(self.connection, BODY_SECONDS)
        self.is_uploading = self.length != 0 and bodies.is_upload(self._command, self._path)
        super().allHeadersReceived()
        if self.is_uploading:
            self.requests[-1].begin_upload(self._command, self._path, self._version)

    def _send100Continue(self) -> None:  # noqa: N802
        if self.is_uploading:
            self._is_to_be_continued = True
        else:
            super()._send100Continue()

    def hold(self) -> None:
        """Read no more of an upload until the application has taken what came."""
        self._is_held = True
        self._networkProducer.pauseProducing()
        connections.hold(self.connection)

    def read_on(self) -> None:
        """Read more of an upload: the application waits for it."""
        if self._is_to_be_continued:
            self._is_to_be_continued = False
            super()._send100Continue()
        if self._is_held:
            self._is_held = False
            connections.release(self.connection)
            if not self._waitingForTransport:
                self._networkProducer.resumeProducing()

    def takes(self, data: bytes) -> bool:
        """Count a part of a body; return whether it belongs to one that is not too large."""
        self.body_left -= len(data)
        if self.body_left < 0 and not self.is_over:
            self._refuse_body()
        connections.wait_longer(self.connection, len(data))
        return not self.is_over

    def allContentReceived(self) -> None:  # noqa: N802
        if not self.is_over:
            self.is_uploading = False
            connections.work(self.connection)
            super().allContentReceived()

    def requestDone(self, request: Any) -> None:  # noqa: N802
        if self.is_uploading:
            self._linger()
            self.requests.clear()
            return
        self.is_idle = True
        connections.wait(self.connection, IDLE_SECONDS)
        super().requestDone(request)

    def pauseProducing(self) -> None:  # noqa: N802
        super().pauseProducing()
        self.writable.clear()
        connections.pause(self.connection)

    def resumeProducing(self) -> None:  # noqa: N802
        self.writable.set()
        connections.resume(self.connection)
        if self.is_idle:
            connections.wait(self.connection, IDLE_SECONDS)
        super().resumeProducing()

    # --- refusals -------------------------------------------------------------------------------

    def rawDataReceived(self, data: bytes) -> None:  # noqa: N802
        if not self.is_over:
            super().rawDataReceived(data)

    def _refuse_body(self) -> None:
        """Answer 413, unless there is another answer."""
        if not self.requests[-1].startedWriting:
            self.transport.write(TOO_LARGE)
        self._linger()

    def _linger(self) -> None:
        """Close, but read on for a while: a reset connection would lose the answer."""
        self.is_over = True
        self._is_to_be_continued = False
        self.read_on()
        for request in self.requests:
            request.abandon_upload()
        if not self.isSecure():
            self.transport.loseWriteConnection()
        connections.wait(self.connection, LINGER_SECONDS)


class ChatHTTPFactory(HTTPFactory):
    """Daphne's factory of HTTP protocols, for ours."""

    protocol = ChatHTTPChannel
    timeOut = None  # noqa: N815

    def buildProtocol(self, addr: Any) -> Any:  # noqa: N802
        protocol = super().buildProtocol(addr)
        protocol.requestFactory = ChatRequest
        protocol.timeOut = None  # any byte would extend Twisted's own; see `connections`
        return protocol

    def acceptableProtocols(self) -> list[bytes]:  # noqa: N802
        return [b"http/1.1"]
