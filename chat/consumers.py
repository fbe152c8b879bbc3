"""The WebSocket consumers: one instance per socket."""

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack, suppress
from secrets import token_hex
from typing import Any

from asgiref.typing import ASGIReceiveCallable
from channels.consumer import get_handler_name
from channels.exceptions import StopConsumer
from channels.generic.websocket import AsyncWebsocketConsumer
from django.db import Error
from django.utils import timezone

from chat import protocol, runtime
from chat.journal.read.view import NoLongerIn
from chat.live.rates import CONNECTION, Client, TooFast
from chat.live.revocations import OpenSocket, Revoked
from chat.models import RoomNameError, Token
from chat.models.sanction import network_digest
from chat.protocol import FRAME_MAX_BYTES, SUBPROTOCOL, Close, MalformedFrame
from chat.sockets import (
    PEER_GONE,
    ChatV1Session,
    PlainSession,
    ProtocolSession,
    SendText,
    TooSlow,
    languages,
)
from chat.sockets.admission import Admission, NoSuchRoom, NotAdmitted, SignInFirst, admit
from chat.sockets.handshake import Handshake, MalformedQuery
from chat.transport.counters import CONNECT, counters
from chat.transport.fair_queue import QueueFull

NOT_ADMITTED: dict[type[Exception], Close] = {
    RoomNameError: Close.NO_SUCH_ROOM,
    MalformedQuery: Close.NOT_THIS_PROTOCOL,
    NoSuchRoom: Close.NO_SUCH_ROOM,
    NotAdmitted: Close.NOT_ALLOWED,
    SignInFirst: Close.SIGN_IN_FIRST,
    QueueFull: Close.TRY_LATER,
    NoLongerIn: Close.NO_SUCH_ROOM,  # taken out meanwhile
    Revoked: Close.TRY_LATER,  # or the code that it has
}

PLAIN = "plain"  # what the counters call a socket without subprotocol
CONNECTING = "connecting"  # all who connect take turns as one room does

ASGISend = Callable[[Any], Coroutine[Any, Any, None]]

ID_BYTES = 8  # of a socket, for the log

logger = logging.getLogger(__name__)
access_logger = logging.getLogger("lobby.sockets")


def _log_closed(ids: dict[str, Any], since: float) -> None:
    fields = {"seconds": round(time.monotonic() - since, 3)}
    access_logger.info("socket closed", extra={"ids": ids, "fields": fields})


def _text_sender(send: ASGISend) -> SendText:
    """Send text frames directly to the server, without the calls that Channels adds to each."""
    return lambda text: send({"type": "websocket.send", "text": text})


