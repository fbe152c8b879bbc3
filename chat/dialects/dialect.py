"""What a person can do in a room, in whatever words."""

import logging
from collections.abc import Callable, Coroutine
from typing import Any
from uuid import UUID

from django.db import Error

from chat import journal, policy, presence, protocol, rates
from chat.emoji import is_emoji, qualified
from chat.entrance import Arrival
from chat.journal import Appended, Delete, Edit, Markup, Post, React, Refused
from chat.journal.changes import UNAVAILABLE
from chat.markup import mark_up
from chat.models.message import Kind
from chat.protocol import Malformed, Sentence
from chat.whisper import Whisper

PEER_GONE = (OSError,)  # what a server's send() raises when the socket has closed: ASGI
POSTING, REACTING = "post", "react"  # what is counted by itself
NO_EMOJI = "bad_emoji", Sentence("A reaction is one emoji.")
NO_POSTING = "not_allowed", Sentence("You may not post here.")
NO_REACTING = "not_allowed", Sentence("You may not react here.")

logger = logging.getLogger(__name__)

SendText = Callable[[str], Coroutine[Any, Any, None]]


class Dialect:
    """One connection's conversation with one room."""

    subprotocol: str | None

    def __init__(
        self, arrival: Arrival, feed: journal.Feed, send: SendText, language: str = "en"
    ) -> None:
        self.room, self.member = arrival.room, arrival.member
        self.feed = feed
        self.send = send
        self.language = language  # of the person
        self.place: presence.Place | None = None

    async def greet(self, after: int | None) -> None:
        """Say what comes first; `after` is the cursor a client resumes from."""
        raise NotImplementedError

    async def deliver(self) -> None:
        """Send what lies after the cursor, for ever. Raises TooSlow."""
        raise NotImplementedError

    async def hear(self, text: str) -> None:
        """Take one frame. Raises Malformed."""
        raise NotImplementedError

    async def refuse(self, malformed: Malformed) -> None:
        """Answer a frame that could not be taken."""
        raise NotImplementedError

    def join(self) -> None:
        """Be seen in the room."""
        self.place = presence.join(self.room, self.member, self._ear())

    def leave(self) -> None:
        """The connection has ended."""
        if self.place is not None:
            self.place.leave()

    def _ear(self) -> Whisper | None:
        """Who is told of the others."""
        return None

    async def post(
        self, client_id: UUID, text: str, reply_to: int | None = None, kind: Kind = Kind.TEXT
    ) -> Appended:
        """Append a message. Raises TextRefused, TooFast and Refused."""
        clean = protocol.clean_topic if kind == Kind.TOPIC else protocol.clean_text
        text = clean(text)
        if not policy.may_post(self.member, self.room):
            raise Refused(*NO_POSTING)
        await self._count(POSTING)
        markup = await self._mark_up(text)
        if self.place is not None:
            self.place.stops_typing()
        post = Post(self.room.pk, self.member.pk, client_id, text, reply_to, kind, markup)
        return await journal.append(post)

    async def edit(self, seq: int, text: str) -> Appended:
        """Change one's own message. Raises TextRefused, TooFast and Refused."""
        text = protocol.clean_text(text)
        await self._count(POSTING)
        markup = await self._mark_up(text)
        return await journal.append(Edit(self.room.pk, self.member.pk, seq, text, markup))

    async def delete(self, seq: int) -> Appended:
        """Take back one's own message. Raises Refused."""
        await self._store_member()
        return await journal.append(Delete(self.room.pk, self.member.pk, seq))

    async def react(self, seq: int, emoji: str, *, on: bool) -> React:
        """A reaction, or one taken back, that may be appended. Raises TooFast and Refused."""
        if not is_emoji(emoji):
            raise Refused(*NO_EMOJI)
        if not policy.may_react(self.member, self.room):
            raise Refused(*NO_REACTING)
        await self._count(REACTING)
        return React(self.room.pk, self.member.pk, seq, qualified(emoji), on)

    async def _count(self, what: str) -> None:
        await rates.here().count(self.member, what)
        await self._store_member()

    async def _mark_up(self, text: str) -> Markup:
        try:
            return await mark_up(self.room, text)
        except Error as error:
            logger.error("room %s: who is mentioned cannot be read: %s", self.room.pk, error)
            raise Refused(*UNAVAILABLE) from None

    async def _store_member(self) -> None:
        if not self.member.is_stored:
            try:
                await journal.threads.write(self.member.store)
            except Error as error:
                logger.error("a new member cannot be stored: %s", error)
                raise Refused(*UNAVAILABLE) from None
