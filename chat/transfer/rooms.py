"""Rooms that come over: hidden until they are complete, and then with their name and their people.

A room never joins one that was here: in a journal, the past cannot come after the present. Where
its name is taken, it gets another one.
"""

from dataclasses import dataclass
from itertools import count

from django.db import IntegrityError, transaction
from django.utils import timezone

from chat import models
from chat.models import FormerRoomName, ImportedRoom, Membership, RoomKind, RoomName
from chat.models.room import direct_key
from chat.models.room_address import key_of_id
from chat.models.room_name_faults import NAME_MAX_CHARACTERS
from chat.transfer.people import Members
from chat.transfer.records import Room, RoomPerson, Subscription
from chat.transfer.report import ROOMS, Report
from chat.transfer.staging import Staging

HERE = "rooms that are here already"
DELETED = "rooms that were deleted here"
TOGETHER = 100  # rows that one statement updates
ATTEMPTS = 5  # to take a name that others want, too

SETTINGS = "topic history slow_seconds takes_guest_files needs_knock kept_days".split()
SETTINGS += "locked_at archived_at".split()


@dataclass(frozen=True, slots=True)
class Arriving:
    """A room that takes messages, and what the export says of it."""

    row: models.Room
    record: Room
    is_complete: bool


def look_at(record: Room, staging: Staging, report: Report) -> None:
    """Say what would become of a room."""
    existing = models.Room.objects.filter(uid=record.id).first()
    if existing is not None:
        _goes_on(existing, record, staging, report)
    elif record.kind == "open" and (name := free_name(record.name)).shown != record.name:
        report.notes.append(_renamed(record.name, name.shown))


def begin(record: Room, staging: Staging, report: Report) -> Arriving | None:
    """The room that takes the messages: a new one, or one that goes on. None: it takes none."""
    existing = models.Room.objects.filter(uid=record.id).first()
    if existing is not None:
        return _goes_on(existing, record, staging, report)
    with transaction.atomic():
        row = models.Room(uid=record.id, kind=RoomKind.MEMBERS, key=key_of_id(record.id))
        row.save(force_insert=True)
        ImportedRoom.objects.create(room=row)
    report.new[ROOMS] += 1
    return Arriving(row, record, is_complete=False)


def _goes_on(row: models.Room, record: Room, staging: Staging, report: Report) -> Arriving | None:
    imported = ImportedRoom.objects.filter(room=row).first()
    if row.deleted_at is not None:
        report.leave(DELETED, record.name or str(record.id))
        return None
    if imported is not None and imported.completed_at is None:
        return Arriving(row, record, is_complete=False)
    if staging.keeps_places or imported is None:
        report.leave(HERE, record.name or str(record.id))
        return None
    return Arriving(row, record, is_complete=True)


def complete(room: Arriving, staging: Staging, members: Members, report: Report) -> None:
    """All messages are here: give the room its name, its people and their state in it."""
    if room.is_complete:
        return
    for attempt in range(ATTEMPTS):
        try:
            _complete(room, staging, members, report)
        except IntegrityError:  # somebody has taken the name just now
            if attempt == ATTEMPTS - 1:
                raise
        else:
            return


@transaction.atomic
def _complete(room: Arriving, staging: Staging, members: Members, report: Report) -> None:
    record = room.record
    row = models.Room.objects.select_for_update().get(pk=room.row.pk)
    for name in SETTINGS:
        setattr(row, name, getattr(record, name))
    row.kind = RoomKind(record.kind)
    row.version = max(row.version, record.version)
    row.last_seq = max(row.last_seq, record.last_seq)
    row.expired_seq = max(row.expired_seq, record.expired_seq)
    row.posted_at = record.posted_at or row.posted_at
    row.created_at = record.created_at or row.created_at
    _name(row, record, members, report)
    row.save()
    if not row.is_open or staging.keeps_places:
        _add_people(row, record, members)
    _subscribe(row, record, staging, members)
    ImportedRoom.objects.filter(room=row).update(completed_at=timezone.now())


def _name(row: models.Room, record: Room, members: Members, report: Report) -> None:
    if record.kind == "open":
        name = free_name(record.name)
        row.name, row.key = name.shown, name.key
        if name.shown != record.name:
            report.notes.append(_renamed(record.name, name.shown))
        return
    row.name = record.name
    began = [members[it.person] for it in record.people if it.since <= 1]
    key = direct_key(began)
    is_found = record.kind == "direct" and len(began) > 1
    if is_found and not models.Room.objects.filter(people=key).exists():
        row.people = key


def free_name(wanted: str) -> RoomName:
    """The name of an open room, or the next one that no room has or had."""
    for number in count(1):
        ending = "" if number == 1 else f"-{number}"
        name = RoomName.parse(f"{wanted[: NAME_MAX_CHARACTERS - len(ending)].rstrip()}{ending}")
        if not models.Room.objects.by_keys([name.key]):
            return name
    raise AssertionError("numbers do not end")


def _renamed(before: str, after: str) -> str:
    return f"A room is named {before} here: the one that comes over is {after}."


def _add_people(row: models.Room, record: Room, members: Members) -> None:
    rows = [_membership(row, it, members) for it in record.people]
    rows = Membership.objects.bulk_create(rows)
    joined = zip(rows, (it.joined_at for it in record.people), strict=True)
    known = [(it, moment) for it, moment in joined if moment is not None]
    for it, joined_at in known:
        it.created_at = joined_at
    Membership.objects.bulk_update([it for it, _ in known], ["created_at"], TOGETHER)
    keys = {RoomName.parse(it).key for it in record.former_names} if row.is_open else set()
    taken = set(models.Room.objects.by_keys(keys))
    former = [FormerRoomName(key=it, room=row) for it in sorted(keys - taken - {row.key})]
    FormerRoomName.objects.bulk_create(former)


def _membership(row: models.Room, person: RoomPerson, members: Members) -> Membership:
    return Membership(
        member=members[person.person],
        room=row,
        role=person.role,
        since=person.since,
        visible_from=person.visible_from,
        added_by=members.get(person.added_by) if person.added_by else None,
    )


def _subscribe(row: models.Room, record: Room, staging: Staging, members: Members) -> None:
    """Store the state that people had in the room; without any, all counts as read."""
    said = list(staging.subscriptions(record.id))
    now = timezone.now()
    rows = [_subscription(row, it, members) for it in said]
    if not staging.keeps_places:
        rows = [
            models.Subscription(
                member=members[it.person],
                room=row,
                kept_at=now,
                read_seq=row.last_seq,
                seen_version=row.version,
            )
            for it in record.people
        ]
    models.Subscription.objects.bulk_create(rows, batch_size=500)
    if any(it.notify == models.Notify.ALL for it in rows):
        models.Room.objects.filter(pk=row.pk).update(is_followed=True)


def _subscription(row: models.Room, said: Subscription, members: Members) -> models.Subscription:
    return models.Subscription(
        member=members[said.person],
        room=row,
        read_seq=min(said.read_seq, row.last_seq),
        seen_version=min(said.seen_version, row.version),
        kept_at=said.kept_at,
        muted_at=said.muted_at,
        starred_at=said.starred_at,
        first_visited_at=said.first_visited_at or timezone.now(),
        visited_at=said.visited_at or timezone.now(),
        notify=said.notify,
    )
