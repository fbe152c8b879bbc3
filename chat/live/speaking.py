"""What a person says and changes in one room: counted, rendered, and appended to its journal.

Sockets and programs do so alike: a door that writes messages has no other way.
"""

import logging
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import Error

from accounts.visible_text import is_blank
from chat import policy
from chat.formatting.emoji import fully_qualified, is_emoji
from chat.journal import (
    Appended,
    Change,
    Delete,
    Edit,
    Journal,
    Markup,
    Newcomer,
    Post,
    React,
    Refused,
    database,
)
from chat.journal.changes import AS_THEY_ARE, NO_FILES, UNAVAILABLE, Files, MemberId
from chat.journal.write.markup import SHORT_CHARACTERS, mark_up_in_thread
from chat.live.bot_owners import tell_stopped
from chat.live.rates import (
    DELETION,
    EDIT,
    GUEST,
    MESSAGE,
    REACTION,
    TOPIC,
    Client,
    Rates,
    TooFast,
)
from chat.models import Member, Message, Room, Scope, Token
from chat.models.message import Kind, clean_text, clean_topic
from chat.protocol import Translatable

ROW_BYTES = 600  # that the database grows by with a message, beside its text and HTML
INDEX_SHARE = (
    2  # of the bytes of its tokens: the search index has them, and which messages they find
)
PAIRED = 5  # bytes of tokens for each byte beyond ASCII: a letter alone, and with the one before
REACTION_BYTES = 500  # PostgreSQL copies the row of the message
ACT_BYTES = 1_000  # of an act of a moderator
NOT_IN_SCOPE = "scope", Translatable("This token does not allow this.")
NO_EMOJI = "bad_emoji", Translatable("A reaction must be a single emoji.")

logger = logging.getLogger(__name__)


class Speaking:
    """One person in one room, from one client."""

    def __init__(
        self,
        journal: Journal,
        rates: Rates,
        room: Room,
        member: Member,
        network: str | None,
        token: Token | None = None,
    ) -> None:
        """`token` is that of a program, within whose scopes it speaks."""
        self.journal, self.rates = journal, rates
        self.room, self.member, self.token = room, member, token
        self.client = Client(str(member.uid), network, is_guest=member.is_guest)
        self.log_ids: dict[str, Any] = {"room": room.pk, "member": str(member.uid)}

    async def post(
        self,
        client_id: UUID,
        text: str,
        reply_to: int | None = None,
        kind: Kind = Kind.TEXT,
        files: Files = NO_FILES,
    ) -> Appended:
        """Append a message. Raises InvalidText, TooFast and Refused."""
        self._allow(Scope.POST)
        text = _clean(text, kind, files)
        actions = [MESSAGE, TOPIC] if kind == Kind.TOPIC else [MESSAGE]
        await self._count(*actions, *self._newcomer, bytes=_stored_bytes(text))
        markup = await self._mark_up(text)
        self._says()
        post = Post(
            self.room.pk, self._member_id, client_id, text, reply_to, kind, markup, files=files
        )
        return await self.append(post)

    async def edit(
        self,
        seq: int,
        text: str,
        files: Files = AS_THEY_ARE,
        *,
        keeps_card: bool = True,
        version: int | None = None,
    ) -> Appended:
        """Change the text and the files of one's own message, or take its card away.

        With a `version`, only if the message is at that one. Raises InvalidText, TooFast and
        Refused.
        """
        self._allow(Scope.POST)
        text = _clean(text, Kind.TEXT, files)
        await self._count(MESSAGE, EDIT, bytes=_stored_bytes(text))
        markup = await self._mark_up(text)
        room, member = self.room.pk, self._member_id
        return await self.append(Edit(room, member, seq, text, markup, files, keeps_card, version))

    async def delete(self, seq: int, *, version: int | None = None) -> Appended:
        """Delete one's own message, or of others where one may: as with `edit`, at a version.

        Raises TooFast and Refused.
        """
        if self.token is not None:
            scope = await database.read(scope_to_delete, self.member, self.room, seq)
            self._allow(scope)
        await self._count(DELETION)
        return await self.append(Delete(self.room.pk, self._member_id, seq, version=version))

    async def react(self, seq: int, emoji: str, *, on: bool) -> React:
        """Returns a reaction to append, or its removal. Raises TooFast and Refused."""
        self._allow(Scope.POST)
        if not is_emoji(emoji):
            raise Refused(*NO_EMOJI)
        await self._count(REACTION, *self._newcomer, bytes=REACTION_BYTES)
        return React(self.room.pk, self._member_id, seq, fully_qualified(emoji), on)

    async def moderate(self, change: Change) -> None:
        """Store what a moderator does to somebody here. Raises TooFast and Refused."""
        self._allow(Scope.MODERATE)
        await self._count(MESSAGE, bytes=ACT_BYTES)
        await self.journal.settle(change)

    async def append(self, change: Change) -> Appended:
        """Append a change of this person. Raises Refused."""
        appended = await self.journal.append(change, self.client.network)
        if not self.member.is_saved and appended.member.is_saved:
            self.member.become(appended.member)
        return appended

    def _allow(self, scope: Scope) -> None:
        """Raises Refused where a program's token has not this scope."""
        if self.token is not None and not self.token.allows(scope):
            raise Refused(*NOT_IN_SCOPE)

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
        await self._ask_rates(*actions, bytes=bytes)
        self._counted()

    async def _ask_rates(self, *actions: str, bytes: int) -> None:
        try:
            await self.rates.count(self.client, *actions, bytes=bytes)
        except TooFast:
            if self.member.is_bot and self.rates.note_refusal(str(self.member.uid)):
                await self._tell_owner()
            raise

    async def _tell_owner(self) -> None:
        try:
            await database.write(tell_stopped, self.member)
        except Error as error:  # the refusal stands
            ids = {"ids": self.log_ids}
            logger.error("cannot tell the owner of a bot: %s", error, extra=ids)

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
            await self._ask_rates(bytes=bytes)
        return markup

    # --- what a connection adds -----------------------------------------------------------------

    def _says(self) -> None:
        """A message is about to be stored."""

    def _counted(self) -> None:
        """A change was counted, and its rate allows it."""

    def _present(self) -> Mapping[str, str]:
        """Names of the people in the room, by their ids."""
        return {}


def scope_to_delete(member: Member, room: Room, seq: int) -> Scope:
    """What a token needs to delete the message: it is the member's own, or of somebody else."""
    message = Message.objects.select_related("author").filter(room=room, seq=seq).first()
    is_own = message is None or policy.is_author(member, message)
    return Scope.POST if is_own else Scope.MODERATE


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
