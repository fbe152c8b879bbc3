"""The `chat.v1` session: first page, resuming, confirmations, flow control, all frames."""

import asyncio
import sys
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextlib import suppress
from typing import Any, TypeVar

from msgspec import UNSET

from chat import policy, protocol
from chat.journal import Appended, Cursor, Entry, Feed, React, Refused, database
from chat.journal.changes import Files
from chat.journal.read import queries
from chat.journal.read.slices import Page
from chat.live import room_states
from chat.live.best_effort import BestEffortSender
from chat.live.rates import TooFast
from chat.live.room_states import room_info
from chat.live.sidebar import Sidebar
from chat.models import Member, Scope, direct_rooms
from chat.models.file import clean_alts
from chat.models.message import Kind
from chat.policy import Action, Standing
from chat.protocol import InvalidText, MalformedFrame
from chat.runtime import Runtime
from chat.sockets import languages
from chat.sockets.admission import Admission
from chat.sockets.session import PEER_GONE, ProtocolSession, SendText
from chat.transport.counters import SOCKET, counters

RESUME_CHANGES = 500  # behind the head; from further back a client starts with the latest page
POSTED_REMEMBERED = 100  # ids of a connection's posts: sent again, they are answered again
ACK_SECONDS = 60  # a client that owes an acknowledgement for longer is closed
REACTIONS_PENDING = 20  # of a connection, being stored while its next frames are handled

T = TypeVar("T")


class TooSlow(Exception):
    """The client has owed an acknowledgement for ACK_SECONDS."""


