"""What can happen in a room, and how it is entered into the journal."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils import timezone

from chat import policy
from chat.journal import statements
from chat.journal.entry import Entry, encode
from chat.models import Member, Message, Room


@dataclass(frozen=True, slots=True)
class Post:
    """A new message. `client_id` is the sender's own; the same again posts nothing new."""

    room_id: int
    member_id: int
    client_id: UUID
    text: str
    reply_to: int | None = None


@dataclass(frozen=True, slots=True)
class Edit:
    """Another text for the message at `seq`."""

    room_id: int
    member_id: int
    seq: int
    text: str


@dataclass(frozen=True, slots=True)
class Delete:
    """No text any more for the message at `seq`: a tombstone stays in its place."""

    room_id: int
    member_id: int
    seq: int


Change = Post | Edit | Delete


@dataclass(frozen=True, slots=True)
class Appended:
    """A change that is on disk, as `entry` shows it; `again` when it already was."""

    room: Room
    entry: Entry
    again: bool = False


class Refused(Exception):
    """A change that was not appended: `code` for programs, `detail` for people."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code, self.detail = code, detail


BUSY = "busy", "The server has more to write than it can. Try again in a moment."
UNAVAILABLE = "unavailable", "This could not be stored. Try again in a moment."
NOT_STORED = "not_stored", "This cannot be stored."
GONE = "gone", "This room, or its author, is no longer there."
ID_TAKEN = "id_taken", "This id belongs to a message in another room."
NO_SUCH_MESSAGE = "no_such_message", "There is no such message in this room."
NOT_YOURS = "not_allowed", "Only its author may change a message."
DELETED = "deleted", "This message was deleted."


class Ledger:
    """The rooms of one transaction, locked, and what is entered into them.

    Made inside the transaction; `enter` each change, then `store`.
    """

    def __init__(self, changes: Sequence[Change]) -> None:
        self._rooms = statements.lock_rooms({it.room_id for it in changes})
        self._members = statements.authors({it.member_id for it in changes})
        self._posted = self._find_posted([it for it in changes if isinstance(it, Post)])
        self._placed = self._find_placed(changes)
        self._fresh: list[Message] = []
        self._changed: dict[int, Message] = {}
        self._now = timezone.now()

    def enter(self, change: Change) -> Appended | Refused:
        room, member = self._rooms.get(change.room_id), self._members.get(change.member_id)
        if room is None or member is None:
            return Refused(*GONE)
        match change:
            case Post():
                return self._post(change, room, member)
            case Edit() | Delete():
                return self._alter(change, room, member)

    def store(self) -> None:
        changed = [message for message in self._changed.values() if message.pk]
        if self._fresh:
            statements.insert(self._fresh)
        Message.objects.bulk_update(changed, ["version", "text", "edited_at", "deleted_at"])
        rooms = {it.room_id: it.room for it in [*self._fresh, *changed]}
        if rooms:
            statements.advance(rooms.values())

    def _post(self, post: Post, room: Room, member: Member) -> Appended | Refused:
        posted = self._posted.get((member.pk, post.client_id))
        if posted is not None:
            is_here = posted.room_id == room.pk
            return Appended(room, encode(posted), again=True) if is_here else Refused(*ID_TAKEN)
        if post.reply_to is not None and (room.pk, post.reply_to) not in self._placed:
            return Refused(*NO_SUCH_MESSAGE)
        message = Message(
            room=room,
            author=member,
            client_id=post.client_id,
            text=post.text,
            reply_to=post.reply_to,
            sent_at=self._now,
        )
        message.seq = self._next_version(room, message)
        self._fresh.append(message)
        self._posted[member.pk, post.client_id] = message
        self._placed[room.pk, message.seq] = message
        return Appended(room, encode(message))

    def _alter(self, change: Edit | Delete, room: Room, member: Member) -> Appended | Refused:
        message = self._placed.get((room.pk, change.seq))
        if message is None:
            return Refused(*NO_SUCH_MESSAGE)
        if not policy.may_change(member, message):
            return Refused(*NOT_YOURS)
        if message.is_deleted:
            is_done = isinstance(change, Delete)
            return Appended(room, encode(message), again=True) if is_done else Refused(*DELETED)
        match change:
            case Edit(text=text):
                if text == message.text:
                    return Appended(room, encode(message), again=True)
                message.edit(text, self._now)
            case Delete():
                message.wipe(self._now)
        self._next_version(room, message)
        self._changed[id(message)] = message
        return Appended(room, encode(message))

    @staticmethod
    def _next_version(room: Room, message: Message) -> int:
        room.version += 1
        message.room, message.version = room, room.version
        return room.version

    @staticmethod
    def _find_posted(posts: Sequence[Post]) -> dict[tuple[int, UUID], Message]:
        """The messages that are resent."""
        pks = statements.posted({(it.member_id, it.client_id) for it in posts}) if posts else []
        found = Message.objects.select_related("author").filter(pk__in=pks) if pks else []
        return {(it.author_id, it.client_id): it for it in found}

    @staticmethod
    def _find_placed(changes: Iterable[Change]) -> dict[tuple[int, int], Message]:
        """The messages that are answered or altered."""
        places = {(it.room_id, it.reply_to if isinstance(it, Post) else it.seq) for it in changes}
        seqs = {seq for _, seq in places if seq is not None}
        if not seqs:
            return {}
        found = Message.objects.select_related("author").filter(
            room__in={room for room, _ in places}, seq__in=seqs
        )
        return {(it.room_id, it.seq): it for it in found}
