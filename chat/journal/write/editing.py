"""Edits and deletes messages in a transaction."""

from dataclasses import replace

from chat import policy
from chat.formatting.first_link import first_link
from chat.journal.changes import (
    CHANGED,
    DELETED,
    EMPTY,
    EVENT_STANDS,
    NO_POSTING,
    NO_SUCH_LINK,
    NO_SUCH_MESSAGE,
    NOT_YOURS,
    TOPIC_STANDS,
    Appended,
    Delete,
    Edit,
    Erase,
    Refresh,
    Refused,
    SetCard,
    Withdrawn,
)
from chat.journal.entry import encode
from chat.journal.write.unit_of_work import UnitOfWork
from chat.models import ActKind, Member, Message, ModerationAct, Room
from chat.models.event import is_about_a_name
from chat.models.message import DeletedBy, Kind
from chat.policy import Action
from chat.protocol import Translatable

STANDING: dict[str, tuple[str, Translatable]] = {
    Kind.TOPIC: TOPIC_STANDS,
    Kind.EVENT: EVENT_STANDS,
}  # what authors do not take back


class Editing:
    """Edits and deletes messages: their authors, moderators, and jobs."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work

    def edit_or_delete(
        self, change: Edit | Delete, room: Room, member: Member
    ) -> Appended | Refused:
        """What people do to messages: their own, and as moderators those of others."""
        message = self._work.find_message(room, change.seq, member)
        if isinstance(change, Delete) and message and not policy.is_author(member, message):
            return self._remove(change, message, member)
        if not self._work.may(member, Action.CHANGE_OWN, room):
            return Refused(*self._work.refusal(member, room, NO_POSTING))
        if message is None:
            return Refused(*NO_SUCH_MESSAGE)
        if stands := STANDING.get(message.kind):
            return Refused(*stands)
        if not policy.is_author(member, message):
            return Refused(*NOT_YOURS)
        return self._change_own(change, message, member)

    def _change_own(
        self, change: Edit | Delete, message: Message, member: Member
    ) -> Appended | Refused:
        if _is_late(change, message):
            return Refused(*CHANGED)
        if isinstance(change, Edit):
            return self._edit(change, message, member)
        return self._delete(message, member)

    def _edit(self, change: Edit, message: Message, member: Member) -> Appended | Refused:
        if message.is_deleted:
            return Refused(*DELETED)
        files = self._work.files.kept(message, change.files)
        if change.text == message.text and files == message.files:
            return self._keep_text(change, message, member)
        if not change.text and not files:
            return Refused(*EMPTY)
        if refused := self._work.gate.refuse_edit(change, message.room, member):
            return refused
        self._work.related_rows.keep(message)
        self._work.files.change(message, files)
        mentions, answered = message.mentions, self._work.answered(message)
        markup, html = change.markup, message.html
        message.edit(change.text, markup.html, markup.mentions(answered), self._work.now)
        self._work.cards.edit(message, html, keeps_card=change.keeps_card)
        self._work.related_rows.mention(message, markup, answered)
        self._work.search_index.add(message)
        self._work.kept_rooms.add_mentioned(markup.member_ids, message.room)
        withdrawn = Withdrawn.from_message(message, mentions)
        entry = self._work.change(message)
        message.edited_version = message.version
        return Appended(message.room, member, entry, withdrawn=withdrawn)

    def _keep_text(self, change: Edit, message: Message, member: Member) -> Appended:
        """An edit that changes no word: perhaps it takes the card away."""
        if change.keeps_card or not message.card:
            return Appended(message.room, member, encode(message), is_duplicate=True)
        self._work.cards.take_away(message)
        return Appended(message.room, member, self._work.change(message))

    def set_card(self, change: SetCard, room: Room, member: Member) -> Appended | Refused:
        """Show the card of a link that the message still has."""
        message = self._work.messages.get((room.pk, change.seq))
        if message is None or room.deleted_at is not None:
            return Refused(*NO_SUCH_MESSAGE)
        if message.is_deleted:
            return Refused(*DELETED)
        if message.card is not None:
            return Appended(room, member, encode(message), is_duplicate=True)
        if first_link(message.html) != change.url:
            return Refused(*NO_SUCH_LINK)
        self._work.cards.give(message, change)
        return Appended(room, member, self._work.change(message))

    def _remove(self, change: Delete, message: Message, member: Member) -> Appended | Refused:
        """Delete the message of another person. A topic goes with the message that set it."""
        room = message.room
        if not self._work.may(member, Action.DELETE_OF_OTHERS, room):
            if not self._work.may(member, Action.CHANGE_OWN, room):
                return Refused(*self._work.refusal(member, room, NO_POSTING))
            return Refused(*STANDING.get(message.kind, NOT_YOURS))
        if message.event and not is_about_a_name(message.event):
            return Refused(*EVENT_STANDS)
        if _is_late(change, message):
            return Refused(*CHANGED)
        if message.kind == Kind.TOPIC and not message.is_deleted and self._sets_topic(message):
            message.room.topic = ""
            self._work.rooms_with_new_topic[message.room_id] = message.room
        deleted = self._delete(message, member, DeletedBy.MODERATOR)
        if not deleted.is_duplicate:
            self._log_deletion(change, message, member)
        return replace(deleted, changes_room=message.kind == Kind.TOPIC)

    def _log_deletion(self, change: Delete, message: Message, member: Member) -> None:
        act = ModerationAct(kind=ActKind.DELETE, member=message.author, seq=message.seq)
        act.why, act.together = change.why, change.together or act.together
        self._work.roster.log(act, message.room, member)

    def _sets_topic(self, message: Message) -> bool:
        """Whether no later message sets the topic, nor one of this transaction."""
        later = Message.objects.filter(room=message.room, kind=Kind.TOPIC, seq__gt=message.seq)
        return message.room_id not in self._work.rooms_with_new_topic and not later.exists()

    def _delete(
        self, message: Message, member: Member, by: DeletedBy = DeletedBy.AUTHOR
    ) -> Appended:
        if message.is_deleted:
            return Appended(message.room, member, encode(message), is_duplicate=True)
        mentions = message.mentions
        self._work.files.change(message, [])
        self._work.cards.forget(message)
        message.mark_deleted(self._work.now, by)
        self._work.related_rows.wipe(message)
        self._work.search_index.remove(message)
        withdrawn = Withdrawn.from_message(message, mentions)
        return Appended(message.room, member, self._work.change(message), withdrawn=withdrawn)

    def take_back(self, change: Erase | Refresh, room: Room, member: Member) -> Appended | Refused:
        """Delete a message of a former member, or send it anew with what their name has become."""
        message = self._work.messages.get((room.pk, change.seq))
        if message is None:
            return Refused(*NO_SUCH_MESSAGE)
        if not policy.may_take_back(member, message.author):
            return Refused(*NOT_YOURS)
        if message.is_ending:
            return Refused(*EVENT_STANDS)
        if isinstance(change, Refresh):
            return Appended(room, member, self._work.change(message))
        if message.kind == Kind.TOPIC:
            return Refused(*TOPIC_STANDS)
        return self._delete(message, member)


def _is_late(change: Edit | Delete, message: Message) -> bool:
    """Whether the change is meant for an earlier state of the message."""
    return change.version not in (None, message.version)
