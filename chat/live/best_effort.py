"""Best-effort frames: soft state such as presence and news, dropped while a client is behind."""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any

from chat.transport.eager import start_eagerly

Send = Callable[[str], Coroutine[Any, Any, None]]


class BestEffortSender:
    """Sends best-effort frames to one connection: drops them while the client is behind."""

    __slots__ = ("_is_behind", "_send", "_sending")

    def __init__(self, send: Send, is_behind: Callable[[], bool]) -> None:
        """`is_behind` tells whether the client owes an acknowledgement."""
        self._send, self._is_behind = send, is_behind
        self._sending: asyncio.Task[None] | None = None

    @property
    def is_ready(self) -> bool:
        """Whether `send` would send a frame now."""
        return self._sending is None and not self._is_behind()

    def send(self, frame: str) -> bool:
        """Send a frame. Returns False if the frame was dropped."""
        if not self.is_ready:
            return False
        try:
            remainder = start_eagerly(self._send(frame))
        except Exception:  # the socket is closed; its consumer receives the disconnect
            return False
        if remainder is not None:
            self._sending = asyncio.create_task(self._finish(remainder))
        return True

    def close(self) -> None:
        """Cancel a send that waits for the socket."""
        if self._sending is not None:
            self._sending.cancel()

    async def _finish(self, remainder: Coroutine[Any, Any, None]) -> None:
        try:
            with suppress(Exception):
                await remainder
        finally:
            self._sending = None
