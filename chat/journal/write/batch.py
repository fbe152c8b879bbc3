"""Applies changes to their rooms and messages, in one transaction."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple
from uuid import UUID, uuid4

from django.utils import timezone

from chat import policy
from chat.formatting.first_link import first_link
from chat.journal import sql
from chat.journal.changes import (
    AUTHOR_MAY_NOT,
    CHANGED,
    DELETED,
    EMPTY,
    EVENT_STANDS,
    GONE,
    ID_TAKEN,
    NO_FILES_HERE,
    NO_POSTING,
    NO_REACTING,
    NO_REACTING_HERE,
    NO_SUCH_HELD,
    NO_SUCH_LINK,
    NO_SUCH_MESSAGE,
    NOT_YOURS,
    NOT_YOURS_TO_CHANGE,
    SIGN_IN_FIRST,
    TOO_MANY_REACTIONS,
    TOPIC_STANDS,
    Appended,
    Approve,
    Change,
    Delete,
    Edit,
    Erase,
    Files,
    Post,
    React,
    Refresh,
    Refused,
    SetCard,
    Settled,
    Withdrawn,
)
from chat.journal.entry import Entry, encode, encode_reactions
from chat.journal.reaction_changes import Reactions, copy
from chat.journal.refusals import why_not
from chat.journal.roster_changes import RosterChange
from chat.journal.write import statements, stored_messages
from chat.journal.write.attached_files import AttachedFiles, Wanted
from chat.journal.write.authors import Authors
from chat.journal.write.kept_rooms import KeptRooms
from chat.journal.write.link_cards import LinkCards
from chat.journal.write.post_gate import PostGate
from chat.journal.write.pushes import Pushes
from chat.journal.write.related_rows import RelatedRows
from chat.journal.write.roster import Roster
from chat.journal.write.search_index import SearchIndex, TokensOfTexts
from chat.journal.write.standings import Standings
from chat.models import ActKind, File, HeldMessage, Member, Message, ModerationAct, Room
from chat.models.event import Event, event_text, is_about_a_name
from chat.models.message import DeletedBy, Kind
from chat.policy import Action
from chat.protocol import Translatable

CHANGING_FIELDS = [
    "version",
    "text",
    "html",
    "event",
    "mentions",
    "reactions",
    "edited_at",
    "edited_version",
    "deleted_at",
    "deleted_by",
]

STANDING: dict[str, tuple[str, Translatable]] = {
    Kind.TOPIC: TOPIC_STANDS,
    Kind.EVENT: EVENT_STANDS,
}  # what authors do not take back


class Reacted(NamedTuple):
    """A reaction that changes a message, and its member."""

    message: Message
    member: Member


class Batch:
    """The changes of one transaction, and the rooms it has locked.

    Make it inside the transaction; `apply` the changes, then `store` what has come of them.
    """

    def __init__(self, changes: Sequence[Change], texts: TokensOfTexts) -> None:
        """`texts` are those of the changes, with their tokens."""
        self._rooms = statements.lock_rooms({it.room_id for it in changes})
        self._authors = Authors(changes)
        self._standings = Standings(changes, self._rooms, self._authors)
        self._posted = stored_messages.find_sent(changes, self._authors)
        self._messages = stored_messages.find_named(changes, self._rooms)
        self._own = Member.objects.find_own([it.author for it in self._messages.values()])
        reactors = [
            (it, member)
            for it in changes
            if isinstance(it, React) and (member := self._authors.get(it.member_id))
        ]
        self._claimed = _claimed_by([it for _, it in reactors])
        reactors += [(it, guest) for it, by in reactors for guest in self._claimed.get(by.pk, ())]
        self._related_rows = RelatedRows(reactors, self._messages)
        self._files = AttachedFiles(changes, self._authors)
        self._cards = LinkCards()
        self._pushes = Pushes()
        self._search_index = SearchIndex(texts)
        self._kept_rooms = KeptRooms(self._authors.kept)
        self._roster = Roster(self._standings)
        self._now = timezone.now()
        self._gate = PostGate(changes, self._rooms, self._authors, self._standings, self._now)
        self._new_messages: list[Message] = []
        self._changed_messages: dict[int, Message] = {}  # by id(); new messages have no key yet
        self._encoded_reactions: dict[int, Reactions] = {}  # of messages that are reacted to
        self._rooms_with_new_topic: dict[int, Room] = {}

    def apply(self, changes: Sequence[Change]) -> list[Settled | Refused]:
        """Apply the changes, reactions last. Returns an outcome for each, in the same order.

        All reactions to a message become one change, with one version: the first outcome is that
        change, the others are its duplicates.
        """
        applied = [self._apply(it) for it in changes]
        joined: dict[int, Entry] = {}
        return [
            self._join_reactions(it, joined) if isinstance(it, Reacted) else it for it in applied
        ]

    def store(self) -> dict[int, tuple[str, ...]]:
        """Write new and changed messages, the rows related to them, and their rooms.

        Returns the ids of the members in whose list a room is new or gone, by the room's primary
        key.
        """
        self._authors.store()
        changed = [message for message in self._changed_messages.values() if message.pk]
        if self._new_messages:
            for message in self._new_messages:
                message.author = message.author  # takes the key that a newcomer has by now
            sql.insert(self._new_messages)
        if changed:
            Message.objects.bulk_update(changed, CHANGING_FIELDS)
        self._related_rows.store()
        self._gate.store()
        self._files.store()
        self._cards.store()
        self._search_index.store(self._related_rows.mentioned)
        self._pushes.store(self._related_rows.mentioned)
        if self._rooms_with_new_topic:
            Room.objects.bulk_update(self._rooms_with_new_topic.values(), ["topic"])
        posted = {it.room_id: it.room for it in self._new_messages}
        others = {it.room_id: it.room for it in changed if it.room_id not in posted}
        if posted:
            statements.update_rooms(posted.values(), statements.POST_FIELDS)
        if others:
            statements.update_rooms(others.values(), statements.CHANGE_FIELDS)
        listed_for = _joined(self._kept_rooms.store(), self._roster.listed_for)
        self._roster.finish()
        return listed_for

    def _apply(self, change: Change) -> Settled | Refused | Reacted:
        room, member = self._rooms.get(change.room_id), self._authors.get(change.member_id)
        if room is None or member is None:
            return Refused(*GONE)
        match change:
            case Post():
                return self._post(change, room, member)
            case Edit() | Delete():
                return self._edit_or_delete(change, room, member)
            case React():
                return self._react(change, room, member)
            case Erase() | Refresh() | SetCard():
                return self._work_off(change, room, member)
            case RosterChange():
                return self._change_roster(change, room, member)

    def _work_off(
        self, change: Erase | Refresh | SetCard, room: Room, member: Member
    ) -> Appended | Refused:
        """What jobs append."""
        if isinstance(change, SetCard):
            return self._set_card(change, room, member)
        return self._take_back(change, room, member)

    def _may(self, member: Member, action: Action, room: Room) -> bool:
        return policy.may(member, action, room, self._standings.of(member, room))

    def _refusal(
        self, member: Member, room: Room, refusal: tuple[str, Translatable]
    ) -> tuple[str, Translatable]:
        """Why the member may not: who may not even find the room learns what a stranger does."""
        if policy.needs_account(member):
            return SIGN_IN_FIRST
        is_hidden = not room.is_open or room.deleted_at is not None
        if is_hidden and not self._may(member, Action.FIND, room):
            return GONE
        return why_not(room, self._standings.of(member, room), refusal)

    def _find_message(self, room: Room, seq: int, member: Member) -> Message | None:
        """The message at a seq, unless it was posted before what the member sees of the room."""
        return self._messages.get((room.pk, seq)) if self._is_seen(seq, room, member) else None

    def _is_seen(self, seq: int, room: Room, member: Member) -> bool:
        return seq >= self._standings.of(member, room).visible_from

    # --- posting --------------------------------------------------------------------------------

    def _post(self, post: Post, room: Room, member: Member) -> Appended | Refused:
        if not self._may(member, _posting(post), room):
            return Refused(*self._refusal(member, room, NO_POSTING))
        return self._posted_before(post, room, member) or self._post_anew(post, room, member)

    def _posted_before(self, post: Post, room: Room, member: Member) -> Appended | Refused | None:
        """What has come of a post that was sent before."""
        posted = self._posted.get((member.uid, post.client_id))
        if posted is None:
            return None
        if posted.room_id != room.pk or not self._is_seen(posted.seq, room, member):
            return Refused(*ID_TAKEN)
        return Appended(room, member, encode(posted), is_duplicate=True)

    def _post_anew(self, post: Post, room: Room, member: Member) -> Appended | Refused:
        if post.reply_to is not None and not self._find_message(room, post.reply_to, member):
            return Refused(*NO_SUCH_MESSAGE)
        if refused := self._gate.answer(post, member) or self._refuse_files(post, room, member):
            return refused
        files = self._files.of_post(post.files, room, member)
        if isinstance(files, Refused):
            return files
        if refused := self._gate.refuse(post, room, member, self._new_messages):
            if held := self._gate.held(post, member):
                self._files.hold(held, files, post.files)
            return refused
        return self._post_now(post, room, member, files)

    def _refuse_files(self, post: Post, room: Room, member: Member) -> Refused | None:
        """The refusal of files from somebody who may not send any, or with what has none."""
        if not post.files.ids:
            return None if post.text or post.kind == Kind.TOPIC else Refused(*EMPTY)
        may = post.kind != Kind.TOPIC and self._may(member, Action.POST_FILES, room)
        return None if may else Refused(*self._refusal(member, room, NO_FILES_HERE))

    def _post_now(
        self, post: Post, room: Room, member: Member, files: Sequence[File] = ()
    ) -> Appended:
        message = self._new_message(post, room, member)
        self._files.give(message, files, post.files)
        self._cards.look_at(message)
        self._pushes.look_at(message, self._standings.people(room))
        self._search_index.add(message)
        if post.kind == Kind.EVENT:
            return Appended(room, member, encode(message))
        self._kept_rooms.add_participant(member, room)
        self._kept_rooms.add_mentioned(post.markup.member_ids, room)
        self._kept_rooms.add_people(self._standings.people(room), room)
        if post.kind == Kind.TOPIC:
            room.topic = post.text
            self._rooms_with_new_topic[room.pk] = room
        sets_topic = post.kind == Kind.TOPIC
        return Appended(room, member, encode(message), post=message, changes_room=sets_topic)

    def _new_message(self, post: Post, room: Room, member: Member) -> Message:
        message = Message(
            room=room,
            author=member,
            client_id=post.client_id,
            kind=post.kind,
            event=post.event,
            text=post.text,
            html=post.markup.html,
            reply_to=post.reply_to,
            sent_at=self._now,
        )
        answered = self._answered(message)
        message.mentions = post.markup.mentions(answered)
        message.seq = _take_version(room, message)
        room.last_seq, room.posted_at = message.seq, self._now
        self._authors.accept(member)
        self._new_messages.append(message)
        self._posted[member.uid, post.client_id] = message
        self._messages[room.pk, message.seq] = message
        self._related_rows.mention(message, post.markup, answered)
        return message

    def _approve(self, change: Approve, room: Room, member: Member) -> Appended | Refused:
        """Post a held message as its author, who may still post."""
        if not self._may(member, Action.DELETE_OF_OTHERS, room):
            return Refused(*self._refusal(member, room, NOT_YOURS_TO_CHANGE))
        waiting = HeldMessage.objects.waiting().filter(pk=change.held, room=room)
        held = waiting.select_related("member__user", "member__claimed_by").first()
        if held is None:
            return Refused(*NO_SUCH_HELD)
        author = held.member
        post = self._post_of(held, room, change)
        if not policy.may(author, _posting(post), room, self._standings.look_up(author, room)):
            return Refused(*AUTHOR_MAY_NOT)
        self._posted |= stored_messages.find_posted({(author.pk, held.client_id)})
        appended = self._posted_before(post, room, author) or self._post_held(post, held, room)
        if isinstance(appended, Refused):
            return appended
        held.delete()
        if not appended.is_duplicate:
            act = ModerationAct(kind=ActKind.APPROVE, member=author, seq=appended.entry.seq)
            act.why = change.why
            self._roster.log(act, room, member)
        return appended

    def _post_held(self, post: Post, held: HeldMessage, room: Room) -> Appended | Refused:
        files = self._files.of_post(post.files, room, held.member, held)
        if isinstance(files, Refused):
            return files
        return self._post_now(post, room, held.member, files)

    def _post_of(self, held: HeldMessage, room: Room, change: Approve) -> Post:
        """The post that a held message becomes."""
        author, ids = held.member, tuple(UUID(it) for it in held.files)
        self._files.look_up([Wanted(author, room.pk, ids)])
        reply_to = change.reply_to
        if reply_to and not self._find_message(room, reply_to, author):
            reply_to = None
        kind, markup, files = Kind(held.kind), change.markup, Files(ids)
        post = Post(room.pk, author.pk, held.client_id, held.text, reply_to, kind, markup)
        return replace(post, files=files)

    def _answered(self, message: Message) -> Member | None:
        """Return the member whom a reply answers, unless that is its author.

        For a claimed guest, that is the account's own member.
        """
        if message.reply_to is None:
            return None
        author = self._messages[message.room_id, message.reply_to].author
        author = self._own.get(author.pk, author)
        return None if author == message.author else author

    # --- editing and deleting -------------------------------------------------------------------

    def _edit_or_delete(
        self, change: Edit | Delete, room: Room, member: Member
    ) -> Appended | Refused:
        message = self._find_message(room, change.seq, member)
        if isinstance(change, Delete) and message and not policy.is_author(member, message):
            return self._remove(change, message, member)
        if not self._may(member, Action.CHANGE_OWN, room):
            return Refused(*self._refusal(member, room, NO_POSTING))
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
        files = self._files.kept(message, change.files)
        if change.text == message.text and files == message.files:
            return self._keep_text(change, message, member)
        if not change.text and not files:
            return Refused(*EMPTY)
        if refused := self._gate.refuse_edit(change, message.room, member):
            return refused
        self._related_rows.keep(message)
        self._files.change(message, files)
        mentions, answered = message.mentions, self._answered(message)
        markup, html = change.markup, message.html
        message.edit(change.text, markup.html, markup.mentions(answered), self._now)
        self._cards.edit(message, html, keeps_card=change.keeps_card)
        self._related_rows.mention(message, markup, answered)
        self._search_index.add(message)
        self._kept_rooms.add_mentioned(markup.member_ids, message.room)
        withdrawn = Withdrawn.from_message(message, mentions)
        entry = self._changed(message)
        message.edited_version = message.version
        return Appended(message.room, member, entry, withdrawn=withdrawn)

    def _keep_text(self, change: Edit, message: Message, member: Member) -> Appended:
        """An edit that changes no word: perhaps it takes the card away."""
        if change.keeps_card or not message.card:
            return Appended(message.room, member, encode(message), is_duplicate=True)
        self._cards.take_away(message)
        return Appended(message.room, member, self._changed(message))

    def _set_card(self, change: SetCard, room: Room, member: Member) -> Appended | Refused:
        message = self._messages.get((room.pk, change.seq))
        if message is None or room.deleted_at is not None:
            return Refused(*NO_SUCH_MESSAGE)
        if message.is_deleted:
            return Refused(*DELETED)
        if message.card is not None:
            return Appended(room, member, encode(message), is_duplicate=True)
        if first_link(message.html) != change.url:
            return Refused(*NO_SUCH_LINK)
        self._cards.give(message, change)
        return Appended(room, member, self._changed(message))

    def _remove(self, change: Delete, message: Message, member: Member) -> Appended | Refused:
        """Delete the message of another person. A topic goes with the message that set it."""
        room = message.room
        if not self._may(member, Action.DELETE_OF_OTHERS, room):
            if not self._may(member, Action.CHANGE_OWN, room):
                return Refused(*self._refusal(member, room, NO_POSTING))
            return Refused(*STANDING.get(message.kind, NOT_YOURS))
        if message.event and not is_about_a_name(message.event):
            return Refused(*EVENT_STANDS)
        if _is_late(change, message):
            return Refused(*CHANGED)
        if message.kind == Kind.TOPIC and not message.is_deleted and self._sets_topic(message):
            message.room.topic = ""
            self._rooms_with_new_topic[message.room_id] = message.room
        deleted = self._delete(message, member, DeletedBy.MODERATOR)
        if not deleted.is_duplicate:
            self._log_deletion(change, message, member)
        return replace(deleted, changes_room=message.kind == Kind.TOPIC)

    def _log_deletion(self, change: Delete, message: Message, member: Member) -> None:
        act = ModerationAct(kind=ActKind.DELETE, member=message.author, seq=message.seq)
        act.why, act.together = change.why, change.together or act.together
        self._roster.log(act, message.room, member)

    def _sets_topic(self, message: Message) -> bool:
        """Whether no later message sets the topic, nor one of this transaction."""
        later = Message.objects.filter(room=message.room, kind=Kind.TOPIC, seq__gt=message.seq)
        return message.room_id not in self._rooms_with_new_topic and not later.exists()

    def _delete(
        self, message: Message, member: Member, by: DeletedBy = DeletedBy.AUTHOR
    ) -> Appended:
        if message.is_deleted:
            return Appended(message.room, member, encode(message), is_duplicate=True)
        mentions = message.mentions
        self._files.change(message, [])
        self._cards.forget(message)
        message.mark_deleted(self._now, by)
        self._related_rows.wipe(message)
        self._search_index.remove(message)
        withdrawn = Withdrawn.from_message(message, mentions)
        return Appended(message.room, member, self._changed(message), withdrawn=withdrawn)

    # --- what former members left ---------------------------------------------------------------

    def _take_back(self, change: Erase | Refresh, room: Room, member: Member) -> Appended | Refused:
        message = self._messages.get((room.pk, change.seq))
        if message is None:
            return Refused(*NO_SUCH_MESSAGE)
        if not policy.may_take_back(member, message.author):
            return Refused(*NOT_YOURS)
        if message.is_ending:
            return Refused(*EVENT_STANDS)
        if isinstance(change, Refresh):
            return Appended(room, member, self._changed(message))
        if message.kind == Kind.TOPIC:
            return Refused(*TOPIC_STANDS)
        return self._delete(message, member)

    # --- who is in the room ---------------------------------------------------------------------

    def _change_roster(self, change: RosterChange, room: Room, member: Member) -> Settled | Refused:
        """Change who is in the room, or the room: an event of its journal says so.

        A sanction has no event, unless somebody is removed.
        """
        if isinstance(change, Approve):
            return self._approve(change, room, member)
        outcome = self._roster.apply(change, room, member)
        if isinstance(outcome, Refused):
            return outcome
        if outcome.event is None:
            self._roster.store(outcome, room, member, version=room.version)
            revoked, rejected = outcome.revokes, outcome.told_rejection
            return Settled(
                room, member, has_revoked=revoked, changes_room=not rejected, rejected=rejected
            )
        message = self._new_event(outcome.event, room, member)
        self._roster.store(outcome, room, member, version=message.seq)
        return Appended(
            room,
            member,
            encode(message),
            has_revoked=outcome.revokes,
            changes_room=True,
        )

    def _new_event(self, event: Event, room: Room, member: Member) -> Message:
        post = Post(room.pk, member.pk, uuid4(), event_text(event), kind=Kind.EVENT, event=event)
        return self._new_message(post, room, member)

    # --- reacting -------------------------------------------------------------------------------

    def _react(self, change: React, room: Room, member: Member) -> Appended | Refused | Reacted:
        """Return Reacted if the reaction changes the message; its version follows in `apply`."""
        if not (self._may(member, Action.REACT, room) or _is_taken_back(change, member)):
            return Refused(*self._refusal(member, room, NO_REACTING))
        message = self._find_message(room, change.seq, member)
        if message is None:
            return Refused(*NO_SUCH_MESSAGE)
        if hindrance := _hindrance(change, message):
            return Refused(*hindrance)
        if reactors := self._react_as_all(change, member):
            self._authors.accept(member)
            self._kept_rooms.add_participant(member, room)
            self._change_reactions(change, message, reactors)
        elif id(message) not in self._encoded_reactions:
            return Appended(room, member, encode(message), is_duplicate=True)
        return Reacted(message, member)

    def _react_as_all(self, change: React, member: Member) -> list[Member]:
        """Whose reactions change: the member's, and those of guests whom the account has claimed.

        What such a guest has reacted is the member's own, and is taken back with it.
        """
        guests = self._claimed.get(member.pk, [])
        if change.on and any(self._related_rows.has_reacted(change, it) for it in guests):
            return []
        people = [member] if change.on else [member, *guests]
        return [it for it in people if self._related_rows.react(change, it)]

    def _change_reactions(self, change: React, message: Message, reactors: list[Member]) -> None:
        self._encoded_reactions.setdefault(id(message), copy(message.reactions))
        for member in reactors:
            if change.on:
                message.add_reaction(change.emoji, member)
            else:
                message.remove_reaction(change.emoji, member)

    def _join_reactions(self, reacted: Reacted, joined: dict[int, Entry]) -> Appended:
        message, member = reacted
        is_duplicate = id(message) in joined
        if not is_duplicate:
            base, before = message.version, self._encoded_reactions[id(message)]
            self._take_version(message)
            joined[id(message)] = encode_reactions(message, base, before)
        return Appended(message.room, member, joined[id(message)], is_duplicate=is_duplicate)

    def _changed(self, message: Message) -> Entry:
        self._take_version(message)
        if id(message) in self._encoded_reactions:
            self._encoded_reactions[id(message)] = copy(message.reactions)
        return encode(message)

    def _take_version(self, message: Message) -> None:
        _take_version(message.room, message)
        self._changed_messages[id(message)] = message


def _claimed_by(members: Iterable[Member]) -> dict[int, list[Member]]:
    """The guests whom accounts have claimed, by the primary keys of the accounts' own members."""
    own = {it.user_id: it.pk for it in members if it.has_claimed}
    claimed: dict[int, list[Member]] = {}
    for guest in Member.objects.filter(claimed_by__in=own) if own else ():
        claimed.setdefault(own[guest.claimed_by_id], []).append(guest)
    return claimed


def _is_late(change: Edit | Delete, message: Message) -> bool:
    """Whether the change is meant for an earlier state of the message."""
    return change.version not in (None, message.version)


def _is_taken_back(change: React, member: Member) -> bool:
    return not change.on and policy.may_take_back(member, member)


def _hindrance(change: React, message: Message) -> tuple[str, Translatable] | None:
    """Why nobody may react so to this message."""
    if message.is_deleted:
        return DELETED
    if message.is_ending:
        return NO_REACTING_HERE
    if change.on and not message.accepts_reaction(change.emoji):
        return TOO_MANY_REACTIONS
    return None


def _posting(post: Post) -> Action:
    return Action.SET_TOPIC if post.kind == Kind.TOPIC else Action.POST


def _joined(
    one: dict[int, tuple[str, ...]], other: Mapping[int, tuple[str, ...]]
) -> dict[int, tuple[str, ...]]:
    return {room: one.get(room, ()) + other.get(room, ()) for room in one.keys() | other.keys()}


def _take_version(room: Room, message: Message) -> int:
    """Give the message the room's next version, and return that."""
    room.version += 1
    message.version = room.version
    return room.version
