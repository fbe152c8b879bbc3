"""Uvicorn's HTTP protocol: bounds on bodies, on each wait for a client, and on connections.

An answer to an upload that is given before its body is through ends the connection.
"""

import asyncio
from typing import Any

import h11
from uvicorn import Config
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware
from uvicorn.protocols.http import h11_impl
from uvicorn.protocols.http.flow_control import CLOSE_HEADER, FlowControl
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

from mysite.servers import bodies, descriptors
from mysite.servers.connections import (
    BODY_SECONDS,
    HEADERS_SECONDS,
    IDLE_SECONDS,
    LINGER_SECONDS,
    Connection,
    connections,
)
from mysite.servers.lost_transports import break_cycle, end_writing
from mysite.servers.uvicorn_websocket import (
    FRAME_MAX_BYTES,
    SHUTDOWN_SECONDS,
    ChatWebSocketProtocol,
)

NOT_ANSWERED = {h11.IDLE, h11.SEND_RESPONSE}


class BodyTooLarge(Exception):
    """A request has a larger body than its path takes."""


class BoundedParser(h11.Connection):
    """Parses requests. Raises BodyTooLarge when a body is announced, or arrives, that is."""

    _received = 0  # bytes of a body, not yet taken

    def next_event(self) -> Any:
        try:
            event = super().next_event()
        except h11.RemoteProtocolError as error:
            raise error.with_traceback(None) from None  # h11's traceback refers to the error
        if isinstance(event, h11.Request):
            self._received = 0
            self._left = bodies.max_bytes(event.method, event.target)
            lengths = [int(value) for name, value in event.headers if name == b"content-length"]
            if any(length > self._left for length in lengths):
                raise BodyTooLarge
        elif isinstance(event, h11.Data):
            self._received += len(event.data)
            self._left -= len(event.data)
            if self._left < 0:
                raise BodyTooLarge
        return event

    def take_received(self) -> int:
        """The bytes of the body that have arrived since this was last asked."""
        received, self._received = self._received, 0
        return received


class BodyFlow(FlowControl):
    """Uvicorn's backpressure. What the application takes to read on is not the client's time."""

    def __init__(self, transport: asyncio.Transport, connection: Connection) -> None:
        super().__init__(transport)
        self._connection = connection

    def pause_reading(self) -> None:
        super().pause_reading()
        self.hold_if_paused()

    def resume_reading(self) -> None:
        super().resume_reading()
        connections.release(self._connection)

    def hold_if_paused(self) -> None:
        if self.read_paused:
            connections.hold(self._connection)


class LingeringTransport:
    """A transport that reads on for a while when uvicorn closes it: see `linger`."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self.write = transport.write
        self.is_closing = transport.is_closing

    def close(self) -> None:
        if not self.is_closing():
            protocol: Any = self._transport.get_protocol()
            protocol.linger()


class UploadCycle(RequestResponseCycle):
    """Uvicorn's request and answer. Of an upload, what arrived before it broke off is handed on."""

    @property
    def _is_upload(self) -> bool:
        return bodies.is_upload(self.scope["method"].encode(), self.scope["raw_path"])

    async def receive(self) -> Any:
        message = await super().receive()
        if message["type"] == "http.disconnect" and self.body and not self.response_complete:
            message = {"type": "http.request", "body": bytes(self.body), "more_body": True}
            self.body = bytearray()
        return message

    async def send(self, message: Any) -> None:
        is_first = message["type"] == "http.response.start"
        if is_first and self.more_body and self._is_upload:
            message = {**message, "headers": [*message.get("headers", []), CLOSE_HEADER]}
            self.transport = LingeringTransport(self.transport)  # type: ignore[assignment]
        await super().send(message)


h11_impl.RequestResponseCycle = UploadCycle  # type: ignore[misc]  # the protocol names it there


