"""Accepts connections a few at a time, so that others' messages come between those of a flood.

An event loop accepts all connections that wait, and each costs milliseconds before its client is
in a room. What others send waits meanwhile.
"""

import errno
import socket
import time
from multiprocessing import reduction
from typing import Any

ACCEPTED_AT_LEAST = 1  # in a turn of the event loop
SECONDS_EACH = 0.006  # of CPU in the turn before, for each further connection
ACCEPTED_AT_MOST = 32


class PacedListener(socket.socket):
    """A listening socket that has few connections to accept in each turn of the event loop."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._turn_began = time.thread_time()
        self._left = ACCEPTED_AT_LEAST

    @classmethod
    def of(cls, other: socket.socket) -> "PacedListener":
        """Take over a socket."""
        family, type, proto = other.family, other.type, other.proto
        paced = cls(family, type, proto, other.detach())
        paced.setblocking(False)
        return paced

    def accept(self) -> tuple[socket.socket, Any]:
        """Accept a connection. Raises BlockingIOError once the turn has had its share."""
        if not self._left:
            self._end_turn()
            raise BlockingIOError(errno.EAGAIN, "the others wait for the next turn")
        self._left -= 1
        return super().accept()

    def _end_turn(self) -> None:
        now = time.thread_time()
        for_time = int((now - self._turn_began) / SECONDS_EACH)
        self._left = min(ACCEPTED_AT_LEAST + for_time, ACCEPTED_AT_MOST)
        self._turn_began = now


def _rebuild(duplicate: Any, family: int, type: int, proto: int) -> PacedListener:
    return PacedListener(family, type, proto, duplicate.detach())


def _reduce(listening: PacedListener) -> Any:
    duplicate = reduction.DupFd(listening.fileno())
    return _rebuild, (duplicate, listening.family, listening.type, listening.proto)


reduction.register(PacedListener, _reduce)  # for the worker processes of `serve`
