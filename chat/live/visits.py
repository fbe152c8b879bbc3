"""Visits: who comes into which room. The first visit creates the room and stores the guest.

Visits that arrive together are looked up and stored together. Networks take turns, and in each its
guests.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple
from uuid import UUID, uuid4

from django.db import transaction

from chat import policy
from chat.journal import database
from chat.models import Member, Room, RoomName, Subscription
from chat.transport.batches import Batches

FOUND_TOGETHER = 50
STORED_TOGETHER = 10  # takes some milliseconds of the writing thread, for which posts wait
WAITING_VISITS = 5_000  # more are refused: see FairQueue


class Visit(NamedTuple):
    """Who comes into which room. Without a guest, the visit creates the room and stores nobody."""

    name: RoomName
    guest: UUID | None


class KnownVisit(NamedTuple):
    """What is stored of a visit. The member is a new one if none is stored."""

    room: Room | None
    member: Member
    is_recent: bool  # recorded within VISIT_INTERVAL


class RecordedVisit(NamedTuple):
    """A visit that is stored."""

    room: Room
    member: Member | None
    is_first: bool


class Visits:
    """The visits of one event loop."""

    def __init__(self) -> None:
        self._finding: Batches[Visit, KnownVisit] = Batches(
            lambda visits: database.read(find, visits), FOUND_TOGETHER, WAITING_VISITS
        )
        self._recording: Batches[Visit, RecordedVisit | None] = Batches(
            lambda visits: database.write(record, visits), STORED_TOGETHER, WAITING_VISITS
        )

    async def find(self, visit: Visit, network: str | None) -> KnownVisit:
        """Find what is stored of a visit. Raises QueueFull and `django.db.Error`."""
        return await self._finding.call(visit, network, visit.guest)

    async def record(self, visit: Visit, network: str | None) -> RecordedVisit | None:
        """Store a visit; None if the member may not come in. Raises what `find` raises."""
        return await self._recording.call(visit, network, visit.guest)


def find(visits: Sequence[Visit]) -> list[KnownVisit]:
    """Find what is stored of visits, with as many queries for many as for one."""
    rooms = Room.objects.in_bulk({it.name.key for it in visits}, field_name="key")
    uids = [it.guest or uuid4() for it in visits]
    guests = Member.objects.guests(uids)
    found = [(rooms.get(it.name.key), guests[uid]) for it, uid in zip(visits, uids, strict=True)]
    saved = {(guest.pk, room.pk) for room, guest in found if room and guest.is_saved}
    recent = Subscription.objects.recent_visits(saved)
    return [
        KnownVisit(room, guest, is_recent=room is not None and (guest.pk, room.pk) in recent)
        for room, guest in found
    ]


@transaction.atomic
def record(visits: Sequence[Visit]) -> list[RecordedVisit | None]:
    """Store visits, with as many queries for many as for one. A refused visit stores nothing."""
    guests = Member.objects.guests(it.guest for it in visits if it.guest)
    admitted = [it for it in visits if not it.guest or policy.may_enter(guests[it.guest])]
    rooms = Room.objects.ensure_all(it.name for it in admitted)
    entered = [(guests[it.guest], rooms[it.name.key]) for it in admitted if it.guest]
    Member.objects.ensure_saved(guest for guest, _ in entered)
    first = Subscription.objects.record_visits(entered)
    recorded = {it: _recorded(it, rooms, guests, first) for it in admitted}
    return [recorded.get(it) for it in visits]


def _recorded(
    visit: Visit,
    rooms: Mapping[str, Room],
    guests: Mapping[UUID, Member],
    first: Collection[tuple[int, int]],
) -> RecordedVisit:
    room = rooms[visit.name.key]
    member = guests[visit.guest] if visit.guest else None
    return RecordedVisit(room, member, member is not None and (member.pk, room.pk) in first)
