"""A WebSocket's session in one room: what all protocols have in common."""

import logging
from collections.abc import Callable, Coroutine
from typing import Any
from uuid import UUID

from django.db import Error

from chat import protocol
from chat.formatting.emoji import fully_qualified, is_emoji
from chat.journal import (
    Appended,
    Change,
    Delete,
    Edit,
    Feed,
    Markup,
    Newcomer,
    Post,
    React,
    Refused,
)
from chat.journal.changes import UNAVAILABLE, MemberId
from chat.journal.write.markup import mark_up_in_thread
from chat.live.best_effort import BestEffortSender
from chat.live.presence import PresenceHandle
from chat.models.message import Kind
from chat.protocol import MalformedFrame, Translatable
from chat.runtime import Runtime
from chat.sockets.admission import Admission

PEER_GONE = (OSError,)  # what a server's send() raises when the socket has closed: ASGI
POSTING, REACTING = "post", "react"  # actions with a rate each
NO_EMOJI = "bad_emoji", Translatable("A reaction must be a single emoji.")

logger = logging.getLogger(__name__)

SendText = Callable[[str], Coroutine[Any, Any, None]]


class ProtocolSession:
    """One connection to one room. A subclass speaks one protocol."""

    subprotocol: str | None  # of the WebSocket handshake

    def __init__(
        self,
        runtime: Runtime,
        admission: Admission,
        feed: Feed,
        send: SendText,
        language: str = "en",
    ) -> None:
        """`language` is the code of the language for refusals."""
        self.runtime = runtime
        self.room, self.member = admission.room, admission.member
        self.network = admission.network
        self.feed = feed
        self.send = send
        self.language = language
        self.presence: PresenceHandle | None = None

    async def start(self, after: int | None) -> None:
        """Send the first frame. A client resumes from the version `after`; None: it is new."""
        raise NotImplementedError

    async def deliver(self) -> None:
        """Send what lies after the cursor, until cancelled. Raises TooSlow and send errors."""
        raise NotImplementedError

    async def receive(self, text: str) -> None:
        """Handle one frame of the client. Raises MalformedFrame."""
        raise NotImplementedError

    async def refuse(self, malformed: MalformedFrame) -> None:
        """Answer a malformed frame."""
        raise NotImplementedError

    def join(self) -> None:
        """Join the presence of the room."""
        self.presence = self.runtime.presence.join(
            self.room, self.member, self._best_effort_sender()
        )

    def leave(self) -> None:
        """Leave the presence of the room, after the connection has ended."""
        if self.presence is not None:
            self.presence.leave()

    def _best_effort_sender(self) -> BestEffortSender | None:
        """Returns the sender of soft state, or None if the protocol has no soft state."""
        return None

    async def post(
        self, client_id: UUID, text: str, reply_to: int | None = None, kind: Kind = Kind.TEXT
    ) -> Appended:
        """Append a message. Raises InvalidText, TooFast and Refused."""
        clean = protocol.clean_topic if kind == Kind.TOPIC else protocol.clean_text
        text = clean(text)
        await self.runtime.rates.count(self.member, POSTING)
        markup = await self._mark_up(text)
        if self.presence is not None:
            self.presence.stop_typing()
        post = Post(self.room.pk, self._member_id, client_id, text, reply_to, kind, markup)
        return await self.append(post)

    async def edit(self, seq: int, text: str) -> Appended:
        """Change the text of one's own message. Raises InvalidText, TooFast and Refused."""
        text = protocol.clean_text(text)
        await self.runtime.rates.count(self.member, POSTING)
        markup = await self._mark_up(text)
        return await self.append(Edit(self.room.pk, self._member_id, seq, text, markup))

    async def delete(self, seq: int) -> Appended:
        """Delete one's own message. Raises Refused."""
        return await self.append(Delete(self.room.pk, self._member_id, seq))

    async def react(self, seq: int, emoji: str, *, on: bool) -> React:
        """Returns a reaction to append, or its removal. Raises TooFast and Refused."""
        if not is_emoji(emoji):
            raise Refused(*NO_EMOJI)
        await self.runtime.rates.count(self.member, REACTING)
        return React(self.room.pk, self._member_id, seq, fully_qualified(emoji), on)

    async def append(self, change: Change) -> Appended:
        """Append a change of this person. Raises Refused."""
        appended = await self.runtime.journal.append(change, self.network)
        if not self.member.is_saved and appended.member.is_saved:
            self.member.become(appended.member)
        return appended

    @property
    def _member_id(self) -> MemberId:
        if self.member.is_saved:
            return self.member.pk
        return Newcomer(self.member.uid, self.member.name)

    async def _mark_up(self, text: str) -> Markup:
        try:
            return await mark_up_in_thread(self.room, text)
        except Error as error:
            logger.error("room %s: cannot read who is mentioned: %s", self.room.pk, error)
            raise Refused(*UNAVAILABLE) from None
