"""The page of latest messages that a connection starts with."""

import asyncio
import time

from chat.journal import database
from chat.journal.read import queries
from chat.journal.read.queries import PAGE_BYTES
from chat.journal.read.slices import Page
from chat.journal.read.tail import Tail

PAGE_ENTRIES = 50
PAGE_SECONDS = 5  # how long a page is shared
PAGE_CHANGES = 50  # a page is shared until so many changes lie after it: all who join are sent them


class LatestPage:
    """The latest messages of one room, read once for all who join before much has changed."""

    def __init__(self, room_id: int, tail: Tail) -> None:
        self._room_id, self._tail = room_id, tail
        self._page: Page | None = None
        self._reading = asyncio.Lock()

    async def get(self) -> Page:
        """Return the page. Raises what the database raises."""
        async with self._reading:
            if self._page is None or not self._is_fresh(self._page):
                self._page = await self._read()
            return self._page

    def _is_fresh(self, page: Page) -> bool:
        is_young = time.monotonic() - page.read_at <= PAGE_SECONDS
        is_near = self._tail.head - page.version <= PAGE_CHANGES
        has_expired = bool(page.entries) and page.entries[0].seq <= self._tail.expired_seq
        return is_young and is_near and page.version >= self._tail.last_deletion and not has_expired

    async def _read(self) -> Page:
        as_of = self._tail.head
        if not as_of:  # nobody has written yet
            return Page([], 0, complete_at=0, read_at=time.monotonic())
        found, _ = await database.read(
            queries.page, self._room_id, PAGE_ENTRIES, before=as_of + 1, size=PAGE_BYTES
        )
        entries = [it for it in found if it.version <= as_of]
        complete_at = max((it.version for it in found), default=as_of)
        return Page(entries, as_of, complete_at=complete_at, read_at=time.monotonic())
