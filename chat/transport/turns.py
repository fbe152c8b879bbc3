"""Bounds the work that begins in one turn of an event loop.

An event loop runs all that is ready before it looks for more. So hundreds of frames that arrive
together would make up one long turn, for which everybody waits.
"""

import asyncio
from collections.abc import Hashable

from chat.transport.fair_queue import FairQueue

STARTED_PER_TURN = 8  # frames and connections; each takes some 0.3 ms of CPU


class Turns:
    """Starts few pieces of work in each turn of the event loop. Keys take turns: see FairQueue.

    What waits is not bounded here: each connection waits for one piece of work at most.
    """

    def __init__(self) -> None:
        self._left = STARTED_PER_TURN
        self._next_turn: asyncio.Handle | None = None
        self._waiting: FairQueue[asyncio.Future[None]] = FairQueue()

    @property
    def waiting(self) -> int:
        """How many pieces of work wait for a turn."""
        return len(self._waiting)

    async def start(self, *key: Hashable) -> None:
        """Return when a piece of work of this key may start."""
        loop = asyncio.get_running_loop()
        if self._next_turn is None:
            self._next_turn = loop.call_soon(self._begin_turn)
        if self._left and not self._waiting:
            self._left -= 1
            return
        waiting: asyncio.Future[None] = loop.create_future()
        self._waiting.put(waiting, *key)
        await waiting

    def _begin_turn(self) -> None:
        self._left = STARTED_PER_TURN
        while self._left and self._waiting:
            [waiting] = self._waiting.take(1)
            if not waiting.done():  # its connection may have closed
                waiting.set_result(None)
                self._left -= 1
        is_idle = self._left == STARTED_PER_TURN
        self._next_turn = (
            None if is_idle else asyncio.get_running_loop().call_soon(self._begin_turn)
        )
