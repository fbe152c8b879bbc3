"""A WebSocket's session in one room: what all protocols have in common."""

import logging
from collections.abc import Callable, Coroutine
from typing import Any
from uuid import UUID

from django.db import Error

from chat import policy, protocol
from chat.formatting.emoji import fully_qualified, is_emoji
from chat.journal import Appended, Delete, Edit, Feed, Markup, Post, React, Refused, threads
from chat.journal.changes import UNAVAILABLE
from chat.journal.write.markup import mark_up_in_thread
from chat.live.best_effort import BestEffortSender
from chat.live.presence import PresenceHandle
from chat.live.rates import DELETION, EDIT, GUEST, MESSAGE, REACTION, TOPIC, Client
from chat.models.message import Kind
from chat.protocol import MalformedFrame, Translatable
from chat.runtime import Runtime
from chat.sockets.admission import Admission
from chat.sockets.frame_limits import FrameLimits

PEER_GONE = (OSError,)  # what a server's send() raises when the socket has closed: ASGI
ROW_BYTES = 600  # that the database grows by with a message, beside its text and HTML
REACTION_BYTES = 300
NO_EMOJI = "bad_emoji", Translatable("A reaction must be a single emoji.")
NO_POSTING = "not_allowed", Translatable("You cannot post in this room.")
NO_REACTING = "not_allowed", Translatable("You cannot react in this room.")

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
        self.client = Client(str(self.member.uid), admission.network, is_guest=self.member.is_guest)
        self.frame_limits = FrameLimits()
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
        """Handle one frame of the client. Raises MalformedFrame and TooFast."""
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
        if not policy.may_post(self.member, self.room):
            raise Refused(*NO_POSTING)
        actions = [MESSAGE, TOPIC] if kind == Kind.TOPIC else [MESSAGE]
        await self._count(*actions, bytes=_stored_bytes(text))
        await self._save_member()
        markup = await self._mark_up(text)
        if self.presence is not None:
            self.presence.stop_typing()
        post = Post(self.room.pk, self.member.pk, client_id, text, reply_to, kind, markup)
        return await self.runtime.journal.append(post)

    async def edit(self, seq: int, text: str) -> Appended:
        """Change the text of one's own message. Raises InvalidText, TooFast and Refused."""
        text = protocol.clean_text(text)
        await self._count(MESSAGE, EDIT, bytes=_stored_bytes(text))
        await self._save_member()
        markup = await self._mark_up(text)
        return await self.runtime.journal.append(
            Edit(self.room.pk, self.member.pk, seq, text, markup)
        )

    async def delete(self, seq: int) -> Appended:
        """Delete one's own message. Raises TooFast and Refused."""
        await self._count(DELETION)
        await self._save_member()
        return await self.runtime.journal.append(Delete(self.room.pk, self.member.pk, seq))

    async def react(self, seq: int, emoji: str, *, on: bool) -> React:
        """Returns a reaction that may be appended, or its removal. Raises TooFast and Refused."""
        if not is_emoji(emoji):
            raise Refused(*NO_EMOJI)
        if not policy.may_react(self.member, self.room):
            raise Refused(*NO_REACTING)
        await self._count(REACTION, bytes=REACTION_BYTES)
        await self._save_member()
        return React(self.room.pk, self.member.pk, seq, fully_qualified(emoji), on)

    async def _count(self, *actions: str, bytes: int = 0) -> None:
        """Count a change, and its author who is stored with it. Raises TooFast."""
        stored = [] if self.member.is_saved else [GUEST]
        await self.runtime.rates.count(self.client, *actions, *stored, bytes=bytes)
        self.frame_limits.put_back_frame()

    async def _mark_up(self, text: str) -> Markup:
        try:
            markup = await mark_up_in_thread(self.room, text)
        except Error as error:
            logger.error("room %s: cannot read who is mentioned: %s", self.room.pk, error)
            raise Refused(*UNAVAILABLE) from None
        if markup.html:
            await self.runtime.rates.count(self.client, bytes=len(markup.html.encode()))
        return markup

    async def _save_member(self) -> None:
        if not self.member.is_saved:
            try:
                await threads.write(self.member.ensure_saved)
            except Error as error:
                logger.error("cannot store a new member: %s", error)
                raise Refused(*UNAVAILABLE) from None


def _stored_bytes(text: str) -> int:
    return ROW_BYTES + len(text.encode())
