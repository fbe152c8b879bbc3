"""Finds the stored messages that changes are about."""

from collections.abc import Collection, Iterable, Mapping
from uuid import UUID

from chat.journal.changes import Approve, Change, Edit, Post
from chat.journal.roster_changes import RosterChange
from chat.journal.write import statements
from chat.journal.write.authors import Authors
from chat.journal.write.related_rows import MessageKey
from chat.models import Member, Message, Room

PostKey = tuple[UUID, UUID]  # the uid of an author, and their client id


def find_sent(changes: Iterable[Change], authors: Authors) -> dict[PostKey, Message]:
    """Find the messages that posts send again, also those sent before by a claimed guest."""
    sent = authors.sent(changes)
    senders = {author.pk: author for author, _ in sent}
    for author in [it for it in senders.values() if it.has_claimed]:
        senders.update(dict.fromkeys(Member.objects.claimed_by(author), author))
    keys = {(pk, id) for pk, sender in senders.items() for author, id in sent if author is sender}
    found = find_posted(keys)
    return {(senders[it.author_id].uid, id): it for (_, id), it in found.items()}


def find_posted(sent: Collection[tuple[int, UUID]]) -> dict[PostKey, Message]:
    """Find the messages with these authors (by primary key) and client ids."""
    pks = statements.posted(sent) if sent else []
    found = Message.objects.select_related("author").filter(pk__in=pks) if pks else []
    return {(it.author.uid, it.client_id): it for it in found}


def find_named(changes: Iterable[Change], rooms: Mapping[int, Room]) -> dict[MessageKey, Message]:
    """Find the messages that are replied to, edited, deleted or reacted to.

    And the messages that edited replies answer: an edit replaces the mentions of its message.
    """
    seqs = ((it.room_id, _seq(it)) for it in changes)
    keys = {(room, seq) for room, seq in seqs if seq is not None and room in rooms}
    found = _load(keys, rooms)
    edited = [found.get((it.room_id, it.seq)) for it in changes if isinstance(it, Edit)]
    answered = {(it.room_id, it.reply_to) for it in edited if it and it.reply_to}
    return found | _load(answered - found.keys(), rooms)


def _load(keys: Collection[MessageKey], rooms: Mapping[int, Room]) -> dict[MessageKey, Message]:
    if not keys:
        return {}
    pks = statements.primary_keys(keys).values()
    found = Message.objects.select_related("author").filter(pk__in=pks)
    for message in found:
        message.room = rooms[message.room_id]
    return {(it.room_id, it.seq): it for it in found}


def _seq(change: Change) -> int | None:
    """The seq that a change names."""
    if isinstance(change, Post | Approve):
        return change.reply_to
    return None if isinstance(change, RosterChange) else change.seq
