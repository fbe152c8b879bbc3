"""What is said on a socket: `chat.v1`, or the plain mode of the Channels tutorial.

A dialect turns frames into posts and a cursor's slices into frames; the consumer owns the socket.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any
from uuid import UUID, uuid4

from django.db import Error

from chat import journal, policy, protocol
from chat.entrance import Arrival
from chat.journal import Appended, Delete, Edit, Entry, Post, Refused
from chat.journal.changes import UNAVAILABLE
from chat.protocol import Malformed, TextRefused

RESUME_CHANGES = 500  # behind the head; from further back a client starts with the latest page
POSTED_REMEMBERED = 100  # ids, of a connection: sent again, they are answered again
ACK_SECONDS = 60  # an acknowledgement may be owed that long

logger = logging.getLogger(__name__)

SendText = Callable[[str], Coroutine[Any, Any, None]]


class TooSlow(Exception):
    """The client owes an acknowledgement for too long."""


class Dialect:
    """One connection's conversation with one room."""

    subprotocol: str | None

    def __init__(self, arrival: Arrival, feed: journal.Feed, send: SendText) -> None:
        self.room, self.member = arrival.room, arrival.member
        self.feed = feed
        self.send = send

    async def greet(self, after: int | None) -> None:
        """Say what comes first; `after` is the cursor a client resumes from."""
        raise NotImplementedError

    async def deliver(self) -> None:
        """Send what lies after the cursor, for ever. Raises TooSlow."""
        raise NotImplementedError

    async def hear(self, text: str) -> None:
        """Take one frame. Raises Malformed."""
        raise NotImplementedError

    async def refuse(self, malformed: Malformed) -> None:
        """Answer a frame that could not be taken."""
        raise NotImplementedError

    async def post(self, client_id: UUID, text: str, reply_to: int | None = None) -> Appended:
        """Append a message. Raises TextRefused and Refused."""
        text = protocol.clean_text(text)
        if not policy.may_post(self.member, self.room):
            raise Refused("not_allowed", "You may not post here.")
        await self._store_member()
        return await journal.append(Post(self.room.pk, self.member.pk, client_id, text, reply_to))

    async def edit(self, seq: int, text: str) -> Appended:
        """Change one's own message. Raises TextRefused and Refused."""
        text = protocol.clean_text(text)
        await self._store_member()
        return await journal.append(Edit(self.room.pk, self.member.pk, seq, text))

    async def delete(self, seq: int) -> Appended:
        """Take back one's own message. Raises Refused."""
        await self._store_member()
        return await journal.append(Delete(self.room.pk, self.member.pk, seq))

    async def _store_member(self) -> None:
        if not self.member.is_stored:
            try:
                await journal.threads.write(self.member.store)
            except Error as error:
                logger.error("a new member cannot be stored: %s", error)
                raise Refused(*UNAVAILABLE) from None


class Plain(Dialect):
    subprotocol = None

    async def greet(self, after: int | None) -> None:
        self.cursor = journal.PostCursor(self.feed, self.feed.head)

    async def deliver(self) -> None:
        await self.cursor.follow(self._say)

    async def _say(self, posts: Sequence[Entry]) -> None:
        for post in posts:
            await self.send(post.plain)

    async def hear(self, text: str) -> None:
        message = protocol.decode_plain(text)
        try:
            await self.post(uuid4(), message)
        except (TextRefused, Refused):
            pass  # this protocol has no word for it

    async def refuse(self, malformed: Malformed) -> None:
        pass  # nor for this


class ChatV1(Dialect):
    subprotocol = protocol.SUBPROTOCOL

    async def greet(self, after: int | None) -> None:
        head = await self._head(after or 0)
        if after is not None and 0 <= head - after <= RESUME_CHANGES:
            self._begin(after)
            await self.send(protocol.frame([self._hello(head, resumed=True)]))
        else:
            await self._start_with_page()

    async def _head(self, after: int) -> int:
        """The room's version; read anew for who has seen more, elsewhere, than our feed."""
        if after > self.feed.head:
            self.feed.hear(await journal.threads.read(journal.read.head, self.room.pk))
            return max(self.feed.head, self.feed.rumour)
        return self.feed.head

    def _begin(self, version: int) -> None:
        self.patience = asyncio.timeout(None)
        self.is_delivering = False
        self.cursor = journal.Cursor(self.feed, version)
        self._began = version
        self._posted: deque[str | None] = deque(maxlen=POSTED_REMEMBERED)

    async def _start_with_page(self) -> None:
        page = await self.feed.page()
        hello = self._hello(page.version, resumed=False)
        self._begin(page.version)
        self.cursor.window.sent(page)
        await self.send(protocol.frame([hello, *(entry.json for entry in page.entries)]))

    def _hello(self, version: int, *, resumed: bool) -> str:
        return protocol.encode(
            protocol.Hello(
                room=protocol.RoomInfo(self.room.name),
                you=protocol.Person(self.member.uid, self.member.name),
                version=version,
                resumed=resumed,
            )
        )

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

    async def hear(self, text: str) -> None:
        match protocol.decode(text):
            case protocol.Send(id=id, text=said, reply_to=reply_to):
                await self._change(self.post(id, said, reply_to), str(id))
            case protocol.EditMessage(seq=seq, text=said):
                await self._change(self.edit(seq, said))
            case protocol.DeleteMessage(seq=seq):
                await self._change(self.delete(seq))
            case protocol.Ack(version=version):
                if self.cursor.acknowledge(version):
                    self._expect_ack(anew=True)

    async def _change(self, change: Awaitable[Appended], id: str | None = None) -> None:
        try:
            appended = await change
        except (TextRefused, Refused) as refusal:
            await self._say_error(refusal.code, str(refusal), id)
            return
        if appended.again and self._will_not_come(appended.entry, id):
            await self.send(protocol.frame([appended.entry.json]))  # seeing it is the confirmation
        self._posted.append(id)

    def _will_not_come(self, entry: Entry, id: str | None) -> bool:
        """Whether an entry lies behind where this connection began, or is asked for once more."""
        is_behind = entry.version <= self.cursor.version
        is_asked_again = id is not None and id in self._posted
        return is_behind and (entry.version <= self._began or is_asked_again)

    async def refuse(self, malformed: Malformed) -> None:
        await self._say_error(malformed.code, malformed.detail, malformed.id)

    async def _say_error(self, code: str, detail: str, id: str | None) -> None:
        error = protocol.Error(code=code, detail=detail, id=id)
        await self.send(protocol.frame([protocol.encode(error)]))
