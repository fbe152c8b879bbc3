"""Soft state to one connection: said if it can be said at once, and else not at all."""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any

from chat.journal.eager import begin

Send = Callable[[str], Coroutine[Any, Any, None]]


class Whisper:
    """A connection, as those see it who have nothing to say that it must hear."""

    __slots__ = ("_is_slow", "_rest", "_send")

    def __init__(self, send: Send, is_slow: Callable[[], bool]) -> None:
        """`is_slow` says whether the connection has enough to do with what it must hear."""
        self._send, self._is_slow = send, is_slow
        self._rest: asyncio.Task[None] | None = None

    @property
    def is_ready(self) -> bool:
        """Whether something could be said now."""
        return self._rest is None and not self._is_slow()

    def say(self, frame: str) -> bool:
        """Send a frame. Returns whether it is sent, or on its way."""
        if not self.is_ready:
            return False
        try:
            rest = begin(self._send(frame))
        except Exception:  # the socket has closed; its consumer will hear of it
            return False
        if rest is not None:
            self._rest = asyncio.create_task(self._finish(rest))
        return True

    def close(self) -> None:
        if self._rest is not None:
            self._rest.cancel()

    async def _finish(self, rest: Coroutine[Any, Any, None]) -> None:
        try:
            with suppress(Exception):
                await rest
        finally:
            self._rest = None
