"""The plain session: the protocol of the Channels tutorial, which knows no errors."""

import asyncio
from collections.abc import Sequence
from uuid import uuid4

from chat import protocol
from chat.journal import Entry, PostCursor, Refused
from chat.journal.changes import SIGN_IN_FIRST
from chat.live.rates import TooFast
from chat.live.revocations import Revoked
from chat.protocol import Close, InvalidText, MalformedFrame
from chat.sockets.session import ProtocolSession
from chat.transport.counters import SOCKET, counters

WAIT_MAX_SECONDS = 60  # for a rate; a client that would have to wait longer is closed


class PlainSession(ProtocolSession):
    """A connection without subprotocol: gets the messages posted while it is connected."""

    subprotocol = None

    async def start(self, after: int | None, *, takes_changes: bool = False) -> None:
        self.cursor = PostCursor(self.feed, self.feed.head, self._view())
        await self._ensure_still_in()

    async def deliver(self) -> None:
        await self.cursor.follow(self._send_posts)

    async def _send_posts(self, posts: Sequence[Entry]) -> None:
        for post in posts:
            await self.send(post.plain(self.origin))

    async def receive(self, text: str) -> None:
        """Handle one frame. Raises MalformedFrame, TooFast and Revoked."""
        message = protocol.decode_plain(text)
        try:
            await self._post_when_allowed(message)
        except InvalidText as invalid:
            counters.refuse(SOCKET, invalid.code)  # there is no error frame to send
        except Refused as refused:
            counters.refuse(SOCKET, refused.code)
            if refused.code == SIGN_IN_FIRST[0]:
                raise Revoked(Close.SIGN_IN_FIRST) from None

    async def _post_when_allowed(self, message: str) -> None:
        """Post, after waiting if a rate is exceeded: the client cannot be told to try again.

        Also after the wait of slow mode. Raises TooFast and Refused: a wait is longer than
        WAIT_MAX_SECONDS.
        """
        while True:
            try:
                await self.post(uuid4(), message)
                return
            except (TooFast, Refused) as refusal:
                if refusal.retry_after is None or refusal.retry_after > WAIT_MAX_SECONDS:
                    raise
                await asyncio.sleep(refusal.retry_after)

    async def refuse(self, malformed: MalformedFrame) -> None:
        counters.refuse(SOCKET, malformed.code)  # there is no error frame to send
