"""A WebSocket's session in one room: what all protocols have in common."""

import logging
from collections.abc import Callable, Coroutine
from typing import Any
from uuid import UUID

from django.db import Error

from accounts.visible_text import is_blank
from chat import access
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
    database,
)
from chat.journal.changes import AS_THEY_ARE, NO_FILES, UNAVAILABLE, Files, MemberId
from chat.journal.read.view import NoLongerIn, View
from chat.journal.write.markup import SHORT_CHARACTERS, mark_up_in_thread
from chat.live.best_effort import BestEffortSender
from chat.live.presence import PresenceHandle
from chat.live.rates import DELETION, EDIT, GUEST, MESSAGE, REACTION, TOPIC, Client
from chat.models.message import Kind, clean_text, clean_topic
from chat.protocol import MalformedFrame, Translatable
from chat.runtime import Runtime
from chat.sockets.admission import Admission
from chat.sockets.frame_limits import FrameLimits

PEER_GONE = (OSError,)  # what a server's send() raises when the socket has closed: ASGI
ROW_BYTES = 600  # that the database grows by with a message, beside its text and HTML
INDEX_SHARE = (
    2  # of the bytes of its tokens: the search index has them, and which messages they find
)
PAIRED = 5  # bytes of tokens for each byte beyond ASCII: a letter alone, and with the one before
REACTION_BYTES = 500  # PostgreSQL copies the row of the message
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
        origin: str = "",
    ) -> None:
        """`language` is the code of the language for refusals.

        `origin` is where the client found this server.
        """
        self.runtime = runtime
        self.room, self.member = admission.room, admission.member
        self.standing_at_start = admission.standing
        self.client = Client(str(self.member.uid), admission.network, is_guest=self.member.is_guest)
        self.log_ids: dict[str, Any] = {"room": self.room.pk, "member": str(self.member.uid)}
        self.frame_limits = FrameLimits()
        self.feed = feed
        self.send = send
        self.language, self.origin = language, origin
        self.presence: PresenceHandle | None = None

    async def start(self, after: int | None, *, takes_changes: bool = False) -> None:
        """Send the first frame. A client resumes from the version `after`; None: it is new.

        `takes_changes`: the client takes changes of messages instead of whole messages.
        """
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

    def _view(self) -> View | None:
        """What this person may see of the room; None: all that is in it."""
        if self.room.is_open:
            return None
        return View.of_member(self.member, self.standing_at_start)

    async def _ensure_still_in(self) -> None:
        """Ask once more, when the cursor stands. Raises NoLongerIn.

        A removal that is stored later lies after the cursor, where the view ends.
        """
        if self.room.is_open:
            return
        found = await database.read(access.find_in, self.member, self.room)
        if found is None or found.standing.since != self.standing_at_start.since:
            raise NoLongerIn

    def _best_effort_sender(self) -> BestEffortSender | None:
        """Returns the sender of soft state, or None if the protocol has no soft state."""
        return None

    async def post(
        self,
        client_id: UUID,
        text: str,
        reply_to: int | None = None,
        kind: Kind = Kind.TEXT,
        files: Files = NO_FILES,
    ) -> Appended:
        """Append a message. Raises InvalidText, TooFast and Refused."""
        text = _clean(text, kind, files)
        actions = [MESSAGE, TOPIC] if kind == Kind.TOPIC else [MESSAGE]
        await self._count(*actions, *self._newcomer, bytes=_stored_bytes(text))
        markup = await self._mark_up(text)
        if self.presence is not None:
            self.presence.stop_typing()
        post = Post(
            self.room.pk, self._member_id, client_id, text, reply_to, kind, markup, files=files
        )
        return await self.append(post)

    async def edit(
        self, seq: int, text: str, files: Files = AS_THEY_ARE, *, keeps_card: bool = True
    ) -> Appended:
        """Change the text and the files of one's own message, or take its card away.

        Raises InvalidText, TooFast and Refused.
        """
        text = _clean(text, Kind.TEXT, files)
        await self._count(MESSAGE, EDIT, bytes=_stored_bytes(text))
        markup = await self._mark_up(text)
        edit = Edit(self.room.pk, self._member_id, seq, text, markup, files, keeps_card)
        return await self.append(edit)

    async def delete(self, seq: int) -> Appended:
        """Delete one's own message. Raises TooFast and Refused."""
        await self._count(DELETION)
        return await self.append(Delete(self.room.pk, self._member_id, seq))

    async def react(self, seq: int, emoji: str, *, on: bool) -> React:
        """Returns a reaction to append, or its removal. Raises TooFast and Refused."""
        if not is_emoji(emoji):
            raise Refused(*NO_EMOJI)
        await self._count(REACTION, *self._newcomer, bytes=REACTION_BYTES)
        return React(self.room.pk, self._member_id, seq, fully_qualified(emoji), on)

    async def append(self, change: Change) -> Appended:
        """Append a change of this person. Raises Refused."""
        appended = await self.runtime.journal.append(change, self.client.network)
        if not self.member.is_saved and appended.member.is_saved:
            self.member.become(appended.member)
        return appended

    @property
    def _member_id(self) -> MemberId:
        if self.member.is_saved:
            return self.member.pk
        return Newcomer(self.member.uid, self.member.name)

    @property
    def _newcomer(self) -> list[str]:
        """What counts besides a change with which a newcomer is stored."""
        return [] if self.member.is_saved else [GUEST]

    async def _count(self, *actions: str, bytes: int = 0) -> None:
        """Count a change. Raises TooFast."""
        await self.runtime.rates.count(self.client, *actions, bytes=bytes)
        self.frame_limits.put_back_frame()

    async def _mark_up(self, text: str) -> Markup:
        try:
            markup = await mark_up_in_thread(self.room, text, self._present)
        except Error as error:
            ids = {"ids": self.log_ids}
            logger.error(
                "room %s: cannot read who is mentioned: %s", self.room.pk, error, extra=ids
            )
            raise Refused(*UNAVAILABLE) from None
        if bytes := len(markup.html.encode()) + _indexed_bytes(text, markup):
            await self.runtime.rates.count(self.client, bytes=bytes)
        return markup

    def _present(self) -> dict[str, str]:
        """Names of the people in the room, by their ids."""
        return self.presence.people if self.presence else {}


def _clean(text: str, kind: Kind, files: Files) -> str:
    """The text of a message, which may be empty where the message has files, or may have."""
    if kind == Kind.TOPIC:
        return clean_topic(text)
    return "" if files.may_be_any and is_blank(text) else clean_text(text)


def _stored_bytes(text: str) -> int:
    """What is known before the text is rendered; of a short one, with its part of the index."""
    length, size = len(text), len(text.encode())
    indexed = length + PAIRED * (size - length) if length <= SHORT_CHARACTERS else 0
    return ROW_BYTES + size + INDEX_SHARE * indexed


def _indexed_bytes(text: str, markup: Markup) -> int:
    """What the tokens of a long text take."""
    if len(text) <= SHORT_CHARACTERS:
        return 0
    return INDEX_SHARE * sum(len(it.encode()) + 1 for it in markup.tokens or ())
