"""Live delivery: pushes new entries to the connections that stand at a room's head.

A follower that keeps up is called directly; no task is woken for it.
"""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from itertools import islice
from operator import methodcaller
from typing import Any, Protocol

from chat.journal.read.slices import Slice
from chat.journal.read.tail import Tail
from chat.transport.counters import counters
from chat.transport.eager import start_eagerly
from chat.transport.futures import ignore_unseen_error

FOLLOWERS_PER_TURN = 500  # of the event loop

Sending = Coroutine[Any, Any, None]
Detached = asyncio.Future[Sending | None]  # what `push_to` awaits


class Follower(Protocol):
    """A cursor that is pushed to."""

    version: int

    def advance(self, slice: Slice) -> Sending | None:
        """Move past the slice and return its sending; None when it cannot be sent now."""


class Delivery:
    """Pushes to the followers of one room, in rounds: one slice for each follower in a round."""

    def __init__(self, tail: Tail) -> None:
        self._tail = tail
        self._followers: dict[Follower, Detached] = {}
        self._round: Iterator[Follower] = iter(())
        self._next_turn: asyncio.Handle | None = None
        self._round_since = 0.0  # when the head moved, for which there is this round, …
        self._moved_since: float | None = None  # … and the next one

    async def push_to(self, follower: Follower) -> None:
        """Push to a follower that stands at the head, as the head moves.

        Returns once the follower has to go on by itself: it fell behind, or a sending had to wait
        and is done now. Raises what the follower's sending raises.
        """
        detached = self._followers[follower] = asyncio.get_running_loop().create_future()
        try:
            if remainder := await detached:
                await remainder
        finally:
            self._followers.pop(follower, None)
            ignore_unseen_error(detached)
            del detached  # its error holds this frame

    def start(self) -> None:
        """The head has moved: start a round, unless one is under way."""
        if self._moved_since is None:
            self._moved_since = asyncio.get_running_loop().time()
        if self._next_turn is None:
            self._start_round()

    def stop(self) -> None:
        if self._next_turn is not None:
            self._next_turn.cancel()

    def _start_round(self) -> None:
        loop = asyncio.get_running_loop()
        self._round_since, self._moved_since = self._moved_since or loop.time(), None
        self._round = iter(list(self._followers))
        self._next_turn = loop.call_soon(self._push_some, self._tail.head)

    def _push_some(self, head: int) -> None:
        """One turn of a round; between turns, other work of the event loop runs."""
        loop = asyncio.get_running_loop()
        some = list(islice(self._round, FOLLOWERS_PER_TURN))
        pushed = 0
        for follower in some:
            if follower in self._followers and follower.version < self._tail.head:
                pushed += self._push(follower)
        counters.deliveries += pushed
        counters.delivery_seconds.observe(loop.time() - self._round_since, pushed)
        if len(some) == FOLLOWERS_PER_TURN:
            self._next_turn = loop.call_soon(self._push_some, head)
        elif self._tail.head > head:
            self._start_round()
        else:
            self._next_turn = None

    def _push(self, follower: Follower) -> bool:
        """Send what follows, as far as that can be done now. Returns whether it was sent."""
        sending = remainder = None
        try:
            if self._tail.holds(follower.version):
                sending = follower.advance(self._tail.after(follower.version))
            if sending is not None:
                remainder = start_eagerly(sending)
        except Exception as error:
            self._release(follower, methodcaller("set_exception", error))
        else:
            is_at_head = follower.version >= self._tail.head  # a view may end before
            if remainder is not None or sending is None or not is_at_head:
                self._release(follower, methodcaller("set_result", remainder))
        return sending is not None

    # Not in `_push`: its frame, which the error holds, would hold the future with the error.
    def _release(self, follower: Follower, settle: Callable[[Detached], None]) -> None:
        """Let `push_to` return, unless it was cancelled and awaits nothing."""
        detached = self._followers.pop(follower)
        if not detached.done():
            settle(detached)
