"""Closes the sockets that no longer may be open. This process is a cursor on the revocations.

It reads what follows its cursor after a nudge, and in each reconcile round: a lost nudge makes a
socket close late, and not never.
"""

import asyncio
import logging
import time
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import Error

from chat.journal import database
from chat.journal.activity import REVOKED
from chat.models import Revocation, Sanction
from chat.models.revocation import KEPT, Why
from chat.protocol import Close
from chat.transport.event_bus import EventBus

STOP_SECONDS = 5  # for what is being read, before the process ends
READ_ROWS = 500  # at once
RECENT_ROWS = 1_000  # read lately, for sockets that were being admitted meanwhile
UNREAD_SECONDS = KEPT.total_seconds() / 2  # after so long, rows may be missing

CLOSE_CODES = {
    Why.SESSION: Close.SIGN_IN_FIRST,
    Why.TOKEN: Close.SIGN_IN_FIRST,
    Why.PASSWORD: Close.SIGN_IN_FIRST,
    Why.DEACTIVATED: Close.NOT_ALLOWED,
    Why.DELETED: Close.SIGN_IN_FIRST,
    Why.CLAIMED: Close.TRY_LATER,  # the browser is signed in: it comes back as the account
    Why.REMOVED: Close.NOT_ALLOWED,
    Why.BANNED: Close.NOT_ALLOWED,
    Why.KNOCK: Close.TRY_LATER,  # who was let in comes back
    Why.ROOM_DELETED: Close.NO_SUCH_ROOM,  # as who comes back is told
}

_Banned = tuple[UUID, int | None]  # a member, and the room or all of them

logger = logging.getLogger(__name__)


class Revoked(Exception):
    """The socket may no longer be open."""

    def __init__(self, code: Close) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, eq=False, slots=True)
class OpenSocket:
    """Who is connected: the member's id, digests of the session and a guest's network, the room.

    A program's session is its token, which a new password of its member does not revoke.
    """

    member: str
    session: str | None
    network: str | None
    room_pk: int
    close: Callable[[Close], None]
    is_program: bool = False

    def is_meant(self, revocation: Revocation) -> bool:
        if revocation.room_id not in (None, self.room_pk):
            return False
        if self.is_program and revocation.why == Why.PASSWORD:
            return False
        if revocation.network and revocation.network != self.network:
            return False
        if revocation.member and str(revocation.member) != self.member:
            return False
        # A socket without session was opened by a guest who has signed in since.
        return not revocation.session or self.session in (None, revocation.session)


class Revocations:
    """The sockets that are open on this process, and the cursor that closes them."""

    def __init__(self, bus: EventBus, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._cursor: int | None = None  # before the first socket
        self._read_at = 0.0
        self._recent: deque[Revocation] = deque()
        self._forgotten = 0  # the last row that left `_recent`
        self._sockets: dict[str, set[OpenSocket]] = defaultdict(set)  # by member id
        self._reading = asyncio.Lock()
        self._is_nudged = False
        self._task: asyncio.Task[None] | None = None
        self._networks_to_ban: dict[_Banned, set[str]] = defaultdict(set)
        self._mute_calls: list[Callable[[UUID | None, int | None], None]] = []
        self._calls: list[Callable[[UUID | None, int | None], None]] = []
        self._bus = bus
        bus.on(REVOKED, self._on_nudge)

    def on_row(self, call: Callable[[UUID | None, int | None], None]) -> None:
        """Call with the member and the room of each row that is read, but for mutes."""
        self._calls.append(call)

    def on_mute(self, call: Callable[[UUID | None, int | None], None]) -> None:
        """Call with the member and the room of each mute."""
        self._mute_calls.append(call)

    async def cursor(self) -> int:
        """The row up to which this process has read: ask before you find out who connects."""
        if self._cursor is None:
            async with self._reading:
                if self._cursor is None:
                    await self._start_at_head()
        return self._cursor or 0

    @contextmanager
    def hold(self, socket: OpenSocket, since: int) -> Iterator[None]:
        """Close the socket, as long as the block lasts, when its right is taken away.

        `since` is the cursor from before its right was checked. Raises Revoked.
        """
        if since < self._forgotten:
            raise Revoked(Close.TRY_LATER)
        for revocation in self._recent:
            is_new = revocation.pk > since and revocation.why != Why.MUTED
            if is_new and socket.is_meant(revocation):
                raise Revoked(CLOSE_CODES[Why(revocation.why)])
        sockets = self._sockets[socket.member]
        sockets.add(socket)
        try:
            yield
        finally:
            sockets.discard(socket)
            if not sockets and self._sockets.get(socket.member) is sockets:
                del self._sockets[socket.member]

    async def read(self) -> None:
        """Read what follows the cursor, and close who is meant. Raises `django.db.Error`."""
        if self._cursor is None:
            return
        async with self._reading:
            if self._clock() - self._read_at > UNREAD_SECONDS:
                await self._start_again()
            while rows := await database.read_urgent(
                Revocation.objects.after, self._cursor, READ_ROWS
            ):
                self._apply(rows)
                await self._ban_networks()
            self._read_at = self._clock()

    async def aclose(self) -> None:
        """Finish what is being read, and stop: a ban has its networks before the process ends."""
        if self._task is not None:
            await asyncio.wait([self._task], timeout=STOP_SECONDS)
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _start_at_head(self) -> None:
        self._cursor = await database.read_urgent(Revocation.objects.head)
        self._read_at = self._clock()

    async def _start_again(self) -> None:
        """Close everybody, to be admitted anew: rows that we have not read may be deleted."""
        logger.warning("revocations were not read for long: all connections are checked anew")
        await self._start_at_head()
        for socket in list(self._all_sockets()):
            socket.close(Close.TRY_LATER)

    def _apply(self, rows: Iterable[Revocation]) -> None:
        for row in rows:
            self._cursor = row.pk
            self._recent.append(row)
            if len(self._recent) > RECENT_ROWS:
                self._forgotten = self._recent.popleft().pk
            is_mute = row.why == Why.MUTED
            for call in self._mute_calls if is_mute else self._calls:
                call(row.member, row.room_id)
            if not is_mute:
                self._close(row)

    def _close(self, row: Revocation) -> None:
        of_member = self._sockets.get(str(row.member), ())
        for socket in list(of_member if row.member else self._all_sockets()):
            if socket.is_meant(row):
                self._note_network(row, socket)
                socket.close(CLOSE_CODES[Why(row.why)])

    def _note_network(self, row: Revocation, socket: OpenSocket) -> None:
        if row.why == Why.BANNED and row.member and socket.network:
            self._networks_to_ban[row.member, row.room_id].add(socket.network)

    async def _ban_networks(self) -> None:
        """Ban the networks from which guests were connected who are banned now."""
        found, self._networks_to_ban = self._networks_to_ban, defaultdict(set)
        for (member, room), digests in found.items():
            if await database.write(Sanction.objects.add_networks, member, digests, room):
                self._bus.publish(REVOKED, "", [])

    def _all_sockets(self) -> Iterator[OpenSocket]:
        for sockets in self._sockets.values():
            yield from sockets

    def _on_nudge(self, key: str, items: list[Any]) -> None:
        self._is_nudged = True
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._read_when_nudged())

    async def _read_when_nudged(self) -> None:
        while self._is_nudged:
            self._is_nudged = False
            try:
                await self.read()
            except Error as error:  # the next reconcile round reads
                logger.error("cannot read revocations: %s", error)
