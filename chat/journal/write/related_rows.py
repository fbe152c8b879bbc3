"""The rows related to messages: reactions, mentions and earlier texts (revisions).

They are stored in the transaction that stores their message, under its room's lock.
"""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from chat.journal import sql
from chat.journal.changes import Markup, React
from chat.journal.write import statements
from chat.models import Member, Mention, Message, Reaction, Revision

MessageKey = tuple[int, int]  # the primary key of a room, and a seq in it
ReactionKey = tuple[MessageKey, UUID, str]  # a message, the uid of a member, an emoji


def message_key(message: Message) -> MessageKey:
    return message.room_id, message.seq


class RelatedRows:
    """The related rows of one transaction: collected while changes apply, then stored together."""

    def __init__(
        self, reacts: Sequence[tuple[React, Member]], messages: Mapping[MessageKey, Message]
    ) -> None:
        """`messages` are those of the transaction; the caller adds new ones before `store`.

        `reacts` have the members who react; the caller stores new members before `store`.
        """
        self._messages = messages
        self._reactors = {member.uid: member for _, member in reacts}
        self._stored_reactions = self._find_reactions(reacts)
        self._reactions = set(self._stored_reactions)
        self._mentions: dict[MessageKey, set[int | None]] = {}
        self._answered: dict[MessageKey, Member] = {}  # may be newcomers, without a key yet
        self._changed_mentions: set[MessageKey] = set()  # of messages stored before
        self._wiped: set[MessageKey] = set()
        self._revisions: list[tuple[MessageKey, Revision]] = []

    def has_reacted(self, change: React, member: Member) -> bool:
        return ((change.room_id, change.seq), member.uid, change.emoji) in self._reactions

    def react(self, change: React, member: Member) -> bool:
        """Add or remove a reaction. Returns whether that changed anything."""
        key = (change.room_id, change.seq), member.uid, change.emoji
        if (key in self._reactions) == change.on:
            return False
        (self._reactions.add if change.on else self._reactions.discard)(key)
        return True

    def mention(self, message: Message, markup: Markup, answered: Member | None) -> None:
        """Replace the mentions of the message. A reply mentions the member whom it answers."""
        key = message_key(message)
        if message.pk:
            self._changed_mentions.add(key)
        if markup.member_ids or answered or key in self._mentions:
            self._mentions[key] = markup.member_ids
        if answered:
            self._answered[key] = answered

    def keep(self, message: Message) -> None:
        """Keep the text of a message that is about to be edited, as a revision."""
        revision = Revision(
            version=message.version,
            text=message.text,
            written_at=message.edited_at or message.sent_at,
        )
        self._revisions.append((message_key(message), revision))

    def wipe(self, message: Message) -> None:
        """Remove all rows of a deleted message."""
        key = message_key(message)
        self._wiped.add(key)
        self._mentions.pop(key, None)
        self._reactions = {it for it in self._reactions if it[0] != key}
        self._revisions = [it for it in self._revisions if it[0] != key]

    @property
    def mentioned(self) -> Mapping[MessageKey, set[int | None]]:
        """Whom messages mention now, by primary key: of those with new mentions. None: everybody.

        The caller stores newcomers before.
        """
        return {key: members | self._answered_ids(key) for key, members in self._mentions.items()}

    def store(self) -> None:
        """Store the rows, once their messages are stored."""
        self._load_primary_keys()
        self._store_reactions()
        self._store_mentions()
        self._store_revisions()

    def _load_primary_keys(self) -> None:
        """Load the keys of new messages that have related rows: the insert does not return any."""
        reacted = {it[0] for it in self._reactions - self._stored_reactions}
        revised = {it[0] for it in self._revisions}
        keys = {*reacted, *revised, *self._mentions}
        unknown = {it for it in keys if self._messages[it].pk is None}
        if unknown:
            for key, pk in statements.primary_keys(unknown).items():
                self._messages[key].pk = pk

    def _store_reactions(self) -> None:
        if removed := self._stored_reactions - self._reactions:
            statements.delete_reactions([self._row(it) for it in removed])
        if added := self._reactions - self._stored_reactions:
            rows = [self._row(it) for it in added]
            sql.insert([Reaction(message_id=it[0], member_id=it[1], emoji=it[2]) for it in rows])
        if self._wiped:
            Reaction.objects.filter(message__in=self._primary_keys(self._wiped)).delete()

    def _store_mentions(self) -> None:
        if replaced := self._primary_keys(self._changed_mentions | self._wiped):
            Mention.objects.filter(message__in=replaced).delete()
        if self._mentions:
            sql.insert(
                [
                    Mention(message=self._messages[key], room_id=key[0], seq=key[1], member_id=it)
                    for key, members in self.mentioned.items()
                    for it in members
                ]
            )

    def _answered_ids(self, key: MessageKey) -> set[int | None]:
        return {self._answered[key].pk} if key in self._answered else set()

    def _store_revisions(self) -> None:
        if self._wiped:
            Revision.objects.filter(message__in=self._primary_keys(self._wiped)).delete()
        for key, revision in self._revisions:
            revision.message = self._messages[key]
        if self._revisions:
            sql.insert([revision for _, revision in self._revisions])

    def _primary_keys(self, keys: Iterable[MessageKey]) -> list[int]:
        """Return the keys of those messages that have one by now."""
        return [pk for key in keys if (pk := self._messages[key].pk)]

    def _row(self, key: ReactionKey) -> statements.ReactionRow:
        message, member, emoji = key
        return self._messages[message].pk, self._reactors[member].pk, emoji

    def _find_reactions(self, reacts: Sequence[tuple[React, Member]]) -> set[ReactionKey]:
        """Find which of these reactions are stored."""
        keys = {((it.room_id, it.seq), by.uid, it.emoji) for it, by in reacts if by.is_saved}
        rows = {self._row(it): it for it in keys if it[0] in self._messages}
        return {rows[it] for it in statements.stored_reactions(rows)} if rows else set()
