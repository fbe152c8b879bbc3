"""Everything, or one room, as JSON Lines with files: docs/export_format.md.

All rows are read as they were at one moment, in pages, so that memory does not depend on how much
there is. The files follow after that moment: some may be deleted by then, and are named.
"""

import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any
from uuid import UUID

import msgspec
from django.db.models import Q, QuerySet

from chat import models
from chat.files.storage import files_storage
from chat.journal.snapshot import snapshot
from chat.models import FormerRoomName, ImportedPerson, Member, Membership, Mention
from chat.transfer import packages, records
from chat.transfer.packages import Writer
from chat.transfer.records import FORMAT, Header, Line

LINES = "lobby.jsonl"
PAGE_ROWS = 500


def path_of(file: models.File) -> str:
    """Where the bytes of a file are in an export."""
    return f"files/{file.uid}/{file.name}"


def export(path: Path, room: models.Room | None = None) -> list[str]:
    """Write an export. Returns the paths of files whose bytes are gone.

    Raises TransferError, and OSError where the disk or the storage fails.
    """
    with packages.written(path) as package, TemporaryFile() as named:
        with snapshot():
            pieces = (records.encode(line) + b"\n" for line in lines(room))
            package.write(LINES, pieces, compressed=True)
            _note_files(named, room)
        return list(_write_files(package, named))


def _note_files(named: IO[bytes], room: models.Room | None) -> None:
    """So that the snapshot ends before the files are read, which may take hours."""
    for it in _files(room).order_by("message", "pk").iterator(PAGE_ROWS):
        named.write(msgspec.json.encode((path_of(it), it.key, it.size)) + b"\n")
    named.seek(0)


def _write_files(package: Writer, named: IO[bytes]) -> Iterator[str]:
    """Yields what is missing."""
    storage = files_storage()
    for line in named:
        path, key, size = msgspec.json.decode(line, type=tuple[str, str, int])
        pieces = storage.read(key, 0, size)
        try:
            first = next(pieces, b"")
        except FileNotFoundError:
            yield path
            continue
        package.write(path, _chained(first, pieces), compressed=False)


