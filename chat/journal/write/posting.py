"""Posts new messages in a transaction."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from chat import policy
from chat.journal.changes import (
    AUTHOR_MAY_NOT,
    EMPTY,
    ID_TAKEN,
    NO_FILES_HERE,
    NO_POSTING,
    NO_SUCH_HELD,
    NO_SUCH_MESSAGE,
    NOT_YOURS_TO_CHANGE,
    Appended,
    Approve,
    Files,
    Post,
    Refused,
)
from chat.journal.entry import encode
from chat.journal.write import stored_messages
from chat.journal.write.attached_files import Wanted
from chat.journal.write.unit_of_work import UnitOfWork
from chat.models import ActKind, File, HeldMessage, Member, ModerationAct, Room
from chat.models.message import Kind
from chat.policy import Action


class Posting:
    """Posts messages, and those that a moderator has approved."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work

    def post(self, post: Post, room: Room, member: Member) -> Appended | Refused:
        """Post the message, hold it for a moderator, or say what came of it when sent before."""
        if not self._work.may(member, _posting(post), room):
            return Refused(*self._work.refusal(member, room, NO_POSTING))
        return self._posted_before(post, room, member) or self._post_anew(post, room, member)

    def _posted_before(self, post: Post, room: Room, member: Member) -> Appended | Refused | None:
        """What has come of a post that was sent before."""
        posted = self._work.posted.get((member.uid, post.client_id))
        if posted is None:
            return None
        if posted.room_id != room.pk or not self._work.is_seen(posted.seq, room, member):
            return Refused(*ID_TAKEN)
        return Appended(room, member, encode(posted), is_duplicate=True)

    def _post_anew(self, post: Post, room: Room, member: Member) -> Appended | Refused:
        if post.reply_to is not None and not self._work.find_message(room, post.reply_to, member):
            return Refused(*NO_SUCH_MESSAGE)
        gate = self._work.gate
        if refused := gate.answer(post, member) or self._refuse_files(post, room, member):
            return refused
        files = self._work.files.of_post(post.files, room, member)
        if isinstance(files, Refused):
            return files
        if refused := gate.refuse(post, room, member, self._work.new_messages):
            if held := gate.held(post, member):
                self._work.files.hold(held, files, post.files)
            return refused
        return self._post_now(post, room, member, files)

    def _refuse_files(self, post: Post, room: Room, member: Member) -> Refused | None:
        """The refusal of files from somebody who may not send any, or with what has none."""
        if not post.files.ids:
            return None if post.text or post.kind == Kind.TOPIC else Refused(*EMPTY)
        may = post.kind != Kind.TOPIC and self._work.may(member, Action.POST_FILES, room)
        return None if may else Refused(*self._work.refusal(member, room, NO_FILES_HERE))

    def _post_now(
        self, post: Post, room: Room, member: Member, files: Sequence[File] = ()
    ) -> Appended:
        work = self._work
        message, people = work.add_new(post, room, member), work.standings.people(room)
        work.files.give(message, files, post.files)
        work.cards.look_at(message)
        work.pushes.look_at(message, people)
        work.search_index.add(message)
        if post.kind == Kind.EVENT:
            return Appended(room, member, encode(message))
        work.kept_rooms.add_participant(member, room)
        work.kept_rooms.add_mentioned(post.markup.member_ids, room)
        work.kept_rooms.add_people(people, room)
        if post.kind == Kind.TOPIC:
            room.topic = post.text
            work.rooms_with_new_topic[room.pk] = room
        sets_topic = post.kind == Kind.TOPIC
        return Appended(room, member, encode(message), post=message, changes_room=sets_topic)

    def approve(self, change: Approve, room: Room, member: Member) -> Appended | Refused:
        """Post a held message as its author, who may still post."""
        if not self._work.may(member, Action.DELETE_OF_OTHERS, room):
            return Refused(*self._work.refusal(member, room, NOT_YOURS_TO_CHANGE))
        waiting = HeldMessage.objects.waiting().filter(pk=change.held, room=room)
        held = waiting.select_related("member__user", "member__claimed_by").first()
        if held is None:
            return Refused(*NO_SUCH_HELD)
        author = held.member
        post = self._post_of(held, room, change)
        if not policy.may(author, _posting(post), room, self._work.standings.look_up(author, room)):
            return Refused(*AUTHOR_MAY_NOT)
        self._work.posted |= stored_messages.find_posted({(author.pk, held.client_id)})
        appended = self._posted_before(post, room, author) or self._post_held(post, held, room)
        if isinstance(appended, Refused):
            return appended
        held.delete()
        if not appended.is_duplicate:
            act = ModerationAct(kind=ActKind.APPROVE, member=author, seq=appended.entry.seq)
            act.why = change.why
            self._work.roster.log(act, room, member)
        return appended

    def _post_held(self, post: Post, held: HeldMessage, room: Room) -> Appended | Refused:
        files = self._work.files.of_post(post.files, room, held.member, held)
        if isinstance(files, Refused):
            return files
        return self._post_now(post, room, held.member, files)

    def _post_of(self, held: HeldMessage, room: Room, change: Approve) -> Post:
        """The post that a held message becomes."""
        author, ids = held.member, tuple(UUID(it) for it in held.files)
        self._work.files.look_up([Wanted(author, room.pk, ids)])
        reply_to = change.reply_to
        if reply_to and not self._work.find_message(room, reply_to, author):
            reply_to = None
        kind, markup, files = Kind(held.kind), change.markup, Files(ids)
        post = Post(room.pk, author.pk, held.client_id, held.text, reply_to, kind, markup)
        return replace(post, files=files)


def _posting(post: Post) -> Action:
    return Action.SET_TOPIC if post.kind == Kind.TOPIC else Action.POST
