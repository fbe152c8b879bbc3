"""The protocol of the Channels tutorial."""

import asyncio
from collections.abc import Sequence
from uuid import uuid4

from chat import protocol
from chat.journal import Entry, PostCursor, Refused
from chat.live.rates import TooFast
from chat.protocol import InvalidText, MalformedFrame
from chat.sockets.session import ProtocolSession


class PlainSession(ProtocolSession):
    subprotocol = None

    async def start(self, after: int | None) -> None:
        self.cursor = PostCursor(self.feed, self.feed.head)

    async def deliver(self) -> None:
        await self.cursor.follow(self._say)

    async def _say(self, posts: Sequence[Entry]) -> None:
        for post in posts:
            await self.send(post.plain)

    async def receive(self, text: str) -> None:
        message = protocol.decode_plain(text)
        try:
            await self._post_in_time(message)
        except (InvalidText, Refused):
            pass  # this protocol has no word for it

    async def _post_in_time(self, message: str) -> None:
        """There is no word for "too fast" either: what comes too fast waits, and is not lost."""
        while True:
            try:
                await self.post(uuid4(), message)
                return
            except TooFast as too_fast:
                await asyncio.sleep(too_fast.retry_after)

    async def refuse(self, malformed: MalformedFrame) -> None:
        pass  # nor for this
