"""The page of latest messages that a connection starts with."""

import asyncio
import time
from collections.abc import Sequence

from chat.journal import threads
from chat.journal.entry import Entry
from chat.journal.read import queries
from chat.journal.read.slices import Page, count_fitting
from chat.journal.read.tail import Tail

PAGE_ENTRIES = 50
PAGE_BYTES = 256 * 1024  # sent as one frame
PAGE_SECONDS = 5  # how long a page is shared


class LatestPage:
    """The latest messages of one room, read once for all who join within PAGE_SECONDS."""

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
        return is_young and page.version >= self._tail.last_deletion

    async def _read(self) -> Page:
        as_of = self._tail.head
        entries, _ = await threads.read(queries.page, self._room_id, PAGE_ENTRIES, as_of=as_of)
        return Page(_newest(entries, PAGE_BYTES), as_of, time.monotonic())


def _newest(entries: Sequence[Entry], size: int) -> Sequence[Entry]:
    """Return the last entries that fit `size` bytes together."""
    return entries[len(entries) - count_fitting(reversed(entries), size) :]
