"""Applies changes to their rooms and messages, in one transaction."""

from collections.abc import Sequence
from uuid import uuid4

from chat.journal.changes import (
    GONE,
    Appended,
    Approve,
    Change,
    Delete,
    Edit,
    Erase,
    Post,
    React,
    Refresh,
    Refused,
    SetCard,
    Settled,
)
from chat.journal.entry import Entry, encode
from chat.journal.roster_changes import RosterChange
from chat.journal.write.editing import Editing
from chat.journal.write.posting import Posting
from chat.journal.write.reacting import Reacted, Reacting
from chat.journal.write.search_index import TokensOfTexts
from chat.journal.write.unit_of_work import UnitOfWork
from chat.models import Member, Message, Room
from chat.models.event import Event, event_text
from chat.models.message import Kind


class Batch:
    """The changes of one transaction.

    Make it inside the transaction; `apply` the changes, then `store` what has come of them.
    """

    def __init__(self, changes: Sequence[Change], texts: TokensOfTexts) -> None:
        """`texts` are those of the changes, with their tokens."""
        self._work = UnitOfWork(changes, texts)
        self._posting = Posting(self._work)
        self._editing = Editing(self._work)
        self._reacting = Reacting(self._work)

    def apply(self, changes: Sequence[Change]) -> list[Settled | Refused]:
        """Apply the changes, reactions last. Returns an outcome for each, in the same order.

        All reactions to a message become one change, with one version: the first outcome is that
        change, the others are its duplicates.
        """
        applied = [self._apply(it) for it in changes]
        joined: dict[int, Entry] = {}
        return [
            self._reacting.join(it, joined) if isinstance(it, Reacted) else it for it in applied
        ]

    def store(self) -> dict[int, tuple[str, ...]]:
        """Store what has come of the changes.

        Returns the ids of the members in whose list a room is new or gone, by the room's primary
        key.
        """
        return self._work.store()

    def _apply(self, change: Change) -> Settled | Refused | Reacted:
        room = self._work.rooms.get(change.room_id)
        member = self._work.authors.get(change.member_id)
        if room is None or member is None:
            return Refused(*GONE)
        match change:
            case Post():
                return self._posting.post(change, room, member)
            case Edit() | Delete():
                return self._editing.edit_or_delete(change, room, member)
            case React():
                return self._reacting.react(change, room, member)
            case Erase() | Refresh() | SetCard():
                return self._work_off(change, room, member)
            case RosterChange():
                return self._change_roster(change, room, member)

    def _work_off(
        self, change: Erase | Refresh | SetCard, room: Room, member: Member
    ) -> Appended | Refused:
        """What jobs append."""
        if isinstance(change, SetCard):
            return self._editing.set_card(change, room, member)
        return self._editing.take_back(change, room, member)

    def _change_roster(self, change: RosterChange, room: Room, member: Member) -> Settled | Refused:
        """Change who is in the room, or the room: an event of its journal says so.

        A sanction has no event, unless somebody is removed.
        """
        if isinstance(change, Approve):
            return self._posting.approve(change, room, member)
        outcome = self._work.roster.apply(change, room, member)
        if isinstance(outcome, Refused):
            return outcome
        if outcome.event is None:
            self._work.roster.store(outcome, room, member, version=room.version)
            revoked, rejected = outcome.revokes, outcome.told_rejection
            return Settled(
                room, member, has_revoked=revoked, changes_room=not rejected, rejected=rejected
            )
        message = self._new_event(outcome.event, room, member)
        self._work.roster.store(outcome, room, member, version=message.seq)
        revoked, entry = outcome.revokes, encode(message)
        return Appended(room, member, entry, has_revoked=revoked, changes_room=True)

    def _new_event(self, event: Event, room: Room, member: Member) -> Message:
        post = Post(room.pk, member.pk, uuid4(), event_text(event), kind=Kind.EVENT, event=event)
        return self._work.add_new(post, room, member)
