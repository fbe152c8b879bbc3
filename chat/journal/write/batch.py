"""How changes are entered into the journal, in one transaction."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from django.utils import timezone

from chat import policy
from chat.journal.changes import (
    DELETED,
    GONE,
    ID_TAKEN,
    NO_SUCH_MESSAGE,
    NOT_YOURS,
    TOO_MANY_REACTIONS,
    TOPIC_STANDS,
    Appended,
    Change,
    Delete,
    Edit,
    Post,
    React,
    Refused,
)
from chat.journal.entry import Entry, encode
from chat.journal.write import statements
from chat.journal.write.related_rows import MessageKey, RelatedRows
from chat.models import Member, Message, Room
from chat.models.message import Kind

CHANGING = ["version", "text", "html", "mentions", "reactions", "edited_at", "deleted_at"]


class Batch:
    """The rooms of one transaction, locked, and what is entered into them.

    Made inside the transaction; `enter` the changes, then `store`.
    """

    def __init__(self, changes: Sequence[Change]) -> None:
        self._rooms = statements.lock_rooms({it.room_id for it in changes})
        self._members = statements.authors({it.member_id for it in changes})
        self._posted = self._find_posted([it for it in changes if isinstance(it, Post)])
        self._placed = self._find_placed(changes)
        reacts = [it for it in changes if isinstance(it, React)]
        self._related = RelatedRows(reacts, self._placed)
        self._fresh: list[Message] = []
        self._changed: dict[int, Message] = {}
        self._topics: dict[int, Room] = {}
        self._now = timezone.now()

    def enter(self, changes: Sequence[Change]) -> list[Appended | Refused]:
        """An outcome for each; reactions come last, and together."""
        entered = [self._enter(it) for it in changes]
        told: dict[int, Entry] = {}
        return [self._tell_reactions(it, told) if isinstance(it, Message) else it for it in entered]

    def _enter(self, change: Change) -> Appended | Refused | Message:
        room, member = self._rooms.get(change.room_id), self._members.get(change.member_id)
        if room is None or member is None:
            return Refused(*GONE)
        match change:
            case Post():
                return self._post(change, room, member)
            case Edit() | Delete():
                return self._alter(change, room, member)
            case React():
                return self._react(change, room, member)

    def store(self) -> None:
        changed = [message for message in self._changed.values() if message.pk]
        if self._fresh:
            statements.insert(self._fresh)
        Message.objects.bulk_update(changed, CHANGING)
        self._related.store()
        Room.objects.bulk_update(list(self._topics.values()), ["topic"])
        posted = {it.room_id: it.room for it in self._fresh}
        others = {it.room_id: it.room for it in changed if it.room_id not in posted}
        if posted:
            statements.advance(posted.values(), statements.POSTING)
        if others:
            statements.advance(others.values(), statements.ADVANCING)

    # --- posting --------------------------------------------------------------------------------

    def _post(self, post: Post, room: Room, member: Member) -> Appended | Refused:
        posted = self._posted.get((member.pk, post.client_id))
        if posted is not None:
            is_here = posted.room_id == room.pk
            return (
                Appended(room, encode(posted), is_duplicate=True) if is_here else Refused(*ID_TAKEN)
            )
        if post.reply_to is not None and (room.pk, post.reply_to) not in self._placed:
            return Refused(*NO_SUCH_MESSAGE)
        message = Message(
            room=room,
            author=member,
            client_id=post.client_id,
            kind=post.kind,
            text=post.text,
            html=post.markup.html,
            mentions=post.markup.mentions,
            reply_to=post.reply_to,
            sent_at=self._now,
        )
        message.seq = self._next_version(room, message)
        room.last_seq, room.posted_at = message.seq, self._now
        self._fresh.append(message)
        self._posted[member.pk, post.client_id] = message
        self._placed[room.pk, message.seq] = message
        self._related.mention(message, post.markup)
        if post.kind == Kind.TOPIC:
            room.topic = post.text
            self._topics[room.pk] = room
        return Appended(room, encode(message), post=message)

    # --- editing and deleting -------------------------------------------------------------------

    def _alter(self, change: Edit | Delete, room: Room, member: Member) -> Appended | Refused:
        message = self._placed.get((room.pk, change.seq))
        if message is None:
            return Refused(*NO_SUCH_MESSAGE)
        if message.kind == Kind.TOPIC:
            return Refused(*TOPIC_STANDS)
        if not policy.may_change(member, message):
            return Refused(*NOT_YOURS)
        if isinstance(change, Edit):
            return self._edit(change, message)
        return self._delete(message)

    def _edit(self, change: Edit, message: Message) -> Appended | Refused:
        if message.is_deleted:
            return Refused(*DELETED)
        if change.text == message.text:
            return Appended(message.room, encode(message), is_duplicate=True)
        self._related.keep(message)
        message.edit(change.text, change.markup.html, change.markup.mentions, self._now)
        self._related.mention(message, change.markup)
        return Appended(message.room, encode(self._change(message)))

    def _delete(self, message: Message) -> Appended:
        if message.is_deleted:
            return Appended(message.room, encode(message), is_duplicate=True)
        message.mark_deleted(self._now)
        self._related.wipe(message)
        return Appended(message.room, encode(self._change(message)))

    # --- reacting -------------------------------------------------------------------------------

    def _react(self, change: React, room: Room, member: Member) -> Appended | Refused | Message:
        """The message, if that changes it: all reactions on it are told as one change."""
        message = self._placed.get((room.pk, change.seq))
        if message is None:
            return Refused(*NO_SUCH_MESSAGE)
        if message.is_deleted:
            return Refused(*DELETED)
        if change.on and not message.accepts_reaction(change.emoji):
            return Refused(*TOO_MANY_REACTIONS)
        if not self._related.react(change):
            return Appended(room, encode(message), is_duplicate=True)
        if change.on:
            message.add_reaction(change.emoji, member)
        else:
            message.remove_reaction(change.emoji, member)
        return message

    def _tell_reactions(self, message: Message, told: dict[int, Entry]) -> Appended:
        is_duplicate = id(message) in told
        if not is_duplicate:
            told[id(message)] = encode(self._change(message))
        return Appended(message.room, told[id(message)], is_duplicate)

    # --- versions -------------------------------------------------------------------------------

    def _change(self, message: Message) -> Message:
        self._next_version(message.room, message)
        self._changed[id(message)] = message
        return message

    @staticmethod
    def _next_version(room: Room, message: Message) -> int:
        room.version += 1
        message.room, message.version = room, room.version
        return room.version

    # --- what is there already ------------------------------------------------------------------

    @staticmethod
    def _find_posted(posts: Sequence[Post]) -> dict[tuple[int, UUID], Message]:
        """The messages that are resent."""
        pks = statements.posted({(it.member_id, it.client_id) for it in posts}) if posts else []
        found = Message.objects.select_related("author").filter(pk__in=pks) if pks else []
        return {(it.author_id, it.client_id): it for it in found}

    def _find_placed(self, changes: Iterable[Change]) -> dict[MessageKey, Message]:
        """The messages that are answered, altered or reacted to."""
        places = {(it.room_id, it.reply_to if isinstance(it, Post) else it.seq) for it in changes}
        seqs = {seq for _, seq in places if seq is not None}
        if not seqs:
            return {}
        found = Message.objects.select_related("author").filter(
            room__in={room for room, _ in places}, seq__in=seqs
        )
        for message in found:
            message.room = self._rooms[message.room_id]
        return {(it.room_id, it.seq): it for it in found}
