"""Which of the files that have arrived is worked on next: a picture may take a minute."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from chat.transport.fair_queue import FairQueue

AT_ONCE = 4  # as many as page_threads.UPLOAD_THREADS: a test holds them equal
NETWORK_AT_ONCE = 2  # of these: the files of one network leave threads to others

Network = str | None


class Turns:
    """Networks take turns, so that none can let all others wait.

    A network of None, which is that of a proxy, has no bound of its own.
    """

    def __init__(self) -> None:
        self._busy: Counter[Network] = Counter()
        self._waiting: FairQueue[tuple[Network, asyncio.Future[None]]] = FairQueue()

    @asynccontextmanager
    async def take(self, network: Network) -> AsyncIterator[None]:
        """Wait for the turn of a file, which lasts as long as the block."""
        turn = asyncio.get_running_loop().create_future()
        self._waiting.put((network, turn), network)
        self._begin()
        try:
            await turn
            yield
        finally:
            if not turn.cancelled():  # else it never began
                self._busy[network] -= 1
                self._begin()

    def _begin(self) -> None:
        while self._busy.total() < AT_ONCE:
            full = [it for it, count in self._busy.items() if it and count >= NETWORK_AT_ONCE]
            if (first := self._waiting.take_one(full)) is None:
                break
            network, turn = first
            if not turn.cancelled():
                turn.set_result(None)
                self._busy[network] += 1
        self._busy = +self._busy  # without those who have none
