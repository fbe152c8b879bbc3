"""Admission: finds or creates the room and the member of a WebSocket."""

import uuid
from dataclasses import dataclass

from chat import policy
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
    stored with their first change. Raises NotAdmitted, QueueFull and `django.db.Error`.
    """
    visit = Visit(name, guest)
    room, member, is_recent = await runtime.visits.find(visit, network)
    if not policy.may_enter(member):
        raise NotAdmitted
    if room and (is_recent or not guest):
        return Admission(room, member, network)
    recorded = await runtime.visits.record(visit, network)
    if recorded is None:
        raise NotAdmitted
    if recorded.is_first:
        runtime.sidebars.publish_change(member)
    return Admission(recorded.room, recorded.member or member, network)
