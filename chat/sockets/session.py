"""What a person does in a room over a socket, whatever the protocol."""

import logging
from collections.abc import Callable, Coroutine
from typing import Any
from uuid import UUID

from autobahn.exception import Disconnected
from django.db import Error

from chat import policy, protocol
from chat.formatting.emoji import fully_qualified, is_emoji
from chat.journal import Appended, Delete, Edit, Feed, Markup, Post, React, Refused, threads
from chat.journal.changes import UNAVAILABLE
from chat.journal.write.markup import mark_up
from chat.live.best_effort import BestEffortSender
from chat.live.presence import PresenceHandle
from chat.models.message import Kind
from chat.protocol import MalformedFrame, Translatable
from chat.runtime import Runtime
from chat.sockets.admission import Admission

PEER_GONE = (OSError, Disconnected)  # what uvicorn and daphne raise when the socket has closed
POSTING, REACTING = "post", "react"  # what is counted by itself
NO_EMOJI = "bad_emoji", Translatable("A reaction is one emoji.")
NO_POSTING = "not_allowed", Translatable("You may not post here.")
NO_REACTING = "not_allowed", Translatable("You may not react here.")

logger = logging.getLogger(__name__)

SendText = Callable[[str], Coroutine[Any, Any, None]]


class ProtocolSession:
    """One connection to one room, in one protocol."""

    subprotocol: str | None

    def __init__(
        self,
        runtime: Runtime,
        admission: Admission,
        feed: Feed,
        send: SendText,
        language: str = "en",
    ) -> None:
        self.runtime = runtime
        self.room, self.member = admission.room, admission.member
        self.feed = feed
        self.send = send
        self.language = language
        self.presence: PresenceHandle | None = None

    async def start(self, after: int | None) -> None:
        """Send the first frame; `after` is the cursor a client resumes from."""
        raise NotImplementedError

    async def deliver(self) -> None:
        """Send what lies after the cursor, until cancelled. Raises TooSlow."""
        raise NotImplementedError

    async def receive(self, text: str) -> None:
        """Handle one frame. Raises MalformedFrame."""
        raise NotImplementedError

    async def refuse(self, malformed: MalformedFrame) -> None:
        """Answer a frame that cannot be handled."""
        raise NotImplementedError

    def join(self) -> None:
        """Appear among the people of the room."""
        self.presence = self.runtime.presence.join(
            self.room, self.member, self._best_effort_sender()
        )

    def leave(self) -> None:
        """The connection has ended."""
        if self.presence is not None:
            self.presence.leave()

    def _best_effort_sender(self) -> BestEffortSender | None:
        """Sends soft state to this connection, where the protocol has any."""
        return None

    async def post(
        self, client_id: UUID, text: str, reply_to: int | None = None, kind: Kind = Kind.TEXT
    ) -> Appended:
        """Append a message. Raises InvalidText, TooFast and Refused."""
        clean = protocol.clean_topic if kind == Kind.TOPIC else protocol.clean_text
        text = clean(text)
        if not policy.may_post(self.member, self.room):
            raise Refused(*NO_POSTING)
        await self._count(POSTING)
        markup = await self._mark_up(text)
        if self.presence is not None:
            self.presence.stop_typing()
        post = Post(self.room.pk, self.member.pk, client_id, text, reply_to, kind, markup)
        return await self.runtime.journal.append(post)

    async def edit(self, seq: int, text: str) -> Appended:
        """Change one's own message. Raises InvalidText, TooFast and Refused."""
        text = protocol.clean_text(text)
        await self._count(POSTING)
        markup = await self._mark_up(text)
        return await self.runtime.journal.append(
            Edit(self.room.pk, self.member.pk, seq, text, markup)
        )

    async def delete(self, seq: int) -> Appended:
        """Take back one's own message. Raises Refused."""
        await self._store_member()
        return await self.runtime.journal.append(Delete(self.room.pk, self.member.pk, seq))

    async def react(self, seq: int, emoji: str, *, on: bool) -> React:
        """A reaction, or one taken back, that may be appended. Raises TooFast and Refused."""
        if not is_emoji(emoji):
            raise Refused(*NO_EMOJI)
        if not policy.may_react(self.member, self.room):
            raise Refused(*NO_REACTING)
        await self._count(REACTING)
        return React(self.room.pk, self.member.pk, seq, fully_qualified(emoji), on)

    async def _count(self, what: str) -> None:
        await self.runtime.rates.count(self.member, what)
        await self._store_member()

    async def _mark_up(self, text: str) -> Markup:
        try:
            return await mark_up(self.room, text)
        except Error as error:
            logger.error("room %s: who is mentioned cannot be read: %s", self.room.pk, error)
            raise Refused(*UNAVAILABLE) from None

    async def _store_member(self) -> None:
        if not self.member.is_saved:
            try:
                await threads.write(self.member.ensure_saved)
            except Error as error:
                logger.error("a new member cannot be stored: %s", error)
                raise Refused(*UNAVAILABLE) from None