def _chained(first: bytes, others: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from others


def lines(room: models.Room | None) -> Iterator[Line]:
    """All lines of an export, in order."""
    yield Header(FORMAT)
    yield from _people(room)
    rooms = _rooms(room)
    for page in _pages(rooms.order_by("uid")):
        yield from _room_lines(page)
    messages = models.Message.objects.filter(room__in=rooms).order_by("pk")
    after = 0
    while page := list(messages.filter(pk__gt=after).select_related("room", "author")[:PAGE_ROWS]):
        yield from _messages(page)
        after = page[-1].pk


def _rooms(room: models.Room | None) -> "QuerySet[models.Room]":
    """Those that are there: not deleted, and not about to arrive."""
    arriving = models.ImportedRoom.objects.arriving().values("room")
    rooms = models.Room.objects.filter(deleted_at=None).exclude(pk__in=arriving)
    return rooms.filter(pk=room.pk) if room else rooms


def _files(room: models.Room | None) -> "QuerySet[models.File]":
    sent = models.File.objects.ready().filter(message__isnull=False, room__in=_rooms(room))
    return sent.select_related("member", "message")


# --- people -------------------------------------------------------------------------------------


def _people(room: models.Room | None) -> Iterator[records.Person]:
    people = Member.objects.filter(_is_in(room)) if room else Member.objects.all()
    members = people.select_related("user", "claimed_by", "imported__belongs_to")
    for page in _pages(members.order_by("uid")):
        users = {it.claimed_by_id for it in page if it.claimed_by_id is not None}
        own = dict(Member.objects.filter(user__in=users).values_list("user", "uid"))
        for it in page:
            yield _person(it, own)


def _is_in(room: models.Room) -> Q:
    """Who has anything to do with a room."""
    authors = models.Message.objects.filter(room=room).values("author")
    in_room = Membership.objects.filter(room=room)
    of_others = [
        in_room.values("member"),
        in_room.exclude(added_by=None).values("added_by"),
        models.Subscription.objects.filter(room=room).values("member"),
        models.Reaction.objects.filter(message__room=room).values("member"),
        Mention.objects.filter(room=room).exclude(member=None).values("member"),
        models.File.objects.filter(room=room, message__isnull=False).values("member"),
    ]
    wanted = Q(pk__in=authors)
    for it in of_others:
        wanted |= Q(pk__in=it)
    return wanted


def _person(member: Member, own: dict[int, UUID]) -> records.Person:
    imported: ImportedPerson | None = getattr(member, "imported", None)
    account, belongs_to = None, own.get(member.claimed_by_id or 0)
    if member.user is not None:
        account = records.Account(member.user.username, member.user.email)
    elif imported is not None and (imported.username or imported.email):
        account = records.Account(imported.username, imported.email)
    if imported is not None and imported.belongs_to is not None:
        belongs_to = imported.belongs_to.uid
    return records.Person(
        member.uid,
        member.name,
        joined_at=member.created_at,
        status=member.status,
        time_zone=member.time_zone,
        former=member.is_former,
        account=account,
        belongs_to=belongs_to,
    )


# --- rooms --------------------------------------------------------------------------------------


def _room_lines(rooms: Sequence[models.Room]) -> Iterator[records.Room | records.Subscription]:
    pks = [it.pk for it in rooms]
    people: dict[int, list[records.RoomPerson]] = defaultdict(list)
    in_rooms = Membership.objects.filter(room__in=pks).select_related("member", "added_by")
    for it in in_rooms.order_by("pk"):
        people[it.room_id].append(_room_person(it))
    former: dict[int, list[str]] = defaultdict(list)
    for pk, key in FormerRoomName.objects.filter(room__in=pks).values_list("room", "key"):
        former[pk].append(key)
    for room in rooms:
        yield _room(room, people[room.pk], sorted(former[room.pk]))
        yield from _subscriptions(room)


def _room(
    room: models.Room, people: list[records.RoomPerson], former_names: list[str]
) -> records.Room:
    same = "name topic history slow_seconds takes_guest_files needs_knock locked_at archived_at"
    same += " created_at posted_at version last_seq kept_days expired_seq kind"
    values: dict[str, Any] = {it: _value(room, it) for it in same.split()}
    return records.Room(room.uid, **values, people=people, former_names=former_names)


def _room_person(it: Membership) -> records.RoomPerson:
    return records.RoomPerson(
        it.member.uid,
        role=_value(it, "role"),
        since=it.since,
        visible_from=it.visible_from,
        joined_at=it.created_at,
        added_by=it.added_by.uid if it.added_by else None,
    )


def _subscriptions(room: models.Room) -> Iterator[records.Subscription]:
    same = "read_seq seen_version kept_at muted_at starred_at first_visited_at visited_at".split()
    same.append("notify")
    found = models.Subscription.objects.filter(room=room).select_related("member")
    for it in found.order_by("member__uid").iterator(PAGE_ROWS):
        values: dict[str, Any] = {name: getattr(it, name) for name in same}
        yield records.Subscription(room.uid, it.member.uid, **values)


# --- messages -----------------------------------------------------------------------------------


def _messages(page: Sequence[models.Message]) -> Iterator[records.Message]:
    pks = [it.pk for it in page]
    reactions = _reactions(pks)
    revisions: dict[int, list[records.Revision]] = defaultdict(list)
    for it in models.Revision.objects.filter(message__in=pks).order_by("message", "version"):
        revisions[it.message_id].append(records.Revision(it.version, it.text, it.written_at))
    files: dict[int, dict[str, models.File]] = defaultdict(dict)
    rows = models.File.objects.filter(message__in=pks).select_related("member")
    for file in rows:
        files[file.message_id or 0][str(file.client_id)] = file
    for message in page:
        yield _message(message, reactions, revisions[message.pk], files[message.pk])


def _message(
    message: models.Message,
    reactions: dict[tuple[int, str], list[UUID]],
    revisions: list[records.Revision],
    files: dict[str, models.File],
) -> records.Message:
    same = "sent_at seq version kind text html event mentions reply_to edited_at edited_version"
    same += " deleted_at deleted_by"
    values: dict[str, Any] = {it: _value(message, it) for it in same.split()}
    return records.Message(
        message.room.uid,
        message.client_id,
        message.author.uid,
        **values,
        reactions=[_reaction(it, reactions[message.pk, it["emoji"]]) for it in message.reactions],
        files=[_file(files[it["id"]], it) for it in message.files if it["id"] in files],
        card=_card(message.card),
        revisions=revisions,
    )


def _card(card: dict[str, Any] | None) -> dict[str, Any] | None:
    """Without its picture, which is not in the export. Empty: its author took the card away."""
    return None if card is None else {it: card[it] for it in card if it != "picture"}


def _reactions(pks: list[int]) -> dict[tuple[int, str], list[UUID]]:
    """Who reacted, by message and emoji, in order."""
    rows = models.Reaction.objects.filter(message__in=pks).order_by("message", "emoji", "pk")
    found = rows.values_list("message", "emoji", "member__uid")
    return {key: [uid for _, _, uid in some] for key, some in groupby(found, lambda row: row[:2])}


def _reaction(shown: dict[str, Any], people: list[UUID]) -> records.Reaction:
    """First those who are shown, as they are, then the others."""
    first = [UUID(it["id"]) for it in shown["people"]]
    others = [it for it in people if it not in set(first)]
    return records.Reaction(shown["emoji"], [*first, *others])


def _file(file: models.File, sent: dict[str, Any]) -> records.File:
    same = "name type width height head created_at".split()
    values: dict[str, Any] = {it: getattr(file, it) for it in same}
    return records.File(
        file.client_id,
        path=path_of(file),
        **values,
        uid=file.uid,
        sender=file.member.uid,
        animated=file.is_animated,
        alt=sent.get("alt", ""),
        sha256=file.etag,
    )


def _value(row: Any, name: str) -> Any:
    """A field. Texts are interned: msgspec tells a default by which object it is."""
    value = getattr(row, name)
    return sys.intern(str(value)) if isinstance(value, str) else value


def _pages(rows: "QuerySet[Any]") -> Iterator[list[Any]]:
    """Pages of rows that are in the order of their `uid`."""
    page = list(rows[:PAGE_ROWS])
    while page:
        yield page
        page = list(rows.filter(uid__gt=page[-1].uid)[:PAGE_ROWS])
