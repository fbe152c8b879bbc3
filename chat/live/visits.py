"""Visits: who comes into which room. The first visit creates the room and stores the guest.

Visits that arrive together are looked up and stored together. Networks take turns, and in each its
guests.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple
from uuid import UUID, uuid4

from django.db import transaction

from chat import policy
from chat.identity import Credentials, Speaker, find_speakers
from chat.journal import database
from chat.models import Member, Room, RoomName, Subscription
from chat.models.subscription import VisitKey
from chat.transport.batches import Batches

FOUND_TOGETHER = 50
STORED_TOGETHER = 10  # takes some milliseconds of the writing thread, for which posts wait
WAITING_VISITS = 5_000  # more are refused: see FairQueue


class Visit(NamedTuple):
    """Who comes into which room. Without credentials, it creates the room and stores nobody."""

    name: RoomName
    guest: UUID | None
    session_key: str | None = None
    network: str | None = None

    @property
    def credentials(self) -> Credentials:
        return Credentials(self.guest, self.session_key, self.network)

    @property
    def is_anonymous(self) -> bool:
        return self.guest is None and self.session_key is None


class KnownVisit(NamedTuple):
    """What is stored of a visit. The member is a new one if none is stored."""

    room: Room | None
    member: Member
    is_recent: bool  # recorded within VISIT_INTERVAL
    session: str | None = None  # as in Speaker
    is_signed_out: bool = False


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
        return await self._finding.call(visit, network, visit.credentials)

    async def record(self, visit: Visit, network: str | None) -> RecordedVisit | None:
        """Store a visit; None if the member may not come in. Raises what `find` raises."""
        return await self._recording.call(visit, network, visit.credentials)


def find(visits: Sequence[Visit]) -> list[KnownVisit]:
    """Find what is stored of visits, with as many queries for many as for one."""
    rooms = Room.objects.in_bulk({it.name.key for it in visits}, field_name="key")
    speakers = find_speakers(it.credentials for it in visits)
    found = [(rooms.get(it.name.key), _own_speaker(it, speakers)) for it in visits]
    saved = {(it.member.pk, room.pk) for room, it in found if room and it.member.is_saved}
    recent = Subscription.objects.recent_visits(saved)
    return [_known(room, speaker, recent) for room, speaker in found]


def _own_speaker(visit: Visit, speakers: Mapping[Credentials, Speaker]) -> Speaker:
    """Visitors without credentials are new guests each, blocked where their network is."""
    speaker = speakers[visit.credentials]
    if not visit.is_anonymous:
        return speaker
    member = Member.new_guest(uuid4())
    member.blocked_until = speaker.member.blocked_until
    return Speaker(member)


def _known(room: Room | None, speaker: Speaker, recent: Collection[VisitKey]) -> KnownVisit:
    is_recent = room is not None and (speaker.member.pk, room.pk) in recent
    return KnownVisit(room, speaker.member, is_recent, speaker.session, speaker.is_signed_out)


@transaction.atomic
def record(visits: Sequence[Visit]) -> list[RecordedVisit | None]:
    """Store visits, with as many queries for many as for one. A refused visit stores nothing."""
    speakers = find_speakers(it.credentials for it in visits)
    admitted = [it for it in visits if _may_be_stored(speakers[it.credentials])]
    rooms = Room.objects.ensure_all(it.name for it in admitted)
    members = {it: speakers[it.credentials].member for it in admitted if not it.is_anonymous}
    entered = [(member, rooms[it.name.key]) for it, member in members.items()]
    Member.objects.name_guests(members.values())
    Member.objects.ensure_saved(member for member, _ in entered)
    first = Subscription.objects.record_visits(entered)
    recorded = {it: _recorded(rooms[it.name.key], members.get(it), first) for it in admitted}
    return [recorded.get(it) for it in visits]


def _may_be_stored(speaker: Speaker) -> bool:
    return policy.may_change(speaker.member) and not speaker.is_signed_out


def _recorded(room: Room, member: Member | None, first: Collection[VisitKey]) -> RecordedVisit:
    return RecordedVisit(room, member, member is not None and (member.pk, room.pk) in first)
