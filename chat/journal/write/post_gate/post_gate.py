"""What keeps a post out, or waiting, that the rights let in: slow mode, and a filter."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from chat import policy
from chat.journal.changes import Change, Edit, Post, Refused
from chat.journal.write.authors import Authors
from chat.journal.write.post_gate.held_messages import HeldMessages
from chat.journal.write.post_gate.new_guests import NewGuests
from chat.journal.write.post_gate.slow_mode import SlowMode
from chat.journal.write.standings import Standings
from chat.models import HeldMessage, Member, Message, Room, RoomFilter
from chat.models.message import Kind
from chat.policy import Action


class PostGate:
    """Asked for the posts of one transaction, in rooms in slow mode or with a filter."""

    def __init__(
        self,
        changes: Sequence[Change],
        rooms: Mapping[int, Room],
        authors: Authors,
        standings: Standings,
        now: datetime,
    ) -> None:
        filters = RoomFilter.objects.of(rooms.values())
        sent = authors.sent(it for it in changes if it.room_id in filters)
        self._authors, self._standings = authors, standings
        self._slow_mode = SlowMode(changes, rooms, authors, now)
        self._held_messages = HeldMessages(sent, filters, now)
        self._new_guests = NewGuests(filters, now)

    def answer(self, post: Post, member: Member) -> Refused | None:
        """The refusal of a post that was held before, and is sent again."""
        return self._held_messages.answer(post, member)

    def refuse(
        self, post: Post, room: Room, member: Member, posted: Iterable[Message]
    ) -> Refused | None:
        """The refusal of a post that comes too early, or waits. `posted` are new messages."""
        return (
            self._refuse_guest(post, room, member)
            or self._too_early(post, room, member)
            or self._hold(post, room, member, posted)
        )

    def held(self, post: Post, member: Member) -> HeldMessage | None:
        """What waits in place of a post that was refused."""
        return self._held_messages.held(post, member)

    def refuse_edit(self, edit: Edit, room: Room, member: Member) -> Refused | None:
        """The refusal of a new text that would wait as a post."""
        if not self._is_filtered(room, member):
            return None
        return self._held_messages.refuse_edit(edit, room, member)

    def store(self) -> None:
        """Store what follows from the posts, once newcomers are stored."""
        self._slow_mode.store()
        self._held_messages.store()
        self._new_guests.store()

    def _refuse_guest(self, post: Post, room: Room, member: Member) -> Refused | None:
        """The refusal of a guest who comes into a room too early, or without a name."""
        refused = self._new_guests.refuse(post, room, member)
        if member in self._new_guests.newcomers:
            self._authors.accept(member)
        return refused

    def _too_early(self, post: Post, room: Room, member: Member) -> Refused | None:
        """The refusal of a post that slow mode does not let in yet. Events do not wait."""
        if not room.slow_seconds or post.kind == Kind.EVENT:
            return None
        if self._may(member, Action.POST_AT_ONCE, room):
            return None
        return self._slow_mode.take(member, room)

    def _hold(
        self, post: Post, room: Room, member: Member, posted: Iterable[Message]
    ) -> Refused | None:
        """The refusal of a post that waits for a moderator. Events do not wait."""
        if post.kind == Kind.EVENT or not self._is_filtered(room, member):
            return None
        refused = self._held_messages.hold(post, room, member, posted)
        if refused:
            self._authors.accept(member)
        return refused

    def _is_filtered(self, room: Room, member: Member) -> bool:
        return room.is_filtered and not self._may(member, Action.POST_UNFILTERED, room)

    def _may(self, member: Member, action: Action, room: Room) -> bool:
        return policy.may(member, action, room, self._standings.of(member, room))