class ChatHTTPProtocol(H11Protocol):
    """Uvicorn's HTTP protocol, with limits on bodies, waiting times and connections.

    On h11 wherever httptools is installed, too: that one takes heads of any size.
    """

    flow: BodyFlow

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.conn = self._parser = BoundedParser(h11.SERVER)
        self.is_over = False  # nothing that arrives is read any more
        self._followed: Any = h11.IDLE

    # --- the connection -------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.connection = connections.open(transport, self.client[0] if self.client else None)
        self.is_over = self.connection.is_refused
        self.flow = BodyFlow(transport, self.connection)

    def connection_lost(self, exc: Exception | None) -> None:
        connections.close(self.connection)
        super().connection_lost(exc)
        break_cycle(self.transport)

    def handle_websocket_upgrade(self, event: h11.Request) -> None:
        super().handle_websocket_upgrade(event)
        self.is_over = True
        connections.work(self.connection)
        protocol = self.transport.get_protocol()
        if isinstance(protocol, ChatWebSocketProtocol):
            protocol.connection = self.connection

    def shutdown(self) -> None:
        """Close once the answer is read, or soon; at once where no request has arrived."""
        if self.is_over or self.conn.their_state is h11.SEND_BODY:
            self._end_request()
            self.transport.close()
        else:
            super().shutdown()
        self.loop.call_later(SHUTDOWN_SECONDS, self.transport.abort)

    # --- its waits for the client ---------------------------------------------------------------

    def data_received(self, data: bytes) -> None:
        if self.is_over:
            return
        super().data_received(data)
        self._follow()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self.is_over:
            self._unset_keepalive_if_required()
        self._follow()
        if self.conn.their_state is h11.IDLE and not self.is_over:
            connections.wait(self.connection, IDLE_SECONDS)
            self._followed = None

    def pause_writing(self) -> None:
        super().pause_writing()
        connections.pause(self.connection)

    def resume_writing(self) -> None:
        super().resume_writing()
        connections.resume(self.connection)
        self._followed = None
        self._follow()

    def _follow(self) -> None:
        """Begin to wait for what the client sends next, or for the application."""
        state = self.conn.their_state
        if self.is_over:
            return
        if state is not self._followed:
            self._followed = state
            if state is h11.IDLE:
                connections.wait(self.connection, HEADERS_SECONDS)
            elif state is h11.SEND_BODY:
                connections.wait(self.connection, BODY_SECONDS)
                self.flow.hold_if_paused()
            else:
                connections.work(self.connection)
        if state is h11.SEND_BODY:
            connections.wait_longer(self.connection, self._parser.take_received())

    # --- refusals -------------------------------------------------------------------------------

    def handle_events(self) -> None:
        try:
            super().handle_events()
        except BodyTooLarge:
            self._refuse_body()

    def _refuse_body(self) -> None:
        """Answer 413, unless there is another answer."""
        if self.conn.our_state in NOT_ANSWERED:
            self._send_refusal()
        self.linger()

    def linger(self) -> None:
        """Close, but read on for a while: a reset connection would lose the answer."""
        self._end_request()
        self.flow.resume_reading()
        end_writing(self.transport)
        connections.wait(self.connection, LINGER_SECONDS)

    def _send_refusal(self) -> None:
        headers = {
            "content-type": "text/plain",
            "content-length": str(len(bodies.REFUSAL)),
            "connection": "close",
        }
        for event in (
            h11.Response(status_code=413, headers=[*headers.items()], reason="Content Too Large"),
            h11.Data(data=bodies.REFUSAL),
            h11.EndOfMessage(),
        ):
            self.transport.write(self.conn.send(event) or b"")

    def send_400_response(self, msg: str) -> None:
        """Answer 400 unless an answer was begun, in which case h11 would raise."""
        if self.conn.our_state in NOT_ANSWERED:
            super().send_400_response(msg)
        else:
            self.transport.close()
        self._end_request()

    def _end_request(self) -> None:
        """What still arrives is not read, and what the application still answers not sent."""
        self.is_over = True
        if self.cycle is not None:
            self.cycle.disconnected = True
            self.cycle.message_event.set()


def bound(config: Config) -> None:
    """Give the `uvicorn` command our protocols, unless its options name others.

    It has loaded its own before it imports the application, and makes no connection before.
    """
    if config.http == "auto":
        config.http_protocol_class = ChatHTTPProtocol
        config.backlog = descriptors.backlog()
    if config.ws == "auto":
        config.ws_protocol_class = ChatWebSocketProtocol
        config.ws_max_size = FRAME_MAX_BYTES
    if type(config.loaded_app) is ProxyHeadersMiddleware:  # and not our subclass
        config.loaded_app = config.loaded_app.app  # which believes TRUSTED_PROXIES alone