class ChatConsumer(AsyncWebsocketConsumer):
    """A socket in a room: admits it, passes frames to its session, and closes it.

    A socket has no channel of its own: the room's feed joins the channel-layer group.
    """

    base_send: ASGISend  # the server's
    session: ProtocolSession  # set on admission, before any frame is handled
    delivery: asyncio.Task[None]  # as well

    async def __call__(
        self,
        scope: Any,
        receive: ASGIReceiveCallable,
        send: ASGISend,
    ) -> None:
        self.scope, self.base_send = scope, send
        self.handshake = Handshake(scope)
        self.runtime = runtime.current()
        self.is_accepted = self.is_admitted = False
        self.revoked: Close | None = None  # the code to close with
        self.log_ids: dict[str, Any] = {"socket": token_hex(ID_BYTES)}
        # Servers do not always send a disconnect, so clean-up does not depend on its handler.
        async with AsyncExitStack() as self.cleanup:
            with suppress(StopConsumer, *PEER_GONE):
                while True:
                    await self.dispatch(await receive())

    async def dispatch(self, message: Any) -> None:
        """Call the handler, without Channels' round trip to the ORM's thread before each call."""
        await getattr(self, get_handler_name(message))(message)

    async def connect(self) -> None:
        offered = self.handshake.subprotocols
        is_v1 = SUBPROTOCOL in offered
        if is_v1:  # a plain client waits: only the accept tells it that it is admitted
            await self.accept(SUBPROTOCOL)
        elif offered:
            await self.close_and_stop(Close.NOT_THIS_PROTOCOL)
        if self.runtime.journal.is_closing:
            await self.close_and_stop(Close.RESTARTING)
        try:
            await self._count_connection()
            await self._admit(ChatV1Session if is_v1 else PlainSession)
        except TooFast as too_fast:
            await self._close_too_fast(too_fast, is_v1=is_v1)
        except tuple(NOT_ADMITTED) as refusal:
            code = refusal.code if isinstance(refusal, Revoked) else NOT_ADMITTED[type(refusal)]
            await self.close_and_stop(code)
        except Error as error:
            logger.error("cannot admit a connection: %s", error, extra={"ids": self.log_ids})
            await self.close_and_stop(Close.TRY_LATER)

    async def _count_connection(self) -> None:
        """Count the connection, as long as it is open, and wait for its turn. Raises TooFast."""
        guest, network = self.handshake.guest, self.handshake.network
        client = Client(str(guest) if guest else None, network)
        await self.runtime.rates.count(client, CONNECTION)
        holding = self.runtime.rates.connections.hold(client.member, client.network)
        await self.cleanup.enter_async_context(holding)
        await self.runtime.turns.start(CONNECTING, client.network)

    async def _admit(self, session: type[ProtocolSession]) -> None:
        handshake = self.handshake
        address, credentials = handshake.address, handshake.credentials
        resume = handshake.resume
        opens_room = not resume.after
        admission = await admit(self.runtime, address, credentials, handshake.network, opens_room)
        holding = self.runtime.revocations.hold(self._open_socket(admission), admission.since)
        self.cleanup.enter_context(holding)
        self._end_with(admission.token)
        listening = self.runtime.journal.listen(admission.room)
        feed = await self.cleanup.enter_async_context(listening)
        send = _text_sender(self.base_send)
        language, origin = handshake.language, handshake.origin
        self.session = session(self.runtime, admission, feed, send, language, origin)
        cursor = resume.cursor_in(admission.room.epoch)
        await self.session.start(cursor, takes_changes=resume.takes_changes)
        await self.accept()
        self.session.join()
        self.cleanup.callback(self.session.leave)
        self._count_open(self.session.subprotocol or PLAIN)
        self._log_open()
        self.delivery = asyncio.create_task(self._deliver(self.session))
        self.cleanup.callback(self._stop_delivery)
        self.is_admitted = True
        if self.revoked is not None:
            await self.close_and_stop(self.revoked)

    def _end_with(self, token: Token | None) -> None:
        """Close the socket when the program's token expires."""
        if token is not None and token.expires_at is not None:
            left = (token.expires_at - timezone.now()).total_seconds()
            loop = asyncio.get_running_loop()
            timer = loop.call_later(max(left, 0), self._revoke, Close.SIGN_IN_FIRST)
            self.cleanup.callback(timer.cancel)

    def _count_open(self, protocol: str) -> None:
        counters.sockets_opened += 1
        counters.sockets[protocol] += 1
        self.cleanup.callback(counters.sockets.subtract, {protocol: 1})

    def _log_open(self) -> None:
        session = self.session
        self.log_ids |= session.log_ids
        session.log_ids = self.log_ids
        if access_logger.isEnabledFor(logging.INFO):
            access_logger.info("socket opened", extra={"ids": self.log_ids})
            self.cleanup.callback(_log_closed, self.log_ids, time.monotonic())

    def _stop_delivery(self) -> None:
        self.is_admitted = False
        self.delivery.cancel()
        del self.delivery  # holds this consumer

    def _open_socket(self, admission: Admission) -> OpenSocket:
        member, network = admission.member, admission.network
        digest = network_digest(network) if network and member.is_guest else None
        ids = str(member.uid), admission.session, digest, admission.room.pk
        return OpenSocket(*ids, self._revoke, is_program=admission.token is not None)

    def _revoke(self, code: Close) -> None:
        """Handle no further frame, and close; a socket that is being admitted, after that."""
        if self.revoked is not None:
            return
        self.revoked = code
        if self.is_admitted:
            self.closing = asyncio.create_task(self._close_revoked(self.delivery, code))

    async def _close_revoked(self, delivery: asyncio.Task[None], code: Close) -> None:
        self.session.leave()
        delivery.cancel()
        await asyncio.wait([delivery])
        with suppress(*PEER_GONE):
            await self.close(code)

    async def _deliver(self, session: ProtocolSession) -> None:
        with suppress(StopConsumer, *PEER_GONE):
            try:
                await session.deliver()
            except TooSlow:
                await self.close(Close.TRY_LATER)
            except NoLongerIn:
                self._revoke(Close.NOT_ALLOWED)
            except (StopConsumer, *PEER_GONE):
                raise
            except Exception:  # close: an open socket would look as if nobody said anything
                room = session.room.pk
                logger.exception("room %s: delivery failed", room, extra={"ids": self.log_ids})
                await self.close(Close.TRY_LATER)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        limits = self.session.frame_limits
        try:
            await self._wait_for_turn(self.session)
            if text_data is None:
                raise MalformedFrame("binary", "Frames are text.")
            if len(text_data.encode(errors="surrogatepass")) > FRAME_MAX_BYTES:
                await self.close_and_stop(Close.TOO_LARGE)
            await self.session.receive(text_data)
            limits.add_well_formed()
        except MalformedFrame as malformed:
            await self.session.refuse(malformed)
            if limits.add_malformed():
                await self.close_and_stop(Close.NOT_THIS_PROTOCOL)
        except Revoked as revoked:
            self._revoke(revoked.code)
        except TooFast as too_fast:
            is_v1 = self.session.subprotocol == SUBPROTOCOL
            await self._close_too_fast(too_fast, is_v1=is_v1)

    async def _wait_for_turn(self, session: ProtocolSession) -> None:
        """Count a frame, and return when it may be decoded. Raises TooFast and Revoked."""
        if wait := session.frame_limits.take_frame():
            await asyncio.sleep(wait)
        client = session.client
        await self.runtime.turns.start(session.room.pk, client.network, client.member)
        if self.revoked is not None:
            raise Revoked(self.revoked)

    async def _close_too_fast(self, too_fast: TooFast, *, is_v1: bool) -> None:
        """Close the socket. A `chat.v1` client is told when to come back; plain has no errors."""
        if is_v1:
            detail = languages.translate(too_fast.detail, self.handshake.language)
            error = protocol.Error(too_fast.code, detail, retry_after=too_fast.retry_after)
            await self.base_send(
                {"type": "websocket.send", "text": protocol.frame([protocol.encode(error)])}
            )
        await self.close_and_stop(Close.TOO_MANY)

    async def websocket_disconnect(self, message: Any) -> None:
        raise StopConsumer

    async def accept(self, subprotocol: str | None = None) -> None:
        """Accept the socket, once."""
        if not self.is_accepted:
            self.is_accepted = True
            await super().accept(subprotocol)

    async def close(self, code: Close, reason: str | None = None) -> None:
        """Close the socket with a code."""
        counters.refuse(CONNECT, code.value)
        await super().close(code, reason)

    async def close_and_stop(self, code: Close) -> None:
        """Close the socket with a code. Raises StopConsumer."""
        await self.accept()  # a close code reaches the client of an accepted socket only
        await self.close(code)
        raise StopConsumer


class UnknownPathConsumer(ChatConsumer):
    """Closes a socket to a path that is no room's."""

    async def _admit(self, session: type[ProtocolSession]) -> None:
        await self.close_and_stop(Close.NO_SUCH_ROOM)
