"""What one transaction loads, changes and stores: a unit of work.

`batch.py` applies the changes to it, with `posting.py`, `editing.py` and `reacting.py`.
"""

from collections.abc import Iterable, Mapping, Sequence

from django.utils import timezone

from chat import policy
from chat.journal import sql
from chat.journal.changes import (
    GONE,
    SIGN_IN_FIRST,
    Change,
    Post,
    React,
)
from chat.journal.entry import Entry, encode
from chat.journal.reaction_changes import Reactions, copy
from chat.journal.refusals import why_not
from chat.journal.write import statements, stored_messages
from chat.journal.write.attached_files import AttachedFiles
from chat.journal.write.authors import Authors
from chat.journal.write.kept_rooms import KeptRooms
from chat.journal.write.link_cards import LinkCards
from chat.journal.write.post_gate import PostGate
from chat.journal.write.pushes import Pushes
from chat.journal.write.related_rows import RelatedRows
from chat.journal.write.roster import Roster
from chat.journal.write.search_index import SearchIndex, TokensOfTexts
from chat.journal.write.standings import Standings
from chat.models import Member, Message, Room
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


class UnitOfWork:
    """The rows of one transaction: rooms that it has locked, their messages, and who changes them.

    Make it inside the transaction; `store` it once all changes are applied.
    """

    def __init__(self, changes: Sequence[Change], texts: TokensOfTexts) -> None:
        """`texts` are those of the changes, with their tokens."""
        self.rooms = statements.lock_rooms({it.room_id for it in changes})
        self.authors = Authors(changes)
        self.standings = Standings(changes, self.rooms, self.authors)
        self.posted = stored_messages.find_sent(changes, self.authors)
        self.messages = stored_messages.find_named(changes, self.rooms)
        self.own = Member.objects.find_own([it.author for it in self.messages.values()])
        reactors = [
            (it, member)
            for it in changes
            if isinstance(it, React) and (member := self.authors.get(it.member_id))
        ]
        self.claimed = _claimed_by([it for _, it in reactors])
        reactors += [(it, guest) for it, by in reactors for guest in self.claimed.get(by.pk, ())]
        self.related_rows = RelatedRows(reactors, self.messages)
        self.files = AttachedFiles(changes, self.authors)
        self.cards = LinkCards()
        self.pushes = Pushes()
        self.search_index = SearchIndex(texts)
        self.kept_rooms = KeptRooms(self.authors.kept)
        self.roster = Roster(self.standings)
        self.now = timezone.now()
        self.gate = PostGate(changes, self.rooms, self.authors, self.standings, self.now)
        self.new_messages: list[Message] = []
        self.changed_messages: dict[int, Message] = {}  # by id(); new messages have no key yet
        self.encoded_reactions: dict[int, Reactions] = {}  # of messages that are reacted to
        self.rooms_with_new_topic: dict[int, Room] = {}

    def store(self) -> dict[int, tuple[str, ...]]:
        """Write new and changed messages, the rows related to them, and their rooms.

        Returns the ids of the members in whose list a room is new or gone, by the room's primary
        key.
        """
        self.authors.store()
        changed = [message for message in self.changed_messages.values() if message.pk]
        if self.new_messages:
            for message in self.new_messages:
                message.author = message.author  # takes the key that a newcomer has by now
            sql.insert(self.new_messages)
        if changed:
            Message.objects.bulk_update(changed, CHANGING_FIELDS)
        self.related_rows.store()
        self.gate.store()
        self.files.store()
        self.cards.store()
        self.search_index.store(self.related_rows.mentioned)
        self.pushes.store(self.related_rows.mentioned)
        if self.rooms_with_new_topic:
            Room.objects.bulk_update(self.rooms_with_new_topic.values(), ["topic"])
        posted = {it.room_id: it.room for it in self.new_messages}
        others = {it.room_id: it.room for it in changed if it.room_id not in posted}
        if posted:
            statements.update_rooms(posted.values(), statements.POST_FIELDS)
        if others:
            statements.update_rooms(others.values(), statements.CHANGE_FIELDS)
        listed_for = _joined(self.kept_rooms.store(), self.roster.listed_for)
        self.roster.finish()
        return listed_for

    # --- what a member may, and sees ------------------------------------------------------------

    def may(self, member: Member, action: Action, room: Room) -> bool:
        """Ask the policy, with the standing that the member has by now in this transaction."""
        return policy.may(member, action, room, self.standings.of(member, room))

    def refusal(
        self, member: Member, room: Room, refusal: tuple[str, Translatable]
    ) -> tuple[str, Translatable]:
        """Why the member may not: who may not even find the room learns what a stranger does."""
        if policy.needs_account(member):
            return SIGN_IN_FIRST
        is_hidden = not room.is_open or room.deleted_at is not None
        if is_hidden and not self.may(member, Action.FIND, room):
            return GONE
        return why_not(room, self.standings.of(member, room), refusal)

    def find_message(self, room: Room, seq: int, member: Member) -> Message | None:
        """The message at a seq, unless it was posted before what the member sees of the room."""
        return self.messages.get((room.pk, seq)) if self.is_seen(seq, room, member) else None

    def is_seen(self, seq: int, room: Room, member: Member) -> bool:
        """Whether what the member sees of the room reaches back to this seq."""
        return seq >= self.standings.of(member, room).visible_from

    # --- new and changed messages ---------------------------------------------------------------

    def answered(self, message: Message) -> Member | None:
        """Return the member whom a reply answers, unless that is its author.

        For a claimed guest, that is the account's own member.
        """
        if message.reply_to is None:
            return None
        author = self.messages[message.room_id, message.reply_to].author
        author = self.own.get(author.pk, author)
        return None if author == message.author else author

    def add_new(self, post: Post, room: Room, member: Member) -> Message:
        """A new message, which takes the room's next version."""
        message = Message(
            room=room,
            author=member,
            client_id=post.client_id,
            kind=post.kind,
            event=post.event,
            text=post.text,
            html=post.markup.html,
            reply_to=post.reply_to,
            sent_at=self.now,
        )
        answered = self.answered(message)
        message.mentions = post.markup.mentions(answered)
        message.seq = _take_version(room, message)
        room.last_seq, room.posted_at = message.seq, self.now
        self.authors.accept(member)
        self.new_messages.append(message)
        self.posted[member.uid, post.client_id] = message
        self.messages[room.pk, message.seq] = message
        self.related_rows.mention(message, post.markup, answered)
        return message

    def change(self, message: Message) -> Entry:
        """Let a changed message take the room's next version. Returns what clients get."""
        self.take_version(message)
        if id(message) in self.encoded_reactions:
            self.encoded_reactions[id(message)] = copy(message.reactions)
        return encode(message)

    def take_version(self, message: Message) -> None:
        """Let a changed message take the room's next version, and remember to store it."""
        _take_version(message.room, message)
        self.changed_messages[id(message)] = message


def _claimed_by(members: Iterable[Member]) -> dict[int, list[Member]]:
    """The guests whom accounts have claimed, by the primary keys of the accounts' own members."""
    own = {it.user_id: it.pk for it in members if it.has_claimed}
    claimed: dict[int, list[Member]] = {}
    for guest in Member.objects.filter(claimed_by__in=own) if own else ():
        claimed.setdefault(own[guest.claimed_by_id], []).append(guest)
    return claimed


def _joined(
    one: dict[int, tuple[str, ...]], other: Mapping[int, tuple[str, ...]]
) -> dict[int, tuple[str, ...]]:
    return {room: one.get(room, ()) + other.get(room, ()) for room in one.keys() | other.keys()}


def _take_version(room: Room, message: Message) -> int:
    """Give the message the room's next version, and return that."""
    room.version += 1
    message.version = room.version
    return room.version