class ChatV1Session(ProtocolSession):
    """A connection that speaks `chat.v1`; docs/protocol.md describes the protocol."""

    subprotocol = protocol.SUBPROTOCOL

    def __init__(
        self,
        runtime: Runtime,
        admission: Admission,
        feed: Feed,
        send: SendText,
        language: str = "en",
        origin: str = "",
    ) -> None:
        super().__init__(runtime, admission, feed, send, language, origin)
        self._sidebar: Sidebar | None = None
        self._list_timer: asyncio.TimerHandle | None = None
        self._reacting: set[asyncio.Task[None]] = set()

    # --- start ----------------------------------------------------------------------------------

    async def start(self, after: int | None, *, takes_changes: bool = False) -> None:
        self._takes_changes = takes_changes
        head = await self._read_head(after or 0)
        if after is not None and 0 <= head - after <= RESUME_CHANGES:
            self._start_cursor(after, complete_at=after)
            await self._ensure_still_in()
            await self.send(protocol.frame([self._hello(head, resumed=True)]))
        else:
            await self._start_with_page()

    async def _read_head(self, after: int) -> int:
        """The room's version: the feed's, unless the client has seen more on another process."""
        if after > self.feed.head:
            self.feed.announce_head(await database.read(queries.head, self.room.pk))
            return max(self.feed.head, self.feed.announced_head)
        return self.feed.head

    def _start_cursor(self, version: int, *, complete_at: int) -> None:
        """At `complete_at` the client has the messages that changes refer to."""
        self._ack_timeout: asyncio.Timeout | None = None  # while delivering
        changes_from = complete_at if self._takes_changes else sys.maxsize
        self.cursor = Cursor(self.feed, version, changes_from, self._view())
        window = self.cursor.window  # not through self: a cycle would keep the session
        self._best_effort = BestEffortSender(self.send, lambda: window.needs_ack)
        self._start_version = version
        self._acknowledged = -1  # the highest version
        self._page_from = sys.maxsize  # the first seq of the page sent at the start
        self._posted: deque[str] = deque(maxlen=POSTED_REMEMBERED)

    async def _start_with_page(self) -> None:
        page = await self.feed.page()
        if (view := self._view()) is not None:
            page = view.of_page(page)
        hello = self._hello(page.version, resumed=False)
        self._start_cursor(page.version, complete_at=page.complete_at)
        self.cursor.window.add(page)
        self._page_from = min((entry.seq for entry in page.entries), default=sys.maxsize)
        reacted = await self._own_reactions(page)
        await self._ensure_still_in()
        await self.send(protocol.frame([hello, *(it.json for it in page.entries), *reacted]))

    async def _own_reactions(self, page: Page) -> list[str]:
        if not self.member.is_saved or not any(entry.unnamed for entry in page.entries):
            return []
        found = await database.read(queries.reacted, self.member, self.room.pk, page.entries)
        return [protocol.encode(protocol.Reacted(seq, emoji)) for seq, emoji in found]

    def _hello(self, version: int, *, resumed: bool) -> str:
        return protocol.encode(
            protocol.Hello(
                room=room_info(self.room),
                you=_you(self.member, self.standing_at_start),
                version=version,
                resumed=resumed,
                epoch=str(self.room.epoch),
            )
        )

    # --- to the client --------------------------------------------------------------------------

    async def deliver(self) -> None:
        try:
            async with asyncio.timeout(None) as self._ack_timeout:
                self._update_ack_timeout()
                await self.cursor.follow(self.send, self._update_ack_timeout)
        except TimeoutError:
            raise TooSlow from None
        finally:
            self._ack_timeout = None  # holds this task, whose error would hold the session

    def _update_ack_timeout(self, *, restart: bool = False) -> None:
        """Time out in ACK_SECONDS if an acknowledgement is owed; `restart` after one came."""
        if self._ack_timeout is None:
            return
        if not self.cursor.window.needs_ack:
            self._ack_timeout.reschedule(None)
        elif restart or self._ack_timeout.when() is None:
            self._ack_timeout.reschedule(asyncio.get_running_loop().time() + ACK_SECONDS)

    def _best_effort_sender(self) -> BestEffortSender:
        return self._best_effort

    def join(self) -> None:
        super().join()
        states, sender = self.runtime.room_states, self._best_effort
        self._watcher = states.watch(self.room, self.member, self.standing_at_start, sender)

    def leave(self) -> None:
        super().leave()
        self.runtime.room_states.leave(self.room, self._watcher)
        self.runtime.open_reports.leave(self._best_effort)
        self._best_effort.close()
        self.runtime.read_pointers.store_now()
        if self._list_timer is not None:
            self._list_timer.cancel()
        if self._sidebar is not None:
            self._sidebar.close()

    # --- from the client ------------------------------------------------------------------------

    async def receive(self, text: str) -> None:
        frame = protocol.decode(text)
        await self._handlers[type(frame)](self, frame)

    async def _on_send(self, frame: protocol.SendMessage) -> None:
        files = Files(tuple(frame.files), clean_alts(frame.alts))
        posting = self.post(frame.id, frame.text, frame.reply_to, Kind(frame.kind), files)
        # A refused post may be stored all the same, and arrive from the feed.
        if await self._confirm(posting, str(frame.id)):
            self._posted.append(str(frame.id))

    async def _on_edit(self, frame: protocol.EditMessage) -> None:
        kept = None if frame.files is None else tuple(frame.files)
        files = Files(kept, clean_alts(frame.alts))
        edit = self.edit(frame.seq, frame.text, files, keeps_card=frame.card)
        await self._confirm(edit, frame.id)

    async def _on_delete(self, frame: protocol.DeleteMessage) -> None:
        await self._confirm(self.delete(frame.seq), frame.id)

    async def _on_react(self, frame: protocol.ReactToMessage) -> None:
        """Append in a task: the journal holds reactions back for others to join them."""
        reaction = self.react(frame.seq, frame.emoji, on=frame.on)
        react = await self._result_or_error(reaction, frame.id)
        if react is None:
            return
        if len(self._reacting) >= REACTIONS_PENDING:
            await asyncio.wait(self._reacting, return_when=asyncio.FIRST_COMPLETED)
        appending = asyncio.create_task(self._append_reaction(react, frame.id))
        self._reacting.add(appending)
        appending.add_done_callback(self._reacting.discard)

    async def _append_reaction(self, react: React, id: str | None) -> None:
        with suppress(*PEER_GONE):
            appended = await self._confirm(self.append(react), id)
            if appended and react.emoji in appended.entry.unnamed:
                reacted = protocol.Reacted(react.seq, react.emoji, react.on, id or UNSET)
                await self.send(protocol.frame([protocol.encode(reacted)]))

    async def _on_typing(self, frame: protocol.Typing) -> None:
        if self.presence is None or not self._may_post():
            return
        if not frame.on:
            self.presence.stop_typing()
        elif not await self._is_shut_out():
            self.presence.start_typing()

    async def _is_shut_out(self) -> bool:
        """Asked each time: a block says nothing to the person's sockets."""
        is_asked = self.room.is_direct
        return is_asked and await database.read(direct_rooms.is_shut_out, self.member, self.room)

    def _may_post(self) -> bool:
        is_allowed = self.token is None or self.token.allows(Scope.POST)
        return is_allowed and policy.may(
            self.member, Action.POST, self.room, self._watcher.standing
        )

    async def _on_read(self, frame: protocol.Read) -> None:
        if self.member.is_saved and (self.token is None or self.token.allows(Scope.POST)):
            seq = min(frame.seq, self.feed.head)
            version = max(seq, self.cursor.version)
            self.runtime.read_pointers.move(self.member, self.room, seq, version)

    async def _on_list_rooms(self, frame: protocol.ListRooms) -> None:
        """Send the list of rooms. A list that is due answers all frames that ask for one."""
        if self._list_timer is not None or self._is_for_some_rooms:
            return
        if wait := self.frame_limits.take_list():
            loop = asyncio.get_running_loop()
            self._list_timer = loop.call_later(wait, self._send_list)
        else:
            self._send_list()

    @property
    def _is_for_some_rooms(self) -> bool:
        """Whether the program's token is not for all rooms: it is told of no other."""
        return self.token is not None and self.token.rooms is not None

    def _send_list(self) -> None:
        self._list_timer = None
        if self._sidebar is None:
            sidebars = self.runtime.sidebars
            self._sidebar = sidebars.open(self.member, self.room, self._best_effort)
        else:
            self._sidebar.refresh()
        self.runtime.open_reports.watch(self.member, self._best_effort)

    async def _on_ack(self, frame: protocol.Ack) -> None:
        acknowledged = min(frame.version, self.cursor.version)
        if acknowledged > self._acknowledged:
            self._acknowledged = acknowledged
            self.frame_limits.put_back_frame()
        if self.cursor.acknowledge(frame.version):
            self._update_ack_timeout(restart=True)

    _handlers: dict[type, Callable[[Any, Any], Coroutine[Any, Any, None]]] = {
        protocol.SendMessage: _on_send,
        protocol.EditMessage: _on_edit,
        protocol.DeleteMessage: _on_delete,
        protocol.ReactToMessage: _on_react,
        protocol.Typing: _on_typing,
        protocol.Read: _on_read,
        protocol.ListRooms: _on_list_rooms,
        protocol.Ack: _on_ack,
    }

    async def _confirm(self, change: Awaitable[Appended], id: str | None) -> Appended | None:
        """Await a change; the feed confirms a new one. Returns None if it was refused."""
        appended = await self._result_or_error(change, id)
        if appended and appended.is_duplicate:
            # The process that stored it may have ended before it announced the change.
            self.feed.announce_head(appended.entry.version)
            if self._needs_resend(appended.entry, id):
                await self.send(protocol.frame(it.json for it in self._seen(appended.entry)))
        return appended

    async def _result_or_error(self, work: Awaitable[T], id: str | None) -> T | None:
        """Returns the result of `work`; None after a refusal, which is sent as an error."""
        try:
            return await work
        except TooFast as refusal:
            detail = languages.translate(refusal.detail, self.language)
            await self._send_error(refusal.code, detail, id, refusal.retry_after)
        except InvalidText as refusal:
            detail = languages.translate(refusal.detail, self.language)
            await self._send_error(refusal.code, detail, id)
        except Refused as refusal:
            detail = languages.translate(refusal.detail, self.language)
            await self._send_error(refusal.code, detail, id, refusal.retry_after)
        return None

    def _seen(self, entry: Entry) -> Sequence[Entry]:
        view = self._view()
        return [entry] if view is None else view.of_entries([entry])

    def _needs_resend(self, entry: Entry, id: str | None) -> bool:
        """Whether the feed will not send an entry that the client lacks, or posted here before."""
        will_be_sent = entry.version > self.cursor.version
        was_sent = entry.version > self._start_version or entry.seq >= self._page_from
        return not will_be_sent and (not was_sent or id in self._posted)

    async def refuse(self, malformed: MalformedFrame) -> None:
        await self._send_error(malformed.code, malformed.detail, malformed.id)

    async def _send_error(
        self, code: str, detail: str, id: str | None, retry_after: float | None = None
    ) -> None:
        counters.refuse(SOCKET, code)
        error = protocol.Error(code, detail, id, UNSET if retry_after is None else retry_after)
        await self.send(protocol.frame([protocol.encode(error)]))


def _you(member: Member, standing: Standing) -> protocol.You:
    role = policy.role(member, standing) or UNSET
    claimed = [str(it) for it in member.claimed_uids] or UNSET
    uid = str(member.uid)
    picture = str(member.picture_id) if member.picture_id else UNSET
    name, guest, muted = member.name, member.is_guest, room_states.muted(standing)
    return protocol.You(
        uid, name, guest=guest, picture=picture, role=role, claimed=claimed, muted=muted
    )
