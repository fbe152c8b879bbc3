"""`chat.v1`: history, resuming, confirmation, flow control, and all that people do in a room."""

import asyncio
import sys
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from typing import Any, TypeVar

from msgspec import UNSET

from chat import protocol
from chat.journal import Appended, Cursor, Entry, Feed, React, Refused, threads
from chat.journal.read import queries
from chat.live.best_effort import BestEffortSender
from chat.live.rates import TooFast
from chat.live.sidebar import Sidebar
from chat.models import Room
from chat.models.message import Kind
from chat.protocol import InvalidText, MalformedFrame
from chat.runtime import Runtime
from chat.sockets import languages
from chat.sockets.admission import Admission
from chat.sockets.session import PEER_GONE, ProtocolSession, SendText

RESUME_CHANGES = 500  # behind the head; from further back a client starts with the latest page
POSTED_REMEMBERED = 100  # ids, of a connection: sent again, they are answered again
ACK_SECONDS = 60  # an acknowledgement may be owed that long
ASIDES = 20  # reactions of a connection that wait to be stored, while it goes on

T = TypeVar("T")


class TooSlow(Exception):
    """The client owes an acknowledgement for too long."""


class ChatV1Session(ProtocolSession):
    subprotocol = protocol.SUBPROTOCOL

    def __init__(
        self,
        runtime: Runtime,
        admission: Admission,
        feed: Feed,
        send: SendText,
        language: str = "en",
    ) -> None:
        super().__init__(runtime, admission, feed, send, language)
        self._best_effort = BestEffortSender(send, lambda: self.cursor.window.is_owed)
        self._sidebar: Sidebar | None = None
        self._asides: set[asyncio.Task[None]] = set()

    # --- how it begins --------------------------------------------------------------------------

    async def start(self, after: int | None) -> None:
        head = await self._head(after or 0)
        if after is not None and 0 <= head - after <= RESUME_CHANGES:
            self._begin(after)
            await self.send(protocol.frame([self._hello(head, resumed=True)]))
        else:
            await self._start_with_page()

    async def _head(self, after: int) -> int:
        """The room's version; read anew for who has seen more, elsewhere, than our feed."""
        if after > self.feed.head:
            self.feed.announce_head(await threads.read(queries.head, self.room.pk))
            return max(self.feed.head, self.feed.announced_head)
        return self.feed.head

    def _begin(self, version: int) -> None:
        self.patience = asyncio.timeout(None)
        self.is_delivering = False
        self.cursor = Cursor(self.feed, version)
        self._began = version
        self._page_from = sys.maxsize  # the seq at which the page began that was sent first
        self._posted: deque[str] = deque(maxlen=POSTED_REMEMBERED)

    async def _start_with_page(self) -> None:
        page = await self.feed.page()
        hello = self._hello(page.version, resumed=False)
        self._begin(page.version)
        self.cursor.window.sent(page)
        self._page_from = min((entry.seq for entry in page.entries), default=sys.maxsize)
        await self.send(protocol.frame([hello, *(entry.json for entry in page.entries)]))

    def _hello(self, version: int, *, resumed: bool) -> str:
        return protocol.encode(
            protocol.Hello(
                room=_room_info(self.room),
                you=protocol.Person(str(self.member.uid), self.member.name),
                version=version,
                resumed=resumed,
            )
        )

    # --- what goes out --------------------------------------------------------------------------

    async def deliver(self) -> None:
        try:
            async with self.patience:
                self.is_delivering = True
                self._expect_ack()
                await self.cursor.follow(self.send, self._expect_ack)
        except TimeoutError:
            raise TooSlow from None

    def _expect_ack(self, *, anew: bool = False) -> None:
        """Start to wait for an acknowledgement if one is owed, or start `anew` after one came."""
        if not self.is_delivering:
            return
        if not self.cursor.window.is_owed:
            self.patience.reschedule(None)
        elif anew or self.patience.when() is None:
            self.patience.reschedule(asyncio.get_running_loop().time() + ACK_SECONDS)

    def _best_effort_sender(self) -> BestEffortSender:
        return self._best_effort

    def leave(self) -> None:
        super().leave()
        self._best_effort.close()
        self.runtime.read_pointers.hurry()
        if self._sidebar is not None:
            self._sidebar.close()

    # --- what comes in --------------------------------------------------------------------------

    async def receive(self, text: str) -> None:
        frame = protocol.decode(text)
        await self._handlers[type(frame)](self, frame)

    async def _send(self, frame: protocol.SendMessage) -> None:
        posting = self.post(frame.id, frame.text, frame.reply_to, Kind(frame.kind))
        # Not what was refused: it may stand all the same, and be on its way.
        if await self._change(posting, str(frame.id)):
            self._posted.append(str(frame.id))

    async def _edit(self, frame: protocol.EditMessage) -> None:
        await self._change(self.edit(frame.seq, frame.text), frame.id)

    async def _delete(self, frame: protocol.DeleteMessage) -> None:
        await self._change(self.delete(frame.seq), frame.id)

    async def _react(self, frame: protocol.React) -> None:
        """Stored aside: reactions wait for each other, and nothing else need wait for them."""
        react = await self._answered(self.react(frame.seq, frame.emoji, on=frame.on), frame.id)
        if react is None:
            return
        if len(self._asides) >= ASIDES:
            await asyncio.wait(self._asides, return_when=asyncio.FIRST_COMPLETED)
        aside = asyncio.create_task(self._react_aside(react, frame.id))
        self._asides.add(aside)
        aside.add_done_callback(self._asides.discard)

    async def _react_aside(self, react: React, id: str | None) -> None:
        with suppress(*PEER_GONE):
            await self._change(self.runtime.journal.append(react), id)

    async def _type(self, frame: protocol.Typing) -> None:
        if self.presence is not None:
            self.presence.start_typing()

    async def _read(self, frame: protocol.Read) -> None:
        if self.member.is_saved:
            seq = min(frame.seq, self.feed.head)
            self.runtime.read_pointers.move(self.member, self.room, seq)

    async def _list_rooms(self, frame: protocol.ListRooms) -> None:
        if self._sidebar is None:
            sidebars = self.runtime.sidebars
            self._sidebar = sidebars.open(self.member, self.room, self._best_effort)
        else:
            self._sidebar.renew()

    async def _acknowledge(self, frame: protocol.Ack) -> None:
        if self.cursor.acknowledge(frame.version):
            self._expect_ack(anew=True)

    _handlers: dict[type, Callable[[Any, Any], Coroutine[Any, Any, None]]] = {
        protocol.SendMessage: _send,
        protocol.EditMessage: _edit,
        protocol.DeleteMessage: _delete,
        protocol.React: _react,
        protocol.Typing: _type,
        protocol.Read: _read,
        protocol.ListRooms: _list_rooms,
        protocol.Ack: _acknowledge,
    }

    async def _change(self, change: Awaitable[Appended], id: str | None) -> bool:
        """Make it, and confirm what nothing else will. Returns whether it stands, new or not."""
        appended = await self._answered(change, id)
        if appended and appended.is_duplicate:
            self.feed.announce_head(
                appended.entry.version
            )  # who stored it may have ended before telling
            if self._is_missed(appended.entry, id):
                await self.send(protocol.frame([appended.entry.json]))
        return appended is not None

    async def _answered(self, change: Awaitable[T], id: str | None) -> T | None:
        """What comes of it; None where it is refused, and the client told so."""
        try:
            return await change
        except TooFast as refusal:
            detail = languages.translate(refusal.detail, self.language)
            await self._say_error(refusal.code, detail, id, refusal.retry_after)
        except (InvalidText, Refused) as refusal:
            await self._say_error(
                refusal.code, languages.translate(refusal.detail, self.language), id
            )
        return None

    def _is_missed(self, entry: Entry, id: str | None) -> bool:
        """Whether this connection was not sent an entry, nor will be; or is asked for it again."""
        will_come = entry.version > self.cursor.version
        has_come = entry.version > self._began or entry.seq >= self._page_from
        return not will_come and (not has_come or id in self._posted)

    async def refuse(self, malformed: MalformedFrame) -> None:
        await self._say_error(malformed.code, malformed.detail, malformed.id)

    async def _say_error(
        self, code: str, detail: str, id: str | None, retry_after: float | None = None
    ) -> None:
        error = protocol.Error(code, detail, id, UNSET if retry_after is None else retry_after)
        await self.send(protocol.frame([protocol.encode(error)]))


def _room_info(room: Room) -> protocol.RoomInfo:
    return protocol.RoomInfo(str(room.uid), room.name, room.topic or UNSET)
