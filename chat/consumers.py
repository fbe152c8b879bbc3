"""The WebSocket boundary: one consumer a socket."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack, suppress
from typing import Any
from urllib.parse import parse_qs

from asgiref.typing import ASGIReceiveCallable
from channels.consumer import get_handler_name
from channels.exceptions import StopConsumer
from channels.generic.websocket import AsyncWebsocketConsumer
from django.db import Error

from chat import entrance, guests, journal, languages, policy
from chat.dialects import PEER_GONE, ChatV1, Dialect, Plain, SendText, TooSlow
from chat.models import RoomName, RoomNameError
from chat.protocol import FRAME_MAX_BYTES, SUBPROTOCOL, Close, Malformed

MALFORMED_FRAMES = 10  # in a row, and the client speaks something else

SendMessage = Callable[[Any], Coroutine[Any, Any, None]]

logger = logging.getLogger(__name__)


def _texts_to(send: SendMessage) -> SendText:
    """Sends text frames straight to the server: Channels would add two calls to each."""
    return lambda text: send({"type": "websocket.send", "text": text})


class ChatConsumer(AsyncWebsocketConsumer):
    """A socket in a room: says what it hears, hears what others say.

    The room's channel-layer group is joined through the room's feed, once for all sockets of the
    process, so this consumer has no channel of its own.
    """

    base_send: SendMessage  # the server's
    dialect: Dialect  # once entered; no frame is handled before

    async def __call__(
        self,
        scope: Any,
        receive: ASGIReceiveCallable,
        send: SendMessage,
    ) -> None:
        self.scope, self.base_send = scope, send
        self.is_accepted = False
        self.malformed = 0
        # However it ends, also where disconnect() is not called.
        async with AsyncExitStack() as self.on_leaving:
            with suppress(StopConsumer, *PEER_GONE):
                while True:
                    await self.dispatch(await receive())

    async def dispatch(self, message: Any) -> None:
        """Call the handler; without Channels' round trip to the ORM's thread before each."""
        await getattr(self, get_handler_name(message))(message)

    async def connect(self) -> None:
        asked = self.scope["subprotocols"]
        speaks_v1 = SUBPROTOCOL in asked
        if speaks_v1:  # its hello will say when it is in; a plain client knows by this alone
            await self.accept(SUBPROTOCOL)
        elif asked:
            await self.leave(Close.NOT_THIS_PROTOCOL)
        if journal.is_closing():
            await self.leave(Close.RESTARTING)
        try:
            await self._enter(ChatV1 if speaks_v1 else Plain)
        except RoomNameError:
            await self.leave(Close.NO_SUCH_ROOM)
        except Error as error:
            logger.error("nobody can enter: %s", error)
            await self.leave(Close.TRY_LATER)

    async def _enter(self, dialect: type[Dialect]) -> None:
        name = RoomName.parse(self.scope["url_route"]["kwargs"]["room"])
        arrival = await entrance.enter(name, guests.known_by(self.scope["cookies"]))
        if not policy.may_read(arrival.member, arrival.room):
            await self.leave(Close.NOT_ALLOWED)
        feed = await self.on_leaving.enter_async_context(journal.listen(arrival.room))
        self.dialect = dialect(arrival, feed, _texts_to(self.base_send), self._language())
        await self.dialect.greet(await self._resume_from())
        await self.accept()
        self.dialect.join()
        self.on_leaving.callback(self.dialect.leave)
        delivery = asyncio.create_task(self._deliver(self.dialect))
        self.on_leaving.callback(delivery.cancel)

    def _language(self) -> str:
        headers = dict(self.scope["headers"])
        asked = headers.get(b"accept-language", b"").decode("latin-1")
        return languages.spoken(self.scope["cookies"], asked)

    async def _resume_from(self) -> int | None:
        """The `after` of the address: the cursor of a client that comes back."""
        query = parse_qs(self.scope["query_string"].decode("latin-1"))
        if "after" not in query:
            return None
        after = query["after"][-1]
        if not (after.isascii() and after.isdigit() and len(after) < 19):
            await self.leave(Close.NOT_THIS_PROTOCOL)
        return int(after)

    async def _deliver(self, dialect: Dialect) -> None:
        with suppress(StopConsumer, *PEER_GONE):
            try:
                await dialect.deliver()
            except TooSlow:
                await self.close(Close.TRY_LATER)
            except (StopConsumer, *PEER_GONE):
                raise
            except Exception:  # or the socket would stay open and say nothing
                logger.exception("room %s: a delivery failed", dialect.room.pk)
                await self.close(Close.TRY_LATER)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        try:
            if text_data is None:
                raise Malformed("binary", "Frames are text.")
            if len(text_data.encode(errors="surrogatepass")) > FRAME_MAX_BYTES:
                await self.leave(Close.TOO_LARGE)
            await self.dialect.hear(text_data)
            self.malformed = 0
        except Malformed as malformed:
            self.malformed += 1
            await self.dialect.refuse(malformed)
            if self.malformed >= MALFORMED_FRAMES:
                await self.leave(Close.NOT_THIS_PROTOCOL)

    async def websocket_disconnect(self, message: Any) -> None:
        raise StopConsumer

    async def accept(self, subprotocol: str | None = None) -> None:
        """Accept the socket, unless it is."""
        if not self.is_accepted:
            self.is_accepted = True
            await super().accept(subprotocol)

    async def leave(self, code: Close) -> None:
        """Close the socket and end."""
        await self.accept()  # a close code reaches the client only then
        await self.close(code)
        raise StopConsumer


class NowhereConsumer(ChatConsumer):
    """A socket to an address where there is no room."""

    async def connect(self) -> None:
        await self.leave(Close.NO_SUCH_ROOM)
