"""Stores messages that were sent elsewhere, or long ago: the write door of an import.

As the batch of posts, it takes versions under the rooms' locks, and stores a message together with
all that belongs to it. What it leaves out is what follows from a post of today: nobody is told, no
card is fetched, no room gets into a list, and `policy` is not asked, as nobody here is the author.

In a room, messages stand in the order of their times. So a message that is older than the room's
last one is not stored, unless the room is arriving: then it has the place that it had before.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db import transaction

from chat.journal import sql
from chat.journal.search_fields import fields_of
from chat.journal.write import search_index, statements
from chat.models import (
    File,
    ImportedMessages,
    Member,
    Mention,
    Message,
    Reaction,
    Revision,
    Room,
)
from chat.models.message import Kind
from chat.words.tokens import tokens

STEP_MESSAGES = 100  # of a transaction: posts wait for it on SQLite

OwnKey = tuple[int, UUID]  # the primary key of an author, and a client id


@dataclass(slots=True)
class PastMessage:
    """An unsaved message, with its room and its author, and what belongs to it.

    With a `seq` and a `version`, it keeps them. `answers` is the client id of the message that it
    answers, where its seq is not known yet.
    """

    message: Message
    answers: UUID | None = None
    mentioned: Collection[int | None] = ()  # primary keys of members; None: everybody
    reactions: Sequence[tuple[str, Sequence[Member]]] = ()
    revisions: Sequence[Revision] = ()  # unsaved
    files: Sequence[File] = ()  # unsaved, with their bytes in the storage
    tokens: Collection[str] = field(default=(), init=False)

    def __post_init__(self) -> None:
        """Made before rooms are locked: it takes a while."""
        texts = [self.message.text, *search_index.words_of_files(self.message.files)]
        self.tokens = set().union(*map(tokens, texts))

    @property
    def own_key(self) -> OwnKey:
        return self.message.author_id, self.message.client_id


class Stored(NamedTuple):
    """What has come of messages: which are new, which are older than their room's last one."""

    new: list[PastMessage]
    too_old: list[PastMessage]


def here(keys: Collection[OwnKey]) -> dict[OwnKey, int]:
    """The seqs of those of these messages that are stored."""
    pks = statements.posted(keys) if keys else []
    found = Message.objects.filter(pk__in=pks).values_list("author", "client_id", "seq")
    return {(author, client_id): seq for author, client_id, seq in found}


@transaction.atomic
def store(past: Sequence[PastMessage]) -> Stored:
    """Store those of the messages that are not stored yet, all or none. One transaction.

    Raises IntegrityError where messages that keep their versions have one in common.
    """
    rooms = statements.lock_rooms({it.message.room_id for it in past})
    known = here({it.own_key for it in past})
    missing = [it for it in past if it.own_key not in known]
    times = dict(Room.objects.filter(pk__in=rooms).values_list("pk", "posted_at"))
    new, too_old = _numbered(missing, rooms, times, _Answered(past, known))
    if new:
        _insert([it.message for it in new])
        _store_related(new)
        _store_rooms(new, rooms, times)
    return Stored(new, too_old)


class _Answered:
    """The seqs of messages in this transaction, by room and client id."""

    def __init__(self, past: Iterable[PastMessage], known: Mapping[OwnKey, int]) -> None:
        found = ((it.message, known.get(it.own_key)) for it in past)
        self._seqs = {(it.room_id, it.client_id): seq for it, seq in found if seq is not None}

    def number(self, it: PastMessage) -> None:
        """The message has its seq: others may answer it, and it one before it."""
        message = it.message
        if it.answers is not None and message.reply_to is None:
            message.reply_to = self._seqs.get((message.room_id, it.answers))
        self._seqs[message.room_id, message.client_id] = message.seq


def _numbered(
    missing: Iterable[PastMessage],
    rooms: Mapping[int, Room],
    times: dict[int, datetime | None],
    answered: _Answered,
) -> tuple[list[PastMessage], list[PastMessage]]:
    new: list[PastMessage] = []
    too_old: list[PastMessage] = []
    for it in missing:
        message, room = it.message, rooms[it.message.room_id]
        last = times[room.pk]
        if not message.seq:
            if last is not None and message.sent_at < last:
                too_old.append(it)
                continue
            _take_version(message, room)
        times[room.pk] = max(last or message.sent_at, message.sent_at)
        answered.number(it)
        new.append(it)
    return new, too_old


def _take_version(message: Message, room: Room) -> None:
    room.version += 1
    message.seq = message.version = room.last_seq = room.version
    if message.edited_at is not None:
        message.edited_version = message.version


def _insert(messages: Sequence[Message]) -> None:
    sql.insert(messages)
    pks = statements.primary_keys({(it.room_id, it.seq) for it in messages})
    for it in messages:
        it.pk = pks[it.room_id, it.seq]
    ImportedMessages.objects.record(pks.values(), min(it.sent_at for it in messages))


def _store_related(new: Sequence[PastMessage]) -> None:
    mentions = [
        Mention(message=it.message, room_id=it.message.room_id, seq=it.message.seq, member_id=pk)
        for it in new
        for pk in it.mentioned
    ]
    for rows in (mentions, list(_reactions(new)), list(_revisions(new))):
        if rows:
            sql.insert(rows)
    File.objects.bulk_create(_files(new))
    search_index.store(
        [
            (it.message.room_id, it.message.seq, {*it.tokens, *fields_of(it.message, it.mentioned)})
            for it in new
            if it.message.kind != Kind.EVENT and not it.message.is_deleted
        ]
    )


def _reactions(new: Iterable[PastMessage]) -> Iterator[Reaction]:
    for it in new:
        for emoji, people in it.reactions:
            for member in people:
                yield Reaction(message=it.message, member=member, emoji=emoji)


def _revisions(new: Iterable[PastMessage]) -> Iterator[Revision]:
    for it in new:
        for revision in it.revisions:
            revision.message = it.message
            yield revision


def _files(new: Iterable[PastMessage]) -> Iterator[File]:
    for it in new:
        for file in it.files:
            file.message, file.room = it.message, it.message.room
            yield file


def _store_rooms(
    new: Iterable[PastMessage], rooms: Mapping[int, Room], times: Mapping[int, datetime | None]
) -> None:
    last: dict[int, int] = defaultdict(int)
    versions: dict[int, int] = defaultdict(int)
    for it in new:
        pk = it.message.room_id
        last[pk] = max(last[pk], it.message.seq)
        versions[pk] = max(versions[pk], it.message.version)
    for pk, seq in last.items():
        room = rooms[pk]
        room.last_seq, room.version = max(room.last_seq, seq), max(room.version, versions[pk])
        room.posted_at = times[pk]
    statements.update_rooms([rooms[pk] for pk in sorted(last)], statements.POST_FIELDS)
