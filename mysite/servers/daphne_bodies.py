"""Bodies of uploads on daphne, which itself calls the application once all of a body is there."""

import asyncio
from typing import Any, Protocol

BEHIND_BYTES = 256 * 1024  # that the application has not taken yet


class Channel(Protocol):
    """The connection that a body arrives on."""

    def hold(self) -> None:
        """Read no more until the application has taken what came."""

    def read_on(self) -> None:
        """Read more of the body: the application waits for it."""


class StreamedBody:
    """A body that the application gets as it comes. Daphne takes it for the application's queue."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._untaken = bytearray()
        self._is_whole = self._is_given = self._is_lost = False
        self._changed = asyncio.Event()

    def take(self, data: bytes) -> None:
        """More has arrived."""
        self._untaken += data
        self._changed.set()
        if len(self._untaken) > BEHIND_BYTES:
            self._channel.hold()

    def end(self) -> None:
        """All has arrived."""
        self._is_whole = True
        self._changed.set()

    def put_nowait(self, message: Any) -> None:
        """Take a message of daphne's: a disconnect, or a body that is empty as it keeps none."""
        if message["type"] == "http.disconnect":
            self._is_lost = True
            self._changed.set()

    async def receive(self) -> Any:
        """ASGI's `receive`. What arrived before a disconnect comes before that."""
        self._channel.read_on()
        while not (self._has_news or self._is_lost):
            self._changed.clear()
            await self._changed.wait()
        if not self._has_news:
            return {"type": "http.disconnect"}
        body, self._untaken = bytes(self._untaken), bytearray()
        self._is_given = self._is_whole
        return {"type": "http.request", "body": body, "more_body": not self._is_whole}

    @property
    def _has_news(self) -> bool:
        return bool(self._untaken) or self._is_whole is not self._is_given
