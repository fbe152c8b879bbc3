"""What daphne lacks for Lobby's promises: close codes, a bound on what is unsent, a goodbye."""

import asyncio
from contextlib import suppress
from typing import Any, ClassVar

from daphne.ws_protocol import WebSocketFactory, WebSocketProtocol
from twisted.internet import reactor
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IPushProducer
from zope.interface import implementer

from chat import farewell
from chat.protocol import Close
from mysite.frames import text_frame

_reactor: Any = reactor  # what it is, is known only when it runs

UNSENT_MAX_BYTES = 1024 * 1024  # to one connection; above what a chat.v1 window lets through
UNREAD_MAX_FRAMES = 32  # of one connection, waiting for the application
POLL_SECONDS = 0.02
CLOSE_SECONDS = 10  # for a client to answer a close frame; uvicorn has the same
SHUTDOWN_SECONDS = 3  # the same, when the process ends


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
    """Daphne's, with what an application cannot do for itself there."""

    everyone: ClassVar[set[WebSocketProtocol]] = set()  # who is connected
    closeHandshakeTimeout = CLOSE_SECONDS  # noqa: N815

    def onOpen(self) -> None:  # noqa: N802
        super().onOpen()
        self.everyone.add(self)
        self.backlog = Backlog()
        self.transport.unregisterProducer()  # the HTTP channel this connection began as
        self.transport.registerProducer(self.backlog, streaming=True)

    def onClose(self, wasClean: bool, code: int | None, reason: str | None) -> None:  # noqa: N802, N803
        self.everyone.discard(self)
        super().onClose(wasClean, code, reason)

    def onMessage(self, payload: bytes, isBinary: bool) -> None:  # noqa: N802, N803
        """Take a frame; stop reading while the application has many to work through."""
        if self.state != self.STATE_OPEN:
            return  # sent before the client saw our close frame
        super().onMessage(payload, isBinary)
        if self in self.everyone and self.application_queue.qsize() == UNREAD_MAX_FRAMES:
            self.transport.pauseProducing()
            self._resume_once_read()

    def _resume_once_read(self) -> None:
        if self not in self.everyone:
            return  # closed, with frames that nobody reads any more
        if self.application_queue.qsize() < UNREAD_MAX_FRAMES or self.state != self.STATE_OPEN:
            self.transport.resumeProducing()
        else:
            _reactor.callLater(POLL_SECONDS, self._resume_once_read)

    def serverSend(self, content: str | bytes, binary: bool = False) -> None:  # noqa: N802
        """Send, or cut off a reader for whom too much is waiting: daphne would keep it all.

        A room sends everybody the same text: its frame is built once, not anew for each.
        """
        if self.state == self.STATE_OPEN and isinstance(content, str):
            self.transport.write(text_frame(content))
        else:
            super().serverSend(content, binary)
        if self.backlog.is_stalled:
            self.backlog.bytes += len(content)
            if self.backlog.bytes > UNSENT_MAX_BYTES:
                self.transport.abortConnection()

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


def install() -> None:
    """Let every daphne server of this process have it."""
    WebSocketFactory.protocol = ChatWebSocketProtocol
    _reactor.addSystemEventTrigger("before", "shutdown", _finish)


def _finish() -> "Deferred[None]":
    """Daphne does not speak the lifespan protocol: the reactor's own shutdown waits for us."""

    async def finish() -> None:
        await farewell.say()
        closing = set(ChatWebSocketProtocol.everyone)
        for socket in closing:
            socket.serverClose(Close.RESTARTING)
        with suppress(TimeoutError):
            async with asyncio.timeout(SHUTDOWN_SECONDS):
                while not closing.isdisjoint(ChatWebSocketProtocol.everyone):  # noqa: ASYNC110
                    await asyncio.sleep(POLL_SECONDS)

    return Deferred.fromFuture(asyncio.ensure_future(finish()))
