"""Visits: who comes into which room. The first visit creates the room and stores the guest.

Visits that arrive together are looked up and stored together. Networks take turns, and in each its
guests.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple
from uuid import UUID, uuid4

from django.db import transaction

from chat import access, policy
from chat.access import Found
from chat.identity import Credentials, Speaker, find_speakers
from chat.journal import database
from chat.models import (
    Address,
    GuestClosing,
    Member,
    Membership,
    Role,
    Room,
    RoomId,
    RoomName,
    Subscription,
    Token,
)
from chat.models.subscription import VisitKey
from chat.policy import STRANGER, Action, Standing
from chat.transport.batches import Batches

FOUND_TOGETHER = 50
STORED_TOGETHER = 10  # takes some milliseconds of the writing thread, for which posts wait
WAITING_VISITS = 5_000  # more are refused: see FairQueue


class Visit(NamedTuple):
    """Who comes into which room. Without credentials, it creates the room and stores nobody."""

    address: Address
    guest: UUID | None
    session_key: str | None = None
    network: str | None = None
    token: str | None = None

    @property
    def credentials(self) -> Credentials:
        return Credentials(self.guest, self.session_key, self.network, self.token)

    @property
    def is_anonymous(self) -> bool:
        return self.guest is None and self.session_key is None and self.token is None


class KnownVisit(NamedTuple):
    """What is stored of a visit: the room if the member may find it, and what they are there.

    The member is a new one if none is stored.
    """

    room: Room | None
    member: Member
    is_recent: bool  # recorded within VISIT_INTERVAL
    session: str | None = None  # as in Speaker
    is_signed_out: bool = False
    standing: Standing = STRANGER
    token: Token | None = None  # of a program


class RecordedVisit(NamedTuple):
    """A visit that is stored."""

    room: Room
    member: Member | None
    is_first: bool
    standing: Standing = STRANGER


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

    async def aclose(self) -> None:
        """Stop what runs in the background, after every connection is closed."""
        await self._finding.aclose()
        await self._recording.aclose()

    async def record(self, visit: Visit, network: str | None) -> RecordedVisit | None:
        """Store a visit; None if the member may not come in. Raises what `find` raises."""
        return await self._recording.call(visit, network, visit.credentials)


def find(visits: Sequence[Visit]) -> list[KnownVisit]:
    """Find what is stored of visits, with as many queries for many as for one."""
    speakers = find_speakers(it.credentials for it in visits)
    speaking = [_own_speaker(it, speakers) for it in visits]
    GuestClosing.objects.mark(it.member for it in speaking)
    wanted = [(it.member, visit.address) for it, visit in zip(speaking, visits, strict=True)]
    found = list(zip(access.find_many(wanted), speaking, strict=True))
    saved = {(it.member.pk, in_.room.pk) for in_, it in found if in_ and it.member.is_saved}
    recent = Subscription.objects.recent_visits(saved)
    return [_known(in_, speaker, recent) for in_, speaker in found]


def _own_speaker(visit: Visit, speakers: Mapping[Credentials, Speaker]) -> Speaker:
    """Visitors without credentials are new guests each, blocked where their network is."""
    speaker = speakers[visit.credentials]
    if not visit.is_anonymous:
        return speaker
    member = Member.new_guest(uuid4())
    member.banned_until = speaker.member.banned_until
    member.network_digest = speaker.member.network_digest
    return Speaker(member)


def _known(found: Found | None, speaker: Speaker, recent: Collection[VisitKey]) -> KnownVisit:
    member, session = speaker.member, speaker.session
    if found is None:
        signed_out, token = speaker.is_signed_out, speaker.token
        return KnownVisit(None, member, False, session, signed_out, token=token)
    is_recent = (member.pk, found.room.pk) in recent
    signed_out = speaker.is_signed_out
    return KnownVisit(
        found.room, member, is_recent, session, signed_out, found.standing, speaker.token
    )


@transaction.atomic
def record(visits: Sequence[Visit]) -> list[RecordedVisit | None]:
    """Store visits, with as many queries for many as for one. A refused visit stores nothing."""
    speakers = find_speakers(it.credentials for it in visits)
    GuestClosing.objects.mark(it.member for it in speakers.values())
    admitted = [it for it in visits if _may_be_stored(speakers[it.credentials])]
    members = {it: speakers[it.credentials].member for it in admitted if not it.is_anonymous}
    _hold_memberships(members)
    _open_rooms([(it.address, members.get(it)) for it in admitted])
    Member.objects.name_guests(members.values())
    Member.objects.ensure_saved(members.values())
    found = _found(admitted, members)
    entered = [(member, found[it].room) for it, member in members.items() if it in found]
    first = Subscription.objects.record_visits(entered)
    recorded = {it: _recorded(found[it], members.get(it), first) for it in found}
    return [recorded.get(it) for it in visits]


def _hold_memberships(members: Mapping[Visit, Member]) -> None:
    """Nobody is taken out of a room that is not open while the visit is stored."""
    visiting = {it for it in members if isinstance(it.address, RoomId) and members[it].is_saved}
    Membership.objects.hold(
        {members[it].pk for it in visiting}, {it.address.key for it in visiting}
    )


def _open_rooms(visits: Sequence[tuple[Address, Member | None]]) -> None:
    """Create the open rooms that are missing. An account owns the room that it is first in."""
    openers: dict[RoomName, Member | None] = {}
    for address, member in visits:
        if isinstance(address, RoomName):
            openers.setdefault(address, member)
    owners = [(openers[it], room) for it, room in Room.objects.create_missing(openers).items()]
    Membership.objects.bulk_create(
        Membership(member=member.ensure_saved(), room=room, role=Role.OWNER)
        for member, room in owners
        if member and member.user_id is not None
    )


def _found(visits: Sequence[Visit], members: Mapping[Visit, Member]) -> dict[Visit, Found]:
    """The rooms that may be read now."""
    nobody = Member.new_guest(uuid4())
    wanted = [(members.get(it, nobody), it.address) for it in visits]
    found = zip(visits, access.find_many(wanted), strict=True)
    return {
        it: room for it, room in found if room and room.may(members.get(it, nobody), Action.READ)
    }


def _may_be_stored(speaker: Speaker) -> bool:
    return policy.may_change(speaker.member) and not speaker.is_signed_out


def _recorded(found: Found, member: Member | None, first: Collection[VisitKey]) -> RecordedVisit:
    is_first = member is not None and (member.pk, found.room.pk) in first
    return RecordedVisit(found.room, member, is_first, found.standing)
