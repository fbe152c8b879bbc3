"""Admission: finds or creates the room and the member of a WebSocket."""

import uuid
from dataclasses import dataclass

from chat import policy
from chat.live.rates import GUEST, ROOM, Client, TooFast
from chat.live.visits import Visit
from chat.models import Member, Room, RoomName
from chat.runtime import Runtime


class NotAdmitted(Exception):
    """The member may not come in."""


@dataclass(frozen=True, slots=True)
class Admission:
    """The room a socket is admitted to, the member it speaks for, and the client's network."""

    room: Room
    member: Member
    network: str | None = None


async def admit(
    runtime: Runtime, name: RoomName, guest: uuid.UUID | None, network: str | None = None
) -> Admission:
    """Admit a guest to the room of that name, which the first visit creates.

    `guest` is the id in the guest cookie. A visitor without the cookie becomes a new guest, who is
    stored with their first change. Raises NotAdmitted, TooFast, QueueFull and `django.db.Error`.
    """
    room, member, is_recent = await runtime.visits.find(Visit(name, guest), network)
    if not policy.may_enter(member):
        raise NotAdmitted
    if room and (is_recent or not guest):
        return Admission(room, member, network)
    client = Client(str(member.uid), network)
    if room is None:
        await runtime.rates.count(client, ROOM)
    is_remembered = guest is not None and await _may_be_stored(runtime, client, member)
    visit = Visit(name, guest if is_remembered else None)
    recorded = await runtime.visits.record(visit, network)
    if recorded is None:
        raise NotAdmitted
    if recorded.is_first:
        runtime.sidebars.publish_change(member)
    return Admission(recorded.room, recorded.member or member, network)


async def _may_be_stored(runtime: Runtime, client: Client, member: Member) -> bool:
    """Whether to store a guest who comes for the first time. A guest who is not may still read."""
    if member.is_saved:
        return True
    try:
        await runtime.rates.count(client, GUEST)
    except TooFast:
        return False
    return True
